"""Many at once, each in a thread and a transaction of its own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event as Flag
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import select

from lms import clock, db
from lms.accounts.models import Person
from lms.certificates.models import Certificate
from lms.errors import ConflictError
from lms.events import services
from lms.events.models import Attendance, Event, Registration
from lms.mail.models import Mail
from tests import factories
from tests.conftest import Visitor, reread

PEOPLE, PLACES = 30, 7


def statuses(event: Event) -> list[str]:
    """In the order of arrival."""
    reread()
    wanted = select(Registration.status).where(Registration.event_id == event.id).order_by(Registration.id)
    return list(db.session.scalars(wanted))


def test_thirty_at_once_for_seven_places(client: Visitor) -> None:
    event, app = factories.event(capacity=PLACES), client.application
    visitors = [app.test_client().sign_in(factories.person()) for _ in range(PEOPLE)]
    tokens = [visitor.token() for visitor in visitors]
    db.session.rollback()
    start = Barrier(PEOPLE)

    def register(number: int) -> int:
        start.wait()
        data = {"csrf_token": tokens[number]}
        return visitors[number].post("/events/systems-thinking/register", data=data).status_code

    with ThreadPoolExecutor(PEOPLE) as pool:
        answers = list(pool.map(register, range(PEOPLE)))

    assert answers == [302] * PEOPLE
    assert statuses(event) == ["confirmed"] * PLACES + ["waitlisted"] * (PEOPLE - PLACES)
    assert db.session.get(Event, event.id).seats_taken == PLACES
    told = Counter(key.partition("/")[0] for key in db.session.scalars(select(Mail.key)))
    assert told == {"registration_confirmed": PLACES, "registration_waitlisted": PEOPLE - PLACES}


def test_one_person_in_many_windows_takes_one_place(app: Flask) -> None:
    event, person = factories.event(capacity=PLACES), factories.person()
    ids = [(event.id, person.id)] * 10
    db.session.rollback()

    with ThreadPoolExecutor(len(ids)) as pool:
        list(pool.map(lambda both: in_a_context(app, _register, *both), ids))

    assert statuses(event) == ["confirmed"]
    assert db.session.get(Event, event.id).seats_taken == 1


def test_places_given_up_at_once_go_to_the_first_in_line(app: Flask) -> None:
    event = factories.event(capacity=PLACES)
    for _ in range(2 * PLACES + 3):
        _register(event.id, factories.person().id)
    holders = list(db.session.scalars(select(Registration.id).order_by(Registration.id).limit(PLACES)))
    db.session.rollback()

    with ThreadPoolExecutor(PLACES) as pool:
        list(pool.map(lambda key: in_a_context(app, _cancel, key), holders))

    assert statuses(event) == ["cancelled"] * PLACES + ["confirmed"] * PLACES + ["waitlisted"] * 3
    assert db.session.get(Event, event.id).seats_taken == PLACES


def test_coming_and_going_at_once_leaves_every_place_taken(app: Flask) -> None:
    event = factories.event(capacity=PLACES)
    for _ in range(PLACES):
        _register(event.id, factories.person().id)
    holders = list(db.session.scalars(select(Registration.id)))
    newcomers = [factories.person().id for _ in range(PLACES + 3)]
    db.session.rollback()
    acts = [(_cancel, (key,)) for key in holders] + [(_register, (event.id, key)) for key in newcomers]
    acts = acts[::2] + acts[1::2]

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(lambda act: in_a_context(app, act[0], *act[1]), acts))

    found = statuses(event)
    assert Counter(found) == {"cancelled": PLACES, "confirmed": PLACES, "waitlisted": 3}
    assert found[-3:] == ["waitlisted"] * 3


def come_in(key: int) -> None:
    services.join(db.session.get_one(Registration, key), 15)


def be_ticked(key: int) -> None:
    event, trainer = (db.session.scalars(select(kind)).first() for kind in (Event, Person))
    services.record_attendance(trainer, event, [key], [key])


@pytest.mark.parametrize("attend", [come_in, be_ticked])
def test_who_comes_while_the_event_is_being_closed_gets_the_certificate(
    app: Flask, attend: Callable[[int], None]
) -> None:
    event = factories.event(starts_in=timedelta(minutes=-5))
    key, ends_at, came = factories.registration(event, factories.person()).id, event.ends_at, Flag()
    db.session.rollback()

    def come() -> None:
        with clock.at(ends_at - timedelta(seconds=1)), db.transaction():
            attend(key)
            came.set()
            sleep(0.5)  # in which the worker could look, and find nobody

    def close() -> None:
        came.wait(10)
        with clock.at(ends_at), db.transaction():
            services.close_ended()

    at_once(app, come, close)
    assert len(db.session.scalars(select(Certificate)).all()) == 1


def test_who_comes_after_the_closing_is_refused_even_by_a_clock_that_is_slow(app: Flask) -> None:
    event = factories.event(starts_in=timedelta(minutes=-5))
    key, ends_at, closed = factories.registration(event, factories.person()).id, event.ends_at, Flag()
    db.session.rollback()

    def close() -> None:
        with clock.at(ends_at), db.transaction():
            services.close_ended()
            closed.set()
            sleep(0.5)

    def come() -> None:
        closed.wait(10)
        with clock.at(ends_at - timedelta(seconds=1)), pytest.raises(ConflictError), db.transaction():
            come_in(key)

    at_once(app, close, come)
    assert db.session.scalars(select(Attendance)).all() == []


def at_once(app: Flask, *acts: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(lambda act: in_a_context(app, act), acts))
    reread()


def in_a_context(app: Flask, act: object, *values: int) -> None:
    with app.app_context():
        act(*values)  # type: ignore[operator]


def _register(event_id: int, person_id: int) -> None:
    with db.transaction():
        services.register(db.session.get_one(Person, person_id), db.session.get_one(Event, event_id))


def _cancel(registration_id: int) -> None:
    with db.transaction():
        services.cancel(db.session.get_one(Registration, registration_id))
