"""One question as a form has it, in all languages side by side: shown, read, and made larger. The two are inverse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lms.authoring.question_forms import answers, gaps, lists, rubric, settings, units
from lms.authoring.question_forms.typed import Codes, Typed, Versions
from lms.i18n import gettext
from lms.quizzes import kinds
from lms.quizzes.kinds import Fault, Kind, Question

Read = Callable[[Typed, Codes], dict[str, dict[str, Any]]]
"""Fields of a question, by language."""
MOST_ROWS = 40
"""As many as are offered; what has been written elsewhere may have more."""
MORE_ROWS = 3


def show_question(versions: Versions) -> Typed:
    """The fields that `read_question` makes the same question of."""
    typed, kind = Typed(), next(iter(versions.values())).kind
    for code, question in versions.items():
        typed.put(f"text-{code}", question.text)
    settings.show(typed, kind, versions)
    if kind in answers.USUAL_ROWS:
        answers.show(typed, kind, {code: question.options for code, question in versions.items()})
    for show in SHOW.get(kind, ()):
        show(typed, versions)
    return typed


SHOW: Mapping[Kind, tuple[Callable[[Typed, Versions], None], ...]] = {
    Kind.numerical: (units.show,),
    Kind.matching: (lists.show_pairs,),
    Kind.ordering: (lists.show_items,),
    Kind.gaps: (gaps.show,),
    Kind.essay: (rubric.show,),
}
READ: Mapping[Kind, tuple[Read, ...]] = {
    Kind.numerical: (units.read,),
    Kind.matching: (lists.read_pairs,),
    Kind.ordering: (lists.read_items,),
    Kind.gaps: (gaps.read,),
    Kind.essay: (rubric.read,),
}
"""What each kind has beside what `answers` and `settings` know."""


def read_question(kind: Kind, typed: Typed, codes: Codes, old: Versions | None = None) -> dict[str, Question]:
    """The question by language, without a name; for use only where nothing is wrong with what was typed.

    A language in which nothing is written is left out: its translation is missing. What the form does not show of the
    `old` question, such as the format of its texts, stays.
    """
    used = typed.languages(codes)
    if not used:
        typed.wrong(f"text-{codes[0]}", gettext("Write the question in at least one language."))
    typed.need("text", used)
    found = {code: _base(kind, (old or {}).get(code)) for code in used}
    for values in _read(kind, typed, used):
        found = {code: replace(question, **values[code]) for code, question in found.items()}
    if not typed.errors:
        for code, question in found.items():
            for fault in kinds.faults(question):
                typed.wrong(_place(typed, kind, used, fault, code), gettext(fault.message, **fault.params))
    return found


def _base(kind: Kind, old: Question | None) -> Question:
    return replace(old, name="") if old and old.kind == kind else Question("", kind, "")


def _read(kind: Kind, typed: Typed, codes: Codes) -> list[dict[str, dict[str, Any]]]:
    found: list[dict[str, dict[str, Any]]] = [{code: {"text": typed.text(f"text-{code}")} for code in codes}]
    found.append(settings.read(typed, kind, codes))
    if kind in answers.USUAL_ROWS:
        options = answers.read(typed, kind, codes)
        found.append({code: {"options": options[code]} for code in codes})
    return found + [read(typed, codes) for read in READ.get(kind, ())]


def _place(typed: Typed, kind: Kind, codes: Codes, fault: Fault, code: str) -> str:
    """The field that a fault of the question belongs to; `""` for the form as a whole."""
    if fault.gap is not None:
        return gaps.place(typed, codes, fault, code)
    if fault.of == "units":
        return units.place(typed, codes, fault, code)
    if fault.of == "rubric":
        return rubric.place(typed, codes, fault, code)
    if fault.of or kind not in answers.USUAL_ROWS:
        return f"text-{code}" if fault.of == "text" else fault.of
    return answers.place(typed, kind, codes, fault, code)


# How large the form is


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows of each sort the form has."""

    answers: int
    """Or pairs, items, or criteria."""
    hints: int
    units: int
    levels: int
    gaps: tuple["GapRows", ...]


@dataclass(frozen=True, slots=True)
class GapRows:
    kind: Kind
    answers: int


def rows(kind: Kind, typed: Typed) -> Rows:
    return Rows(
        answers=_answers(kind, typed),
        hints=settings.hints(typed),
        units=units.count(typed),
        levels=rubric.levels(typed),
        gaps=tuple(_gap_rows(typed, at) for at in range(gaps.count(typed))) if kind == Kind.gaps else (),
    )


def _answers(kind: Kind, typed: Typed) -> int:
    if kind in answers.USUAL_ROWS:
        return answers.count(typed, kind)
    return rubric.count(typed) if kind == Kind.essay else lists.count(typed)


def _gap_rows(typed: Typed, at: int) -> GapRows:
    kind = gaps.kind(typed, at)
    return GapRows(kind, answers.count(gaps.part(typed, at), kind))


def grown(kind: Kind, typed: Typed) -> Typed | None:
    """The same form with more room, where the button that was pressed asks for that: `more-rows`, `more-hints`,
    `more-gap-0-rows` …, and `more-gaps` for one more gap of the kind that is chosen beside it.
    """
    go = typed.value("go")
    if not go.startswith("more-"):
        return None
    now, name = rows(kind, typed), go.removeprefix("more-")
    if name == "gaps":
        place = len(now.gaps)
        return Typed({**typed.values, "gaps": str(place + 1), f"gap-{place}-kind": typed.value("gap-kind")})
    sizes = {"rows": now.answers, "hints": now.hints, "units": now.units, "levels": now.levels}
    sizes |= {f"gap-{at}-rows": gap.answers for at, gap in enumerate(now.gaps)}
    by = MORE_ROWS if name.endswith("rows") else 1
    return Typed({**typed.values, name: str(min(sizes[name] + by, MOST_ROWS))}) if name in sizes else typed
