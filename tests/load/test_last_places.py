"""Two hundred people at once for fifty places, through four processes of the server, on both engines."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from sqlalchemy import func, select

from lms import db
from lms.accounts.models import Person
from lms.events.models import Event, Registration, RegistrationStatus
from lms.mail.models import Mail
from tests import factories
from tests.load import crowd as people
from tests.plugins.sessions import form_token
from tests.plugins.site import Site

PEOPLE, PLACES = 200, 50


def all_register(site: Site, sessions: list[str]) -> Counter[int]:
    """How many got which status."""
    form = {"csrf_token": form_token(site.app)}
    with ThreadPoolExecutor(PEOPLE) as threads:
        one = "/events/crowded/register"
        return Counter(threads.map(lambda cookie: people.post(site.server.port, cookie, one, form), sessions))


def assert_right(crowd: list[Person]) -> None:
    """Every one has one registration; the first have the places; one mail each tells them so."""
    db.session.rollback()
    rows = db.session.execute(select(Registration.status, Registration.person_id).order_by(Registration.id)).all()
    assert Counter(person_id for _status, person_id in rows) == Counter(person.id for person in crowd)
    confirmed, waiting = RegistrationStatus.confirmed, RegistrationStatus.waitlisted
    assert [status for status, _ in rows] == [confirmed] * PLACES + [waiting] * (PEOPLE - PLACES)
    assert db.session.scalars(select(Event.seats_taken)).one() == PLACES
    mails = Counter(db.session.scalars(select(Mail.recipient)))
    assert mails == Counter(person.email for person in crowd)


def test_fifty_are_confirmed_and_the_others_wait_in_order(crowded: Site) -> None:
    factories.event("crowded", capacity=PLACES)
    crowd = [factories.person() for _ in range(PEOPLE)]
    sessions, began = people.cookies(crowded, crowd), monotonic()
    assert all_register(crowded, sessions) == {302: PEOPLE}
    print(f"{PEOPLE / (monotonic() - began):.0f} registrations a second")
    assert_right(crowd)


def test_a_process_killed_in_the_middle_loses_nothing_and_doubles_nothing(crowded: Site) -> None:
    factories.event("crowded", capacity=PLACES)
    crowd = [factories.person() for _ in range(PEOPLE)]
    with ThreadPoolExecutor(1) as other:
        done = other.submit(all_register, crowded, people.cookies(crowded, crowd))
        people.until_there_are(_registrations, PLACES // 2)
        people.kill_one_of(crowded)
        statuses = done.result()
    assert set(statuses) == {302}
    assert_right(crowd)


def _registrations() -> int:
    return db.session.scalar(select(func.count()).select_from(Registration)) or 0
