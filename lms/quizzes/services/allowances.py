"""What one person has beyond others in a quiz: more attempts, more time, a later closing."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import contains_eager

from lms import clock, db
from lms.accounts import services as accounts
from lms.accounts.models import Person
from lms.courses import services as courses
from lms.courses.models import Course, Enrolment
from lms.errors import InvalidError, NotFoundError
from lms.i18n import gettext
from lms.quizzes.models import Allowance, Attempt, Quiz
from lms.quizzes.policy import Standing

Given = tuple[Allowance, Enrolment]
"""With the person."""


def allowances(quiz: Quiz) -> Sequence[Given]:
    """Everybody who has one, the latest first. One query."""
    return [(row[0], row[1]) for row in db.session.execute(_wanted(quiz).order_by(Allowance.at.desc(), Enrolment.id))]


def allowance(quiz: Quiz, enrolment_id: int) -> Given | None:
    row = db.session.execute(_wanted(quiz).where(Allowance.enrolment_id == enrolment_id)).first()
    return (row[0], row[1]) if row else None


def _wanted(quiz: Quiz) -> Any:
    wanted = select(Allowance, Enrolment).join(Enrolment, Enrolment.id == Allowance.enrolment_id)
    wanted = wanted.join(Enrolment.person).options(contains_eager(Enrolment.person))
    return wanted.where(Allowance.quiz_id == quiz.lesson_id)


def learner(course: Course, name: str, country: str) -> Enrolment:
    """Who takes the course, by phone number or e-mail address. Raises InvalidError for `person`."""
    enrolment = courses.enrolment_of(accounts.by_sign_in_name(name, country), course)
    if enrolment is None:
        raise InvalidError("person", gettext("Nobody who takes this course has this number or address."))
    return enrolment


def allow(quiz: Quiz, enrolment: Enrolment, trainer: Person, values: Mapping[str, Any]) -> None:
    """Gives it, or changes what was given. It holds at once, for the attempt that goes on too."""
    said = {**values, "by_id": trainer.id, "at": clock.now()}
    new = db.insert(Allowance).values(quiz_id=quiz.lesson_id, enrolment_id=enrolment.id, **said)
    db.session.execute(new.on_conflict_do_update(index_elements=["quiz_id", "enrolment_id"], set_=said))
    reckon_time(quiz, enrolment.id)


def take_back(quiz: Quiz, enrolment_id: int) -> None:
    """Raises NotFoundError where there is none."""
    mine = (Allowance.quiz_id == quiz.lesson_id, Allowance.enrolment_id == enrolment_id)
    if db.session.execute(delete(Allowance).where(*mine).returning(Allowance.enrolment_id)).first() is None:
        raise NotFoundError
    reckon_time(quiz, enrolment_id)


def reckon_time(quiz: Quiz, enrolment_id: int | None = None) -> None:
    """Until when the attempts that go on have time, after the quiz or an allowance has changed: one person's or all."""
    wanted = select(Attempt).where(Attempt.quiz_id == quiz.lesson_id, Attempt.submitted_at.is_(None))
    if enrolment_id is not None:
        wanted = wanted.where(Attempt.enrolment_id == enrolment_id)
    in_order = wanted.order_by(Attempt.id).with_for_update().execution_options(populate_existing=True)
    attempts = db.session.scalars(in_order).all()
    beyond = _by_enrolment(quiz) if attempts else {}
    for attempt in attempts:
        attempt.due_at = Standing(quiz, (), beyond.get(attempt.enrolment_id)).due_at(attempt.started_at)


def _by_enrolment(quiz: Quiz) -> dict[int, Allowance]:
    wanted = select(Allowance).where(Allowance.quiz_id == quiz.lesson_id).execution_options(populate_existing=True)
    return {found.enrolment_id: found for found in db.session.scalars(wanted)}
