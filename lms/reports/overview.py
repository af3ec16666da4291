"""A course at a glance: how many stand where, lesson by lesson, cohort by cohort. The queries do not grow with it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select

from lms import clock, db
from lms.courses.models import (
    Cohort,
    CohortCourse,
    CohortMember,
    Course,
    Enrolment,
    EnrolmentStatus,
    Lesson,
    LessonKind,
    LessonProgress,
    Unit,
)
from lms.db import Translated
from lms.reports import standing
from lms.reports.standing import State


class Taught(NamedTuple):
    """A lesson, as far as these pages name it."""

    id: int
    slug: str
    title: Translated
    kind: LessonKind


@dataclass(frozen=True, slots=True)
class AtLesson:
    """A lesson, and how many got to it."""

    slug: str
    title: Translated
    kind: LessonKind
    number: int
    """From 1, in the order of the course."""
    opened: int
    done: int
    stuck: int
    """How many are stuck, and had this one open last."""


@dataclass(frozen=True, slots=True)
class OfCohort:
    slug: str
    name: str
    opens_at: datetime | None
    due_at: datetime | None
    members: int
    """Who are enrolled in the course."""
    completed: int
    active: int

    @property
    def is_over(self) -> bool:
        return self.due_at is not None and self.due_at < clock.now()

    @property
    def late(self) -> int:
        """How many go on after the deadline."""
        return self.active if self.is_over else 0


@dataclass(frozen=True, slots=True)
class Overview:
    states: Mapping[State, int]
    lessons: Sequence[AtLesson]
    elsewhere: int
    """How many are stuck at no lesson that is taught now."""

    @property
    def total(self) -> int:
        return sum(self.states.values())


# The statements are made once: making one takes longer than many an answer.

_LESSONS = (
    select(Lesson.id, Lesson.slug, Lesson.title, Lesson.kind)
    .join(Unit, Unit.id == Lesson.unit_id)
    .where(Lesson.course_id == bindparam("course_id"), ~Lesson.retired)
    .order_by(Unit.position, Lesson.position)
)
_STANDING = (
    select(standing.state.label("state"), Enrolment.last_lesson_id.label("lesson_id"), func.count())
    .where(Enrolment.course_id == bindparam("course_id"))
    .group_by("state", "lesson_id")
)


def _reaching(*which: ColumnElement[bool]) -> Select[int, str, Translated, LessonKind, int, int]:
    """Also of each lesson, how many are done with it, and how many opened it only. Two counts of what the index has
    side by side take a third of the time of one that groups everything.
    """
    one = select(func.count()).select_from(LessonProgress).where(LessonProgress.lesson_id == Lesson.id)
    if which:
        one = one.join(Enrolment, Enrolment.id == LessonProgress.enrolment_id).where(*which)
    at = LessonProgress.completed_at
    done, not_yet = (one.where(how).correlate(Lesson).scalar_subquery() for how in (at.is_not(None), at.is_(None)))
    return _LESSONS.add_columns(done, not_yet)


_REACHING = _reaching()


def of(course: Course, cohort: str = "") -> Overview:
    """Of everyone, or of one cohort. Two queries."""
    standing_at = _standing(course, cohort)
    states: Counter[State] = Counter()
    for (state, _lesson_id), count in standing_at.items():
        states[state] += count
    lessons = list(_lessons(course, cohort, standing_at))
    elsewhere = states[State.stuck] - sum(one.stuck for one in lessons)
    return Overview({state: states[state] for state in State}, lessons, elsewhere)


def _standing(course: Course, cohort: str) -> dict[tuple[State, int | None], int]:
    """How many are in a state and had a lesson open last."""
    wanted = _STANDING.where(standing.in_cohort(cohort)) if cohort else _STANDING
    found = db.session.execute(wanted, {"course_id": course.id})
    return {(State(state), lesson_id): count for state, lesson_id, count in found}


def _lessons(course: Course, cohort: str, standing_at: Mapping[tuple[State, int | None], int]) -> Iterator[AtLesson]:
    """Those who have left are counted where they have been."""
    wanted = _reaching(standing.in_cohort(cohort)) if cohort else _REACHING
    rows = db.session.execute(wanted, {"course_id": course.id})
    for number, (id_, slug, title, kind, done, not_yet) in enumerate(rows, 1):
        yield AtLesson(slug, title, kind, number, done + not_yet, done, standing_at.get((State.stuck, id_), 0))


_COHORTS = (
    select(
        Cohort.slug,
        Cohort.name,
        CohortCourse.opens_at,
        CohortCourse.due_at,
        func.count(Enrolment.id),
        func.count(case((Enrolment.status == EnrolmentStatus.completed, 1))),
        func.count(case((Enrolment.status == EnrolmentStatus.active, 1))),
    )
    .join(Cohort, Cohort.id == CohortCourse.cohort_id)
    .outerjoin(CohortMember, CohortMember.cohort_id == Cohort.id)
    .outerjoin(
        Enrolment,
        and_(Enrolment.person_id == CohortMember.person_id, Enrolment.course_id == CohortCourse.course_id),
    )
    .where(CohortCourse.course_id == bindparam("course_id"), ~Cohort.archived)
    .group_by(Cohort.id, Cohort.slug, Cohort.name, CohortCourse.opens_at, CohortCourse.due_at)
    .order_by(Cohort.name, Cohort.id)
)


def cohorts(course: Course) -> list[OfCohort]:
    """Those that take the course, by name. One query."""
    return [OfCohort(*row) for row in db.session.execute(_COHORTS, {"course_id": course.id})]


_COHORT_NAMES = (
    select(Cohort.slug, Cohort.name)
    .join(CohortCourse, CohortCourse.cohort_id == Cohort.id)
    .where(CohortCourse.course_id == bindparam("course_id"), ~Cohort.archived)
    .order_by(Cohort.name, Cohort.id)
)


def cohort_names(course: Course) -> list[tuple[str, str]]:
    """Slugs and names of the same."""
    return [(slug, name) for slug, name in db.session.execute(_COHORT_NAMES, {"course_id": course.id})]


def lessons(course: Course) -> list[Taught]:
    """What is taught, in order: an outline has more than these pages need."""
    return [Taught(*row) for row in db.session.execute(_LESSONS, {"course_id": course.id})]


class Cell(NamedTuple):
    """One learner and one lesson that they have opened."""

    done: bool
    score: float | None


def cells(enrolments: Sequence[int], lessons: Sequence[Taught]) -> dict[int, list[Cell | None]]:
    """By enrolment, one for each of the lessons; None: not opened. One query."""
    wanted = select(
        LessonProgress.enrolment_id,
        LessonProgress.lesson_id,
        LessonProgress.completed_at.is_not(None),
        LessonProgress.score_percent,
    ).where(LessonProgress.enrolment_id.in_(enrolments))
    found = {(row[0], row[1]): Cell(bool(row[2]), row[3]) for row in db.session.execute(wanted)}
    return {id_: [found.get((id_, lesson.id)) for lesson in lessons] for id_ in enrolments}
