"""Learners at a quiz, by its services."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms import clock, db
from lms.courses import services as courses
from lms.courses.models import Course, Enrolment, LessonProgress
from lms.quizzes import kinds, services
from lms.quizzes.models import Attempt, Question, Quiz, Response
from lms.quizzes.services import Saved
from tests import factories

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
GRACE = timedelta(seconds=60)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


class Sitting:
    """One learner, one quiz; each act in a transaction of its own, so many minutes after noon."""

    def __init__(self, course: Course | None = None, quiz: Quiz | None = None, **settings: Any) -> None:
        self.course = course or factories.course(lessons=0)
        self.quiz = quiz or factories.quiz(self.course, settings.pop("questions", None), **settings)
        with db.transaction():
            self.enrolment = courses.enrol(factories.learner(), self.course)

    def do(self, act: Callable[..., Any], *values: Any, after: float = 0, **more: Any) -> Any:
        with clock.at(NOON + minutes(after)), db.transaction():
            return act(*values, **more)

    def start(self, after: float = 0, word: str | None = None) -> Attempt:
        return self.do(services.start, self.enrolment, self.quiz, word, after=after)

    def answer(
        self, attempt: Attempt, answers: dict[int, object], after: float = 0, age: int = 0, **more: Any
    ) -> Saved:
        given = {id_: [str(value)] for id_, value in answers.items()}
        ages = dict.fromkeys(given, age)
        return self.do(services.save, attempt, given, ages, after=after, grace=GRACE)

    def check(self, attempt: Attempt, question: int, value: object, after: float = 0) -> Saved:
        return self.do(services.check, attempt, question, [str(value)], GRACE, after=after)

    def submit(self, attempt: Attempt, after: float = 0) -> Attempt:
        self.do(services.submit, self.quiz, attempt, GRACE, after=after)
        return attempt

    def take(self, right: int, after: float = 0) -> Attempt:
        """A whole attempt with so many right answers."""
        attempt = self.start(after)
        ids = attempt.question_ids
        self.answer(attempt, {id_: 0 if at < right else 1 for at, id_ in enumerate(ids)}, after)
        return self.submit(attempt, after)

    def stored(self) -> dict[int, Any]:
        db.session.rollback()
        rows = select(Response).execution_options(populate_existing=True)
        return {row.question_id: row.value["given"] for row in db.session.scalars(rows)}

    def again(self) -> Enrolment:
        """As it is in the database now."""
        db.session.rollback()
        found = select(Enrolment).where(Enrolment.id == self.enrolment.id).execution_options(populate_existing=True)
        return db.session.scalars(found).one()

    def recorded(self) -> tuple[float | None, bool]:
        """The score of the lesson, and whether it is complete."""
        db.session.rollback()
        mine = select(LessonProgress).where(LessonProgress.enrolment_id == self.enrolment.id)
        row = db.session.scalars(mine.execution_options(populate_existing=True)).one()
        return row.score_percent, row.completed_at is not None


def ids(quiz: Quiz) -> list[int]:
    """Its questions, in the order of the bundle."""
    wanted = select(Question.id).where(Question.quiz_id == quiz.lesson_id)
    return list(db.session.scalars(wanted.order_by(Question.position)))


def hinted(name: str, hints: int = 2, penalty: float = 25) -> kinds.Question:
    options = tuple(kinds.Option(text, weight) for text, weight in (("Right", 100), ("Half", 50), ("Wrong", 0)))
    texts = tuple(f"Hint {number} of {name}" for number in range(1, hints + 1))
    return kinds.Question(name, kinds.Kind.single, f"What of {name}?", options, hints=texts, penalty=penalty)


def essay(name: str = "essay") -> kinds.Question:
    return kinds.Question(name, kinds.Kind.essay, "Tell of your village.")
