"""What keeps a question from being asked and graded."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lms.quizzes.kinds.question import ANYTHING, FORMATS, FULL, TITLE_LENGTH, Kind, Question
from lms.quizzes.kinds.text import N_, number

ROUNDING = 0.1  # in percent: three thirds, written 33.3 each, are meant to be the whole
NAME_LENGTH = 120  # what the database has room for


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a question cannot be asked: a %-format sentence to translate, its values, and the answer meant."""

    message: str
    params: dict[str, Any] = field(default_factory=dict)
    at: int | None = None  # the index of the option or pair; None: the question as a whole


def faults(question: Question) -> list[Fault]:
    """Tell everything that keeps a question from being asked and graded; a sound one has no faults."""
    return [*_question_faults(question), *_option_faults(question), *KIND_FAULTS[question.kind](question)]


def adds_up(total: float) -> bool:
    """Tell whether weights that come to this total are meant to be the whole mark."""
    return abs(total - FULL) <= ROUNDING + 1e-9


def _question_faults(question: Question) -> Iterator[Fault]:
    if not question.text:
        yield Fault(N_("The question has no text."))
    if len(question.name) > NAME_LENGTH:
        yield Fault(N_("The title is longer than %(length)s characters."), {"length": NAME_LENGTH})
    if question.format not in FORMATS:
        yield Fault(N_("The text format “%(format)s” is unknown."), {"format": question.format})


def _option_faults(question: Question) -> Iterator[Fault]:
    for at, option in enumerate(question.options):
        if not option.text:
            yield Fault(N_("An answer has no text."), at=at)
        if not -FULL <= option.weight <= FULL:
            params = {"weight": f"{option.weight:g}"}
            yield Fault(N_("The weight %(weight)s is not between -100 and 100."), params, at)
        if option.tolerance and (question.kind is not Kind.numerical or option.text == ANYTHING):
            yield Fault(N_("Only a number has a tolerance."), at=at)


def _single_faults(question: Question) -> Iterator[Fault]:
    yield from _too_few_options(question)
    right = sum(option.weight == FULL for option in question.options)
    if right == 0:
        yield Fault(N_("No answer is marked as right."))
    if right > 1:
        yield Fault(N_("More than one answer is marked as wholly right; give each its share of the mark."))


def _multiple_faults(question: Question) -> Iterator[Fault]:
    yield from _too_few_options(question)
    total = math.fsum(option.weight for option in question.options if option.weight > 0)
    if total == 0:
        yield Fault(N_("No answer is marked as right."))
    elif not adds_up(total):
        params = {"total": f"{total:g}"}
        yield Fault(N_("The weights of the right answers come to %(total)s percent; they must come to 100."), params)


def _too_few_options(question: Question) -> Iterator[Fault]:
    if len(question.options) < 2:
        yield Fault(N_("The question needs at least two answers to choose from."))


def _true_false_faults(question: Question) -> Iterator[Fault]:
    texts = [option.text for option in question.options]
    weights = sorted(option.weight for option in question.options)
    if texts != ["true", "false"] or weights != [0, FULL]:
        yield Fault(N_("A statement must be either true or false."))


def _typed_faults(question: Question) -> Iterator[Fault]:
    if not any(option.weight == FULL for option in question.options):
        yield Fault(N_("No answer is marked as right."))


def _numerical_faults(question: Question) -> Iterator[Fault]:
    yield from _typed_faults(question)
    for at, option in enumerate(question.options):
        if option.text == ANYTHING:
            if option.weight != 0:
                yield Fault(N_("The answer for all other numbers must be worth nothing."), at=at)
        elif number(option.text) is None:
            yield Fault(N_("“%(text)s” is not a number."), {"text": option.text[:TITLE_LENGTH]}, at)
        if not 0 <= option.tolerance < math.inf:
            yield Fault(N_("A tolerance must be a number from zero up."), at=at)


def _matching_faults(question: Question) -> Iterator[Fault]:
    if sum(bool(pair.left) for pair in question.pairs) < 2:
        yield Fault(N_("The question needs at least two pairs to match."))
    for at, pair in enumerate(question.pairs):
        if not pair.right:
            yield Fault(N_("A pair has no right side."), at=at)


KIND_FAULTS: dict[Kind, Callable[[Question], Iterator[Fault]]] = {
    Kind.single: _single_faults,
    Kind.multiple: _multiple_faults,
    Kind.true_false: _true_false_faults,
    Kind.short_answer: _typed_faults,
    Kind.numerical: _numerical_faults,
    Kind.matching: _matching_faults,
}
