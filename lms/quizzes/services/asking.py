"""Finding a quiz, and what an attempt asks, with the answers so far."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy import and_, select

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Course, Enrolment, Lesson
from lms.i18n import pick_version
from lms.quizzes import grading, kinds
from lms.quizzes.kinds import Kind
from lms.quizzes.models import Allowance, Attempt, Question, Quiz, Response
from lms.quizzes.policy import Standing


@dataclass(frozen=True)
class Asked:
    """A question within an attempt, in the reader's language, with what was answered."""

    row: Question
    number: int
    """From 1, in the order of the attempt."""
    seed: int
    given: grading.Response = None
    fraction: float | None = None
    response: Response | None = None
    """As it is stored, if it is."""
    explains: bool = True
    """Feedback shows."""

    @cached_property
    def question(self) -> kinds.Question:
        found = kinds.Question.from_json(pick_version(self.row.body))
        return found if self.explains else _without_feedback(found)

    @property
    def order(self) -> list[int]:
        """The order in which options, or the right sides of a matching, are shown."""
        return grading.order(self.question, self.seed)

    @property
    def is_answered(self) -> bool:
        return grading.is_answered(self.question, self.given)

    @property
    def grade(self) -> grading.Grade:
        found = grade(self.row.body, self.given)
        return found if self.explains else found.silent

    @property
    def mark(self) -> float:
        return round((self.fraction or 0) * self.row.max_mark, 4)

    @property
    def waits(self) -> bool:
        """Whether a grader has to read it, once the attempt is submitted."""
        return self.question.kind == Kind.essay and self.is_answered and self.fraction is None

    @property
    def stamp(self) -> str:
        """Stands for what the page shows; who sends the same has not answered anew."""
        blank = self.question.template or grading.parse_response(self.question, [])
        return stamp(blank if self.given is None else self.given)

    # Where questions can be checked and tried again

    @property
    def tries(self) -> Sequence[Mapping[str, Any]]:
        """What was checked, the oldest first."""
        return self.response.tries if self.response else ()

    @property
    def tries_left(self) -> int:
        return most_tries(self.row.body) - len(self.tries)

    @property
    def is_checked(self) -> bool:
        """Whether what is given is what was checked last."""
        return bool(self.tries) and self.tries[-1]["given"] == self.given

    @property
    def is_finished(self) -> bool:
        """Whether it was checked and found right, or has no try left: the answer stays as it is."""
        return bool(self.tries) and (self.tries[-1]["fraction"] == 1 or self.tries_left <= 0)

    @property
    def hint(self) -> str:
        """The one that the last wrong try has earned."""
        reached = self.question.hints[: len(self.tries)]
        return reached[-1] if reached and not self.is_finished else ""


def _without_feedback(question: kinds.Question) -> kinds.Question:
    gaps = tuple(replace(gap, options=_silent(gap.options)) for gap in question.gaps)
    silent = replace(question, options=_silent(question.options), gaps=gaps, feedback="")
    return replace(silent, right_feedback="", partly_feedback="", wrong_feedback="")


def _silent(options: Sequence[kinds.Option]) -> tuple[kinds.Option, ...]:
    return tuple(replace(option, feedback="") for option in options)


def stamp(given: grading.Response) -> str:
    return sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:12]


def most_tries(body: Mapping[str, Any]) -> int:
    """One, and another for each hint; the same in all languages."""
    return 1 + max(len(version.get("hints", ())) for version in body.values())


def grade(body: Mapping[str, Any], given: grading.Response) -> grading.Grade:
    """The best of the languages: an answer that is right in one of them is right. Feedback is in the reader's."""
    mine = pick_version(body)
    versions = [mine, *(version for version in body.values() if version is not mine)]
    grades = [grading.grade(kinds.Question.from_json(version), given) for version in versions]
    return max(grades, key=lambda one: one.fraction)


# Finding


