"""The questions of a quiz as its reports list them: in one order, whatever was edited, drawn or taken away since."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, exists, or_, select

from lms import db
from lms.i18n import pick_version
from lms.quizzes import kinds
from lms.quizzes.models import BankVersion, Question, Quiz, Response


@dataclass(frozen=True, slots=True)
class Entry:
    """A question in all its wordings."""

    number: int
    """From 1."""
    key: Hashable
    rows: Sequence[Question]
    """The newest wording first; each attempt was asked one of them at most."""

    @property
    def title(self) -> str:
        return kinds.Question.from_json(pick_version(self.rows[0].body)).title

    @property
    def is_of_bank(self) -> bool:
        return self.rows[0].bank_version_id is not None

    def row_in(self, question_ids: Sequence[int]) -> Question | None:
        """The wording that an attempt with these questions was asked."""
        return next((row for row in self.rows if row.id in question_ids), None)


def of(quiz: Quiz) -> list[Entry]:
    """The quiz's own in their order, then those that it took from the bank; of those that are no longer asked the ones
    that somebody answered. One query.
    """
    answered = exists().where(Response.question_id == Question.id)
    wanted = (
        select(Question, BankVersion.bank_question_id, or_(~Question.retired, answered))
        .outerjoin(BankVersion, BankVersion.id == Question.bank_version_id)
        .where(Question.quiz_id == quiz.lesson_id)
        .order_by(BankVersion.bank_question_id.nulls_first(), Question.retired, Question.position, Question.id.desc())
    )
    wordings: dict[Hashable, list[Question]] = {}
    listed: set[Hashable] = set()
    for row, bank_question, counts in db.session.execute(wanted):
        wordings.setdefault(key := _key(row, bank_question), []).append(row)
        listed.update({key} if counts else ())
    shown = ((key, rows) for key, rows in wordings.items() if key in listed)
    return [Entry(number, key, rows) for number, (key, rows) in enumerate(shown, 1)]


def _key(row: Question, bank_question: int | None) -> Hashable:
    """The same for all wordings of a question: its name, or in the bank its number."""
    return bank_question or row.name or (row.id,)


def marks(entries: Sequence[Entry], row: Row[Any]) -> list[float | None]:
    """What an attempt of the results got for each: None where it was not asked, or waits for a grader."""
    fractions: Mapping[str, float | None] = row.fractions or {}
    return [_mark(entry.row_in(row.question_ids), fractions) for entry in entries]


def _mark(question: Question | None, fractions: Mapping[str, float | None]) -> float | None:
    if question is None:
        return None
    fraction = fractions.get(str(question.id), 0.0)
    return None if fraction is None else round(fraction * question.max_mark, 2)
