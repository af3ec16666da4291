"""Taking a quiz: start, answer, submit. Each answer is stored when it is given; submitting again changes nothing."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select

from lms import clock, db
from lms.accounts.models import Person
from lms.courses import services as courses
from lms.courses.models import Course, Enrolment, Lesson
from lms.errors import ConflictError
from lms.i18n import gettext, pick_version
from lms.quizzes import grading, kinds
from lms.quizzes.models import Attempt, Question, Quiz, Response


@dataclass(frozen=True)
class Asked:
    """A question within an attempt, in the reader's language, with what was answered."""

    row: Question
    number: int
    """From 1, in the order of the attempt."""
    seed: int
    given: grading.Response = None
    fraction: float | None = None

    @cached_property
    def question(self) -> kinds.Question:
        return kinds.Question.from_json(pick_version(self.row.body))

    @property
    def order(self) -> list[int]:
        """The order in which options, or the right sides of a matching, are shown."""
        return grading.order(self.question, self.seed)

    @property
    def is_answered(self) -> bool:
        return grading.is_answered(self.question, self.given)

    @property
    def grade(self) -> grading.Grade:
        return grade(self.row.body, self.given)

    @property
    def mark(self) -> float:
        return round((self.fraction or 0) * self.row.max_mark, 4)


def grade(body: Mapping[str, Any], given: grading.Response) -> grading.Grade:
    """The best of the languages: an answer that is right in one of them is right. Feedback is in the reader's."""
    mine = pick_version(body)
    versions = [mine, *(version for version in body.values() if version is not mine)]
    grades = [grading.grade(kinds.Question.from_json(version), given) for version in versions]
    return max(grades, key=lambda one: one.fraction)


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
    """What a new attempt asks, in the order of the bundle."""
    wanted = select(Question).where(Question.quiz_id == quiz.lesson_id, ~Question.retired)
    return db.session.scalars(wanted.order_by(Question.position)).all()


def attempts(enrolment: Enrolment, quiz: Quiz) -> Sequence[Attempt]:
    """The oldest first."""
    wanted = select(Attempt).where(Attempt.enrolment_id == enrolment.id, Attempt.quiz_id == quiz.lesson_id)
    return db.session.scalars(wanted.order_by(Attempt.number)).all()


def attempt(person: Person, quiz: Quiz, number: int) -> tuple[Attempt, Enrolment] | None:
    """The person's own attempt of that number, with the enrolment it belongs to."""
    wanted = (
        select(Attempt, Enrolment)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.person_id == person.id, Attempt.quiz_id == quiz.lesson_id, Attempt.number == number)
    )
    row = db.session.execute(wanted).first()
    return (row[0], row[1]) if row else None


def attempts_left(quiz: Quiz, made: Sequence[Attempt]) -> int | None:
    """None when there is no limit."""
    return None if quiz.attempts == 0 else max(quiz.attempts - len(made), 0)


def start(enrolment: Enrolment, quiz: Quiz) -> Attempt:
    """The open attempt, on whatever device it was begun, or a new one. Raises ConflictError when none is left."""
    courses.act(db.locked(Enrolment, enrolment.id), quiz.lesson)
    made = attempts(enrolment, quiz)
    if made and made[-1].submitted_at is None:
        return made[-1]
    if attempts_left(quiz, made) == 0:
        raise ConflictError(gettext("You have used all attempts at this quiz."))
    new = Attempt(
        enrolment_id=enrolment.id,
        quiz_id=quiz.lesson_id,
        number=len(made) + 1,
        seed=secrets.randbelow(2**31),
        question_ids=[],
        started_at=clock.now(),
    )
    new.question_ids = _in_order(quiz, new.seed)
    db.session.add(new)
    db.session.flush()
    return new


def _in_order(quiz: Quiz, seed: int) -> list[int]:
    ids = [question.id for question in questions(quiz)]
    return grading.shuffled(ids, seed) if quiz.shuffle else ids


def asked(attempt: Attempt) -> list[Asked]:
    """All questions of an attempt, in its order, with the answers so far. Two queries."""
    rows = {row.id: row for row in db.session.scalars(select(Question).where(Question.id.in_(attempt.question_ids)))}
    answers = {response.question_id: response for response in responses(attempt)}
    return [
        Asked(rows[id_], number, attempt.seed, *_answer(answers.get(id_)))
        for number, id_ in enumerate(attempt.question_ids, 1)
    ]


def _answer(response: Response | None) -> tuple[grading.Response, float | None]:
    return (response.value["given"], response.fraction) if response else (None, None)


def responses(attempt: Attempt) -> Sequence[Response]:
    return db.session.scalars(select(Response).where(Response.attempt_id == attempt.id)).all()


def save(attempt: Attempt, given: Mapping[int, Sequence[str]]) -> bool:
    """Stores raw form values by question id; False, and nothing stored, when the attempt is submitted already.

    What belongs to no question of the attempt is ignored; the last answer to a question counts.
    """
    attempt = db.locked(Attempt, attempt.id)
    if attempt.submitted_at is not None:
        return False
    wanted = select(Question).where(Question.id.in_(set(given) & set(attempt.question_ids)))
    for question in db.session.scalars(wanted).all():
        version = kinds.Question.from_json(pick_version(question.body))
        _store(attempt, question, grading.parse_response(version, given[question.id]))
    enrolment = db.session.get_one(Enrolment, attempt.enrolment_id)
    courses.act(enrolment, db.session.get_one(Lesson, attempt.quiz_id))
    return True


def _store(attempt: Attempt, question: Question, given: grading.Response) -> None:
    value = {"value": {"given": given}, "saved_at": clock.now()}
    new = db.insert(Response).values(attempt_id=attempt.id, question_id=question.id, **value)
    db.session.execute(new.on_conflict_do_update(index_elements=["attempt_id", "question_id"], set_=value))


def submit(course: Course, lesson: Lesson, quiz: Quiz, attempt: Attempt, enrolment: Enrolment) -> None:
    """Grades what is stored, and records the lesson as passed if the pass mark is reached. The second time, nothing."""
    attempt = db.locked(Attempt, attempt.id)
    if attempt.submitted_at is not None:
        return
    score = _graded(attempt)
    attempt.submitted_at = clock.now()
    attempt.mark, attempt.out_of = float(score.mark), float(score.out_of)
    attempt.score_percent = float(score.percent)
    db.session.flush()
    if quiz.final:
        courses.record_best_score(enrolment, attempt.score_percent)
    if attempt.score_percent >= quiz.pass_mark:
        courses.complete_lesson(course, enrolment, lesson, attempt.score_percent)
    else:
        courses.record_score(enrolment, lesson, attempt.score_percent)


def _graded(attempt: Attempt) -> grading.Score:
    """The score of the stored answers; keeps with each what it was worth."""
    rows = db.session.scalars(select(Question).where(Question.id.in_(attempt.question_ids))).all()
    answers = {response.question_id: response for response in responses(attempt)}
    for row in rows:
        if row.id in answers:
            answers[row.id].fraction = grade(row.body, answers[row.id].value["given"]).fraction
    worth = {id_: response.fraction or 0.0 for id_, response in answers.items()}
    return grading.score((worth.get(row.id, 0.0), row.max_mark) for row in rows)
