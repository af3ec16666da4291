"""Places: who has one, who waits, and in what order.

All that moves a place holds the event's row locked, so that on PostgreSQL what is read afterwards is current (READ
COMMITTED takes a new snapshot for each statement); on SQLite the transaction is the only writer. The seat itself is
taken by one conditional UPDATE, and two constraints stand behind it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import contains_eager

from lms import clock, db, signals
from lms.accounts import services as accounts
from lms.accounts.models import Person
from lms.errors import ConflictError, InvalidError
from lms.events import policy
from lms.events.models import Event, EventStatus, Registration, RegistrationStatus
from lms.events.services import announcing
from lms.events.services.finding import is_live
from lms.i18n import gettext, ngettext

Answers = Mapping[str, Any]


def register(person: Person, event: Event, answers: Answers | None = None) -> Registration:
    """Gives the person a place or, when none is free, a turn in the waiting list; a second call changes nothing.

    Raises ConflictError when the event takes no registrations any more.
    """
    event = db.locked(Event, event.id)
    if not policy.is_open(event, clock.now()):
        raise ConflictError(gettext("This event takes no registrations any more."))
    fresh = db.insert_once(
        Registration,
        event_id=event.id,
        person_id=person.id,
        status=RegistrationStatus.waitlisted,
        answers=dict(answers or {}),
        registered_at=clock.now(),
    )
    registration = _live(person, event)
    if fresh:
        _fill(event, newcomer=registration)
        if registration.status == RegistrationStatus.waitlisted:
            announcing.waitlisted(registration)
    return registration


def register_newcomer(
    account: Mapping[str, Any], events: Collection[Event], answers: Mapping[int, Answers]
) -> list[Registration]:
    """Makes the account of someone new, as `accounts.register_person` takes it, and registers them: both or neither.

    Raises InvalidError for `sign_in` when that belongs to someone already.
    """
    return register_for_all(accounts.register_person(**account), events, answers)


def register_for_all(person: Person, events: Collection[Event], answers: Mapping[int, Answers]) -> list[Registration]:
    """Registers for each by itself, `answers` being by the event's id. Rows are locked in the order of their ids, so
    that no two such calls each hold what the other needs.
    """
    ordered = sorted(events, key=lambda event: event.id)
    made = {event.id: register(person, event, answers.get(event.id)) for event in ordered}
    return [made[event.id] for event in events]


def cancel(registration: Registration) -> None:
    """Ends a registration by the person's own wish, and gives the place to whoever waits first.

    Raises ConflictError once the event has begun, or where there is nothing to cancel.
    """
    event = db.locked(Event, registration.event_id)
    registration = db.locked(Registration, registration.id)
    if not policy.can_cancel(registration, event, clock.now()):
        raise ConflictError(gettext("This registration cannot be cancelled any more."))
    had_place = policy.is_confirmed(registration)
    registration.status, registration.cancelled_at = RegistrationStatus.cancelled, clock.now()
    db.session.flush()
    announcing.cancelled(registration, had_place)
    signals.registration_cancelled.send(registration)
    if had_place:
        _free_seat(event)
        _fill(event)


def set_capacity(event: Event, capacity: int | None) -> None:
    """None: no limit. More places go to those who wait, in order.

    Raises InvalidError for fewer places than are taken, ConflictError when the event is over or cancelled.
    """
    event = db.locked(Event, event.id)
    if not policy.is_open(event, clock.now()):
        raise ConflictError(gettext("This event takes no registrations any more."))
    if capacity is not None and capacity < event.seats_taken:
        message = ngettext(
            "%(num)s place is taken already; the number cannot be lower.",
            "%(num)s places are taken already; the number cannot be lower.",
            event.seats_taken,
        )
        raise InvalidError("capacity", message)
    event.capacity = capacity
    db.session.flush()
    _fill(event)


def cancel_event(event: Event) -> None:
    """Calls the event off and tells everyone who has a place or waits; their registrations stay as they are.

    Doing it again changes nothing. Raises ConflictError when it is over.
    """
    event = db.locked(Event, event.id)
    if event.status == EventStatus.cancelled:
        return
    if policy.is_over(event, clock.now()):
        raise ConflictError(gettext("This event is over."))
    event.status, event.sequence = EventStatus.cancelled, event.sequence + 1
    db.session.flush()
    everyone = select(Registration).where(Registration.event_id == event.id, is_live())
    with_person = everyone.join(Registration.person).options(contains_eager(Registration.person))
    for registration in db.session.scalars(with_person.order_by(Registration.id)).all():
        announcing.event_cancelled(registration, policy.is_confirmed(registration))


def _fill(event: Event, newcomer: Registration | None = None) -> None:
    """Gives every free place to whoever waits first. So does a newcomer get one, being the last in line."""
    while (first := _first_waiting(event)) and _take_seat(event):
        first.status, first.confirmed_at = RegistrationStatus.confirmed, clock.now()
        db.session.flush()
        announcing.confirmed(first, promoted=first is not newcomer)
        signals.registration_confirmed.send(first)
        if first is newcomer:
            return


def _first_waiting(event: Event) -> Registration | None:
    waiting = select(Registration).where(
        Registration.event_id == event.id, Registration.status == RegistrationStatus.waitlisted
    )
    return db.session.scalar(waiting.order_by(Registration.id).limit(1))


def _take_seat(event: Event) -> bool:
    free = or_(Event.capacity.is_(None), Event.seats_taken < Event.capacity)
    still_open = Event.status == EventStatus.scheduled
    return _change_seats(event, +1, free, still_open, Event.ends_at > clock.now())


def _free_seat(event: Event) -> None:
    _change_seats(event, -1)


def _change_seats(event: Event, by: int, *conditions: Any) -> bool:
    one = update(Event).where(Event.id == event.id, *conditions)
    won = db.changed(one.values(seats_taken=Event.seats_taken + by))
    db.session.expire(event, ["seats_taken"])
    return won


def _live(person: Person, event: Event) -> Registration:
    wanted = select(Registration).where(
        Registration.event_id == event.id, Registration.person_id == person.id, is_live()
    )
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()
