"""Many attempts at a quiz at once."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Course, Enrolment
from lms.quizzes import kinds
from lms.quizzes.models import Attempt, Question, Quiz, Response
from tests import factories
from tests.reports.crowd import NOON

OPTIONS = (kinds.Option("Right", 100), kinds.Option("Half", 50), kinds.Option("Wrong", 0))
WORTH = (1.0, 0.5, 0.0)


def choice(name: str) -> kinds.Question:
    return kinds.Question(name, kinds.Kind.single, f"What of {name}?", OPTIONS)


def questions(quiz: Quiz) -> list[Question]:
    rows = select(Question).where(Question.quiz_id == quiz.lesson_id)
    return list(db.session.scalars(rows.order_by(Question.position, Question.id)))


def take(
    course: Course,
    quiz: Quiz,
    given: Sequence[int | None],
    person: Person | None = None,
    asked: Sequence[Question] | None = None,
    **values: Any,
) -> Attempt:
    """An attempt at a quiz of `choice`s, handed in, with the options that were chosen."""
    asked = asked or questions(quiz)
    person = person or factories.person()
    enrolment = db.session.scalar(select(Enrolment).filter_by(course_id=course.id, person_id=person.id))
    enrolment = enrolment or factories._kept(Enrolment(course_id=course.id, person_id=person.id, enrolled_at=NOON))
    made = db.session.scalars(select(Attempt.id).filter_by(enrolment_id=enrolment.id, quiz_id=quiz.lesson_id)).all()
    number = len(made) + 1
    attempt = factories._kept(_attempt(enrolment.id, quiz, number, given, asked, values))
    for question, one in zip(asked, given, strict=True):
        if one is not None:
            keys = {"attempt_id": attempt.id, "question_id": question.id}
            factories._kept(Response(**keys, value={"given": one}, saved_at=NOON, fraction=WORTH[one]))
    return attempt


def _attempt(
    enrolment: int, quiz: Quiz, number: int, given: Sequence[int | None], asked: Sequence[Question], values: Any
) -> Attempt:
    out_of = sum(question.max_mark for question in asked)
    mark = sum(WORTH[one] * row.max_mark for row, one in zip(asked, given, strict=True) if one is not None)
    defaults = {
        "enrolment_id": enrolment,
        "quiz_id": quiz.lesson_id,
        "number": number,
        "seed": 1,
        "question_ids": [question.id for question in asked],
        "started_at": NOON + timedelta(days=number),
        "submitted_at": NOON + timedelta(days=number, minutes=12),
        "mark": mark,
        "out_of": out_of,
        "score_percent": round(100 * mark / out_of, 2),
    }
    return Attempt(**{**defaults, **values})


def crowd(course: Course, quiz: Quiz, count: int, chance: Random) -> None:
    """So many more learners, with an attempt each; who knows more answers better."""
    tag, asked = secrets.token_hex(4), questions(quiz)
    people = [
        {"name": f"Person {tag} {number}", "fs_uniquifier": f"{tag}-{number}", "created_at": NOON}
        for number in range(count)
    ]
    with db.transaction():
        db.session.execute(insert(Person), people)
        ids = db.session.scalars(select(Person.id).where(Person.fs_uniquifier.startswith(tag))).all()
        enrolments = [{"course_id": course.id, "person_id": id_, "enrolled_at": NOON} for id_ in ids]
        db.session.execute(insert(Enrolment), enrolments)
        mine = select(Enrolment.id).where(Enrolment.person_id.in_(ids), Enrolment.course_id == course.id)
        attempts = [_random_attempt(id_, quiz, asked, chance) for id_ in db.session.scalars(mine)]
        given = [attempt.pop("given") for attempt in attempts]
        db.session.execute(insert(Attempt), attempts)
        found = select(Attempt.id).where(Attempt.enrolment_id.in_([one["enrolment_id"] for one in attempts]))
        made = db.session.scalars(found.order_by(Attempt.id)).all()
        responses = [
            {
                "attempt_id": attempt,
                "question_id": question.id,
                "value": {"given": one},
                "saved_at": NOON,
                "fraction": WORTH[one],
            }
            for attempt, chosen in zip(made, given, strict=True)
            for question, one in zip(asked, chosen, strict=True)
            if one is not None
        ]
        db.session.execute(insert(Response), responses)


def _random_attempt(enrolment: int, quiz: Quiz, asked: Sequence[Question], chance: Random) -> dict[str, Any]:
    able = chance.random()
    given = [0 if chance.random() < able else chance.choice([0, 1, 2, 2, None]) for _question in asked]
    attempt = _attempt(enrolment, quiz, 1, given, asked, {})
    names = [column.name for column in Attempt.__table__.columns if column.name != "id"]
    row = {name: getattr(attempt, name) for name in names if getattr(attempt, name) is not None}
    return {**row, "given": given}
