"""When a course is complete: one rule, in one place. Pure functions.

A rule is JSON, as `[completion]` in `course.toml` has it: `lessons` and `quizzes`: "all", "none" or how many; `minutes`
in the course; `score`, the mean of the best scores of all quizzes, in percent, 0 for one that was not tried; `approval`
by a trainer. `need`: "all" of what is asked for, or how many of these parts.

What is done is never undone, and each part only grows with what is done: so the order of acts makes no difference.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lms.courses.models import LessonKind

PARTS = {"lessons": LessonKind.page, "quizzes": LessonKind.quiz}
"""What a rule can ask for, `all` of it, `none` or a number, and the kind of lesson that it means."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a course has, and what one enrolment has done of it."""

    pages: int = 0
    pages_read: int = 0
    quizzes: int = 0
    quizzes_passed: int = 0
    seconds: int = 0
    score_percent: float = 0
    """The mean over all quizzes."""
    approved: bool = False

    @property
    def lessons(self) -> int:
        return self.pages + self.quizzes


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a rule asks for."""

    kind: str
    """`lessons`, `quizzes`, `minutes`, `score` or `approval`."""
    needed: float
    reached: float
    there: int = 0
    """How many the course has, of lessons and quizzes."""

    @property
    def met(self) -> bool:
        return self.reached >= self.needed


def checklist(rule: Mapping[str, Any], facts: Facts) -> list[Criterion]:
    """What the rule asks for. What the course does not have is not asked for; of more than it has, all."""
    return list(_criteria(rule, facts))


def _criteria(rule: Mapping[str, Any], facts: Facts) -> Iterator[Criterion]:
    numbers = {"lessons": (facts.pages, facts.pages_read), "quizzes": (facts.quizzes, facts.quizzes_passed)}
    for part, (there, reached) in numbers.items():
        needed = _number(rule.get(part, "none"), there)
        if needed:
            yield Criterion(part, needed, reached, there)
    if rule.get("minutes"):
        yield Criterion("minutes", rule["minutes"], facts.seconds // 60)
    if rule.get("score") and facts.quizzes:
        yield Criterion("score", rule["score"], facts.score_percent)
    if rule.get("approval"):
        yield Criterion("approval", 1, int(facts.approved))


def _number(share: Any, there: int) -> int:
    """How many of those that are there."""
    if share == "all":
        return there
    return min(share, there) if isinstance(share, int) else 0


def needed(rule: Mapping[str, Any], asked: Collection[Criterion]) -> int:
    """How many of these have to be met."""
    need = rule.get("need", "all")
    return min(max(need, 1), len(asked)) if isinstance(need, int) else len(asked)


def is_met(rule: Mapping[str, Any], facts: Facts) -> bool:
    """Whether enough of what the rule asks for is done. A course without lessons is never complete."""
    asked = checklist(rule, facts)
    return facts.lessons > 0 and sum(one.met for one in asked) >= needed(rule, asked)


def percent(facts: Facts) -> float:
    """The share of lessons that are complete, 0 to 100, to one decimal."""
    return share(facts.pages_read + facts.quizzes_passed, facts.lessons)


def share(complete: int, lessons: int) -> float:
    """The same of their numbers."""
    return round(100 * complete / lessons, 1) if lessons else 0.0
