"""Wordings that were answered, and those that have taken their place since."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import select

from lms import db
from lms.i18n import pick_version
from lms.quizzes import grading, kinds, shapes
from lms.quizzes.kinds import Kind
from lms.quizzes.models import Attempt, BankQuestion, BankVersion, Question, Quiz
from lms.quizzes.services import bank, scoring


class HandedIn(NamedTuple):
    """An attempt, as far as regrading looks at it."""

    id: int
    enrolment_id: int
    number: int
    question_ids: Sequence[int]
    ungraded: int
    mark: float
    out_of: float
    percent: float | None


class Answer(NamedTuple):
    """A response, the same way."""

    attempt_id: int
    question_id: int
    given: grading.Response
    tries: Sequence[Mapping[str, Any]]
    fraction: float | None
    levels: Sequence[int]
    by_hand: bool


@dataclass(frozen=True)
class Wording:
    """What a question says, and its points."""

    body: Mapping[str, Any]
    max_mark: float
    row_id: int | None
    version_id: int | None = None
    """Of the bank, where the quiz has not asked it yet."""

    @cached_property
    def versions(self) -> list[kinds.Question]:
        return [kinds.Question.from_json(version) for version in self.body.values()]

    @property
    def question(self) -> kinds.Question:
        """In the reader's language."""
        return kinds.Question.from_json(pick_version(self.body))

    def worth(self, answer: Answer, tries: bool) -> float | None:
        """From 0 to 1; None for an essay that waits for a grader. What was given by hand stays, in levels or points."""
        if all(one.kind == Kind.essay and grading.is_answered(one, answer.given) for one in self.versions):
            of_levels = grading.rubric_fraction(self.versions[0], answer.levels)
            return (answer.fraction if of_levels is None else of_levels) if answer.by_hand else None
        return scoring.best(self.versions, answer.given, answer.tries if tries else ())


@dataclass(frozen=True)
class Replaced:
    """A wording that was answered, and the one that has taken its place."""

    old: Wording
    new: Wording
    id: int
    attempts: int
    """How many asked it and are handed in."""

    @cached_property
    def obstacle(self) -> str:
        """Why the answers cannot be graded by the new one; empty where they can."""
        return shapes.obstacle(self.old.body, self.new.body)


def replaced(quiz: Quiz) -> list[Replaced]:
    """The wordings that were answered and have been replaced since, in the order of the quiz. Four queries at most."""
    return list(found(rows_of(quiz), asked(attempts(quiz))))


Row = tuple[Question, int | None]
"""With the question of the bank that it is a wording of."""


def rows_of(quiz: Quiz) -> Sequence[Row]:
    wanted = select(Question, BankVersion.bank_question_id).where(Question.quiz_id == quiz.lesson_id)
    wanted = wanted.outerjoin(BankVersion, BankVersion.id == Question.bank_version_id)
    rows = db.session.execute(wanted.order_by(Question.position, Question.id).execution_options(populate_existing=True))
    return [(row[0], row[1]) for row in rows]


def asked(made: Sequence[HandedIn]) -> Mapping[int, int]:
    """How many asked each question, by its id."""
    counts: dict[int, int] = {}
    for attempt in made:
        for id_ in attempt.question_ids:
            counts[id_] = counts.get(id_, 0) + 1
    return counts


def found(rows: Sequence[Row], counts: Mapping[int, int]) -> Iterator[Replaced]:
    now = {row.name: of_row(row) for row, of in rows if of is None and not row.retired}
    of_bank = _newest({of for row, of in rows if of is not None and row.id in counts}, rows)
    for row, of in rows:
        new = now.get(row.name) if of is None else of_bank.get(of)
        if new and row.id in counts and new.row_id != row.id:
            yield Replaced(of_row(row), new, row.id, counts[row.id])


def _newest(questions: Collection[int], rows: Sequence[Row]) -> Mapping[int, Wording]:
    """By question of the bank. One query, where there are any."""
    if not questions:
        return {}
    taken = {row.bank_version_id: row for row, of in rows if of is not None}
    found = db.session.execute(bank.entries().where(BankQuestion.id.in_(questions)))
    return {question.id: _of_version(version, taken.get(version.id)) for question, version, _path in found}


def _of_version(version: BankVersion, row: Question | None) -> Wording:
    mark = next(iter(version.body.values())).get("mark", 1.0)
    return of_row(row) if row else Wording(version.body, mark, None, version.id)


def of_row(row: Question) -> Wording:
    return Wording(row.body, row.max_mark, row.id)


def attempts(quiz: Quiz, hold: bool = False) -> list[HandedIn]:
    """Those that are handed in; `hold`: nobody may change them before this transaction ends. One query."""
    scores = (Attempt.ungraded, Attempt.mark, Attempt.out_of, Attempt.score_percent)
    wanted = select(Attempt.id, Attempt.enrolment_id, Attempt.number, Attempt.question_ids, *scores)
    wanted = wanted.where(Attempt.quiz_id == quiz.lesson_id, Attempt.submitted_at.is_not(None)).order_by(Attempt.id)
    return [HandedIn(*row) for row in db.session.execute(wanted.with_for_update() if hold else wanted)]
