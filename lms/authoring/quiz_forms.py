"""What the forms of a quiz send, as plain values, and back: its settings, and one question in all languages. Pure.

A field of a text is named after its language, one of a row after the row: `option-0-km`, `share-0`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lms.bundles.lessons import MAX_MINUTES
from lms.i18n import gettext
from lms.quizzes import kinds
from lms.quizzes.kinds import ANYTHING, FULL, INVISIBLE, Fault, Kind, Option, Pair, Question
from lms.quizzes.settings import MAX_ATTEMPTS, MAX_PER_PAGE, USUAL

Values: TypeAlias = Mapping[str, str]
Versions: TypeAlias = Mapping[str, Question]
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MOST_ROWS = 40
MORE_ROWS = 3
TITLE_LENGTH = 200
EMPTY_ROWS = {Kind.single: 4, Kind.multiple: 4, Kind.true_false: 2, Kind.short_answer: 2, Kind.numerical: 1}
ROW_TEXTS = {
    Kind.single: ("option", "note"),
    Kind.multiple: ("option", "note"),
    Kind.true_false: ("note",),
    Kind.short_answer: ("option", "note"),
    Kind.numerical: ("note",),
    Kind.matching: ("left", "match"),
}
"""The fields of a row that differ by language."""
ROW_VALUES = {
    Kind.multiple: ("share", "right"),
    Kind.single: ("share",),
    Kind.short_answer: ("share",),
    Kind.numerical: ("number", "margin", "share"),
}
"""The fields of a row that are the same in all languages."""
MUST_HAVE = {Kind.single: "option", Kind.multiple: "option", Kind.short_answer: "option", Kind.matching: "match"}

EXAMPLES = {
    Kind.single: """\
::capital:: Which city is the capital? {
\t=Phnom Penh # Yes.
\t~Battambang # That is the second largest.
\t~Kampot
}""",
    Kind.multiple: """\
::rivers:: Which are rivers? {
\t~%50%Mekong
\t~%50%Bassac
\t~%-50%Bokor
}""",
    Kind.true_false: "::lake:: The Tonle Sap is a lake. {TRUE}",
    Kind.short_answer: """\
::temple:: Which temple is on the flag? {
\t=Angkor Wat
\t=%50%Angkor*
}""",
    Kind.numerical: """\
