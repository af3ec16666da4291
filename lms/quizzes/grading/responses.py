"""What people answer: read from a form, looked at, told in words."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from lms.quizzes.kinds import Kind, Pair, Question, comparable, tidy

Part: TypeAlias = int | str | Sequence[int] | None
Response: TypeAlias = int | str | Sequence[Part] | None

MAX_TEXT = 1000  # characters of a typed answer that are kept
MAX_ESSAY = 20_000
MAX_VALUES = 1000  # values of one question in a form that are looked at
TYPED = frozenset({Kind.short_answer, Kind.numerical, Kind.essay})


def choices(question: Question) -> list[str]:
    """The right sides to choose from in a matching question, each once, in the author's order."""
    return list(dict.fromkeys(pair.right for pair in question.pairs))


def lefts(question: Question) -> list[Pair]:
    """The pairs of a matching question that ask for a choice."""
    return [pair for pair in question.pairs if pair.left]


def is_answered(question: Question, response: Response) -> bool:
    """Tell whether nothing was left open: each pair, gap and place has something, an essay more than its template."""
    if question.kind is Kind.gaps:
        given = parts(question, response)
        return all(is_answered(gap.alone, one) for gap, one in zip(question.gaps, given, strict=True))
    if question.kind in (Kind.matching, Kind.ordering):
        given = parts(question, response)
        return bool(given) and None not in given
    return is_begun(question, response)


def is_begun(question: Question, response: Response) -> bool:
    """Tell whether there is anything to grade."""
    if question.kind in TYPED:
        seen = comparable(response) if isinstance(response, str) else ""
        return bool(seen) and not (question.kind is Kind.essay and seen == comparable(question.template))
    if question.kind is Kind.gaps:
        given = parts(question, response)
        return any(is_begun(gap.alone, one) for gap, one in zip(question.gaps, given, strict=True))
    if question.kind in (Kind.matching, Kind.ordering):
        return any(one is not None for one in parts(question, response))
    return bool(chosen(question, response))


def chosen(question: Question, response: Any) -> list[int]:
    """The indices of the options that were chosen, in the author's order."""
    given = response if question.kind is Kind.multiple else [response]
    indices = {one for one in given if isinstance(one, int)} if isinstance(given, list | tuple) else set()
    return [at for at in range(len(question.options)) if at in indices]


def parts(question: Question, response: Any) -> list[Any]:
    """One entry for each left side, place or gap, whatever the length and the content of the response.

    Of a matching or an ordering, an index that there is, or None; in an ordering each index once.
    """
    wanted = _number_of_parts(question)
    given = list(response[:wanted]) if isinstance(response, list | tuple) else []
    given += [None] * (wanted - len(given))
    if question.kind is Kind.gaps:
        return given
    count = len(choices(question) if question.kind is Kind.matching else question.options)
    sound = [one if isinstance(one, int) and 0 <= one < count else None for one in given]
    return sound if question.kind is Kind.matching else _each_once(sound)


def _number_of_parts(question: Question) -> int:
    things = {Kind.gaps: question.gaps, Kind.matching: lefts(question), Kind.ordering: question.options}
    return len(things.get(question.kind, ()))


def _each_once(indices: list[int | None]) -> list[int | None]:
    return [one if one not in indices[:at] else None for at, one in enumerate(indices)]


def sent(fields: Iterable[tuple[str, str]], question: int) -> list[str]:
    """Of the names and values of a form, the values of the question with this id, as `parse_response` reads them.

    All fields of a question are named `q<id>`; those of its gaps `q<id>.<gap>`, from 0, and come as `gap:value`.
    """
    name, prefix = f"q{question}", f"q{question}."
    return [
        value if field == name else f"{field.removeprefix(prefix)}:{value}"
        for field, value in fields
        if field == name or field.startswith(prefix)
    ]


def parse_response(question: Question, values: Sequence[str]) -> Response:
    """Make a response of the values of a form, in their order; what no honest form sends is ignored.

    Choices send their index, and matchings one for each left side, empty where nothing was chosen. An ordering sends
    `item:place` for each item, the place from 1. Gaps send `gap:value`, the value as such a question would by itself.
    """
    values = values[:MAX_VALUES]
    if question.kind in TYPED:
        return tidy(values[0][: MAX_ESSAY if question.kind is Kind.essay else MAX_TEXT]) if values else ""
    if question.kind is Kind.matching:
        count = len(choices(question))
        return parts(question, [_index(value, count) for value in values])
    if question.kind is Kind.ordering:
        return _parse_order(question, values)
    if question.kind is Kind.gaps:
        return _parse_gaps(question, values)
    indices = [_index(value, len(question.options)) for value in values]
    if question.kind is Kind.multiple:
        return sorted({index for index in indices if index is not None})
    return indices[0] if indices else None


def _parse_order(question: Question, values: Sequence[str]) -> list[int | None]:
    count = len(question.options)
    places: list[int | None] = [None] * count
    for value in values:
        item, _, place = value.partition(":")
        index, where = _index(item, count), _index(place, count + 1)
        if where and places[where - 1] is None:  # of two at one place the first stays, and the other is still to place
            places[where - 1] = index
    return _each_once(places)


def _parse_gaps(question: Question, values: Sequence[str]) -> list[Any]:
    given: list[list[str]] = [[] for _ in question.gaps]
    for value in values:
        name, _, of_gap = value.partition(":")
        at = _index(name, len(given))
        if at is not None:
            given[at].append(of_gap)
    return [parse_response(gap.alone, some) for gap, some in zip(question.gaps, given, strict=True)]


def _index(value: str, count: int) -> int | None:
    # Short ASCII digits only: int() also reads "+1", "1_0" and other scripts, and chokes on a million digits.
    plain = value.isascii() and value.isdigit() and len(value) <= 4
    return int(value) if plain and int(value) < count else None
