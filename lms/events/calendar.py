"""Events as iCalendar objects (RFC 5545): invitations that go out by mail (RFC 5546, 6047), and files to download."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import current_app
from icalendar import (
    STATUS,
    Calendar,
    Conference,
    Event as Entry,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
)

from lms import clock, i18n, links
from lms.accounts.models import Person
from lms.events.models import Event, EventKind, EventStatus
from lms.i18n import gettext, pick

PRODUCT = "-//Flask-LMS//Events//EN"
STEP = 10_000
"""A change of the event outweighs all that one person's registrations have gone through."""


class Method(StrEnum):
    publish = "PUBLISH"
    request = "REQUEST"
    cancel = "CANCEL"


def sequence(event: Event, earlier: int = 0, cancelled: bool = False) -> int:
    """The SEQUENCE (RFC 5545 section 3.8.7.4) of what a person with so many `earlier` registrations for the event is
    told: it grows when the event changes, when they cancel, and when they register anew.
    """
    return event.sequence * STEP + 2 * earlier + cancelled


def write(event: Event, method: Method, number: int, attendee: Person | None = None, joins: bool = False) -> str:
    """The object in the reader's language. `number` is its SEQUENCE; whoever `joins` finds the way into the meeting in
    it, as our address, which checks who comes.
    """
    calendar = Calendar()
    for name, value in (("version", "2.0"), ("prodid", PRODUCT), ("method", method)):
        calendar.add(name, value)
    calendar.add_component(timezone(event.timezone, event.starts_at.year, event.ends_at.year))
    calendar.add_component(_entry(event, method, number, attendee, joins))
    return str(calendar.to_ical().decode())


def _entry(event: Event, method: Method, number: int, attendee: Person | None, joins: bool) -> Entry:
    zone = ZoneInfo(event.timezone)
    page = links.address("events.page", event=event.slug)
    way_in = links.address("events.join", event=event.slug) if joins and event.kind == EventKind.webinar else ""
    join_line = gettext("Join here: %(address)s", address=way_in) if way_in else ""
    return Entry.new(
        uid=event.uid,
        sequence=number,
        stamp=clock.now(),
        start=event.starts_at.astimezone(zone),
        end=event.ends_at.astimezone(zone),
        summary=pick(event.title),
        description="\n\n".join(filter(None, [pick(event.summary), join_line, page])),
        location=pick(event.location) or way_in or None,
        conferences=[Conference(way_in, feature="VIDEO", label=gettext("Join the webinar"))] if way_in else None,
        url=page,
        organizer=_organizer(),
        attendees=[_attendee(attendee)] if attendee and attendee.email else None,
        status=_status(event, method),
    )


def _status(event: Event, method: Method) -> STATUS:
    """CANCELLED also for the one who gave up a place, as Google's and Microsoft's calendars send it: RFC 5546 would
    leave it out for them (section 3.2.5), and programs then keep the entry.
    """
    is_cancelled = method == Method.cancel or event.status == EventStatus.cancelled
    return STATUS.CANCELLED if is_cancelled else STATUS.CONFIRMED


def _organizer() -> vCalAddress:
    _name, address = parseaddr(current_app.config["LMS_MAIL_SENDER"])
    return vCalAddress.new(address, cn=i18n.site_name())


def _attendee(person: Person) -> vCalAddress:
    """Registering was the answer, so none is asked for."""
    return vCalAddress.new(str(person.email), cn=person.name, role="REQ-PARTICIPANT", partstat="ACCEPTED", rsvp=False)


@lru_cache
def timezone(name: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE of an IANA zone (RFC 5545 section 3.6.5), right for these years.

    Not icalendar's own: where clocks go forward, that writes the local time after the change as its onset, where the
    standard asks for the one before, and so is wrong for an hour.
    """
    zone = ZoneInfo(name)
    first = datetime(first_year, 1, 1, tzinfo=zone)
    last = datetime(last_year + 1, 1, 1, tzinfo=zone)
    made = Timezone()
    made.add("tzid", name)
    made.add_component(_observance(first, first))
    for before, after in _changes(first.astimezone(UTC), last.astimezone(UTC), zone):
        made.add_component(_observance(before, after))
    return made


def _observance(before: datetime, after: datetime) -> TimezoneStandard | TimezoneDaylight:
    """What holds from the moment `after` on, whose local time is told by the clock that was right `before`.

    Dublin's winter time, an hour less than its standard, is no daylight time to any program that reads this.
    """
    made = TimezoneDaylight() if (after.dst() or timedelta()) > timedelta() else TimezoneStandard()
    offset_before, offset_after = before.utcoffset() or timedelta(), after.utcoffset() or timedelta()
    made.DTSTART = (after.astimezone(UTC) + offset_before).replace(tzinfo=None)
    made.TZOFFSETFROM, made.TZOFFSETTO = offset_before, offset_after
    made.add("tzname", after.tzname())
    return made


def _changes(first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The last second before and the first second after each change of the zone's clock, searched day by day in UTC."""
    day = first
    while day < last:
        low, high = day, day + timedelta(days=1)
        if _clock(low, zone) != _clock(high, zone):
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (middle, high) if _clock(middle, zone) == _clock(day, zone) else (low, middle)
            yield low.astimezone(zone), high.astimezone(zone)
        day += timedelta(days=1)


def _clock(moment: datetime, zone: ZoneInfo) -> tuple[timedelta | None, str | None]:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.tzname()
