"""One question in several languages: what one of them says goes for all, but for the words. Pure functions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from lms.bundles.questions import difference
from lms.quizzes.kinds import Gap, Kind, Option, Question

T = TypeVar("T")
SHARED = (
    "name", "mark", "penalty", "shuffle", "case", "unit_penalty", "scoring", "min_words", "max_words", "tags",
)  # fmt: skip
OWN = (
    "hints", "right_feedback", "partly_feedback", "wrong_feedback", "units", "grader_notes", "template", "rubric",
)  # fmt: skip
"""What differs by language, and only Moodle XML has a place for."""
SAME_TEXT = (Kind.numerical, Kind.true_false)
"""Kinds whose answers are the same in all languages."""


def completed(question: Question, present: Mapping[str, Question], code: str) -> Question:
    """A question of a file that has no place for all of this, with what those that are here say."""
    same = [version for version in present.values() if version.kind == question.kind]
    mine = [present[code]] if present.get(code) in same else []
    kept = {name: value for name in SHARED for value in _kept(question, same, name)}
    kept |= {name: value for name in OWN for value in _kept(question, mine, name)}
    return replace(question, **kept)


def _kept(question: Question, present: Sequence[Question], name: str) -> list[Any]:
    """What is here, where the question says nothing but what is usual."""
    is_usual = getattr(question, name) == USUAL.get(name)
    return [getattr(present[0], name)] if is_usual and present else []


USUAL = {one.name: one.default for one in fields(Question)}


def merged(present: Mapping[str, Question], code: str, question: Question) -> dict[str, Question]:
    """The versions with this one for its language; the others have their words and what is the same in all."""
    return {**{other: aligned(version, question) for other, version in present.items()}, code: question}


def parted(versions: Mapping[str, Question], code: str, names: Mapping[str, str]) -> str:
    """Why another language's version is not the same question as the one of `code`; empty if all are."""
    others = ((other, version) for other, version in versions.items() if other != code)
    told = (difference(version, versions[code], names.get(other, other)) for other, version in others)
    return next(filter(None, told), "")


def aligned(other: Question, question: Question) -> Question:
    """Another language's version with the weights, numbers and settings of this one, as far as it has its places."""
    if other.kind != question.kind:
        return other
    gaps = _each(_gap, other.gaps, question.gaps)
    options = _options(other.options, question.options, question.kind)
    return replace(other, options=options, gaps=gaps, **{name: getattr(question, name) for name in SHARED})


def _gap(other: Gap, gap: Gap) -> Gap:
    return replace(gap, options=_options(other.options, gap.options, gap.kind)) if other.kind == gap.kind else other


def _options(others: Sequence[Option], options: Sequence[Option], kind: Kind) -> tuple[Option, ...]:
    def option(other: Option, one: Option) -> Option:
        text = one.text if kind in SAME_TEXT else other.text
        return replace(other, weight=one.weight, tolerance=one.tolerance, text=text)

    return _each(option, others, options)


def _each(change: Callable[[T, T], T], others: Sequence[T], ones: Sequence[T]) -> tuple[T, ...]:
    """Where there is another number of them, they are others, and stay as they are."""
    return tuple(map(change, others, ones)) if len(others) == len(ones) else tuple(others)
