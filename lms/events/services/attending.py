"""Who was there: recorded at the door, or by a trainer.

Each of these acts holds the event's row locked, as closing it does: what is recorded before the event is closed is
found by the closing, and who comes later finds it closed.
"""

from collections.abc import Collection

from sqlalchemy import Select, delete, exists, select, update
from sqlalchemy.orm import contains_eager

from lms import clock, db, signals
from lms.accounts.models import Person
from lms.errors import ConflictError
from lms.events import policy
from lms.events.models import (
    Attendance,
    AttendanceSource,
    Event,
    EventStatus,
    EventTrainer,
    Registration,
    RegistrationStatus,
)
from lms.i18n import gettext


def join(registration: Registration, opens_minutes: int) -> str:
    """Lets a confirmed person into the meeting and records that they came: returns the meeting's address.

    Raises ConflictError when the way in is not open.
    """
    event = db.locked(Event, registration.event_id)
    registration = db.locked(Registration, registration.id)
    if not policy.can_join(registration, event, clock.now(), opens_minutes):
        raise ConflictError(gettext("The way into the meeting is not open."))
    _record(registration, AttendanceSource.link)
    return event.join_url


def add_trainer(event: Event, person: Person) -> None:
    """Puts a person in charge of the event; once is enough."""
    db.insert_once(EventTrainer, event_id=event.id, person_id=person.id)


def set_attendance(trainer: Person, registration: Registration, present: bool) -> None:
    """Notes that a confirmed person was there, or takes the trainer's own note back; that someone came in by the link
    stays known. After the end whoever was there is announced as having attended.

    Raises ConflictError for a registration without a place, and for an event that was called off.
    """
    _set(trainer, db.locked(Event, registration.event_id), registration, present)


def record_attendance(trainer: Person, event: Event, shown: Collection[int], present: Collection[int]) -> None:
    """What a trainer ticked on a list that showed these registrations; ids of other events are passed over."""
    event = db.locked(Event, event.id)
    for ids in db.batches(sorted(shown)):
        seen = _seen(ids)
        for registration in db.session.scalars(_confirmed(event).where(Registration.id.in_(ids))).all():
            by_trainer = (registration.id, AttendanceSource.trainer) in seen
            by_link = (registration.id, AttendanceSource.link) in seen
            ticked = registration.id in present
            if by_trainer > ticked or ticked > (by_trainer or by_link):
                _set(trainer, event, registration, ticked)


def _seen(ids: Collection[int]) -> set[tuple[int, str]]:
    known = select(Attendance.registration_id, Attendance.source).where(Attendance.registration_id.in_(ids))
    return {(registration_id, source) for registration_id, source in db.session.execute(known)}


def _set(trainer: Person, event: Event, registration: Registration, present: bool) -> None:
    if event.status == EventStatus.cancelled:
        raise ConflictError(gettext("This event is called off"))
    if not policy.is_confirmed(registration):
        raise ConflictError(gettext("Only those with a confirmed place can be marked as present."))
    if not present:
        ours = (Attendance.registration_id == registration.id, Attendance.source == AttendanceSource.trainer)
        db.session.execute(delete(Attendance).where(*ours))
        return
    _record(registration, AttendanceSource.trainer, trainer)
    if policy.is_over(event, clock.now()):
        signals.event_attended.send(registration)


def close_ended() -> int:
    """Closes the events that are over, and announces everyone who was there; returns how many were closed. For the
    worker, as often as it likes: each is closed once, whoever comes first.
    """
    over = select(Event).where(
        Event.closed_at.is_(None), Event.ends_at <= clock.now(), Event.status == EventStatus.scheduled
    )
    return sum(_close(event) for event in db.session.scalars(over.order_by(Event.id)).all())


def _close(event: Event) -> bool:
    this = update(Event).where(Event.id == event.id, Event.closed_at.is_(None))
    if not db.changed(this.values(closed_at=clock.now())):
        return False
    was_there = exists().where(Attendance.registration_id == Registration.id)
    for registration in db.session.scalars(_confirmed(event).where(was_there)).all():
        signals.event_attended.send(registration)
    return True


def _confirmed(event: Event) -> Select[Registration]:
    wanted = select(Registration).where(
        Registration.event_id == event.id, Registration.status == RegistrationStatus.confirmed
    )
    return wanted.join(Registration.person).options(contains_eager(Registration.person)).order_by(Registration.id)


def _record(registration: Registration, source: AttendanceSource, by: Person | None = None) -> None:
    db.insert_once(
        Attendance,
        registration_id=registration.id,
        source=source,
        joined_at=clock.now(),
        recorded_by_id=by.id if by else None,
    )
