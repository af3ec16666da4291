"""The statistics of the questions as a file: a row for each wording."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import literal

from lms.i18n import lazy_gettext as _l
from lms.quizzes.models import Question, Quiz
from lms.reports.columns import Column, Listing
from lms.reports.quizzes.findings import Finding, Findings

HEADINGS = (
    ("number", _l("Number"), 8),
    ("question", _l("Question"), 40),
    ("kind", _l("Kind"), 14),
    ("older_wording", _l("Older wording"), 14),
    ("drawn_at_random", _l("Drawn at random"), 14),
    ("asked", _l("Asked"), 8),
    ("facility_index", _l("Facility index"), 14),
    ("standard_deviation", _l("Standard deviation"), 18),
    ("random_guess_score", _l("Random guess score"), 18),
    ("intended_weight", _l("Intended weight"), 15),
    ("effective_weight", _l("Effective weight"), 15),
    ("discrimination_index", _l("Discrimination index"), 18),
    ("discrimination_efficiency", _l("Discrimination efficiency"), 22),
)


def listing(quiz: Quiz) -> Listing:
    """Its columns; the rows come from `rows`."""
    columns = [Column(name, heading, literal(0), width=width) for name, heading, width in HEADINGS]
    return Listing(
        name="statistics", key=Question.id, belongs=Question.quiz_id == quiz.lesson_id, joins=(), columns=columns
    )


def rows(findings: Findings) -> Iterator[tuple[Any, ...]]:
    return map(_row, findings.questions)


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
    marks = ("yes" if one.is_old else "no", "yes" if figures.drawn else "no")
    return (*said, *marks, figures.asked, *(None if share is None else round(share, 2) for share in shares))
