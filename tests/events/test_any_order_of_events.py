"""Whatever people and trainers do in whatever order: places are never oversold, and turns are kept."""

from contextlib import suppress
from itertools import count

from flask import Flask
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.errors import ConflictError, InvalidError
from lms.events import services
from lms.events.models import Event, Registration, RegistrationStatus
from tests import factories

LIVE = (RegistrationStatus.confirmed, RegistrationStatus.waitlisted)
numbers = count()
capacities = st.none() | st.integers(min_value=0, max_value=4)


class Places(RuleBasedStateMachine):
    """Beside the database, a list of who came and a set of who has a place."""

    people: list[Person]

    def __init__(self) -> None:
        super().__init__()
        self.capacity: int | None = 2
        self.event: Event = factories.event(f"event-{next(numbers)}", capacity=self.capacity)
        self.line: list[int] = []
        self.placed: set[int] = set()

    def fill(self) -> None:
        for person in self.line:
            if person not in self.placed and (self.capacity is None or len(self.placed) < self.capacity):
                self.placed.add(person)

    @rule(number=st.integers(min_value=0, max_value=6))
    def register(self, number: int) -> None:
        with db.transaction():
            services.register(self.people[number], self.event)
        if number not in self.line:
            self.line.append(number)
            self.fill()

    @rule(number=st.integers(min_value=0, max_value=6))
    def cancel(self, number: int) -> None:
        registration = services.registration_of(self.people[number], self.event)
        assert (registration is not None) == (number in self.line)
        if registration:
            with db.transaction():
                services.cancel(registration)
            with suppress(ConflictError), db.transaction():
                services.cancel(registration)
            self.line.remove(number)
            self.placed.discard(number)
            self.fill()

    @rule(capacity=capacities)
    def set_capacity(self, capacity: int | None) -> None:
        fits = capacity is None or capacity >= len(self.placed)
        try:
            with db.transaction():
                services.set_capacity(self.event, capacity)
        except InvalidError:
            assert not fits
        else:
            assert fits
            self.capacity = capacity
            self.fill()

    @invariant()
    def the_database_agrees(self) -> None:
        db.session.expire_all()
        rows = db.session.execute(
            select(Registration.person_id, Registration.status)
            .where(Registration.event_id == self.event.id, Registration.status.in_(LIVE))
            .order_by(Registration.id)
        ).all()
        by_id = {person.id: number for number, person in enumerate(self.people)}
        assert [by_id[person_id] for person_id, _status in rows] == self.line
        assert {by_id[person_id] for person_id, status in rows if status == "confirmed"} == self.placed
        assert self.event.seats_taken == len(self.placed)
        assert self.event.capacity is None or self.event.seats_taken <= self.event.capacity


def test_places_are_never_oversold_and_turns_are_kept(app: Flask) -> None:
    class WithPeople(Places):
        people = [factories.person() for _ in range(7)]

    slow_is_fine = settings(
        max_examples=25,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(WithPeople, settings=slow_is_fine)
