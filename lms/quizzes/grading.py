"""Marks for answers: pure functions of a question and a response, after Moodle's rules.

A response is what JSON can hold: the index of an option (single, true_false), a list of such indices
(multiple), a text (short_answer, numerical), or for matching a list with one index into `choices` for each
pair that has a left side, None where nothing was chosen. None is no response at all.
"""

import math
import random
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeAlias, TypeVar

from lms.i18n import LATIN_DIGITS
from lms.quizzes.kinds import (
    ANYTHING,
    FULL,
    INVISIBLE,
    Kind,
    Option,
    Pair,
    Question,
    adds_up,
    number,
    tidy,
)

Response: TypeAlias = int | str | Sequence[int | None] | None

T = TypeVar("T")

MAX_TEXT = 1000  # characters of a typed answer that are kept
MAX_VALUES = 500  # values of one question in a form that are looked at
HUNDREDTH = Decimal("0.01")
FLOAT_NOISE = Decimal("1e-10")  # three thirds, as floats, still come to one
RELATIVE_NOISE = Decimal("1e-12")

# Sequences that look the same on the screen: coeng DA and coeng TA (The Unicode Standard, section 16.4,
# Khmer), and the vowels OE and OO typed as their two halves.
KHMER_LOOKALIKES = (
    ("\u17d2\u178a", "\u17d2\u178f"),
    ("\u17c1\u17b8", "\u17be"),
    ("\u17c1\u17b6", "\u17c4"),
)


@dataclass(frozen=True, slots=True)
class Grade:
    """What a response is worth, from 0 to 1, and the feedback of the answers that it chose."""

    fraction: float
    right: bool
    feedback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """The marks of an attempt; percent has two decimals, rounded half up."""

    mark: Decimal
    out_of: Decimal
    percent: Decimal


def grade(question: Question, response: Response) -> Grade:
    """Grade a response; one of the wrong shape earns nothing."""
    if question.kind is Kind.matching:
        return _grade_matching(question, response)
    chosen = _chosen(question, response)
    fraction = _fraction(math.fsum(option.weight for option in chosen))
    return Grade(fraction, fraction == 1, tuple(option.feedback for option in chosen if option.feedback))


def choices(question: Question) -> list[str]:
    """The right sides to choose from in a matching question, each once, in the author's order."""
    return list(dict.fromkeys(pair.right for pair in question.pairs))


def lefts(question: Question) -> list[Pair]:
    """The pairs of a matching question that ask for a choice."""
    return [pair for pair in question.pairs if pair.left]


def order(question: Question, seed: int) -> list[int]:
    """The order in which to show the options (matching: the choices), always the same for the same seed.

    Questions of one attempt may share a seed: each still gets an order of its own.
    """
    count = len(choices(question) if question.kind is Kind.matching else question.options)
    if question.kind is Kind.true_false:
        return list(range(count))
    # Mixed with the name, not the text, because the name is the same in all languages.
    return shuffled(range(count), f"{seed}:{question.name}")


def shuffled(things: Iterable[T], seed: object) -> list[T]:
    """In an order that is always the same for the same seed.

    Sorted by random() and not shuffled: only random() is promised to stay the same in later Pythons.
    """
    chance = random.Random(str(seed))  # noqa: S311 - an order is no secret
    return sorted(things, key=lambda _: chance.random())


def is_answered(question: Question, response: Response) -> bool:
    """Tell whether nothing was left open; in a matching question every pair needs a choice."""
    if question.kind is Kind.matching:
        picks = _picks(question, response)
        return bool(picks) and None not in picks
    if question.kind in (Kind.short_answer, Kind.numerical):
        return isinstance(response, str) and bool(comparable(response))
    return bool(_chosen(question, response))


def parse_response(question: Question, values: Sequence[str]) -> Response:
    """Make a response of the values of a form, one per choice; what no honest form sends is ignored."""
    if question.kind in (Kind.short_answer, Kind.numerical):
        return tidy(values[0][:MAX_TEXT]) if values else ""
    if question.kind is Kind.matching:
        return _parse_picks(question, values)
    indices = [_index(value, len(question.options)) for value in values[:MAX_VALUES]]
    if question.kind is Kind.multiple:
        return sorted({index for index in indices if index is not None})
    return indices[0] if indices else None