def find(course: str, lesson: str) -> tuple[Course, Lesson, Quiz] | None:
    """The quiz at an address, with what it belongs to."""
    wanted = (
        select(Course, Lesson, Quiz)
        .join(Lesson, Lesson.course_id == Course.id)
        .join(Quiz, Quiz.lesson_id == Lesson.id)
        .where(Course.slug == course, Lesson.slug == lesson, ~Lesson.retired)
    )
    row = db.session.execute(wanted).first()
    return (row[0], row[1], row[2]) if row else None


def of_lesson(lesson: Lesson) -> Quiz:
    return db.session.scalars(select(Quiz).where(Quiz.lesson_id == lesson.id)).one()


def questions(quiz: Quiz) -> Sequence[Question]:
    """The quiz's own, which a new attempt asks, in the order of the bundle; what it draws comes on top."""
    wanted = select(Question).where(Question.quiz_id == quiz.lesson_id, ~Question.retired)
    return db.session.scalars(wanted.where(Question.bank_version_id.is_(None)).order_by(Question.position)).all()


def standing(enrolment: Enrolment, lesson: Lesson) -> Standing:
    """Where the person stands in the quiz of this lesson. One query."""
    mine = and_(Attempt.quiz_id == Quiz.lesson_id, Attempt.enrolment_id == enrolment.id)
    beyond = and_(Allowance.quiz_id == Quiz.lesson_id, Allowance.enrolment_id == enrolment.id)
    wanted = select(Quiz, Allowance, Attempt).outerjoin(Allowance, beyond).outerjoin(Attempt, mine)
    wanted = wanted.where(Quiz.lesson_id == lesson.id).order_by(Attempt.number)
    rows: Sequence[Any] = db.session.execute(_fresh(wanted)).all()
    quiz, allowance, _attempt = rows[0]
    return Standing(quiz, [row[2] for row in rows if row[2] is not None], allowance)


def attempts(enrolment: Enrolment, quiz: Quiz) -> Sequence[Attempt]:
    """The oldest first."""
    wanted = select(Attempt).where(Attempt.enrolment_id == enrolment.id, Attempt.quiz_id == quiz.lesson_id)
    return db.session.scalars(_fresh(wanted.order_by(Attempt.number))).all()


def attempt(person: Person, quiz: Quiz, number: int) -> tuple[Attempt, Enrolment] | None:
    """The person's own attempt of that number, with the enrolment it belongs to."""
    wanted = (
        select(Attempt, Enrolment)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.person_id == person.id, Attempt.quiz_id == quiz.lesson_id, Attempt.number == number)
    )
    row = db.session.execute(wanted).first()
    return (row[0], row[1]) if row else None


def asked(attempt: Attempt, only: Collection[int] | None = None, explains: bool = True) -> list[Asked]:
    """The questions of an attempt, in its order, with the answers so far: all, or those of these ids. One query.
    `explains`: with feedback.
    """
    given = and_(Response.question_id == Question.id, Response.attempt_id == attempt.id)
    ids = attempt.question_ids if only is None else set(only) & set(attempt.question_ids)
    wanted = select(Question, Response).outerjoin(Response, given).where(Question.id.in_(ids))
    rows = {row.id: (row, found) for row, found in db.session.execute(_fresh(wanted)).all()} if ids else {}
    in_order = enumerate(attempt.question_ids, 1)
    return [_asked(*rows[id_], number, attempt.seed, explains) for number, id_ in in_order if id_ in rows]


def _fresh(wanted: Any) -> Any:
    return wanted.execution_options(populate_existing=True)


def _asked(row: Question, response: Response | None, number: int, seed: int, explains: bool) -> Asked:
    if response is None:
        return Asked(row, number, seed, explains=explains)
    return Asked(row, number, seed, response.value["given"], response.fraction, response, explains)


def responses(attempt: Attempt) -> Sequence[Response]:
    return db.session.scalars(select(Response).where(Response.attempt_id == attempt.id)).all()