::provinces:: How many provinces are there? {#25:0}

::height:: How high is it, in metres? {#60..65}""",
    Kind.matching: """\
::offices:: Who does what? {
\t=Commune council -> decides
\t=Clerk -> keeps the records
}""",
}
"""GIFT to copy from, for each kind."""


@dataclass
class Typed:
    """What stands in the fields of a form, and what is wrong with it, by their names; `""` for the form as a whole."""

    values: dict[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)

    def wrong(self, name: str, message: str) -> None:
        found = self.errors.setdefault(name, [])
        if message not in found:
            found.append(message)

    def filled(self, name: str) -> bool:
        return bool(CONTROL.sub("", self.values.get(name, "")).translate(INVISIBLE).strip())

    def text(self, name: str) -> str:
        """Without what nobody sees and no bundle takes."""
        return kinds.tidy(CONTROL.sub("", self.values.get(name, ""))) if self.filled(name) else ""


# Settings


def show_settings(content: Mapping[str, Any]) -> Typed:
    values = {f"title-{code}": text for code, text in content.get("title", {}).items()}
    for name in ("minutes", "attempts"):
        values[name] = plain(content.get(name, 0)) if content.get(name) else ""
    values["pass_mark"] = plain(content.get("pass_mark", 0))
    values["per_page"] = plain(content.get("per_page", USUAL.per_page))
    values["shuffle"] = "1" if content.get("shuffle", True) else ""
    values["final"] = "1" if content.get("final", False) else ""
    return Typed(values)


def read_settings(typed: Typed, content: Mapping[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    """The content with these settings; for use only where nothing is wrong with what was typed."""
    others = {code: text for code, text in content.get("title", {}).items() if code not in codes}
    title = {code: typed.text(f"title-{code}") for code in codes if typed.filled(f"title-{code}")}
    if not title:
        typed.wrong(f"title-{codes[0]}", gettext("Please fill this in."))
    for code, text in title.items():
        if len(text) > TITLE_LENGTH or "\n" in text:
            typed.wrong(f"title-{code}", gettext("Please write less than this."))
    return {
        **content,
        "title": others | title,
        "minutes": int(_within(typed, "minutes", 0, MAX_MINUTES)),
        "pass_mark": _within(typed, "pass_mark", 0, 100, whole=False, empty=None),
        "attempts": int(_within(typed, "attempts", 0, MAX_ATTEMPTS)),
        "per_page": int(_within(typed, "per_page", 1, MAX_PER_PAGE, empty=USUAL.per_page)),
        "shuffle": typed.filled("shuffle"),
        "final": typed.filled("final"),
    }


def _within(typed: Typed, name: str, low: int, high: int, whole: bool = True, empty: float | None = 0) -> float:
    if not typed.filled(name) and empty is not None:
        return empty
    value = kinds.number(typed.text(name))
    if value is None or not low <= value <= high or (whole and value != int(value)):
        kind = gettext("Write a whole number from %(low)s to %(high)s.", low=low, high=high)
        typed.wrong(name, kind if whole else gettext("Write a number from %(low)s to %(high)s.", low=low, high=high))
        return low
    return int(value) if value == int(value) else float(value)


# One question


def rows(kind: Kind, typed: Typed) -> int:
    """How many rows the form has: as many as it says it has, within reason."""
    if kind == Kind.true_false:
        return 2
    said = typed.values.get("rows", "")
    wanted = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else EMPTY_ROWS.get(kind, 4)
    return min(max(wanted, 1), MOST_ROWS)


def more_rows(kind: Kind, typed: Typed) -> Typed:
    """The same form with room for more answers."""
    return Typed({**typed.values, "rows": str(min(rows(kind, typed) + MORE_ROWS, MOST_ROWS))})


def show_question(versions: Versions) -> Typed:
    """The fields that `read_question` makes the same question of."""
    first = next(iter(versions.values()))
    values: dict[str, str] = {}
    for code, question in versions.items():
        values[f"text-{code}"], values[f"feedback-{code}"] = question.text, question.feedback
        for at, option in enumerate(question.options):
            values[f"option-{at}-{code}"], values[f"note-{at}-{code}"] = option.text, option.feedback
        for at, pair in enumerate(question.pairs):
            values[f"left-{at}-{code}"], values[f"match-{at}-{code}"] = pair.left, pair.right
    most = max(max(len(question.options), len(question.pairs)) for question in versions.values())
    values["rows"] = str(min(max(most, EMPTY_ROWS.get(first.kind, 4)), MOST_ROWS))
    return Typed(values | dict(_marks(first)))


def _marks(question: Question) -> Iterator[tuple[str, str]]:
    """What is the same in all languages: which answers are right, and how much each is worth."""
    weights = [option.weight for option in question.options]
    if question.kind == Kind.true_false:
        yield "right", "true" if weights[0] else "false"
        return
    for at, (option, usual) in enumerate(zip(question.options, _usual_weights(question), strict=True)):
        if question.kind == Kind.single and option.weight == FULL:
            yield "right", str(at)
        elif option.weight != usual:
            yield f"share-{at}", plain(option.weight)
        if question.kind == Kind.multiple and option.weight > 0:
            yield f"right-{at}", "1"
        if question.kind == Kind.numerical:
            yield f"number-{at}", option.text
            yield f"margin-{at}", plain(option.tolerance) if option.tolerance else ""


def _usual_weights(question: Question) -> list[float | None]:
    """What each answer is worth where the form says nothing; None where it has to say something."""
    weights = [option.weight for option in question.options]
    if question.kind == Kind.multiple:
        even = even_shares([weight > 0 for weight in weights])
        return [*even] if weights == even else [None] * len(weights)
    if question.kind == Kind.single:
        return [0.0] * len(weights)
    return [_usual_weight(option.text if question.kind == Kind.numerical else "") for option in question.options]


def even_shares(rights: Sequence[bool]) -> list[float]:
    """Right answers share the mark; each wrong one costs as much as a right one brings."""
    share = round(FULL / max(sum(rights), 1), 5)
    return [share if right else -share for right in rights]


def _usual_weight(text: str) -> float:
    return 0.0 if text == ANYTHING else FULL


def plain(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def read_question(kind: Kind, typed: Typed, codes: Sequence[str], old: Versions | None = None) -> dict[str, Question]:
    """The question by language, without a name; for use only where nothing is wrong with what was typed.

    A language in which nothing is written is left out: its translation is missing.
    """
    old = old or {}
    read = _Reader(kind, typed, codes)
    found = {code: read.question(code, old[code].format if code in old else "markdown") for code in read.used}
    if not typed.errors:
        for code, question in found.items():
            for fault in kinds.faults(question):
                typed.wrong(read.place(fault, code), gettext(fault.message, **fault.params))
    return found


class _Reader:
    """Reads the rows that have something in them, in the languages in which something is written."""

    def __init__(self, kind: Kind, typed: Typed, codes: Sequence[str]) -> None:
        self.kind, self.typed = kind, typed
        self.used = [code for code in codes if self._writes_in(code)]
        self.rows = [at for at in range(rows(kind, typed)) if self._is_used(at, codes)]
        self.weights = self._weights()
        if not self.used:
            typed.wrong(f"text-{codes[0]}", gettext("Write the question in at least one language."))
        for code in self.used:
            self._check(code)

    def _writes_in(self, code: str) -> bool:
        names = [f"text-{code}", f"feedback-{code}"]
        names += [f"{name}-{at}-{code}" for at in range(rows(self.kind, self.typed)) for name in ROW_TEXTS[self.kind]]
        return any(map(self.typed.filled, names))

    def _is_used(self, at: int, codes: Sequence[str]) -> bool:
        names = [f"{name}-{at}-{code}" for name in ROW_TEXTS[self.kind] for code in codes]
        names += [f"{name}-{at}" for name in ROW_VALUES.get(self.kind, ())]
        chosen = self.kind == Kind.single and self.typed.values.get("right") == str(at)
        return self.kind == Kind.true_false or chosen or any(map(self.typed.filled, names))

    def _check(self, code: str) -> None:
        """As many answers in this language as in the others."""
        message = gettext("Write this too: the question needs it in every language that it is asked in.")
        needed = [f"text-{code}"]
        if name := MUST_HAVE.get(self.kind):
            needed += [f"{name}-{at}-{code}" for at in self.rows]
        needed += [
            f"left-{at}-{code}"
            for at in self.rows
            if self.kind == Kind.matching and any(self.typed.filled(f"left-{at}-{one}") for one in self.used)
        ]
        for name in needed:
            if not self.typed.filled(name):
                self.typed.wrong(name, message if len(self.used) > 1 else gettext("Please fill this in."))

    def question(self, code: str, markup: str) -> Question:
        text, feedback = self.typed.text(f"text-{code}"), self.typed.text(f"feedback-{code}")
        if self.kind == Kind.matching:
            sides = ((self.typed.text(f"{name}-{at}-{code}") for name in ROW_TEXTS[self.kind]) for at in self.rows)
            pairs = tuple(Pair(left, right) for left, right in sides)
            return Question("", self.kind, text, pairs=pairs, feedback=feedback, format=markup)
        options = tuple(self._option(place, at, code) for place, at in enumerate(self.rows))
        return Question("", self.kind, text, options, feedback=feedback, format=markup)

    def _option(self, place: int, at: int, code: str) -> Option:
        texts = {
            Kind.true_false: ("true", "false")[at % 2],
            Kind.numerical: self.typed.text(f"number-{at}"),
        }
        text = texts.get(self.kind, self.typed.text(f"option-{at}-{code}"))
        tolerance = self._number(f"margin-{at}") if self.kind == Kind.numerical else None
        return Option(text, self.weights[place], self.typed.text(f"note-{at}-{code}"), tolerance or 0.0)

    def _weights(self) -> list[float]:
        right = self.typed.values.get("right", "")
        if self.kind == Kind.true_false:
            return [FULL * (right == word) for word in ("true", "false")]
        if self.kind == Kind.matching:
            return []
        shares = [self._number(f"share-{at}") for at in self.rows]
        if self.kind == Kind.multiple:
            return self._shares(shares)
        if self.kind == Kind.single:
            return [FULL if right == str(at) else share or 0.0 for at, share in zip(self.rows, shares, strict=True)]
        usual = [_usual_weight(self.typed.text(f"number-{at}")) for at in self.rows]
        return [weight if share is None else share for weight, share in zip(usual, shares, strict=True)]

    def _shares(self, given: list[float | None]) -> list[float]:
        """Even ones where none is given; else right answers share what is left, and wrong ones cost nothing."""
        rights = [self.typed.filled(f"right-{at}") for at in self.rows]
        if all(share is None for share in given):
            return even_shares(rights)
        open_ = sum(right and share is None for right, share in zip(rights, given, strict=True))
        left = max(FULL - sum(share for share in given if share and share > 0), 0.0)
        each = round(left / max(open_, 1), 5)
        for at, right, share in zip(self.rows, rights, given, strict=True):
            if share is not None and (share > 0) != right:
                message = gettext("A right answer has a share above zero, a wrong one has none or takes away.")
                self.typed.wrong(f"share-{at}", message)
        return [each * right if share is None else share for right, share in zip(rights, given, strict=True)]

    def _number(self, name: str) -> float | None:
        if not self.typed.filled(name):
            return None
        value = kinds.number(self.typed.text(name))
        if value is None:
            text = self.typed.text(name)[: kinds.TITLE_LENGTH]
            self.typed.wrong(name, gettext("“%(text)s” is not a number.", text=text))
        return None if value is None else float(value)

    def place(self, fault: Fault, code: str) -> str:
        """The field that a fault of the question belongs to."""
        if fault.at is None:
            return f"text-{code}" if not self.typed.filled(f"text-{code}") else ""
        at = self.rows[fault.at]
        if "weight" in fault.params:
            return f"share-{at}"
        if self.kind == Kind.numerical:
            return f"margin-{at}" if self.typed.filled(f"margin-{at}") and not fault.params else f"number-{at}"
        return f"{MUST_HAVE[self.kind]}-{at}-{code}"
