"""The statistics of a quiz, read from the database: as many queries for ten attempts as for ten thousand."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, select

from lms import db, i18n
from lms.i18n import pick_version
from lms.quizzes import kinds, statistics
from lms.quizzes.models import Attempt, Question, Quiz, Response
from lms.quizzes.statistics import Analysis, ItemFigures, Part, QuizFigures
from lms.reports.quizzes import entries as listed, results
from lms.reports.quizzes.entries import Entry

AT_ONCE = 2000
"""Rows of the database that are in memory while they are read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One wording of a question, and what is known of it."""

    entry: Entry
    row: Question
    question: kinds.Question
    """In the reader's language."""
    figures: ItemFigures
    guess: float | None
    parts: Sequence[Part]
    is_old: bool
    """A newer wording has taken its place."""

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"question-{self.entry.number}-{self.row.id}" if self.is_old else f"question-{self.entry.number}"

    @property
    def blank(self) -> int:
        """How many left all of it open, as far as that is known: the fewest of any of its parts."""
        return min((part.blank for part in self.parts), default=0)


@dataclass(frozen=True, slots=True)
class Findings:
    quiz: QuizFigures
    questions: Sequence[Finding]
    drawn_weight: float | None
    totals: Sequence[float]
    waiting: int
    """Attempts that are left out because they wait for a grader."""


def of(quiz: Quiz, everything: bool = False) -> Findings:
    """Of the first attempt of each learner, or of all attempts (section "Quizzes that allow multiple attempts")."""
    entries = listed.of(quiz)
    chosen = results.of_quiz(quiz) if everything else results.numbered(quiz, Attempt.number)
    graded = and_(chosen, Attempt.score_percent.is_not(None))
    sittings = _sittings(entries, graded)
    analysis = statistics.analyse(_items(entries, sittings), sittings)
    waiting = select(func.count()).select_from(Attempt).where(chosen, Attempt.score_percent.is_(None))
    questions = list(_findings(entries, analysis, _answers(graded)))
    return Findings(
        analysis.quiz, questions, analysis.drawn_weight, analysis.totals, waiting=db.session.scalar(waiting) or 0
    )


def _sittings(entries: Sequence[Entry], graded: ColumnElement[bool]) -> list[dict[int, float]]:
    """Each attempt's fractions; a question that was asked and not answered counts as nothing. Two queries."""
    known = {row.id for entry in entries for row in entry.rows}
    asked = select(Attempt.id, Attempt.question_ids).where(graded).order_by(Attempt.id)
    sittings = {id_: {one: 0.0 for one in ids if one in known} for id_, ids in _rows(asked)}
    worth = select(Response.attempt_id, Response.question_id, Response.fraction).join(
        Attempt, Attempt.id == Response.attempt_id
    )
    for attempt_id, question_id, fraction in _rows(worth.where(graded)):
        if fraction and question_id in sittings.get(attempt_id, ()):
            sittings[attempt_id][question_id] = fraction
    return list(sittings.values())


def _items(entries: Sequence[Entry], sittings: Sequence[Mapping[int, float]]) -> list[statistics.Item]:
    """A question of the bank has a place of its own where every attempt was asked it; else it was drawn."""
    return [
        statistics.Item(row.id, row.max_mark, entry.key if _is_fixed(entry, sittings) else None)
        for entry in entries
        for row in entry.rows
    ]


def _is_fixed(entry: Entry, sittings: Sequence[Mapping[int, float]]) -> bool:
    ids = {row.id for row in entry.rows}
    return not entry.is_of_bank or all(not ids.isdisjoint(sitting) for sitting in sittings)


def _answers(graded: ColumnElement[bool]) -> dict[int, list[tuple[Any, int]]]:
    """By question, what was answered and how often: counted by the database, so that only what differs is read."""
    text = cast(Response.value, Text)
    counted = select(Response.question_id, text, func.count()).join(Attempt, Attempt.id == Response.attempt_id)
    found: defaultdict[int, list[tuple[Any, int]]] = defaultdict(list)
    for question_id, value, count in _rows(counted.where(graded).group_by(Response.question_id, text)):
        found[question_id].append((json.loads(value).get("given"), count))
    return found


def _rows(statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    with db.session.execute(statement.execution_options(yield_per=AT_ONCE)) as found:
        yield from found


def _findings(
    entries: Sequence[Entry], analysis: Analysis, answers: Mapping[int, list[tuple[Any, int]]]
) -> Iterator[Finding]:
    """Of each question its present wording, and older ones that were asked."""
    for entry in entries:
        for row in entry.rows:
            figures, is_old = analysis.items[row.id], row is not entry.rows[0]
            if figures.asked or not is_old:
                yield _finding(entry, row, figures, answers.get(row.id, []), is_old)


def _finding(entry: Entry, row: Question, figures: ItemFigures, given: list[tuple[Any, int]], is_old: bool) -> Finding:
    mine = pick_version(row.body)
    others = [body for code, body in row.body.items() if body is not mine and code in i18n.locales()]
    versions = [kinds.Question.from_json(body) for body in (mine, *others)]
    parts = statistics.distribution(versions, given, figures.asked)
    return Finding(entry, row, versions[0], figures, statistics.guess(versions[0]), parts, is_old)
