"""Pairs to match, and items to put in order: rows of texts, each in all languages."""

from typing import Any

from lms.authoring.question_forms.typed import Codes, Typed, Versions
from lms.quizzes.imported import MOST_PARTS
from lms.quizzes.kinds import Option, Pair

USUAL_ROWS = 4


def count(typed: Typed) -> int:
    """How many rows the form has."""
    return typed.count("rows", USUAL_ROWS, MOST_PARTS)


def used(typed: Typed, codes: Codes) -> list[int]:
    """The rows that have something in them."""
    names = ("left", "match", "option")
    return [at for at in range(count(typed)) if any(typed.filled_in(f"{name}-{at}", codes) for name in names)]


def read_pairs(typed: Typed, codes: Codes) -> dict[str, dict[str, Any]]:
    rows = used(typed, codes)
    for at in rows:
        typed.need(f"match-{at}", codes)
        if typed.filled_in(f"left-{at}", codes):
            typed.need(f"left-{at}", codes)
    return {
        code: {"pairs": tuple(Pair(typed.text(f"left-{at}-{code}"), typed.text(f"match-{at}-{code}")) for at in rows)}
        for code in codes
    }


def show_pairs(typed: Typed, versions: Versions) -> None:
    for code, question in versions.items():
        for at, pair in enumerate(question.pairs):
            typed.put(f"left-{at}-{code}", pair.left)
            typed.put(f"match-{at}-{code}", pair.right)
        typed.put("rows", str(max(len(question.pairs), USUAL_ROWS)))


def read_items(typed: Typed, codes: Codes) -> dict[str, dict[str, Any]]:
    rows = used(typed, codes)
    for at in rows:
        typed.need(f"option-{at}", codes)
    return {code: {"options": tuple(Option(typed.text(f"option-{at}-{code}"), 0.0) for at in rows)} for code in codes}


def show_items(typed: Typed, versions: Versions) -> None:
    for code, question in versions.items():
        for at, option in enumerate(question.options):
            typed.put(f"option-{at}-{code}", option.text)
        typed.put("rows", str(max(len(question.options), USUAL_ROWS)))
