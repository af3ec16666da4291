"""Essays, which a person grades: what waits, what was given, and giving it.

Whoever grades holds the attempt's row, as whoever regrades does; of two graders at once the second is told.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, tuple_, update
from sqlalchemy.orm import aliased

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Course, Enrolment, Lesson, Unit
from lms.errors import ConflictError
from lms.i18n import gettext, pick_version
from lms.mail import outbox
from lms.quizzes import grading, kinds
from lms.quizzes.models import Attempt, Question, Quiz, Regrade, Response
from lms.quizzes.services import scoring

PER_PAGE = 25
Key = tuple[int, int]
"""The ids of an attempt and a question."""


class State(StrEnum):
    waiting = "waiting"
    done = "done"


@dataclass(frozen=True, slots=True)
class Essays:
    """Those that were written to one wording of a question."""

    row: Question
    waiting: int
    done: int

    @property
    def title(self) -> str:
        return kinds.Question.from_json(pick_version(self.row.body)).title


@dataclass(frozen=True, slots=True)
class Essay:
    """One answer, as its grader sees it."""

    attempt: Attempt
    row: Question
    response: Response
    person: Person
    grader: Person | None

    @property
    def key(self) -> Key:
        return self.attempt.id, self.row.id

    @property
    def code(self) -> str:
        """Stands for the learner where graders are not to know who it is."""
        return digest(self.key)[:6].upper()

    @property
    def question(self) -> kinds.Question:
        return kinds.Question.from_json(pick_version(self.row.body))

    @property
    def text(self) -> str:
        return str(self.response.value["given"])

    @property
    def words(self) -> int:
        return grading.word_count(self.text)

    @property
    def points(self) -> float | None:
        found = self.response.fraction
        return None if found is None else round(found * self.row.max_mark, 4)


@dataclass(frozen=True, slots=True)
class Page:
    essays: Sequence[Essay]
    count: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class Given:
    """What a grader gives: with a rubric the level of each criterion, else points."""

    levels: Sequence[int] = ()
    points: float = 0.0
    comment: str = ""
    reason: str = ""
    """Why an earlier grade changes, for the record."""
    tell: bool = False
    """The learner gets a mail about a change, too."""


def digest(key: Key) -> str:
    return sha256(f"{key[0]}:{key[1]}".encode()).hexdigest()


# What waits


def waiting_in(courses: Collection[int]) -> dict[int, int]:
    """How many essays wait in each of these courses, by its id; none where none does. One query."""
    waits = (Lesson.course_id.in_(courses), ~Lesson.retired, Attempt.ungraded > 0)
    wanted = select(Lesson.course_id, func.sum(Attempt.ungraded)).join(Attempt, Attempt.quiz_id == Lesson.id)
    rows = db.session.execute(wanted.where(*waits).group_by(Lesson.course_id))
    return {course: int(count) for course, count in rows}


def queues(course: Course) -> list[tuple[Lesson, int]]:
    """The quizzes of a course in their order, with how many essays wait. One query."""
    wanted = select(Lesson, func.coalesce(func.sum(Attempt.ungraded), 0)).join(Quiz, Quiz.lesson_id == Lesson.id)
    wanted = wanted.join(Unit, Unit.id == Lesson.unit_id).outerjoin(Attempt, Attempt.quiz_id == Quiz.lesson_id)
    wanted = wanted.where(Lesson.course_id == course.id, ~Lesson.retired).group_by(Lesson.id, Unit.position)
    rows = db.session.execute(wanted.order_by(Unit.position, Lesson.position))
    return [(lesson, int(count)) for lesson, count in rows]


WAITS = Response.fraction.is_(None)
DONE = Response.graded_at.is_not(None)


def questions(quiz: Quiz) -> list[Essays]:
    """The wordings to which essays were handed in, those that are asked now first. One query."""
    counts = (func.count().filter(WAITS), func.count().filter(DONE))
    wanted = select(Question, *counts).join(Response, Response.question_id == Question.id)
    wanted = wanted.join(Attempt, Attempt.id == Response.attempt_id).where(*_handed_in(quiz), or_(WAITS, DONE))
    rows = db.session.execute(wanted.group_by(Question.id).order_by(Question.retired, Question.position, Question.id))
    return [Essays(*row) for row in rows]


def page(quiz: Quiz, state: State, question: int | None, number: int) -> Page:
    """A page of those that wait, or are done, of one question or all. Two queries."""
    keys = [(attempt, of) for attempt, of, _at in _rows(quiz, state, question)]
    pages = max(1, -(-len(keys) // PER_PAGE))
    number = min(number, pages)
    shown = keys[(number - 1) * PER_PAGE : number * PER_PAGE]
    found = {essay.key: essay for essay in _essays(quiz, tuple_(Attempt.id, Question.id).in_(shown))} if shown else {}
    return Page([found[key] for key in shown if key in found], len(keys), number, pages)


def following(quiz: Quiz, essay: Essay) -> Key | None:
    """The next that waits, of the same question first; after the last comes the first. One query."""
    mine = _rank(quiz, *essay.key, essay.attempt.submitted_at)
    rows = _rows(quiz, State.waiting)
    later = [row for row in rows if _rank(quiz, *row) > mine]
    others = [row for row in rows if _rank(quiz, *row) < mine]
    return next(((attempt, question) for attempt, question, _at in later + others), None)


def find(quiz: Quiz, attempt: int, question: int) -> Essay | None:
    """One that waits or was graded."""
    mine = (Attempt.id == attempt, Question.id == question, or_(WAITS, DONE))
    return next(iter(_essays(quiz, *mine)), None)


def _handed_in(quiz: Quiz) -> tuple[ColumnElement[bool], ...]:
    return Attempt.quiz_id == quiz.lesson_id, Attempt.submitted_at.is_not(None)


def _rank(quiz: Quiz, attempt: int, question: int, submitted_at: datetime | None) -> tuple[Any, ...]:
    """Question by question, who handed in first comes first; where that could tell who it is, in no order."""
    key = (attempt, question)
    return question, digest(key) if quiz.blind else (submitted_at, attempt)


def _rows(quiz: Quiz, state: State, question: int | None = None) -> list[tuple[int, int, datetime | None]]:
    """All of them in order: the ids of attempt and question, and when it was handed in."""
    wanted = select(Response.attempt_id, Response.question_id, Attempt.submitted_at)
    wanted = wanted.join(Attempt, Attempt.id == Response.attempt_id).where(*_handed_in(quiz))
    wanted = wanted.where(WAITS if state == State.waiting else DONE)
    if question is not None:
        wanted = wanted.where(Response.question_id == question)
    rows = [(attempt, of, at) for attempt, of, at in db.session.execute(wanted)]
    return sorted(rows, key=lambda row: _rank(quiz, *row))


def _essays(quiz: Quiz, *where: ColumnElement[bool]) -> list[Essay]:
    grader = aliased(Person)
    wanted = select(Attempt, Question, Response, Person, grader).join(Response, Response.attempt_id == Attempt.id)
    wanted = wanted.join(Question, Question.id == Response.question_id)
    wanted = wanted.join(Enrolment, Enrolment.id == Attempt.enrolment_id).join(Person, Person.id == Enrolment.person_id)
    wanted = wanted.outerjoin(grader, grader.id == Response.graded_by_id).where(*_handed_in(quiz), *where)
    return [Essay(*row) for row in db.session.execute(wanted.execution_options(populate_existing=True)).all()]


# Grading


def grade(quiz: Quiz, essay: Essay, seen: datetime | None, given: Given, grader: Person) -> None:
    """Gives it, or changes what was given: the score follows, and when nothing waits any more, passing, completion and
    the mail to the learner. `seen`: when the grade that the grader saw was given; None: none was.

    Raises ConflictError, and changes nothing, if another grader was faster. The same again is no change.
    """
    attempt, enrolment = scoring.held(essay.attempt.id)
    waited, before, was = attempt.ungraded, attempt.score_percent, essay.response.fraction
    values = _values(essay, given)
    at = max(clock.exact(), seen + timedelta(microseconds=1)) if seen else clock.exact()
    mine = (Response.attempt_id == attempt.id, Response.question_id == essay.row.id)
    as_seen = update(Response).where(*mine, Response.graded_at.is_not_distinct_from(seen))
    if not db.changed(as_seen.values(**values, graded_at=at, graded_by_id=grader.id)):
        if _is_there(mine, values, grader):
            return
        raise ConflictError(gettext("Another grader was faster."))
    scoring.settle(attempt)
    if seen and was != values["fraction"]:
        changed = {"attempt": attempt.id, "before": before, "after": attempt.score_percent, "question": essay.row.id}
        record = Regrade(quiz_id=quiz.lesson_id, at=clock.now(), by_id=grader.id, reason=given.reason)
        record.changes = [changed]
        db.session.add(record)
    if waited and not attempt.ungraded:
        _tell(quiz, attempt, enrolment, f"quiz-graded/{attempt.id}")
    elif given.tell and not attempt.ungraded:
        _tell(quiz, attempt, enrolment, f"quiz-graded/{attempt.id}/{essay.row.id}/{at.isoformat()}")


def _values(essay: Essay, given: Given) -> dict[str, Any]:
    fraction = grading.rubric_fraction(essay.question, given.levels)
    if fraction is None:
        fraction = min(max(given.points / essay.row.max_mark, 0.0), 1.0)
    return {"fraction": fraction, "levels": list(given.levels), "comment": given.comment}


def _is_there(mine: tuple[ColumnElement[bool], ...], values: dict[str, Any], grader: Person) -> bool:
    """Whether the same grader has given just that: the button was pressed twice."""
    row = db.session.scalar(select(Response).where(*mine).execution_options(populate_existing=True))
    same = row is not None and all(getattr(row, name) == value for name, value in values.items())
    return same and row is not None and row.graded_by_id == grader.id


def _tell(quiz: Quiz, attempt: Attempt, enrolment: Enrolment, key: str) -> None:
    person = enrolment.person
    names: dict[str, Any] = {
        "person": person,
        "course": enrolment.course,
        "lesson": quiz.lesson,
        "quiz": quiz,
        "attempt": attempt,
    }
    outbox.queue(key, person.email, "quiz_graded", person.language, **names)
