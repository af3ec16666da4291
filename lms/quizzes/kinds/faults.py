"""What keeps a question from being asked and graded."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from lms.quizzes.kinds.question import (
    ANYTHING,
    FORMATS,
    FULL,
    TITLE_LENGTH,
    Criterion,
    Gap,
    Kind,
    Look,
    Question,
    Scoring,
    Unit,
)
from lms.quizzes.kinds.text import MARKER, N_, number, quantity, unit_key

ROUNDING = 0.1  # in percent: three thirds, written 33.3 each, are meant to be the whole
NAME_LENGTH = 120  # what the database has room for
TAG_LENGTH = 50
TEXT_LENGTH = 20_000  # of each text; to show a far longer one takes the server too long
MOST_IN_GAP = 100  # Moodle writes the mark of a gap as a whole number


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a question cannot be asked: a %-format sentence to translate, its values, and the answer meant."""

    message: str
    params: dict[str, Any] = field(default_factory=dict)
    at: int | None = None  # the index of the option, pair, unit or criterion; None: the question as a whole
    gap: int | None = None  # the index of the gap; `at` is then about its options
    of: str = ""  # the field of the question, or of the gap, that is meant; empty: its answers or pairs


def faults(question: Question) -> list[Fault]:
    """Tell everything that keeps a question from being asked and graded; a sound one has no faults."""
    return [
        *_question_faults(question),
        *_foreign_faults(question),
        *_number_faults(question),
        *_tag_faults(question),
        *_option_faults(question),
        *KIND_FAULTS[question.kind](question),
    ]


def adds_up(total: float) -> bool:
    """Tell whether weights that come to this total are meant to be the whole mark."""
    return abs(total - FULL) <= ROUNDING + 1e-9


def _question_faults(question: Question) -> Iterator[Fault]:
    if not question.text:
        yield Fault(N_("The question has no text."), of="text")
    if len(question.name) > NAME_LENGTH:
        yield Fault(N_("The title is longer than %(length)s characters."), {"length": NAME_LENGTH})
    if question.format not in FORMATS:
        yield Fault(N_("The text format “%(format)s” is unknown."), {"format": question.format})
    if any(len(text) > TEXT_LENGTH for text in _texts(question.to_json())):
        yield Fault(N_("A text of the question is longer than %(length)s characters."), {"length": TEXT_LENGTH})
    for at, hint in enumerate(question.hints, 1):
        if not hint:
            yield Fault(N_("Hint %(number)s has no text."), {"number": at})


