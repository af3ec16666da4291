"""Answers to choose from, or to hold what is typed against: of a question, or of one of its gaps."""

from collections.abc import Iterator, Mapping, Sequence

from lms.authoring.question_forms.typed import Codes, Typed, plain
from lms.i18n import gettext
from lms.quizzes.imported import MOST_PARTS
from lms.quizzes.kinds import ANYTHING, FULL, Fault, Kind, Option

USUAL_ROWS = {Kind.single: 4, Kind.multiple: 4, Kind.true_false: 2, Kind.short_answer: 2, Kind.numerical: 1}
WITH_TEXT = frozenset({Kind.single, Kind.multiple, Kind.short_answer})
TRUTH = ("true", "false")
VALUES = ("share", "right", "number", "margin")
"""The fields of a row that are the same in all languages."""


def count(typed: Typed, kind: Kind) -> int:
    """How many rows the form has."""
    return len(TRUTH) if kind == Kind.true_false else typed.count("rows", USUAL_ROWS[kind], MOST_PARTS)


def used(typed: Typed, kind: Kind, codes: Codes) -> list[int]:
    """The rows that have something in them."""
    return [at for at in range(count(typed, kind)) if _is_used(typed, kind, at, codes)]


def _is_used(typed: Typed, kind: Kind, at: int, codes: Codes) -> bool:
    if kind == Kind.true_false or (kind == Kind.single and typed.value("right") == str(at)):
        return True
    written = any(typed.filled_in(f"{name}-{at}", codes) for name in ("option", "note"))
    return written or any(typed.filled(f"{name}-{at}") for name in VALUES)


def read(typed: Typed, kind: Kind, codes: Codes) -> dict[str, tuple[Option, ...]]:
    """By language; as many in each of them."""
    rows = used(typed, kind, codes)
    for at in rows if kind in WITH_TEXT else ():
        typed.need(f"option-{at}", codes)
    numeric = kind == Kind.numerical
    margins = [(numeric and typed.number(f"margin-{at}")) or 0.0 for at in rows]
    marks = [*zip(rows, _weights(typed, kind, rows), margins, strict=True)]
    return {
        code: tuple(
            Option(_text(typed, kind, at, code), weight, typed.text(f"note-{at}-{code}"), margin)
            for at, weight, margin in marks
        )
        for code in codes
    }


def _text(typed: Typed, kind: Kind, at: int, code: str) -> str:
    if kind == Kind.true_false:
        return TRUTH[at]
    return typed.text(f"number-{at}" if kind == Kind.numerical else f"option-{at}-{code}")


def _weights(typed: Typed, kind: Kind, rows: Sequence[int]) -> list[float]:
    right = typed.value("right")
    if kind == Kind.true_false:
        return [FULL * (right == word) for word in TRUTH]
    shares = [typed.number(f"share-{at}") for at in rows]
    if kind == Kind.multiple:
        return _shares(typed, rows, shares)
    if kind == Kind.single:
        return [FULL if right == str(at) else share or 0.0 for at, share in zip(rows, shares, strict=True)]
    usual = [_usual_weight(typed.text(f"number-{at}")) for at in rows]
    return [weight if share is None else share for weight, share in zip(usual, shares, strict=True)]


def _usual_weight(text: str) -> float:
    return 0.0 if text == ANYTHING else FULL


def _shares(typed: Typed, rows: Sequence[int], given: Sequence[float | None]) -> list[float]:
    """Even ones where none is given; else right answers share what is left, and wrong ones cost nothing."""
    rights = [typed.filled(f"right-{at}") for at in rows]
    if all(share is None for share in given):
        return even_shares(rights)
    open_ = sum(right and share is None for right, share in zip(rights, given, strict=True))
    left = max(FULL - sum(share for share in given if share and share > 0), 0.0)
    each = round(left / max(open_, 1), 5)
    for at, right, share in zip(rows, rights, given, strict=True):
        if share is not None and (share > 0) != right:
            message = gettext("A right answer has a share above zero, a wrong one has none or takes away.")
            typed.wrong(f"share-{at}", message)
    return [each * right if share is None else share for right, share in zip(rights, given, strict=True)]


def even_shares(rights: Sequence[bool]) -> list[float]:
    """Right answers share the mark; each wrong one costs as much as a right one brings."""
    share = round(FULL / max(sum(rights), 1), 5)
    return [share if right else -share for right in rights]


# And back


def show(typed: Typed, kind: Kind, versions: Mapping[str, Sequence[Option]]) -> None:
    for code, options in versions.items():
        for at, option in enumerate(options):
            typed.put(f"note-{at}-{code}", option.feedback)
            if kind in WITH_TEXT:
                typed.put(f"option-{at}-{code}", option.text)
    first = next(iter(versions.values()))
    typed.put("rows", str(max(len(first), USUAL_ROWS[kind])))
    for name, value in _marks(kind, first):
        typed.put(name, value)


def _marks(kind: Kind, options: Sequence[Option]) -> Iterator[tuple[str, str]]:
    """What is the same in all languages: which answers are right, and how much each is worth."""
    if kind == Kind.true_false:
        yield "right", TRUTH[options[1].weight > 0]
        return
    for at, (option, usual) in enumerate(zip(options, _usual_weights(kind, options), strict=True)):
        if kind == Kind.single and option.weight == FULL:
            yield "right", str(at)
        elif option.weight != usual:
            yield f"share-{at}", plain(option.weight)
        if kind == Kind.multiple and option.weight > 0:
            yield f"right-{at}", "1"
        if kind == Kind.numerical:
            yield f"number-{at}", option.text
            yield f"margin-{at}", plain(option.tolerance) if option.tolerance else ""


def _usual_weights(kind: Kind, options: Sequence[Option]) -> list[float | None]:
    """What each answer is worth where the form says nothing; None where it has to say something."""
    weights = [option.weight for option in options]
    if kind == Kind.multiple:
        even = even_shares([weight > 0 for weight in weights])
        return [*even] if weights == even else [None] * len(weights)
    if kind == Kind.single:
        return [0.0] * len(weights)
    return [_usual_weight(option.text if kind == Kind.numerical else "") for option in options]


# Where a fault belongs


def place(typed: Typed, kind: Kind, codes: Codes, fault: Fault, code: str) -> str:
    """The field that a fault of the answers belongs to; `""` for all of them."""
    if fault.at is None:
        return ""
    at = used(typed, kind, codes)[fault.at]
    if "weight" in fault.params:
        return f"share-{at}"
    if kind == Kind.numerical:
        return f"margin-{at}" if typed.filled(f"margin-{at}") and not fault.params else f"number-{at}"
    return f"option-{at}-{code}"
