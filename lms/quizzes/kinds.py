"""The kinds of quiz question, as plain values: importers make, the database keeps, and grading reads them.

Weights are percents of the question's mark, from -100 to 100, as in Moodle.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lms.i18n import LATIN_DIGITS

FORMATS = ("html", "markdown", "moodle", "plain")
FULL = 100.0
ROUNDING = 0.1  # in percent: three thirds, written 33.3 each, are meant to be the whole
TITLE_LENGTH = 80
NAME_LENGTH = 120  # what the database has room for
NUMBER_LENGTH = 100  # a million digits would make decimal arithmetic overflow
ANYTHING = "*"  # the answer that every response matches

# Zero width space, non-joiner, joiner, word joiner and byte order mark: Khmer keyboards and word processors
# scatter them, and nobody sees them.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
NUMBER = re.compile(
    r"[+-]?(?=[.,]?\d)(?:\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+|\d*)(?:[.,]\d*)?(?:e[+-]?\d{1,3})?",
    re.ASCII | re.IGNORECASE,
)


class Kind(StrEnum):
    """How a question is answered."""

    single = "single"
    multiple = "multiple"
    true_false = "true_false"
    short_answer = "short_answer"
    numerical = "numerical"
    matching = "matching"


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a sentence for translation where it is written; whoever shows it translates it."""
    return message


def tidy(text: str) -> str:
    """Strip a text, end its lines with a line feed, and drop what PostgreSQL or UTF-8 cannot keep."""
    text = text.encode("utf-8", "ignore").decode().replace("\0", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def number(text: str) -> Decimal | None:
    """Read a number with Latin or Khmer digits, a decimal comma or point, and spaces between thousands."""
    text = text.translate(INVISIBLE).translate(LATIN_DIGITS).replace("\u2212", "-").strip()
    if len(text) > NUMBER_LENGTH or not NUMBER.fullmatch(text):
        return None
    return Decimal(re.sub(r"\s", "", text).replace(",", "."))


def _tidy_fields(value: object, *names: str) -> None:
    # The only way to set a field of a frozen dataclass, and only while it is being made.
    for name in names:
        object.__setattr__(value, name, tidy(getattr(value, name)))


@dataclass(frozen=True, slots=True)
class Option:
    """One answer and its weight in percent; a numerical question has a number as text, or * for any other."""

    text: str
    weight: float
    feedback: str = ""
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        _tidy_fields(self, "text", "feedback")

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "weight": self.weight,
            "feedback": self.feedback,
            "tolerance": self.tolerance,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Option":
        return cls(data["text"], data["weight"], data.get("feedback", ""), data.get("tolerance", 0.0))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides that belong together; without a left side, a right side that belongs to none."""

    left: str
    right: str

    def __post_init__(self) -> None:
        _tidy_fields(self, "left", "right")

    def to_json(self) -> dict[str, Any]:
        return {"left": self.left, "right": self.right}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Pair":
        return cls(data["left"], data["right"])


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `feedback` is shown to everybody who answered, whatever the answer."""

    name: str
    kind: Kind
    text: str
    options: tuple[Option, ...] = ()
    pairs: tuple[Pair, ...] = ()
    feedback: str = ""
    format: str = "markdown"

    def __post_init__(self) -> None:
        _tidy_fields(self, "name", "text", "feedback")

    @property
    def title(self) -> str:
        """The name, or else the beginning of the text, as in Moodle."""
        return self.name or " ".join(self.text.split())[:TITLE_LENGTH]

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind.value,
            "text": self.text,
            "options": [option.to_json() for option in self.options],
            "pairs": [pair.to_json() for pair in self.pairs],
            "feedback": self.feedback,
            "format": self.format,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Question":
        return cls(
            name=data["name"],
            kind=Kind(data["kind"]),
            text=data["text"],
            options=tuple(map(Option.from_json, data.get("options", ()))),
            pairs=tuple(map(Pair.from_json, data.get("pairs", ()))),
            feedback=data.get("feedback", ""),
            format=data.get("format", "markdown"),
        )


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