def _texts(value: object) -> Iterator[str]:
    """All of them in a question as JSON, whatever they are for."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _foreign_faults(question: Question) -> Iterator[Fault]:
    usual = {one.name: one.default for one in fields(question)}
    if any(question.kind not in kinds and getattr(question, name) != usual[name] for name, kinds in ONLY_OF.items()):
        yield Fault(N_("The question has answers, pairs, gaps, hints, units or a rubric that its kind does not have."))


def _number_faults(question: Question) -> Iterator[Fault]:
    if not 0 < question.mark < math.inf:
        yield Fault(N_("The mark must be a number above zero."), of="mark")
    if not 0 <= question.penalty <= FULL:
        yield Fault(N_("What a wrong try costs must be between 0 and 100 percent."), of="penalty")
    if not 0 <= question.unit_penalty <= FULL:
        yield Fault(N_("What a wrong unit costs must be between 0 and 100 percent."), of="unit_penalty")


def _tag_faults(question: Question) -> Iterator[Fault]:
    if not all(question.tags) or any("," in tag for tag in question.tags):
        yield Fault(N_("A tag must have a text, without commas."), of="tags")
    if any(len(tag) > TAG_LENGTH for tag in question.tags):
        yield Fault(N_("A tag is longer than %(length)s characters."), {"length": TAG_LENGTH}, of="tags")
    if len({tag.casefold() for tag in question.tags}) < len(question.tags):
        yield Fault(N_("A tag stands there twice."), of="tags")


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
    yield from _unit_faults(question)
    for at, option in enumerate(question.options):
        if option.text == ANYTHING:
            if option.weight != 0:
                yield Fault(N_("The answer for all other numbers must be worth nothing."), at=at)
        elif number(option.text) is None:
            yield Fault(N_("“%(text)s” is not a number."), {"text": option.text[:TITLE_LENGTH]}, at)
        if not 0 <= option.tolerance < math.inf:
            yield Fault(N_("A tolerance must be a number from zero up."), at=at)


def _unit_faults(question: Question) -> Iterator[Fault]:
    for at, unit in enumerate(question.units):
        yield from _faults_of_unit(unit, at)
    if question.units and question.units[0].factor != 1:
        yield Fault(N_("The first unit is that of the answers: its factor must be 1."), at=0, of="units")
    if len({unit_key(unit.name) for unit in question.units}) < len(question.units):
        yield Fault(N_("A unit stands there twice."))
    if question.unit_penalty and not question.units:
        yield Fault(N_("A wrong unit can only cost something where there are units."), of="unit_penalty")


def _faults_of_unit(unit: Unit, at: int) -> Iterator[Fault]:
    params = {"name": unit.name[:TITLE_LENGTH]}
    if not unit.name:
        yield Fault(N_("A unit has no name."), at=at, of="units")
    elif quantity(f"1 {unit.name}") != (Decimal(1), unit_key(unit.name)):
        yield Fault(N_("The unit “%(name)s” could not be told from a number."), params, at, of="units")
    if not 0 < unit.factor < math.inf:
        yield Fault(N_("The factor of the unit “%(name)s” must be a number above zero."), params, at, of="units")


def _matching_faults(question: Question) -> Iterator[Fault]:
    if sum(bool(pair.left) for pair in question.pairs) < 2:
        yield Fault(N_("The question needs at least two pairs to match."))
    for at, pair in enumerate(question.pairs):
        if not pair.right:
            yield Fault(N_("A pair has no right side."), at=at)


def _ordering_faults(question: Question) -> Iterator[Fault]:
    if len(question.options) < 2:
        yield Fault(N_("The question needs at least two items to put in order."))
    if any(option.weight or option.feedback for option in question.options):
        yield Fault(N_("An item to put in order has neither weight nor feedback."))
    if len({option.text for option in question.options}) < len(question.options):
        yield Fault(N_("Two items to put in order are the same."))
    if question.scoring not in set(Scoring):
        yield Fault(N_("“%(scoring)s” is no way to score an order."), {"scoring": question.scoring}, of="scoring")


def _gaps_faults(question: Question) -> Iterator[Fault]:
    if not question.gaps:
        yield Fault(N_("The question has no gap."), of="text")
    wanted = list(range(1, len(question.gaps) + 1))
    if sorted(map(int, MARKER.findall(question.text))) != wanted:
        params = {"number": len(question.gaps)}
        yield Fault(
            N_("The text must have each mark of its %(number)s gaps once: [[1]] for the first, and so on."),
            params,
            of="text",
        )
    for at, gap in enumerate(question.gaps):
        yield from (replace(fault, gap=at) for fault in _faults_of_gap(gap))


def _faults_of_gap(gap: Gap) -> Iterator[Fault]:
    if gap.kind not in IN_GAPS:
        yield Fault(N_("A gap cannot be of this kind."))
        return
    if gap.mark not in range(1, MOST_IN_GAP + 1):
        yield Fault(
            N_("The mark of a gap must be a whole number from 1 to %(most)s."), {"most": MOST_IN_GAP}, of="mark"
        )
    if gap.look not in set(Look):
        yield Fault(N_("“%(look)s” is no way to show choices."), {"look": gap.look}, of="look")
    elif gap.kind is Kind.multiple and gap.look == Look.menu:
        yield Fault(N_("The choices of a gap with several right answers are shown as a list or a row."), of="look")
    yield from faults(gap.alone)


def _essay_faults(question: Question) -> Iterator[Fault]:
    if question.min_words < 0 or question.max_words < 0:
        yield Fault(N_("A number of words cannot be less than nothing."), of="min_words")
    if 0 < question.max_words < question.min_words:
        yield Fault(N_("More words are wanted than are allowed."), of="max_words")
    for at, criterion in enumerate(question.rubric):
        yield from _faults_of_criterion(criterion, at)


def _faults_of_criterion(criterion: Criterion, at: int) -> Iterator[Fault]:
    if not criterion.text:
        yield Fault(N_("A criterion has no text."), at=at, of="rubric")
    if len(criterion.levels) < 2:
        yield Fault(N_("A criterion needs at least two levels."), at=at, of="rubric")
    elif not criterion.most:
        yield Fault(N_("One level of a criterion must be worth more than nothing."), at=at, of="rubric")
    if not all(level.text for level in criterion.levels):
        yield Fault(N_("A level has no text."), at=at, of="rubric")
    if not all(0 <= level.points < math.inf for level in criterion.levels):
        yield Fault(N_("The points of a level must be a number from zero up."), at=at, of="rubric")


IN_GAPS = frozenset({Kind.single, Kind.multiple, Kind.short_answer, Kind.numerical})
_ESSAY, _GRADED = frozenset({Kind.essay}), frozenset(Kind) - {Kind.essay}
ONLY_OF: dict[str, frozenset[Kind]] = {
    "options": _GRADED - {Kind.matching, Kind.gaps},
    "pairs": frozenset({Kind.matching}),
    "gaps": frozenset({Kind.gaps}),
    "hints": _GRADED,
    "case": frozenset({Kind.short_answer}),
    "units": frozenset({Kind.numerical}),
    "unit_penalty": frozenset({Kind.numerical}),
    "scoring": frozenset({Kind.ordering}),
    "rubric": _ESSAY,
    "grader_notes": _ESSAY,
    "template": _ESSAY,
    "min_words": _ESSAY,
    "max_words": _ESSAY,
}
"""Fields that only some kinds have. Those that are not named here do no harm where they say nothing."""

KIND_FAULTS: dict[Kind, Callable[[Question], Iterator[Fault]]] = {
    Kind.single: _single_faults,
    Kind.multiple: _multiple_faults,
    Kind.true_false: _true_false_faults,
    Kind.short_answer: _typed_faults,
    Kind.numerical: _numerical_faults,
    Kind.matching: _matching_faults,
    Kind.ordering: _ordering_faults,
    Kind.gaps: _gaps_faults,
    Kind.essay: _essay_faults,
}
