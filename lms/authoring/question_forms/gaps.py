"""Gaps to fill in: each a part of the form, whose names begin with `gap-0-`, with answers of its own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lms.authoring.question_forms import answers
from lms.authoring.question_forms.typed import Codes, Typed, Versions, plain
from lms.i18n import gettext
from lms.quizzes.kinds import MARKER, Fault, Gap, Kind, Look
from lms.quizzes.words import KINDS as NAMES

KINDS = {kind: NAMES[kind] for kind in (Kind.single, Kind.multiple, Kind.short_answer, Kind.numerical)}
"""What a gap can be, and what it is called."""
LOOKS = {Kind.single: (Look.menu, Look.list, Look.row), Kind.multiple: (Look.list, Look.row)}
"""How choices can be shown, the usual one first."""
MOST = 100


def count(typed: Typed) -> int:
    """How many gaps the form has."""
    return typed.count("gaps", 1, MOST)


def part(typed: Typed, at: int) -> Typed:
    """What the form has for one gap."""
    return typed.within(f"gap-{at}-")


def kind(typed: Typed, at: int) -> Kind:
    said = part(typed, at).value("kind")
    return Kind(said) if said in KINDS else Kind.single


def used(typed: Typed, codes: Codes) -> list[int]:
    """The gaps that the text names, or that have an answer."""
    return [at for at in range(count(typed)) if at in _named(typed, codes) or _has_answers(typed, at, codes)]


def _named(typed: Typed, codes: Codes) -> set[int]:
    """The gaps that the text names in one of the languages."""
    return {int(number) - 1 for code in codes for number in MARKER.findall(typed.text(f"text-{code}"))}


def _has_answers(typed: Typed, at: int, codes: Codes) -> bool:
    return bool(answers.used(part(typed, at), kind(typed, at), codes))


def read(typed: Typed, codes: Codes) -> dict[str, dict[str, Any]]:
    """The gaps, and the text with their numbers: one that is left out makes the later ones come sooner."""
    rows = used(typed, codes)
    made = [_gap(typed, at, codes) for at in rows]
    return {
        code: {"gaps": tuple(gap[code] for gap in made), "text": _renumbered(typed.text(f"text-{code}"), rows)}
        for code in codes
    }


def _gap(typed: Typed, at: int, codes: Codes) -> dict[str, Gap]:
    this, its_kind = part(typed, at), kind(typed, at)
    if not _has_answers(typed, at, codes):
        this.wrong("", gettext("Write the answers of this gap, or take it out of the text."))
    look = this.value("look")
    looks = LOOKS.get(its_kind, (Look.menu,))
    mark = this.number("mark")
    made = Gap(
        kind=its_kind,
        options=(),
        mark=1.0 if mark is None else mark,
        look=look if look in looks else looks[0],
        case=its_kind == Kind.short_answer and this.filled("case"),
        shuffle=its_kind in LOOKS and this.filled("shuffle"),
    )
    return {code: replace(made, options=options) for code, options in answers.read(this, its_kind, codes).items()}


def _renumbered(text: str, rows: list[int]) -> str:
    places = {str(at + 1): str(place) for place, at in enumerate(rows, 1)}
    return MARKER.sub(lambda marker: f"[[{places.get(marker[1], marker[1])}]]", text)


def show(typed: Typed, versions: Versions) -> None:
    first = next(iter(versions.values()))
    typed.put("gaps", str(max(len(first.gaps), 1)))
    for at, gap in enumerate(first.gaps):
        this = part(typed, at)
        for name, value in _values(gap).items():
            this.put(name, value)
        answers.show(this, gap.kind, {code: version.gaps[at].options for code, version in versions.items()})


def _values(gap: Gap) -> Mapping[str, str]:
    looks = LOOKS.get(gap.kind, (gap.look,))
    return {
        "kind": gap.kind,
        "mark": "" if gap.mark == 1 else plain(gap.mark),
        "look": "" if gap.look == looks[0] else gap.look,
        "case": "1" if gap.case else "",
        "shuffle": "1" if gap.shuffle else "",
    }


def place(typed: Typed, codes: Codes, fault: Fault, code: str) -> str:
    """The field that a fault of a gap belongs to."""
    at = used(typed, codes)[fault.gap or 0]
    name = fault.of or answers.place(part(typed, at), kind(typed, at), codes, fault, code)
    return f"gap-{at}-{name}"
