"""Who may do what with an event, and when."""

from datetime import datetime, timedelta

from lms.accounts.models import Person, Role
from lms.accounts.policy import is_admin
from lms.events.models import Event, EventStatus, Registration, RegistrationStatus, Series

LIVE = frozenset({RegistrationStatus.pending, RegistrationStatus.confirmed, RegistrationStatus.waitlisted})
"""A registration that holds a place or a turn."""


def can_manage(person: Person | None, event: Event) -> bool:
    """Looks after this event: its trainers, and administrators."""
    if person is None or Role.trainer not in person.roles:
        return is_admin(person)
    return is_admin(person) or any(trainer.person_id == person.id for trainer in event.trainers)


def can_see(person: Person | None, event: Event) -> bool:
    """A published event is open to everyone; another to those who see its list."""
    return event.published or can_see_attendees(person, event)


def can_see_attendees(person: Person | None, event: Event) -> bool:
    """Its trainers, officers, administrators."""
    return can_manage(person, event) or (person is not None and Role.officer in person.roles)


def can_see_series(person: Person | None, series: Series) -> bool:
    """A series is there for those who may see one of its events."""
    return any(can_see(person, event) for event in series.events)


def is_over(event: Event, now: datetime) -> bool:
    """One that was closed is over by whatever clock: who comes in later would miss the certificate."""
    return event.closed_at is not None or event.ends_at <= now


def is_open(event: Event, now: datetime) -> bool:
    """Takes registrations: until its end, since one may still come in late."""
    return event.status == EventStatus.scheduled and not is_over(event, now)


def is_full(event: Event) -> bool:
    return event.capacity is not None and event.seats_taken >= event.capacity


def is_confirmed(registration: Registration | None) -> bool:
    return registration is not None and registration.status == RegistrationStatus.confirmed


def can_cancel(registration: Registration | None, event: Event, now: datetime) -> bool:
    """A person may give up a place or a turn until the event begins."""
    is_live = registration is not None and registration.status in LIVE
    return is_live and event.status == EventStatus.scheduled and now < event.starts_at


def join_opens_at(event: Event, minutes: int) -> datetime:
    return event.starts_at - timedelta(minutes=minutes)


def can_join(registration: Registration | None, event: Event, now: datetime, minutes: int) -> bool:
    """The way into the meeting is open to the confirmed, from some minutes before the start until the end."""
    return (
        is_confirmed(registration)
        and event.status == EventStatus.scheduled
        and join_opens_at(event, minutes) <= now
        and not is_over(event, now)
    )
