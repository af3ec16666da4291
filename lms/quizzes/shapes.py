"""Whether answers to one wording of a question can be graded by another. Pure functions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lms.i18n import gettext
from lms.quizzes.grading import choices, lefts
from lms.quizzes.kinds import Kind, Option, Question

CHOSEN = frozenset({Kind.single, Kind.multiple, Kind.true_false, Kind.ordering})
"""Answered by the number of an option."""


def obstacle(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Why not, in words; empty where they can. Both by language, as `Question.body`."""
    shared = [(old[code], new[code]) for code in old if code in new]
    pairs = shared or [(next(iter(old.values())), next(iter(new.values())))]
    found = (_between(Question.from_json(was), Question.from_json(now)) for was, now in pairs)
    return next(filter(None, found), "")


def _between(old: Question, new: Question) -> str:
    if old.kind != new.kind:
        return gettext("It is another kind of question now.")
    was, now = list(_things(old)), list(_things(new))
    if list(map(len, was)) != list(map(len, now)):
        return gettext("It has another number of answers, pairs, gaps or levels now.")
    if [gap.kind for gap in old.gaps] != [gap.kind for gap in new.gaps]:
        return gettext("One of its gaps is answered in another way now.")
    if any(map(_in_another_order, was, now)):
        return _moved(old.kind)
    return ""


def _moved(kind: Kind) -> str:
    if kind == Kind.ordering:
        return gettext("Another order is right now. It holds for new attempts; earlier answers cannot be graded by it.")
    return gettext("Its answers, pairs, gaps or levels stand in another order now.")


def _things(question: Question) -> Iterator[list[str]]:
    """All that an answer, or a grade given by hand, names by its place. What is typed names nothing."""
    if question.kind in CHOSEN:
        yield _texts(question.options)
    yield [pair.left for pair in lefts(question)]
    yield choices(question)
    yield [""] * len(question.gaps)
    for gap in question.gaps:
        yield _texts(gap.options) if gap.kind in CHOSEN else []
    yield [criterion.text for criterion in question.rubric]
    for criterion in question.rubric:
        yield [level.text for level in criterion.levels]


def _texts(options: Sequence[Option]) -> list[str]:
    return [option.text for option in options]


def _in_another_order(was: Sequence[str], now: Sequence[str]) -> bool:
    """Whether a text has moved. One that was only put right is at its place, and nowhere else."""
    return any(text in now and now[at] != text for at, text in enumerate(was))
