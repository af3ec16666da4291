"""Start, answer, check, submit, reload and wait in any order: the rules hold after each act."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select

from lms import clock, db, worker
from lms.errors import ConflictError
from lms.quizzes import policy, services
from lms.quizzes.models import Attempt, Quiz, Response
from lms.quizzes.services import Saved
from tests import factories
from tests.quizzes.sitting import GRACE, NOON, Sitting, hinted

question = st.integers(0, 2)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("start")),
        st.tuples(st.just("answer"), question, st.integers(0, 2), st.integers(0, 90)),
        st.tuples(st.just("check"), question, st.integers(0, 2)),
        st.tuples(st.just("turn")),
        st.tuples(st.just("submit")),
        st.tuples(st.just("work")),
        st.tuples(st.just("allow"), st.integers(0, 1), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.integers(1, 400)),
    ),
    min_size=5,
    max_size=25,
)
rules = st.fixed_dictionaries(
    {
        "attempts": st.integers(0, 2),
        "time_limit": st.sampled_from([0, 5]),
        "pause": st.sampled_from([0, 2]),
        "counts": st.sampled_from(["highest", "average", "first", "last"]),
        "tries": st.booleans(),
        "going_back": st.booleans(),
        "per_page": st.sampled_from([1, 5]),
        "closes_at": st.sampled_from([None, NOON + timedelta(minutes=15)]),
    }
)


class Machine:
    """One learner's acts, and a plain model of what should be stored."""

    def __init__(self, at: Sitting) -> None:
        self.at, self.moment, self.extra = at, NOON, 0
        self.newest: dict[tuple[int, int], tuple[Any, int]] = {}
        self.passed = self.completed = False
        self.trainer = factories.trainer()

    @property
    def attempt(self) -> Attempt | None:
        db.session.rollback()
        mine = select(Attempt).where(Attempt.enrolment_id == self.at.enrolment.id).order_by(Attempt.number.desc())
        return db.session.scalars(mine.execution_options(populate_existing=True)).first()

    def start(self) -> None:
        try:
            services.start(self.at.enrolment, self.at.quiz)
        except ConflictError:
            db.session.rollback()

    def answer(self, number: int, value: int, age: int) -> None:
        attempt = self.attempt
        if attempt is None:
            return
        id_, over = attempt.question_ids[number], policy.is_over(attempt, self.moment, GRACE)
        saved = services.save(attempt, {id_: [str(value)]}, {id_: age * 1000}, grace=GRACE)
        assert (saved == Saved.over) == over
        if saved == Saved.stored:
            self.note(attempt, id_, value, max(self.moment - timedelta(seconds=age), attempt.started_at))

    def note(self, attempt: Attempt, id_: int, value: int, given: Any) -> None:
        key = (attempt.id, id_)
        if key not in self.newest or self.newest[key][1] <= given:
            self.newest[key] = (value, given)

    def check(self, number: int, value: int) -> None:
        attempt = self.attempt
        if attempt and services.check(attempt, attempt.question_ids[number], [str(value)], GRACE) == Saved.stored:
            self.note(attempt, attempt.question_ids[number], value, self.moment)

    def turn(self) -> None:
        if self.attempt:
            services.turn(self.attempt, self.attempt.page + 1)

    def submit(self) -> None:
        attempt, at = self.attempt, self.at
        if attempt:
            services.submit(at.quiz, attempt, GRACE)

    def work(self) -> None:
        for id_ in services.overdue(GRACE):
            services.submit_overdue(id_, GRACE)

    def allow(self, attempts: int, minutes: int) -> None:
        self.extra = max(self.extra, attempts)
        values = {"extra_attempts": attempts, "extra_minutes": minutes, "closes_at": None, "reason": ""}
        services.allow(self.at.quiz, self.at.enrolment, self.trainer, values)

    def wait(self, seconds: int) -> None:
        self.moment += timedelta(seconds=seconds)

    def do(self, name: str, *values: Any) -> None:
        with clock.at(self.moment), db.transaction():
            getattr(self, name)(*values)
        self.look()

    def look(self) -> None:
        """The rules, as the database has it now."""
        enrolment, quiz = self.at.again(), db.session.get_one(Quiz, self.at.quiz.lesson_id)
        made = services.attempts(enrolment, quiz)
        assert [one.number for one in made] == list(range(1, len(made) + 1))
        assert not quiz.attempts or len(made) <= quiz.attempts + self.extra
        assert all(one.submitted_at for one in made[:-1])
        for attempt in made:
            self.look_at(attempt)
        score = policy.counting(quiz.counts, [one for one in made if one.submitted_at])
        outline = services.standing(enrolment, quiz.lesson)
        assert outline.score == score
        assert enrolment.best_score_percent == score
        self.passed = self.passed or (score is not None and score >= quiz.pass_mark)
        assert (enrolment.status == "completed") == self.passed >= self.completed
        self.completed = self.passed

    def look_at(self, attempt: Attempt) -> None:
        responses = services.responses(attempt)
        for row in responses:
            assert row.value["given"] == self.newest[attempt.id, row.question_id][0]
            assert attempt.started_at <= row.given_at <= row.saved_at
            assert not attempt.submitted_at or row.saved_at <= attempt.submitted_at
            assert len(row.tries) <= 3
        assert len(responses) == sum(key[0] == attempt.id for key in self.newest)
        if attempt.submitted_at:
            assert attempt.score_percent is not None
            assert 0 <= attempt.score_percent <= 100
            latest = (attempt.due_at or attempt.submitted_at) + GRACE
            assert attempt.submitted_at <= latest


@pytest.mark.parametrize("engine", ["sqlite"])
def test_any_order_of_acts_keeps_the_rules(app: Flask) -> None:
    course = factories.course(lessons=0)
    quiz = factories.quiz(course, [hinted(f"q{number}") for number in range(3)], final=True)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rules, acts)
    def keeps(rule: dict[str, Any], some: list[tuple[Any, ...]]) -> None:
        with db.transaction():
            found = db.session.get_one(Quiz, quiz.lesson_id)
            for name, value in rule.items():
                setattr(found, name, value)
            db.session.query(Response).delete()
            db.session.query(Attempt).delete()
        machine = Machine(Sitting(course, found))
        for act in [("start",), *some]:
            machine.do(*act)
        with clock.at(machine.moment + timedelta(days=1)):
            worker.submit_overdue()
        machine.look()

    keeps()
