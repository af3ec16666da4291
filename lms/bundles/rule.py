"""The completion rule of a course, as `[completion]` in `course.toml` says it.

`lessons` and `quizzes`: "all", "none" or how many of them; and if they are asked for: `minutes` in the course, `score`
as the mean of the best scores of all quizzes, in percent, `approval` by a trainer. `need`: "all" of these, or how many.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from lms.bundles.bundle import Lesson
from lms.bundles.toml import Table
from lms.courses.models import LessonKind
from lms.i18n import gettext

KEYS = ("lessons", "quizzes", "minutes", "score", "approval", "need")
"""In the order in which they are written."""
KINDS = {"lessons": LessonKind.page, "quizzes": LessonKind.quiz}
MAX_MINUTES = 100_000
_MOST = 10_000
"""More lessons no course has."""


def read(table: Table) -> dict[str, Any]:
    """What the table says; whether the course has what is asked for, `check` tells."""
    rule: dict[str, Any] = {part: table.share(part, ("all", "none"), _MOST) for part in KINDS}
    if "minutes" in table:
        rule["minutes"] = table.whole("minutes", 1, MAX_MINUTES, low=1)
    if "score" in table:
        rule["score"] = table.number("score", 0, 100)
    if "approval" in table:
        rule["approval"] = table.flag("approval", default=False)
    if "need" in table:
        rule["need"] = table.share("need", ("all",), len(KEYS))
    return rule


def asked(rule: Mapping[str, Any]) -> list[str]:
    """The parts that the rule asks for."""
    parts = [part for part in KINDS if rule.get(part, "none") not in ("none", "")]
    return [*parts, *(part for part in ("minutes", "score", "approval") if rule.get(part))]


def check(rule: Mapping[str, Any], lessons: Collection[Lesson], table: Table) -> None:
    """A rule that asks for nothing would complete the course for everyone, one that asks for too much for nobody."""
    there = Counter(str(lesson.kind) for lesson in lessons)
    parts, has = asked(rule), {part: there[kind] for part, kind in KINDS.items()}
    for part, number in has.items():
        if isinstance(rule[part], int) and rule[part] > number:
            values = {"key": f"completion.{part}", "number": rule[part], "most": number}
            table.wrong(part, gettext("“%(key)s” asks for %(number)s; the course has %(most)s.", **values))
    if rule.get("score") and not has["quizzes"]:
        table.wrong("score", gettext("“completion.score” asks for a score; the course has no quiz."))
    need = rule.get("need", "all")
    if isinstance(need, int):
        for part in parts:
            if not has.get(part, 1):
                message = gettext("“completion.%(key)s” asks for what the course does not have; say “none”.", key=part)
                table.wrong(part, message)
        if need > len(parts):
            values = {"number": need, "most": len(parts)}
            message = gettext("“completion.need” is %(number)s; the rule asks for %(most)s things.", **values)
            table.wrong("need", message)
    if not any(has.get(part, 1) for part in parts):
        table.wrong("", gettext("The rule in [completion] asks for nothing that the course has."))


def canonical(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Every key in its place; a part that is not mentioned is not asked for."""
    whole = {**dict.fromkeys(KINDS, "none"), **rule}
    return {key: whole[key] for key in KEYS if key in whole}
