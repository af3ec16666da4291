"""What goes into people's calendars, read back from what was sent."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from flask import Flask
from hypothesis import example, given, settings, strategies as st
from sqlalchemy import select

from lms import clock, db
from lms.accounts.models import Person
from lms.events import calendar, services
from lms.events.models import Event, EventKind, Registration
from lms.mail import deliver
from lms.mail.models import Mail
from tests import factories
from tests.conftest import Visitor
from tests.plugins.smtp import Inbox

MEETING = "https://meet.example.org/room"
ZONES = [
    "Asia/Phnom_Penh",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "UTC",
]


def register(person: Person, event: Event) -> Registration:
    with db.transaction():
        return services.register(person, event)


def cancel(registration: Registration) -> None:
    with db.transaction():
        services.cancel(registration)


def sent() -> list[icalendar.Calendar]:
    """The calendars of all mails, in their order."""
    wanted = select(Mail.calendar).where(Mail.calendar != "").order_by(Mail.id)
    return [icalendar.Calendar.from_ical(text) for text in db.session.scalars(wanted)]


def methods() -> list[str]:
    return [str(found["METHOD"]) for found in sent()]


def sequences() -> list[int]:
    return [found.events[0]["SEQUENCE"] for found in sent()]


def offset(zone: icalendar.Timezone, moment: datetime) -> timedelta:
    """As RFC 5545 section 3.6.5 defines it: that of the observance which began last."""
    began = {(part.DTSTART - part.TZOFFSETFROM).replace(tzinfo=UTC): part.TZOFFSETTO for part in zone.subcomponents}
    return began[max(onset for onset in began if onset <= moment)]


def test_a_confirmation_carries_an_invitation(app: Flask) -> None:
    event = factories.event(
        starts_at=datetime(2026, 11, 24, 7, 30, tzinfo=UTC), ends_at=datetime(2026, 11, 24, 9, tzinfo=UTC)
    )
    with clock.at(datetime(2026, 11, 1, tzinfo=UTC)):
        register(factories.learner(email="lina@example.org"), event)
    (found,) = sent()
    entry = found.events[0]
    assert (found["METHOD"], found["VERSION"]) == ("REQUEST", "2.0")
    assert entry["UID"] == "systems-thinking@example.org"
    assert (entry["SUMMARY"], entry["STATUS"], entry["SEQUENCE"]) == ("Systems thinking", "CONFIRMED", 0)
    assert entry["DTSTART"].params["TZID"] == "Asia/Phnom_Penh"
    assert entry["DTSTART"].dt == datetime(2026, 11, 24, 14, 30, tzinfo=ZoneInfo("Asia/Phnom_Penh"))
    assert entry["DTEND"].dt == datetime(2026, 11, 24, 16, 0, tzinfo=ZoneInfo("Asia/Phnom_Penh"))
    assert entry["DTSTAMP"].dt == datetime(2026, 11, 1, tzinfo=UTC)
    assert entry["ORGANIZER"] == "mailto:no-reply@localhost"
    assert entry["ATTENDEE"] == "mailto:lina@example.org"
    assert entry["ATTENDEE"].params["CN"] == "Lina Learner"
    assert entry["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert entry["URL"] == "http://localhost/events/systems-thinking/"
    assert [zone.tz_name for zone in found.timezones] == ["Asia/Phnom_Penh"]
    assert offset(found.timezones[0], event.starts_at) == timedelta(hours=7)


def test_the_meeting_itself_is_neither_in_the_mail_nor_in_the_calendar(app: Flask) -> None:
    register(factories.person(), factories.event())
    mail = db.session.scalars(select(Mail)).one()
    entry = sent()[0].events[0]
    assert MEETING not in mail.text + mail.calendar
    assert entry["LOCATION"] == "http://localhost/events/systems-thinking/join"
    assert "http://localhost/events/systems-thinking/join" in mail.text


def test_an_event_on_site_says_where_and_has_no_way_in(app: Flask) -> None:
    register(factories.person(), factories.event(kind=EventKind.on_site, location={"en": "Provincial hall, Kampot"}))
    mail = db.session.scalars(select(Mail)).one()
    assert sent()[0].events[0]["LOCATION"] == "Provincial hall, Kampot"
    assert "/join" not in mail.text + mail.calendar.replace("\r\n ", "")


def test_the_invitation_speaks_the_readers_language(app: Flask) -> None:
    register(factories.person("តារា", language="km"), factories.event())
    mail = db.session.scalars(select(Mail)).one()
    entry = sent()[0].events[0]
    assert entry["SUMMARY"] == "ការគិតជាប្រព័ន្ធ"
    assert entry["ATTENDEE"].params["CN"] == "តារា"
    assert "ការគិតជាប្រព័ន្ធ" in mail.subject


def test_cancelling_and_registering_again_is_told_in_growing_sequence(app: Flask) -> None:
    event, person = factories.event(), factories.person()
    for _ in range(2):
        cancel(register(person, event))
    register(person, event)
    assert methods() == ["REQUEST", "CANCEL", "REQUEST", "CANCEL", "REQUEST"]
    assert sequences() == sorted(set(sequences()))
    assert {str(found.events[0]["UID"]) for found in sent()} == {event.uid}
    assert [str(found.events[0]["STATUS"]) for found in sent()[:2]] == ["CONFIRMED", "CANCELLED"]


def test_calling_the_event_off_outranks_all_that_was_told(app: Flask) -> None:
    event, person = factories.event(), factories.person()
    cancel(register(person, event))
    register(person, event)
    with db.transaction():
        services.cancel_event(event)
    assert methods()[-1] == "CANCEL"
    assert sequences()[-1] > max(sequences()[:-1])
    assert sent()[-1].events[0]["STATUS"] == "CANCELLED"


def test_whoever_waits_gets_an_invitation_only_with_a_place(app: Flask) -> None:
    event = factories.event(capacity=1)
    first = register(factories.person(), event)
    waiting = register(factories.person(email="wait@example.org"), event)
    assert methods() == ["REQUEST"]
    cancel(first)
    last = sent()[-1]
    assert (last["METHOD"], last.events[0]["ATTENDEE"]) == ("REQUEST", "mailto:wait@example.org")
    cancel(waiting)
    assert methods() == ["REQUEST", "CANCEL", "REQUEST", "CANCEL"]


def test_leaving_the_waiting_list_touches_no_calendar(app: Flask) -> None:
    event = factories.event(capacity=0)
    cancel(register(factories.person(), event))
    assert methods() == []


def test_a_mail_server_gets_the_invitation_as_rfc_6047_has_it(app: Flask, inbox: Inbox) -> None:
    register(factories.person("តារា", language="km"), factories.event())
    deliver.deliver_waiting()
    part = next(part for part in inbox.mails[0].walk() if part.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    assert icalendar.Calendar.from_ical(part.get_payload(decode=True)).events[0]["SUMMARY"] == "ការគិតជាប្រព័ន្ធ"


@pytest.mark.parametrize("name", ['Dara "Dav" Sok', "Dara; X=Y:mailto:a@b", "Dara\r\nATTENDEE:mailto:x@example.org"])
def test_a_name_cannot_change_the_calendar(app: Flask, name: str) -> None:
    register(factories.person(name), factories.event())
    assert "ATTENDEE" in sent()[0].events[0]
    assert not isinstance(sent()[0].events[0]["ATTENDEE"], list)


def test_the_file_is_for_everyone_and_names_nobody(client: Visitor) -> None:
    event = factories.event()
    answer = client.get("/events/systems-thinking.ics")
    found = icalendar.Calendar.from_ical(answer.data)
    entry = found.events[0]
    assert answer.content_type == "text/calendar; charset=utf-8; method=PUBLISH"
    assert 'filename="systems-thinking.ics"' in answer.headers["Content-Disposition"]
    assert (found["METHOD"], entry["UID"], entry["STATUS"]) == ("PUBLISH", event.uid, "CONFIRMED")
    assert "ATTENDEE" not in entry
    assert "/join" not in answer.text.replace("\r\n ", "")
    assert MEETING not in answer.text


def test_the_file_of_someone_registered_has_the_way_in_and_their_sequence(client: Visitor) -> None:
    event, person = factories.event(), factories.person()
    cancel(register(person, event))
    register(person, event)
    db.session.rollback()
    entry = icalendar.Calendar.from_ical(client.sign_in(person).get("/events/systems-thinking.ics").data).events[0]
    assert entry["LOCATION"] == "http://localhost/events/systems-thinking/join"
    assert entry["SEQUENCE"] == sequences()[-1]


def test_the_file_of_an_event_called_off_says_so(client: Visitor) -> None:
    event = factories.event()
    with db.transaction():
        services.cancel_event(event)
    found = icalendar.Calendar.from_ical(client.get("/events/systems-thinking.ics").data)
    assert found.events[0]["STATUS"] == "CANCELLED"


def test_lines_are_folded_and_end_as_the_standard_asks(client: Visitor) -> None:
    factories.event(summary={"en": "ការគិតជាប្រព័ន្ធ " * 20})
    lines = client.get("/events/systems-thinking.ics").data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)


@given(
    st.sampled_from(ZONES),
    st.datetimes(min_value=datetime(2024, 1, 2), max_value=datetime(2034, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
)
@example("Europe/Berlin", datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
@example("Europe/Berlin", datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC))
@example("Europe/Berlin", datetime(2026, 10, 25, 1, 0, tzinfo=UTC))
@example("Europe/Berlin", datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC))
@example("America/New_York", datetime(2026, 3, 8, 7, 0, tzinfo=UTC))
@settings(max_examples=300)
def test_a_timezone_says_the_offset_of_every_moment(name: str, moment: datetime) -> None:
    year = moment.astimezone(ZoneInfo(name)).year
    made = calendar.timezone(name, year, year)
    read = icalendar.Calendar.from_ical(b"BEGIN:VCALENDAR\r\n" + made.to_ical() + b"END:VCALENDAR\r\n").timezones[0]
    assert offset(read, moment) == moment.astimezone(ZoneInfo(name)).utcoffset()


def test_a_zone_without_summer_time_has_one_observance() -> None:
    made = calendar.timezone("Asia/Phnom_Penh", 2026, 2026)
    assert [(part.name, part.DTSTART.date()) for part in made.subcomponents] == [("STANDARD", date(2026, 1, 1))]
