"""The same attempt in many windows at once, and the worker beside them: each in a transaction of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import clock, db, worker
from lms.certificates.models import Certificate
from lms.courses.models import Enrolment
from lms.errors import ConflictError
from lms.quizzes import services
from lms.quizzes.models import Attempt, Quiz, Response
from lms.quizzes.services import Saved
from tests import factories
from tests.conftest import reread
from tests.quizzes.sitting import Sitting

ROUNDS = 4


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """What each of them gives, in their order."""
    db.session.rollback()
    start = Barrier(len(acts))

    def do(act: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait()
            with db.transaction():
                return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def start(enrolment: int, quiz: int) -> int | None:
    try:
        return services.start(db.session.get_one(Enrolment, enrolment), db.session.get_one(Quiz, quiz)).number
    except ConflictError:
        return None


def submit(attempt: int) -> None:
    row = db.session.get_one(Attempt, attempt)
    services.submit(db.session.get_one(Quiz, row.quiz_id), row)


def answer(attempt: int, question: int, value: str, age: int = 0) -> Saved:
    return services.save(db.session.get_one(Attempt, attempt), {question: [value]}, {question: age})


@pytest.fixture
def at(app: Flask) -> Sitting:
    return Sitting()


def sitting(at: Sitting) -> Attempt:
    """A new attempt, now."""
    with db.transaction():
        return services.start(at.enrolment, at.quiz)


def test_starts_at_once_make_one_attempt_and_never_one_too_many(app: Flask) -> None:
    at = Sitting(attempts=2)
    own = (at.enrolment.id, at.quiz.lesson_id)
    for number in (1, 2, None):
        assert at_once(app, *[lambda: start(*own)] * 5) == [number] * 5
        if number:
            at_once(app, lambda: submit(open_attempt()))
    reread()
    assert db.session.scalars(select(func.count()).select_from(Attempt)).one() == 2


def open_attempt() -> int:
    return db.session.scalars(select(Attempt.id).where(Attempt.submitted_at.is_(None))).one()


def test_submits_at_once_grade_once(app: Flask, at: Sitting) -> None:
    attempt = sitting(at)
    with db.transaction():
        services.save(attempt, {id_: ["0"] for id_ in attempt.question_ids})
    id_ = attempt.id
    at_once(app, *[lambda: submit(id_)] * 5)
    reread()
    assert db.session.get_one(Attempt, id_).score_percent == 100
    assert db.session.scalars(select(func.count()).select_from(Certificate)).one() == 1


def test_what_is_stored_beside_a_submit_is_graded_or_refused(app: Flask, at: Sitting) -> None:
    for _ in range(ROUNDS):
        attempt = sitting(at)
        id_, questions = attempt.id, attempt.question_ids
        acts = [lambda q=q: answer(id_, q, "0") for q in questions]  # noqa: B023 - run in this round
        *saved, _none = at_once(app, *acts, lambda: submit(id_))  # noqa: B023 - as above
        reread()
        stored = set(db.session.scalars(select(Response.question_id).where(Response.attempt_id == id_)))
        assert stored == {q for q, one in zip(questions, saved, strict=True) if one == Saved.stored}
        assert set(saved) <= {Saved.stored, Saved.over}
        assert db.session.get_one(Attempt, id_).score_percent == pytest.approx(100 * len(stored) / 3, abs=0.01)


def test_of_answers_at_once_the_newest_stays(app: Flask, at: Sitting) -> None:
    for _ in range(ROUNDS):
        attempt = sitting(at)
        id_, question = attempt.id, attempt.question_ids[0]
        with db.transaction():
            attempt.started_at -= timedelta(minutes=5)
        older = [lambda: answer(id_, question, "1", age=60_000)] * 3  # noqa: B023 - run in this round
        assert set(at_once(app, *older, lambda: answer(id_, question, "0"))) == {Saved.stored}  # noqa: B023
        reread()
        wanted = select(Response.value).where(Response.attempt_id == id_)
        assert db.session.scalars(wanted).one() == {"given": 0}
        at_once(app, lambda: submit(id_))  # noqa: B023


def test_the_worker_and_the_learner_hand_in_one_attempt_once(app: Flask, at: Sitting) -> None:
    for _ in range(ROUNDS):
        attempt = sitting(at)
        with db.transaction():
            services.save(attempt, {attempt.question_ids[0]: ["0"]})
            attempt.due_at = clock.now() - timedelta(hours=1)
        id_ = attempt.id
        db.session.rollback()
        begin = Barrier(3)

        def work(begin: Barrier = begin) -> None:
            with app.app_context():
                begin.wait()
                worker.submit_overdue()

        def learner(id_: int = id_, begin: Barrier = begin) -> None:
            with app.app_context():
                begin.wait()
                with db.transaction():
                    submit(id_)

        with ThreadPoolExecutor(3) as pool:
            for done in [pool.submit(work), pool.submit(work), pool.submit(learner)]:
                done.result()
        reread()
        found = db.session.get_one(Attempt, id_)
        assert (found.by_clock, found.score_percent) == (True, 33.33)


def test_two_quizzes_of_one_course_are_handed_in_at_once(app: Flask) -> None:
    course = factories.course(lessons=0)
    first = Sitting(course)
    with db.transaction():
        first.quiz.lesson.slug = "first"
    second = Sitting(course)
    second.enrolment = first.enrolment
    for _ in range(ROUNDS):
        one, other = sitting(first).id, sitting(second).id
        at_once(app, *[lambda: submit(one), lambda: submit(other)] * 2)  # noqa: B023 - run in this round
        reread()
        open_ = select(func.count()).select_from(Attempt).where(Attempt.submitted_at.is_(None))
        assert db.session.scalars(open_).one() == 0
