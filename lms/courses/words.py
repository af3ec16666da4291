"""What a learner reads of a completion rule, and of a new version of a course."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lms.courses import completion
from lms.courses.completion import Criterion, Facts
from lms.i18n import gettext, lazy_gettext as _l, ngettext, numerals, percent, pick


@dataclass(frozen=True, slots=True)
class Checklist:
    """The rule as a list to tick off."""

    beginning: str
    lines: list[tuple[str, bool]]
    """Each in words, and whether it is done."""


def checklist(rule: Mapping[str, Any], facts: Facts) -> Checklist:
    asked = completion.checklist(rule, facts)
    return Checklist(_beginning(completion.needed(rule, asked), len(asked)), [(line(one), one.met) for one in asked])


def _beginning(needed: int, asked: int) -> str:
    if needed == asked:
        return gettext("You complete the course when all of this is done:")
    values = {"all": numerals(asked)}
    return ngettext(
        "You complete the course when %(num)s of these %(all)s things is done:",
        "You complete the course when %(num)s of these %(all)s things are done:",
        needed,
        **values,
    )


def line(one: Criterion) -> str:
    """What to do, and while it is not done, how far it is."""
    return _LINES[one.kind](one)


def _lessons(one: Criterion) -> str:
    number = int(one.needed)
    if one.needed == one.there:
        task = ngettext("Read the one lesson", "Read all %(num)s lessons", number)
    else:
        task = ngettext("Read %(num)s of %(all)s lessons", "Read %(num)s of %(all)s lessons", number, **_all(one))
    return _so_far(one, task, numerals(int(one.reached)))


def _quizzes(one: Criterion) -> str:
    number = int(one.needed)
    if one.needed == one.there:
        task = ngettext("Pass the quiz", "Pass all %(num)s quizzes", number)
    else:
        task = ngettext("Pass %(num)s of %(all)s quizzes", "Pass %(num)s of %(all)s quizzes", number, **_all(one))
    return _so_far(one, task, numerals(int(one.reached)))


def _all(one: Criterion) -> dict[str, str]:
    return {"all": numerals(one.there)}


def _minutes(one: Criterion) -> str:
    number = int(one.needed)
    task = ngettext("Spend %(num)s minute in the lessons", "Spend %(num)s minutes in the lessons", number)
    return _so_far(one, task, numerals(int(one.reached)))


def _score(one: Criterion) -> str:
    task = gettext("Reach %(score)s as the mean of your best scores in all quizzes", score=percent(one.needed))
    return _so_far(one, task, percent(one.reached))


def _approval(one: Criterion) -> str:
    return gettext("Be approved by a trainer")


def _so_far(one: Criterion, task: str, reached: str) -> str:
    return task if one.met else gettext("%(task)s: %(reached)s so far", task=task, reached=reached)


_LINES: dict[str, Callable[[Criterion], str]] = {
    "lessons": _lessons,
    "quizzes": _quizzes,
    "minutes": _minutes,
    "score": _score,
    "approval": _approval,
}

_CHANGES = {
    "course changed": _l("The course's own texts or settings are changed."),
    "rule changed": _l("The completion rule is changed."),
    "unit added": _l("Unit “%(title)s”: new"),
    "unit changed": _l("Unit “%(title)s”: changed"),
    "unit moved": _l("Unit “%(title)s”: in another place"),
    "unit removed": _l("Unit “%(title)s”: no longer in the course"),
    "lesson added": _l("“%(title)s”: new"),
    "lesson changed": _l("“%(title)s”: changed"),
    "lesson moved": _l("“%(title)s”: in another place"),
    "lesson removed": _l("“%(title)s”: no longer in the course"),
    "quiz changed": _l("Quiz “%(title)s”: changed"),
}


def change(one: Mapping[str, Any]) -> str:
    """One entry of `CourseVersion.changes`; of a kind that nobody knows here, its title."""
    title = pick(one.get("title"))
    words = _CHANGES.get(one["what"])
    return str(words) % {"title": title} if words else title
