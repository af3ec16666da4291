"""Places and the waiting list, through the services."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms import clock, db, signals
from lms.accounts.models import Person
from lms.errors import ConflictError, InvalidError
from lms.events import services
from lms.events.models import Event, Registration, RegistrationStatus
from lms.i18n import in_language
from lms.mail.models import Mail
from tests import factories

CONFIRMED, WAITLISTED, CANCELLED = (
    RegistrationStatus.confirmed,
    RegistrationStatus.waitlisted,
    RegistrationStatus.cancelled,
)


def register(person: Person, event: Event, **answers: str) -> Registration:
    with db.transaction():
        return services.register(person, event, answers)


def cancel(registration: Registration) -> None:
    with db.transaction():
        services.cancel(registration)


def statuses(event: Event) -> list[str]:
    """In the order of arrival."""
    wanted = select(Registration.status).where(Registration.event_id == event.id).order_by(Registration.id)
    return list(db.session.scalars(wanted))


def mails() -> list[str]:
    return [key.partition("/")[0] for key in db.session.scalars(select(Mail.key).order_by(Mail.id))]


@pytest.fixture
def full(app: Flask) -> Event:
    """Two places, both taken."""
    event = factories.event(capacity=2)
    for _ in range(2):
        register(factories.person(), event)
    return event


def test_whoever_finds_a_place_is_confirmed_at_once(app: Flask) -> None:
    event = factories.event(capacity=2)
    with clock.at(clock.now()):
        registration = register(factories.person(), event, hope="Ideas")
        assert (registration.status, registration.confirmed_at) == (CONFIRMED, clock.now())
    assert registration.answers == {"hope": "Ideas"}
    assert event.seats_taken == 1


def test_whoever_finds_none_waits(full: Event) -> None:
    registration = register(factories.person(), full)
    assert (registration.status, registration.confirmed_at) == (WAITLISTED, None)
    assert full.seats_taken == 2


def test_an_event_without_a_limit_has_a_place_for_everyone(app: Flask) -> None:
    event = factories.event(capacity=None)
    for _ in range(3):
        register(factories.person(), event)
    assert statuses(event) == [CONFIRMED] * 3


def test_registering_twice_changes_nothing_and_takes_one_place(app: Flask) -> None:
    event, person = factories.event(capacity=5), factories.person()
    first = register(person, event, hope="Ideas")
    second = register(person, event, hope="Others")
    assert (second.id, second.answers, event.seats_taken) == (first.id, {"hope": "Ideas"}, 1)
    assert mails() == ["registration_confirmed"]


def test_registering_twice_keeps_the_turn(full: Event) -> None:
    waiting = factories.person()
    first = register(waiting, full)
    register(factories.person(), full)
    assert register(waiting, full).id == first.id
    assert services.registration_of(waiting, full).waiting_position == 1


def test_a_place_that_comes_free_goes_to_whoever_waits_first(app: Flask) -> None:
    event = factories.event(capacity=1)
    holder = register(factories.person(), event)
    first, second = (register(factories.person(), event) for _ in range(2))
    cancel(holder)
    assert statuses(event) == [CANCELLED, CONFIRMED, WAITLISTED]
    assert first.confirmed_at is not None
    assert event.seats_taken == 1
    assert mails()[-2:] == ["registration_cancelled", "registration_confirmed"]
    assert services.registration_of(second.person, event).waiting_position == 1


def test_leaving_the_waiting_list_frees_no_place(full: Event) -> None:
    first, second = (register(factories.person(), full) for _ in range(2))
    cancel(first)
    assert statuses(full) == [CONFIRMED, CONFIRMED, CANCELLED, WAITLISTED]
    assert full.seats_taken == 2
    assert services.registration_of(second.person, full).waiting_position == 1


def test_a_free_place_goes_to_those_who_wait_before_a_newcomer(full: Event) -> None:
    waiting = register(factories.person(), full)
    with db.transaction():
        full.capacity = 3  # past the service, so that a place is free while someone waits
    newcomer = register(factories.person(), full)
    db.session.refresh(waiting)
    assert (waiting.status, newcomer.status) == (CONFIRMED, WAITLISTED)


def test_more_places_go_to_those_who_wait_in_order(full: Event) -> None:
    for _ in range(3):
        register(factories.person(), full)
    with db.transaction():
        services.set_capacity(full, 4)
    assert statuses(full) == [CONFIRMED] * 4 + [WAITLISTED]
    with db.transaction():
        services.set_capacity(full, None)
    assert statuses(full) == [CONFIRMED] * 5


def test_there_cannot_be_fewer_places_than_are_taken(full: Event) -> None:
    with in_language("en"), pytest.raises(InvalidError, match="places are taken already"), db.transaction():
        services.set_capacity(full, 1)
    assert full.capacity == 2


def test_whoever_cancelled_may_register_again_and_starts_at_the_end(full: Event) -> None:
    person = factories.person()
    cancel(register(person, full))
    register(factories.person(), full)
    again = register(person, full)
    assert again.status == WAITLISTED
    assert services.registration_of(person, full).waiting_position == 2


def test_a_registration_cannot_be_cancelled_twice(app: Flask) -> None:
    event = factories.event(capacity=1)
    registration = register(factories.person(), event)
    cancel(registration)
    with pytest.raises(ConflictError):
        cancel(registration)
    assert event.seats_taken == 0


def test_cancelling_ends_when_the_event_begins(app: Flask) -> None:
    event = factories.event()
    registration = register(factories.person(), event)
    with clock.at(event.starts_at), pytest.raises(ConflictError):
        cancel(registration)
    assert statuses(event) == [CONFIRMED]


def test_one_can_register_until_the_event_ends(app: Flask) -> None:
    event = factories.event()
    with clock.at(event.ends_at - timedelta(seconds=1)):
        assert register(factories.person(), event).status == CONFIRMED
    with clock.at(event.ends_at), pytest.raises(ConflictError):
        register(factories.person(), event)


def test_calling_an_event_off_tells_everyone_once_and_takes_no_more(full: Event) -> None:
    register(factories.person(), full)
    for _ in range(2):
        with db.transaction():
            services.cancel_event(full)
    assert mails()[3:] == ["event_cancelled"] * 3
    with pytest.raises(ConflictError):
        register(factories.person(), full)


def test_an_event_that_is_over_cannot_be_called_off(app: Flask) -> None:
    event = factories.event(starts_in=timedelta(days=-1))
    with pytest.raises(ConflictError), db.transaction():
        services.cancel_event(event)


def test_nobody_is_told_of_a_registration_that_was_undone(app: Flask) -> None:
    event, person = factories.event(), factories.person()

    def fail(_registration: Registration) -> None:
        raise RuntimeError

    with signals.registration_confirmed.connected_to(fail), pytest.raises(RuntimeError):
        register(person, event)
    assert statuses(event) == []
    assert mails() == []
    assert db.session.get(Event, event.id).seats_taken == 0


def test_no_mail_is_queued_for_someone_without_an_address(full: Event) -> None:
    before = len(mails())
    registration = register(factories.person(email=None, phone="+85512345678"), full)
    cancel(registration)
    assert len(mails()) == before


def test_every_place_and_every_cancellation_is_announced(app: Flask) -> None:
    event = factories.event(capacity=1)
    confirmed: list[int] = []
    cancelled: list[int] = []

    def note_confirmed(registration: Registration) -> None:
        confirmed.append(registration.id)

    def note_cancelled(registration: Registration) -> None:
        cancelled.append(registration.id)

    with (
        signals.registration_confirmed.connected_to(note_confirmed),
        signals.registration_cancelled.connected_to(note_cancelled),
    ):
        first = register(factories.person(), event)
        second = register(factories.person(), event)
        assert confirmed == [first.id]
        cancel(first)
    assert (confirmed, cancelled) == ([first.id, second.id], [first.id])


def test_a_persons_registrations_come_first_to_last_then_those_that_are_over(app: Flask) -> None:
    person = factories.person()
    for slug, days in (("far", 20), ("near", 2), ("long-past", -30), ("past", -3)):
        event = factories.event(slug, timedelta(days=days))
        factories.registration(event, person)
    factories.registration(factories.event("left"), person, CANCELLED)
    assert [registration.event.slug for registration in services.registrations(person)] == [
        "near",
        "far",
        "past",
        "long-past",
    ]


def test_series_registration_decides_each_event_by_itself(full: Event) -> None:
    person, other = factories.person(), factories.event("intrapreneurship", capacity=1)
    with db.transaction():
        made = services.register_for_all(person, [other, full], {other.id: {"hope": "Ideas"}})
    assert [registration.status for registration in made] == [CONFIRMED, WAITLISTED]
    assert [registration.answers for registration in made] == [{"hope": "Ideas"}, {}]
