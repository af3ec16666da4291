"""What an essay is graded by: criteria, each with levels of a text and points."""

from typing import Any

from lms.authoring.question_forms.typed import Codes, Typed, Versions, plain
from lms.quizzes.imported import MOST_PARTS
from lms.quizzes.kinds import Criterion, Fault, Level

USUAL_ROWS = 2
USUAL_LEVELS = 3
MOST_LEVELS = 20


def count(typed: Typed) -> int:
    """How many criteria the form has room for."""
    return typed.count("rows", USUAL_ROWS, MOST_PARTS)


def levels(typed: Typed) -> int:
    """How many levels each of them has room for."""
    return typed.count("levels", USUAL_LEVELS, MOST_LEVELS)


def used(typed: Typed, codes: Codes) -> list[int]:
    rows = range(count(typed))
    return [at for at in rows if typed.filled_in(f"criterion-{at}", codes) or _used_levels(typed, at, codes)]


def _used_levels(typed: Typed, at: int, codes: Codes) -> list[int]:
    cells = range(levels(typed))
    return [to for to in cells if typed.filled(f"points-{at}-{to}") or typed.filled_in(f"level-{at}-{to}", codes)]


def read(typed: Typed, codes: Codes) -> dict[str, dict[str, Any]]:
    rows = [(at, _points(typed, at, codes)) for at in used(typed, codes)]
    for at, points in rows:
        typed.need(f"criterion-{at}", codes)
        for to in points:
            typed.need(f"level-{at}-{to}", codes)
    return {code: {"rubric": tuple(_criterion(typed, at, points, code) for at, points in rows)} for code in codes}


def _points(typed: Typed, at: int, codes: Codes) -> dict[int, float]:
    return {to: typed.number(f"points-{at}-{to}") or 0.0 for to in _used_levels(typed, at, codes)}


def _criterion(typed: Typed, at: int, points: dict[int, float], code: str) -> Criterion:
    found = tuple(Level(typed.text(f"level-{at}-{to}-{code}"), worth) for to, worth in points.items())
    return Criterion(typed.text(f"criterion-{at}-{code}"), found)


def show(typed: Typed, versions: Versions) -> None:
    for code, question in versions.items():
        most = max((len(criterion.levels) for criterion in question.rubric), default=0)
        typed.put("rows", str(max(len(question.rubric), USUAL_ROWS)))
        typed.put("levels", str(max(most, USUAL_LEVELS)))
        for at, criterion in enumerate(question.rubric):
            typed.put(f"criterion-{at}-{code}", criterion.text)
            for to, level in enumerate(criterion.levels):
                typed.put(f"level-{at}-{to}-{code}", level.text)
                typed.put(f"points-{at}-{to}", plain(level.points))


def place(typed: Typed, codes: Codes, fault: Fault, code: str) -> str:
    """The field that a fault of a criterion belongs to."""
    return f"criterion-{used(typed, codes)[fault.at or 0]}-{code}"
