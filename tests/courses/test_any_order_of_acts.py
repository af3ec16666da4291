"""Two learners who do the same in another order stand the same in the end, and no completion is taken back."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies as st

from lms import clock, db, signals
from lms.accounts.models import Person
from lms.courses import completion, services
from lms.courses.models import Course, Enrolment
from tests import factories
from tests.courses.acts import NOON, again, enrolled, lessons
from tests.courses.test_completion import Act, rules

acts = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.integers(0, 2)),
        st.tuples(st.just("pass_quiz"), st.integers(60, 100)),
        st.tuples(st.just("fail_quiz"), st.integers(0, 59)),
        st.tuples(st.just("spend"), st.integers(1, 10)),
        st.sampled_from([("approve", 0), ("refresh", 0), ("leave_and_come_back", 0)]),
    ),
    max_size=8,
)


class Learner:
    """Does one thing after another; time passes only when it is spent."""

    def __init__(self, course: Course, trainer: Person) -> None:
        self.course, self.trainer, self.enrolment = course, trainer, enrolled(course)
        *self.pages, self.quiz = lessons(course)
        self.moment, self.completions, self.best = NOON, 0, 0

    def hear(self, enrolment: Enrolment) -> None:
        """Refreshing completes those of earlier examples, too."""
        self.completions += enrolment.id == self.enrolment.id

    def read(self, number: int) -> None:
        services.complete_lesson(self.course, self.enrolment, self.pages[number])

    def pass_quiz(self, score: int) -> None:
        self._count(score, passed=True)

    def fail_quiz(self, score: int) -> None:
        self._count(score, passed=False)

    def _count(self, score: int, passed: bool) -> None:
        """The highest score counts."""
        self.best = max(self.best, score)
        services.count_score(db.locked(Enrolment, self.enrolment.id), self.quiz, self.best, passed)

    def spend(self, minutes: int) -> None:
        services.visit(self.enrolment, self.quiz)
        self.moment += timedelta(minutes=minutes)
        with clock.at(self.moment):
            services.visit(self.enrolment, self.quiz)

    def approve(self, _: int) -> None:
        services.approve(self.enrolment, self.trainer)

    def refresh(self, _: int) -> None:
        services.refresh(self.course)

    def leave_and_come_back(self, _: int) -> None:
        db.session.refresh(self.enrolment)
        if self.enrolment.status == "active":
            services.withdraw(self.enrolment)
            services.enrol(self.enrolment.person, self.course)

    def facts(self, enrolment: Enrolment) -> completion.Facts:
        return services.facts(enrolment, services.outline(self.course, enrolment))

    def do_all(self, some: list[Act]) -> tuple[Any, ...]:
        """The standing in the end. On the way each state follows from the facts, and is never behind the one before."""
        completed = False
        with signals.course_completed.connected_to(self.hear):
            for what, number in some:
                with clock.at(self.moment), db.transaction():
                    getattr(self, what)(number)
                found = again(self.enrolment)
                met = completion.is_met(self.course.completion, self.facts(found))
                assert (found.status == "completed") == met
                assert met >= completed
                completed = met
        assert self.completions == completed
        found = again(self.enrolment)
        return found.status, found.progress_percent, found.seconds, self.facts(found)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_any_order_of_acts_gives_the_same_standing(app: Flask) -> None:
    course, trainer = factories.course(lessons=3), factories.trainer()
    factories.quiz(course)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rules, acts, st.randoms())
    def same_standing(rule: dict[str, Any], some: list[Act], chance: Any) -> None:
        has_any = completion.checklist(rule, completion.Facts(pages=3, quizzes=1))
        with db.transaction():
            course.completion = rule if has_any else {"lessons": "all"}
        other = list(some)
        chance.shuffle(other)
        assert Learner(course, trainer).do_all(some) == Learner(course, trainer).do_all(other)

    same_standing()