def score(parts: Iterable[tuple[float, float | Decimal]]) -> Score:
    """Add up (fraction, highest mark) of each question."""
    marks = [(Decimal(str(fraction)), Decimal(str(highest))) for fraction, highest in parts]
    mark = sum((fraction * highest for fraction, highest in marks), Decimal(0))
    mark = mark.quantize(FLOAT_NOISE, ROUND_HALF_UP)
    out_of = sum((highest for _, highest in marks), Decimal(0))
    percent = mark * 100 / out_of if out_of else Decimal(0)
    return Score(mark, out_of, percent.quantize(HUNDREDTH, ROUND_HALF_UP))


def comparable(text: str) -> str:
    """A text as it is compared: without case, what cannot be seen, and what only the keyboard decided."""
    text = text.translate(INVISIBLE).translate(LATIN_DIGITS)
    for seen, meant in KHMER_LOOKALIKES:
        text = text.replace(seen, meant)
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())


def matches(key: str, text: str) -> bool:
    r"""Tell whether a text matches a key, in which * stands for anything and \* for an asterisk."""
    parts = [part.replace("\\*", "*") for part in re.split(r"(?<!\\)\*", comparable(key))]
    return _in_sequence(parts, comparable(text))


def _in_sequence(parts: list[str], text: str) -> bool:
    # By hand and not as a regular expression, which takes ages for a key like *a*a*a*a*a*a*.
    first, *rest = parts
    if not rest:
        return first == text
    last = rest.pop()
    if not (text.startswith(first) and text.endswith(last) and len(first) + len(last) <= len(text)):
        return False
    at, stop = len(first), len(text) - len(last)
    for part in rest:
        found = text.find(part, at, stop)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _fraction(percent: float) -> float:
    return 1.0 if adds_up(percent) else min(max(percent / FULL, 0.0), 1.0)


def _chosen(question: Question, response: Response) -> list[Option]:
    """The options that a response picks, or of those that its text matches the one worth most."""
    if isinstance(response, str):
        matching = [option for option in question.options if _accepts(question, option, response)]
        return [max(matching, key=lambda option: option.weight)] if matching else []
    picked = _integers(response) if question.kind is Kind.multiple else _integers([response])
    return [option for index, option in enumerate(question.options) if index in picked]


def _integers(values: Any) -> set[int]:
    return {value for value in values if isinstance(value, int)} if isinstance(values, list | tuple) else set()


def _accepts(question: Question, option: Option, text: str) -> bool:
    if not comparable(text):
        return False
    if question.kind is Kind.numerical:
        return option.text == ANYTHING or _is_near(option, text)
    return question.kind is Kind.short_answer and matches(option.text, text)


def _is_near(option: Option, text: str) -> bool:
    given, value = number(text), number(option.text)
    if given is None or value is None:
        return False
    return abs(given - value) <= Decimal(str(option.tolerance)) + abs(value) * RELATIVE_NOISE


def _grade_matching(question: Question, response: Response) -> Grade:
    pairs, texts = lefts(question), choices(question)
    picks = _picks(question, response)
    right = sum(pick is not None and texts[pick] == pair.right for pair, pick in zip(pairs, picks, strict=True))
    return Grade(right / len(pairs) if pairs else 0.0, bool(pairs) and right == len(pairs))


def _picks(question: Question, response: Response) -> list[int | None]:
    """One index for each left side, whatever the length and the content of the response."""
    given = list(response) if isinstance(response, list | tuple) else []
    count = len(choices(question))
    wanted = len(lefts(question))
    sound = [pick if isinstance(pick, int) and 0 <= pick < count else None for pick in given[:wanted]]
    return sound + [None] * (wanted - len(sound))


def _parse_picks(question: Question, values: Sequence[str]) -> list[int | None]:
    count = len(choices(question))
    return _picks(question, [_index(value, count) for value in values[: len(question.pairs)]])


def _index(value: str, count: int) -> int | None:
    # Short ASCII digits only: int() also reads "+1", "1_0" and other scripts, and chokes on a million digits.
    plain = value.isascii() and value.isdigit() and len(value) <= 4
    return int(value) if plain and int(value) < count else None
