"""The results of a quiz: a row for each attempt, or for the one of each learner that counts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Float,
    Numeric,
    Row,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    inspect,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from lms.accounts.models import Organisation, Person
from lms.courses.models import Enrolment
from lms.i18n import lazy_gettext as _l
from lms.quizzes.models import Attempt, Counts, Quiz, Response
from lms.reports import people, standing
from lms.reports.columns import Column, Kind, Listing
from lms.reports.quizzes import entries as questions
from lms.reports.quizzes.entries import Entry

_ENROLMENTS, _PEOPLE = inspect(Enrolment).local_table, inspect(Person).local_table
PASSED, NOT_PASSED, WAITING = "passed", "not_passed", "waiting"
TITLE_LENGTH = 40


def listing(quiz: Quiz, entries: Sequence[Entry], everything: bool = False) -> Listing:
    """Where the mean of all attempts counts, all are shown, each with this mean."""
    averages = quiz.counts == Counts.average
    score = _mean(quiz) if averages else Attempt.score_percent
    status = case((score.is_(None), WAITING), (score >= quiz.pass_mark, PASSED), else_=NOT_PASSED)
    enrolled = _ENROLMENTS.join(_PEOPLE, _PEOPLE.c.id == _ENROLMENTS.c.person_id)
    mean = Column("mean_percent", _l("Mean of all attempts"), score, score, Kind.number, width=16)
    return Listing(
        name="results",
        key=Attempt.id,
        belongs=of_quiz(quiz) if everything or averages else and_(of_quiz(quiz), _counts(quiz)),
        conditions=_conditions(entries),
        joins=(
            (enrolled, Enrolment.id == Attempt.enrolment_id),
            (Organisation, Organisation.id == Person.organisation_id),
        ),
        columns=(
            *people.COLUMNS,
            Column("attempt", _l("Attempt"), Attempt.number, Attempt.number, Kind.number, can_be_empty=False, width=10),
            Column("status", _l("Result"), status, status, can_be_empty=False),
            Column("score_percent", _l("Score"), Attempt.score_percent, Attempt.score_percent, Kind.number),
            *([mean] if averages else []),
            Column("mark", _l("Points"), Attempt.mark, Attempt.mark, Kind.number, width=10),
            Column("out_of", _l("Of so many"), Attempt.out_of, width=10),
            Column("minutes", _l("Minutes taken"), _MINUTES, _MINUTES, Kind.number, width=10),
            Column(
                "submitted_at",
                _l("Submitted"),
                Attempt.submitted_at,
                Attempt.submitted_at,
                Kind.moment,
                can_be_empty=False,
                width=17,
            ),
        ),
        also=(
            Attempt.id.label("id"),
            Attempt.enrolment_id.label("enrolment_id"),
            Attempt.by_clock.label("by_clock"),
            Attempt.question_ids.label("question_ids"),
            _fractions().label("fractions"),
        ),
    )


def of_quiz(quiz: Quiz) -> ColumnElement[bool]:
    """The attempts that are handed in."""
    return and_(Attempt.quiz_id == quiz.lesson_id, Attempt.submitted_at.is_not(None))


def numbered(quiz: Quiz, *order: Any) -> ColumnElement[bool]:
    """Of each learner's attempts that are handed in the first one in this order."""
    place = func.row_number().over(partition_by=Attempt.enrolment_id, order_by=order)
    each = select(Attempt.id, place.label("place")).where(of_quiz(quiz)).subquery()
    return Attempt.id.in_(select(each.c.id).where(each.c.place == 1))


def _counts(quiz: Quiz) -> ColumnElement[bool]:
    highest = (Attempt.score_percent.desc().nulls_last(), Attempt.number)
    orders = {Counts.first: (Attempt.number,), Counts.last: (Attempt.number.desc(),)}
    return numbered(quiz, *orders.get(Counts(quiz.counts), highest))


def _mean(quiz: Quiz) -> ColumnElement[float | None]:
    """Of all of the learner's attempts, with two decimals; None while one of them waits for a grader."""
    each = aliased(Attempt)
    mean = case((func.count() == func.count(each.score_percent), func.avg(each.score_percent)))
    of_learner = select(cast(func.round(cast(mean, Numeric(9, 4, asdecimal=False)), 2), Float))
    of_learner = of_learner.where(each.quiz_id == quiz.lesson_id, each.enrolment_id == Attempt.enrolment_id)
    return of_learner.where(each.submitted_at.is_not(None)).scalar_subquery()


def _conditions(entries: Sequence[Entry]) -> Mapping[str, Callable[[str], ColumnElement[bool]]]:
    def below(value: str) -> ColumnElement[bool]:
        number, percent = value.split(":")
        return _is_below(next(entry for entry in entries if entry.number == int(number)), float(percent))

    return {"cohort": _in_cohort, "below": below}


def _in_cohort(slug: str) -> ColumnElement[bool]:
    return Attempt.enrolment_id.in_(select(Enrolment.id).where(standing.in_cohort(slug)))


def _is_below(entry: Entry, percent: float) -> ColumnElement[bool]:
    """Was asked the question, and got less than so much of its mark; one that waits for a grader has no mark."""
    ids = [row.id for row in entry.rows]
    enough = or_(Response.fraction.is_(None), Response.fraction * 100 >= percent)
    reached = exists().where(Response.attempt_id == Attempt.id, Response.question_id.in_(ids), enough)
    return and_(or_(*map(_was_asked, ids)), ~reached)


def _was_asked(question_id: int) -> ColumnElement[bool]:
    """By the text of the list, `[1, 23]`, which is the same on both engines."""
    text = func.replace(func.replace(cast(Attempt.question_ids, Text), "[", " "), "]", ",")
    return text.contains(f" {question_id},", autoescape=True)


# In files, a column for each question


def in_file(listing: Listing, entries: Sequence[Entry]) -> Listing:
    """With the marks of each question; their values come from `rows_of_file`."""
    most = [Column(_heading(entry), _heading(entry), literal(0), width=14) for entry in entries]
    return replace(listing, columns=(*listing.columns, *most))


def _heading(entry: Entry) -> str:
    return f"q{entry.number} {entry.title[:TITLE_LENGTH]}"


def rows_of_file(listing: Listing, entries: Sequence[Entry], rows: Iterable[Row[Any]]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield (*row[: len(listing.columns)], *questions.marks(entries, row))


# What engines say differently


class _Minutes(FunctionElement[float]):
    """From one moment to another."""

    inherit_cache = True
    type = Float()


@compiles(_Minutes)
def _minutes(element: _Minutes, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(one, **options) for one in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 1440)"


@compiles(_Minutes, "postgresql")
def _minutes_on_postgresql(element: _Minutes, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(one, **options) for one in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({end} - {start})) / 60 AS FLOAT)"


_MINUTES = _Minutes(Attempt.started_at, Attempt.submitted_at)


class _Collected(FunctionElement[Any]):
    """Values by keys, as one object."""

    inherit_cache = True
    type = JSON()


@compiles(_Collected)
def _collected(element: _Collected, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_object({compiler.process(element.clauses, **options)})"


@compiles(_Collected, "postgresql")
def _collected_on_postgresql(element: _Collected, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_object_agg({compiler.process(element.clauses, **options)})"


def _fractions() -> ColumnElement[Any]:
    """By question, how much of its mark its answer is worth."""
    collected = _Collected(cast(Response.question_id, Text), Response.fraction)
    return select(collected).where(Response.attempt_id == Attempt.id).correlate(Attempt).scalar_subquery()
