"""What was graded anew: by whom, why, and whose score became what."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import func, select

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Enrolment
from lms.quizzes.models import Attempt, Quiz, Regrade


class Whose(NamedTuple):
    """An attempt and its learner."""

    number: int
    enrolment_id: int
    name: str


def whose(attempts: Collection[int]) -> dict[int, Whose]:
    """By the attempts' ids. One query."""
    wanted = select(Attempt.id, Attempt.number, Enrolment.id, Person.name).where(Attempt.id.in_(attempts))
    wanted = wanted.join(Enrolment, Enrolment.id == Attempt.enrolment_id).join(Person, Person.id == Enrolment.person_id)
    return {id_: Whose(number, enrolment, name) for id_, number, enrolment, name in db.session.execute(wanted)}


def history(quiz: Quiz, number: int, per_page: int = 20) -> tuple[list[tuple[Regrade, str]], bool]:
    """A page of what was graded anew, the latest first, with who did it; and whether there is more. One query."""
    rows = db.session.execute(_records(quiz).offset((number - 1) * per_page).limit(per_page + 1)).all()
    return [(row[0], row[1] or "") for row in rows[:per_page]], len(rows) > per_page


def record(quiz: Quiz, id_: int) -> tuple[Regrade, str] | None:
    row = db.session.execute(_records(quiz).where(Regrade.id == id_)).first()
    return (row[0], row[1] or "") if row else None


def _records(quiz: Quiz) -> Any:
    wanted = select(Regrade, func.coalesce(Person.name, "")).outerjoin(Person, Person.id == Regrade.by_id)
    return wanted.where(Regrade.quiz_id == quiz.lesson_id).order_by(Regrade.id.desc())
