"""The webinars as they were held: 147 people of civil society over the series, each at one event or more."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from lms import clock
from lms.accounts.models import Person
from lms.events import services as events
from lms.events.models import Event

NO_SHOWS = 0.06
"""The share of registrations whose person then did not come, of those who came to another event."""


def hold(series: Sequence[Event], people: Sequence[Person], trainer: Person, chance: Random) -> None:
    """Everybody registers in the weeks before; most come in by the link, some are ticked by the trainer."""
    came_to = _who_came(series, people, chance)
    for event in series:
        coming = [person for person in people if event.id in came_to[person.id]]
        absent = [person for person in people if person not in coming and chance.random() < NO_SHOWS]
        _register(event, [*coming, *absent], chance)
        _come(event, coming, trainer, chance)


def _who_came(series: Sequence[Event], people: Sequence[Person], chance: Random) -> dict[int, set[int]]:
    """By person the ids of one, two or three events."""
    ids = [event.id for event in series]
    return {person.id: set(chance.sample(ids, chance.choice((1, 1, 1, 2, 2, 3)))) for person in people}


def _register(event: Event, people: Sequence[Person], chance: Random) -> None:
    for person in people:
        with clock.at(event.starts_at - timedelta(hours=chance.randrange(2, 21 * 24))):
            events.register(person, event)


def _come(event: Event, people: Sequence[Person], trainer: Person, chance: Random) -> None:
    for person in people:
        registration = events.registration_of(person, event)
        if registration is None:
            raise RuntimeError(f"{person.name_latin} is not registered for {event.slug}")
        if chance.random() < 0.85:
            with clock.at(event.starts_at + timedelta(minutes=chance.randrange(-10, 20))):
                events.join(registration, opens_minutes=15)
        else:
            with clock.at(event.ends_at - timedelta(minutes=5)):
                events.set_attendance(trainer, registration, present=True)
