"""How often each answer was given: section "Analysis of responses" of Moodle's quiz statistics report."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lms.quizzes import grading
from lms.quizzes.kinds import FULL, Gap, Kind, Option, Question, number

SHOWN = 10
"""Of what was typed, the most frequent so many; the rest is counted together."""
Given = tuple[Any, int]
"""A response, in the shape of `grading.parse_response`, and how many gave it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that could be given, or one that was typed."""

    text: str
    worth: float
    """In percent of what the part can bring."""
    count: int

    @property
    def right(self) -> bool:
        return self.worth >= FULL

    @property
    def wrong(self) -> bool:
        return self.worth <= 0


@dataclass(frozen=True, slots=True)
class Part:
    """What one decision was asked for: the whole question, one gap, one left side, one place of an order."""

    title: str
    """The left side of a pair; the number of a gap or place; "" for the whole question."""
    choices: Sequence[Choice]
    """In the author's order; what was typed, the most frequent first."""
    blank: int
    """How many left it open."""
    others: int = 0
    """How many typed something rarer."""
    several: bool = False
    """One could choose more than one."""

    @property
    def answered(self) -> int:
        """How many did not leave it open; not known where several may be chosen."""
        return sum(choice.count for choice in self.choices) + self.others


def distribution(versions: Sequence[Question], given: Iterable[Given], asked: int) -> list[Part]:
    """Of a question, as one reader sees it first and in its other languages, that so many were asked.

    Who has no response at all left it open.
    """
    question, given = versions[0], list(given)
    given.append((None, asked - sum(count for _response, count in given)))
    return PARTS[question.kind](versions, given)


def _options(options: Sequence[Option], given: Iterable[Given], title: str = "") -> Part:
    counts: Counter[int | None] = Counter()
    for response, count in given:
        counts[response if _is_index(response, len(options)) else None] += count
    return Part(title, _choices(options, counts), counts[None])


def _several(options: Sequence[Option], given: Iterable[Given], title: str = "") -> Part:
    counts: Counter[int | None] = Counter()
    for response, count in given:
        chosen = {one for one in _list(response) if _is_index(one, len(options))}
        counts.update(dict.fromkeys(chosen or {None}, count))
    return Part(title, _choices(options, counts), counts[None], several=True)


def _choices(options: Sequence[Option], counts: Counter[int | None]) -> list[Choice]:
    return [Choice(option.text, option.weight, counts[at]) for at, option in enumerate(options)]


def _typed(versions: Sequence[Question], given: Iterable[Given], title: str = "") -> Part:
    """Texts that differ only in what grading does not see are one; the most frequent spelling stands for them."""
    counts: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = {}
    for response, count in given:
        text = response if isinstance(response, str) else ""
        key = _key(versions[0], text)
        counts[key] += count
        spellings.setdefault(key, Counter())[text] += count
    blank = counts.pop("", 0)
    shown = [(spellings[key].most_common(1)[0][0], count) for key, count in counts.most_common(SHOWN)]
    choices = [Choice(text, _worth(versions, text), count) for text, count in shown]
    return Part(title, choices, blank, sum(counts.values()) - sum(choice.count for choice in choices))


def _key(question: Question, text: str) -> str:
    value = number(text) if question.kind is Kind.numerical else None
    if value is not None:
        return f"{value.normalize():f}"
    return text.strip() if question.case else grading.comparable(text)


def _worth(versions: Sequence[Question], text: str) -> float:
    return FULL * max(grading.grade(version, text).fraction for version in versions)


def _matching(versions: Sequence[Question], given: Iterable[Given]) -> list[Part]:
    question = versions[0]
    texts, pairs = grading.choices(question), grading.lefts(question)
    return [
        _options([Option(text, FULL * (text == pair.right)) for text in texts], each, pair.left)
        for pair, each in zip(pairs, _by_part(given, len(pairs)), strict=True)
    ]


def _ordering(versions: Sequence[Question], given: Iterable[Given]) -> list[Part]:
    """For each place what was put there; the options stand in their right order."""
    options = versions[0].options
    return [
        _options(_right_at(options, place), each, str(place + 1))
        for place, each in enumerate(_by_part(given, len(options)))
    ]


def _right_at(options: Sequence[Option], place: int) -> list[Option]:
    return [replace(option, weight=FULL * (at == place)) for at, option in enumerate(options)]


def _gaps(versions: Sequence[Question], given: Iterable[Given]) -> list[Part]:
    gaps = versions[0].gaps
    return [
        _gap([version.gaps[at] for version in versions if at < len(version.gaps)], each, str(at + 1))
        for at, each in enumerate(_by_part(given, len(gaps)))
    ]


def _gap(versions: Sequence[Gap], given: Iterable[Given], title: str) -> Part:
    gap = versions[0]
    if gap.kind in TYPED:
        return _typed([Question("", one.kind, "", one.options, case=one.case) for one in versions], given, title)
    return (_several if gap.kind is Kind.multiple else _options)(gap.options, given, title)


def _essay(versions: Sequence[Question], given: Iterable[Given]) -> list[Part]:
    """Only whether there is one."""
    blank = sum(count for response, count in given if not (isinstance(response, str) and response.strip()))
    return [Part("", [], blank)]


def _by_part(given: Iterable[Given], parts: int) -> Iterator[list[Given]]:
    """Of responses that have a value for each part, the values of each."""
    given = [(_list(response), count) for response, count in given]
    for at in range(parts):
        yield [(values[at] if at < len(values) else None, count) for values, count in given]


def _list(response: Any) -> Sequence[Any]:
    return response if isinstance(response, list | tuple) else ()


def _is_index(value: Any, count: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < count


TYPED = (Kind.short_answer, Kind.numerical)
PARTS: dict[Kind, Callable[[Sequence[Question], Iterable[Given]], list[Part]]] = {
    Kind.single: lambda versions, given: [_options(versions[0].options, given)],
    Kind.true_false: lambda versions, given: [_options(versions[0].options, given)],
    Kind.multiple: lambda versions, given: [_several(versions[0].options, given)],
    Kind.short_answer: lambda versions, given: [_typed(versions, given)],
    Kind.numerical: lambda versions, given: [_typed(versions, given)],
    Kind.matching: _matching,
    Kind.ordering: _ordering,
    Kind.gaps: _gaps,
    Kind.essay: _essay,
}
"""By kind of question, how its responses are counted."""
