"""When a course is complete: one rule, in one place. Pure functions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from lms.courses.models import LessonKind

PARTS = {"lessons": LessonKind.page, "quizzes": LessonKind.quiz}
"""What a rule can ask for, `all` of it or `none`, and the kind of lesson that it means."""


@dataclass(frozen=True, slots=True)
class Step:
    """A lesson as the rule sees it: complete is a page that was read, or a quiz that was passed."""

    kind: LessonKind
    complete: bool


def asked(rule: Mapping[str, Any]) -> set[LessonKind]:
    """The kinds of lessons that must be complete, all of them."""
    return {PARTS[part] for part, share in rule.items() if part in PARTS and share == "all"}


def is_met(rule: Mapping[str, Any], steps: Collection[Step]) -> bool:
    """Whether every part that the rule asks for is complete. A course without lessons is never complete."""
    needed = asked(rule)
    return bool(steps) and all(step.complete for step in steps if step.kind in needed)


def percent(steps: Collection[Step]) -> float:
    """The share of lessons that are complete, 0 to 100, to one decimal."""
    return share(sum(step.complete for step in steps), len(steps))


def share(complete: int, lessons: int) -> float:
    """The same of their numbers."""
    return round(100 * complete / lessons, 1) if lessons else 0.0
