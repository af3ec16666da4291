"""The units that a number may be given in: rows of a name, in each language, and a factor."""

import math
from typing import Any

from lms.authoring.question_forms.typed import Codes, Typed, Versions, plain
from lms.quizzes.imported import MOST_PARTS
from lms.quizzes.kinds import Fault, Unit

USUAL_ROWS = 2


def count(typed: Typed) -> int:
    """How many rows the form has."""
    return typed.count("units", USUAL_ROWS, MOST_PARTS)


def used(typed: Typed, codes: Codes) -> list[int]:
    rows = range(count(typed))
    return [at for at in rows if typed.filled(f"factor-{at}") or typed.filled_in(f"unit-{at}", codes)]


def read(typed: Typed, codes: Codes) -> dict[str, dict[str, Any]]:
    rows = used(typed, codes)
    for at in rows:
        typed.need(f"unit-{at}", codes)
    factors = [typed.number(f"factor-{at}") for at in rows]
    named = [(at, 1.0 if factor is None else factor) for at, factor in zip(rows, factors, strict=True)]
    return {code: {"units": tuple(Unit(typed.text(f"unit-{at}-{code}"), by) for at, by in named)} for code in codes}


def show(typed: Typed, versions: Versions) -> None:
    for code, question in versions.items():
        typed.put("units", str(max(len(question.units), USUAL_ROWS)))
        for at, unit in enumerate(question.units):
            typed.put(f"unit-{at}-{code}", unit.name)
            typed.put(f"factor-{at}", plain(unit.factor) if at else "")


def place(typed: Typed, codes: Codes, fault: Fault, code: str) -> str:
    """The field that a fault of a unit belongs to."""
    at = used(typed, codes)[fault.at or 0]
    factor = typed.number(f"factor-{at}")
    is_sound = factor is None or 0 < factor < math.inf
    return f"unit-{at}-{code}" if is_sound and fault.params else f"factor-{at}"
