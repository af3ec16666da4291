"""Which parts of a course are closed to a learner, and why. Pure functions.

Whoever has completed the course need not do anything first any more; what opens on a date opens for everybody then.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.courses.models import Course, Lesson, Unit

Units = Sequence[tuple[Unit, Sequence[Lesson]]]


@dataclass(frozen=True, slots=True)
class Closed:
    """Why it is: all of what is here has to come true."""

    first: Sequence[tuple[Unit, Lesson]] = ()
    """Units to complete first, each with the lesson to go on with."""
    courses: Sequence[Course] = ()
    """Courses to complete first."""
    opens_at: datetime | None = None


def closed_units(units: Units, complete: Collection[int], now: datetime, completed: bool = False) -> dict[int, Closed]:
    """By the unit's id. `complete` are the ids of lessons; `completed`: the course as a whole is."""
    to_do = {} if completed else _to_do(units, complete)
    found = {}
    for unit, _lessons in units:
        first = [to_do[slug] for slug in unit.requires or () if slug in to_do and slug != unit.slug]
        opens_at = _ahead(unit.opens_at, now)
        if first or opens_at:
            found[unit.id] = Closed(first=first, opens_at=opens_at)
    return found


def _to_do(units: Units, complete: Collection[int]) -> dict[str, tuple[Unit, Lesson]]:
    """By slug, the units that are not complete; a unit is when all its lessons are."""
    left = ((unit, next((x for x in lessons if x.id not in complete), None)) for unit, lessons in units)
    return {unit.slug: (unit, lesson) for unit, lesson in left if lesson}


def closed_course(
    opens_at: datetime | None, missing: Sequence[Course], now: datetime, completed: bool = False
) -> Closed | None:
    """The course as a whole: until its cohort's opening, and until the courses that it requires are completed."""
    courses = () if completed else missing
    opens_at = _ahead(opens_at, now)
    return Closed(courses=courses, opens_at=opens_at) if courses or opens_at else None


def _ahead(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment and moment > now else None
