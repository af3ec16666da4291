"""What questions have beside their text and answers: feedback, hints, marks, and how they are shown and graded."""

from typing import Any

from lms.authoring.question_forms.typed import Codes, Typed, Versions, plain
from lms.quizzes.grading import MAX_ESSAY
from lms.quizzes.imported import MOST_PARTS
from lms.quizzes.kinds import USUAL_PENALTY, Kind, Scoring

USUAL_HINTS = 1
COMBINED = ("right_feedback", "partly_feedback", "wrong_feedback")
OF_ESSAYS = ("grader_notes", "template")
WORDS = ("min_words", "max_words")
SHUFFLED = frozenset({Kind.single, Kind.multiple})
"""Kinds whose answers can be kept in their order; of others they cannot, or they have none."""


def hints(typed: Typed) -> int:
    """How many rows of hints the form has."""
    return typed.count("hints", USUAL_HINTS, MOST_PARTS)


def texts(kind: Kind) -> tuple[str, ...]:
    return ("feedback", *(OF_ESSAYS if kind == Kind.essay else COMBINED))


def read(typed: Typed, kind: Kind, codes: Codes) -> dict[str, dict[str, Any]]:
    common = _common(typed) | _of_kind(typed, kind)
    found = {code: common | {name: typed.text(f"{name}-{code}") for name in texts(kind)} for code in codes}
    if kind != Kind.essay:
        rows = [at for at in range(hints(typed)) if typed.filled_in(f"hint-{at}", codes)]
        for at in rows:
            typed.need(f"hint-{at}", codes)
        for code in codes:
            found[code]["hints"] = tuple(typed.text(f"hint-{at}-{code}") for at in rows)
    return found


def _common(typed: Typed) -> dict[str, Any]:
    mark = typed.number("mark")
    tags = (tag for tag in typed.value("tags").split(",") if Typed({"tag": tag}).filled("tag"))
    return {"mark": 1.0 if mark is None else mark, "tags": tuple(tags)}


def _of_kind(typed: Typed, kind: Kind) -> dict[str, Any]:
    """What only some kinds have, but for texts."""
    if kind == Kind.essay:
        return {name: typed.whole(name, 0, MAX_ESSAY, 0) for name in WORDS}
    penalty = typed.number("penalty")
    found: dict[str, Any] = {"penalty": USUAL_PENALTY if penalty is None else penalty}
    if kind in SHUFFLED:
        found["shuffle"] = not typed.filled("fixed")
    if kind == Kind.short_answer:
        found["case"] = typed.filled("case")
    if kind == Kind.numerical:
        found["unit_penalty"] = typed.number("unit_penalty") or 0.0
    if kind == Kind.ordering:
        found["scoring"] = typed.value("scoring") or Scoring.place
    return found


def show(typed: Typed, kind: Kind, versions: Versions) -> None:
    first = next(iter(versions.values()))
    typed.put("mark", "" if first.mark == 1 else plain(first.mark))
    typed.put("penalty", "" if first.penalty == USUAL_PENALTY else plain(first.penalty))
    typed.put("tags", ", ".join(first.tags))
    typed.put("fixed", "1" if kind in SHUFFLED and not first.shuffle else "")
    typed.put("case", "1" if first.case else "")
    typed.put("unit_penalty", plain(first.unit_penalty) if first.unit_penalty else "")
    typed.put("scoring", first.scoring if kind == Kind.ordering else "")
    for name in WORDS:
        typed.put(name, str(getattr(first, name) or ""))
    _show_texts(typed, kind, versions)


def _show_texts(typed: Typed, kind: Kind, versions: Versions) -> None:
    for code, question in versions.items():
        typed.put("hints", str(max(len(question.hints), USUAL_HINTS)))
        for at, hint in enumerate(question.hints):
            typed.put(f"hint-{at}-{code}", hint)
        for name in texts(kind):
            typed.put(f"{name}-{code}", getattr(question, name))
