"""The statistics as files: a row for each wording of a question; in a spreadsheet the quiz and the answers, too."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from flask_babel.speaklater import LazyString
from sqlalchemy import literal

from lms.i18n import lazy_gettext as _l
from lms.quizzes import grading
from lms.quizzes.models import Question, Quiz
from lms.reports.columns import Column, Listing
from lms.reports.quizzes.findings import Finding, Findings

Headings: TypeAlias = Sequence[tuple[str, LazyString, int]]
HEADINGS = (
    ("number", _l("Number"), 8),
    ("question", _l("Question"), 40),
    ("kind", _l("Kind"), 14),
    ("older_wording", _l("Older wording"), 16),
    ("drawn_at_random", _l("Drawn at random"), 18),
    ("asked", _l("Asked"), 8),
    ("facility_index", _l("Facility index"), 16),
    ("standard_deviation", _l("Standard deviation"), 21),
    ("random_guess_score", _l("Random guess score"), 22),
    ("intended_weight", _l("Intended weight"), 18),
    ("effective_weight", _l("Effective weight"), 18),
    ("discrimination_index", _l("Discrimination index"), 22),
    ("discrimination_efficiency", _l("Discrimination efficiency"), 27),
)


OF_QUIZ = (("figure", _l("Figure"), 24), ("value", _l("Value"), 12))
OF_ANSWERS = (
    *HEADINGS[:2],
    ("older_wording", _l("Older wording"), 16),
    ("part", _l("Part"), 24),
    ("answer", _l("Answer"), 40),
    ("worth_percent", _l("Worth"), 14),
    ("given", _l("Given"), 8),
)
SOMETHING_ELSE, LEFT_OPEN = "(something else)", "(left open)"


def listing(quiz: Quiz) -> Listing:
    """The columns of the questions; the rows come from `rows`."""
    return _listing(quiz, "statistics", HEADINGS)


def _listing(quiz: Quiz, name: str, headings: Headings) -> Listing:
    columns = [Column(key, heading, literal(0), width=width) for key, heading, width in headings]
    return Listing(name=name, key=Question.id, belongs=Question.quiz_id == quiz.lesson_id, joins=(), columns=columns)


def sheets(quiz: Quiz, findings: Findings) -> list[tuple[Listing, Iterable[tuple[Any, ...]]]]:
    """The questions, the quiz as a whole, and how many gave which answer."""
    return [
        (listing(quiz), rows(findings)),
        (_listing(quiz, "quiz", OF_QUIZ), _of_quiz(findings)),
        (_listing(quiz, "answers", OF_ANSWERS), _of_answers(findings)),
    ]


def rows(findings: Findings) -> Iterator[tuple[Any, ...]]:
    return map(_row, findings.questions)


def _of_quiz(findings: Findings) -> Iterator[tuple[str, float | None]]:
    found = findings.quiz
    yield "attempts", found.attempts
    yield "attempts_waiting", findings.waiting
    yield "mean_percent", _rounded(found.mean)
    yield "median_percent", _rounded(found.median)
    yield "standard_deviation", _rounded(found.deviation)
    yield "skewness", _rounded(found.skewness)
    yield "kurtosis", _rounded(found.kurtosis)
    yield "internal_consistency", _rounded(found.consistency)
    yield "error_ratio", _rounded(found.error_ratio)
    yield "standard_error", _rounded(found.standard_error)


def _of_answers(findings: Findings) -> Iterator[tuple[Any, ...]]:
    for one in findings.questions:
        for part in one.parts if one.figures.asked else ():
            said = (one.entry.number, one.question.title, _yes(one.is_old), part.title)
            for choice in part.choices:
                yield (*said, grading.plain(choice.text, one.question.format), _rounded(choice.worth), choice.count)
            if part.others:
                yield (*said, SOMETHING_ELSE, None, part.others)
            yield (*said, LEFT_OPEN, None, part.blank)


def _row(one: Finding) -> tuple[Any, ...]:
    figures = one.figures
    shares = (
        figures.facility,
        figures.deviation,
        one.guess,
        figures.intended_weight,
        figures.effective_weight,
        figures.discrimination,
        figures.efficiency,
    )
    said = (one.entry.number, one.question.title, str(one.question.kind))
    return (*said, _yes(one.is_old), _yes(figures.drawn), figures.asked, *map(_rounded, shares))


def _yes(said: bool) -> str:
    return "yes" if said else "no"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
