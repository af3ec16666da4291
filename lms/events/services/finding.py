"""Finding events and registrations. Each function is one query, or as many as its docstring says."""

from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload, with_expression
from sqlalchemy.sql.base import ExecutableOption

from lms import clock, db
from lms.accounts.models import Person
from lms.events import calendar, policy
from lms.events.models import Attendance, Event, EventStatus, Registration, RegistrationStatus, Series


def by_slug(slug: str) -> Event | None:
    """With its series."""
    return db.session.scalar(select(Event).where(Event.slug == slug).options(joinedload(Event.series)))


def series_by_slug(slug: str) -> Series | None:
    """With its events, their trainers and speakers: three queries."""
    events = selectinload(Series.events).options(selectinload(Event.speakers), joinedload(Event.trainers))
    return db.session.scalar(select(Series).where(Series.slug == slug).options(events))


def upcoming() -> Sequence[Event]:
    """The published events that are not over, the next one first; a cancelled one among them, so that people see it."""
    return db.session.scalars(_published().where(Event.ends_at > clock.now()).order_by(Event.starts_at, Event.id)).all()


def past(most: int = 20, skip: int = 0) -> Sequence[Event]:
    """The published events that took place, the latest first."""
    took_place = _published().where(Event.ends_at <= clock.now(), Event.status == EventStatus.scheduled)
    return db.session.scalars(
        took_place.order_by(Event.starts_at.desc(), Event.id.desc()).limit(most).offset(skip)
    ).all()


def coming_of(series: Series) -> list[Event]:
    """The events of a series that still take registrations, in its order."""
    return [event for event in series.events if event.published and policy.is_open(event, clock.now())]


def registration_of(person: Person | None, event: Event) -> Registration | None:
    """The person's live registration; it tells its `waiting_position`, and whether they `attended`."""
    return registrations_of(person, [event]).get(event.id)


def registrations_of(person: Person | None, events: Collection[Event]) -> dict[int, Registration]:
    """The person's live registrations for these events, by the event's id."""
    if person is None:
        return {}
    wanted = _live_of(person).where(Registration.event_id.in_([event.id for event in events]))
    return {registration.event_id: registration for registration in db.session.scalars(wanted)}


def registrations(person: Person) -> list[Registration]:
    """The person's live registrations with their events: what comes first, then what is over, the latest first.

    Each tells its `waiting_position`, and whether the person `attended`.
    """
    wanted = _live_of(person).join(Registration.event).options(contains_eager(Registration.event))
    found = db.session.scalars(wanted.order_by(Event.starts_at)).all()
    now = clock.now()
    ahead = [registration for registration in found if not policy.is_over(registration.event, now)]
    return ahead + [registration for registration in reversed(found) if policy.is_over(registration.event, now)]


def sequence_of(registration: Registration, event: Event, cancelled: bool = False) -> int:
    """The calendar's SEQUENCE for what this person is told of their registration now."""
    earlier = select(func.count()).select_from(Registration).where(
        Registration.event_id == event.id,
        Registration.person_id == registration.person_id,
        Registration.id < registration.id,
    )  # fmt: skip
    return calendar.sequence(event, db.session.scalar(earlier) or 0, cancelled)


def position_of(registration: Registration) -> int | None:
    """Its place in the waiting list, 1 for the first."""
    return db.session.scalar(select(_position()).where(Registration.id == registration.id))


def is_live() -> ColumnElement[bool]:
    return Registration.status.in_(policy.LIVE)


def _published() -> Select[Event]:
    return select(Event).where(Event.published)


def _live_of(person: Person) -> Select[Registration]:
    """Read anew, since others move the waiting list."""
    live = select(Registration).where(Registration.person_id == person.id, is_live())
    return live.options(*_told()).execution_options(populate_existing=True)


@cache
def _told() -> tuple[ExecutableOption, ...]:
    """What a registration tells besides its columns; made once, since making it takes longer than asking it."""
    return (
        with_expression(Registration.waiting_position, _position()),
        with_expression(Registration.attended, exists().where(Attendance.registration_id == Registration.id)),
    )


def _position() -> ColumnElement[int | None]:
    waits = Registration.status == RegistrationStatus.waitlisted
    return case((waits, _ahead_or_equal()), else_=None)


def _ahead_or_equal() -> ScalarSelect[int]:
    other = aliased(Registration)
    return (
        select(func.count(other.id))
        .where(
            other.event_id == Registration.event_id,
            other.status == RegistrationStatus.waitlisted,
            other.id <= Registration.id,
        )
        .correlate(Registration)
        .scalar_subquery()
    )
