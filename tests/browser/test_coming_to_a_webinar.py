"""From an announcement to the meeting: places, the waiting list, calendars, the way in."""

import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import expect
from sqlalchemy import func, select

from lms import clock, db
from lms.events import services
from lms.events.models import Attendance, Event, Registration
from lms.i18n import pick
from tests import factories
from tests.browser.conftest import Phone
from tests.browser.people import fill_in
from tests.conftest import reread
from tests.plugins.site import Site

Phones = Callable[..., Phone]
BOTH = ["sqlite", "postgresql"]
PATIENCE_SECONDS = 30


def mails(site: Site, to: str, count: int) -> list[EmailMessage]:
    """What the mail server has for somebody, once that is so much."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found = [mail for mail in site.inbox.mails if mail["To"] == to]
        if len(found) >= count:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no {count} mails to {to}")


def invitation(mail: EmailMessage) -> Calendar:
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return Calendar.from_ical(part.get_content())


def webinar(slug: str, **values: object) -> Event:
    event = factories.event(slug, **values)
    factories.looks_after(factories.trainer(), event)
    return event


def register(phone: Phone, event: Event, name: str, email: str, by: str) -> None:
    """As someone new, in one form."""
    phone.go("/events/")
    phone.page.locator(f"a[href='/events/{event.slug}/']").first.click()
    phone.link(by).click()
    fill_in(phone, name, name, email)
    phone.button("Register").click()


def cancel(phone: Phone) -> None:
    phone.page.locator("summary", has_text=phone.say("Cancel my registration")).click()
    phone.button("Cancel my registration").click()
    expect(phone.text("Your registration is cancelled.")).to_be_visible()


@pytest.mark.parametrize("engine", BOTH, indirect=True)
def test_the_place_that_one_gives_up_is_the_next_ones(site: Site, phone: Phones, tmp_path: Path) -> None:
    event = webinar("one-place", capacity=1)
    first, second = phone("km"), phone("en")

    register(first, event, "Kumru Chanthy", "first@example.org", "Register")
    expect(first.heading("You are registered")).to_be_visible()
    (confirmed,) = mails(site, "first@example.org", 1)
    invited = invitation(confirmed)
    assert (invited["METHOD"], invited.events[0]["UID"]) == ("REQUEST", event.uid)
    assert [zone["TZID"] for zone in invited.timezones] == [event.timezone]
    saved = first.download(first.link("Add to my calendar"), tmp_path)
    entry = Calendar.from_ical(saved.read_bytes()).events[0]
    assert (entry["UID"], entry["DTSTART"].dt, entry["SUMMARY"]) == (
        event.uid,
        event.starts_at,
        pick(event.title, "km"),
    )

    register(second, event, "Kumru Dara", "second@example.org", "Put me on the waiting list")
    expect(second.heading("You are on the waiting list")).to_be_visible()
    assert len(mails(site, "second@example.org", 1)) == 1

    cancel(first)
    (_confirmed, cancelled) = mails(site, "first@example.org", 2)
    gone = invitation(cancelled)
    assert (gone["METHOD"], gone.events[0]["UID"]) == ("CANCEL", event.uid)
    assert gone.events[0]["SEQUENCE"] > invited.events[0]["SEQUENCE"]
    (_waits, promoted) = mails(site, "second@example.org", 2)
    assert invitation(promoted)["METHOD"] == "REQUEST"
    second.page.reload()
    expect(second.heading("You are registered")).to_be_visible()
    reread()
    assert db.session.get_one(Event, event.id).seats_taken == 1


def test_the_way_in_opens_a_quarter_of_an_hour_before(site: Site, phone: Phones) -> None:
    event = webinar("soon", starts_in=timedelta(minutes=20), join_url=f"{site.server.address}/privacy")
    trainer = factories.trainer(of=event)
    own = phone()
    register(own, event, "Kumru Bopha", "bopha@example.org", "Register")
    own.go("/events/soon/join")
    expect(own.heading("The meeting is not open yet")).to_be_visible()
    assert attendances(event) == 0

    with db.transaction():
        event.starts_at = clock.now() + timedelta(minutes=10)
    own.go("/events/soon/")
    own.link("Join now").click()
    assert own.path == "/privacy"
    assert attendances(event) == 1

    list_of = phone()
    list_of.sign_in(trainer)
    list_of.go("/manage/events/soon/attendees")
    expect(list_of.text("Came in by the link")).to_be_visible()


def test_a_page_that_waits_goes_into_the_meeting_by_itself(site: Site, phone: Phones) -> None:
    starts_in = timedelta(minutes=15, seconds=4)
    event = webinar("waiting", starts_in=starts_in, join_url=f"{site.server.address}/privacy")
    person = factories.person()
    with db.transaction():
        services.register(person, event)
    own = phone()
    own.sign_in(person)
    own.go("/events/waiting/join")
    expect(own.heading("The meeting is not open yet")).to_be_visible()
    own.page.wait_for_url("**/privacy")
    assert attendances(event) == 1


def attendances(event: Event) -> int:
    reread()
    wanted = select(func.count()).select_from(Attendance).join(Registration)
    return db.session.scalar(wanted.where(Registration.event_id == event.id)) or 0


def test_the_way_in_is_closed_to_who_has_no_place(site: Site, phone: Phones) -> None:
    webinar("no-place", starts_in=timedelta(minutes=10), capacity=0)
    own = phone()
    own.sign_in(factories.person())
    own.page.goto(f"{site.server.address}/events/no-place/join")
    expect(own.text("The way into the meeting is for those who have a place in this event.")).to_be_visible()
    own.complaints.clear()  # the console notes the answer 403
