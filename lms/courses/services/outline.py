"""The catalogue, and what is in a course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, case, null, select

from lms import clock, db
from lms.accounts.models import Person
from lms.courses import opening
from lms.courses.models import Course, CourseTrainer, Enrolment, EnrolmentStatus, Lesson, LessonProgress, Unit
from lms.courses.opening import Closed

NOBODY = 0
"""No enrolment has this id. With NULL in its place SQLite would read through everybody's progress."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The units of a course with their lessons, in order, and what of it one enrolment has completed."""

    units: Sequence[tuple[Unit, Sequence[Lesson]]]
    complete: frozenset[int] = frozenset()
    closed: Mapping[int, Closed] = field(default_factory=dict)
    """By the unit's id, the units that are not open to this enrolment yet."""
    locked: Closed | None = None
    """Why the course as a whole is not open yet."""
    text: Mapping[str, str] | None = None
    """The Markdown of the lesson that was asked for."""

    @property
    def lessons(self) -> list[Lesson]:
        return [lesson for _unit, lessons in self.units for lesson in lessons]

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    def find(self, slug: str) -> Lesson | None:
        return next((lesson for lesson in self.lessons if lesson.slug == slug), None)

    def unit_of(self, lesson: Lesson) -> Unit:
        return next(unit for unit, _lessons in self.units if unit.id == lesson.unit_id)

    def around(self, lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
        """The lessons before and after this one."""
        lessons = self.lessons
        at = lessons.index(lesson)
        return (lessons[at - 1] if at else None, lessons[at + 1] if at + 1 < len(lessons) else None)

    def why_closed(self, lesson: Lesson) -> Closed | None:
        return self.locked or self.closed.get(lesson.unit_id)

    def resume(self, enrolment: Enrolment) -> Lesson | None:
        """Where to go on: where the person left off, or the next lesson that is open and not complete."""
        ready = [lesson for lesson in self.lessons if not self.why_closed(lesson)]
        left_off = next((x for x in ready if x.id == enrolment.last_lesson_id), None)
        if left_off and left_off.id not in self.complete:
            return left_off
        at = ready.index(left_off) if left_off else 0
        ahead = ready[at:] + ready[:at]
        return next((x for x in ahead if x.id not in self.complete), left_off or next(iter(ahead), None))


def catalogue() -> Sequence[Course]:
    """The published courses, the newest first."""
    return db.session.scalars(select(Course).where(Course.published, ~Course.archived).order_by(Course.id.desc())).all()


def by_slug(slug: str) -> Course | None:
    return db.session.scalar(select(Course).where(Course.slug == slug))


def with_enrolment(slug: str, person: Person | None) -> tuple[Course | None, Enrolment | None]:
    """The course, and what the person has to do with it. One query."""
    mine = and_(Enrolment.course_id == Course.id, Enrolment.person_id == (person.id if person else None))
    wanted = select(Course, Enrolment).outerjoin(Enrolment, mine).where(Course.slug == slug)
    row = db.session.execute(wanted).first()
    return (row[0], row[1]) if row else (None, None)


def outline(course: Course, enrolment: Enrolment | None = None, text_of: str | None = None) -> Outline:
    """The whole of it in one query, with the text of one lesson (its slug); for an enrolment, the units that are closed
    to it. What closes the course as a whole, `outline_for` knows.
    """
    done = and_(
        LessonProgress.lesson_id == Lesson.id,
        LessonProgress.enrolment_id == (enrolment.id if enrolment else NOBODY),
    )
    wanted = (
        select(Unit, Lesson, LessonProgress.completed_at, _text(text_of))
        .join(Lesson, Lesson.unit_id == Unit.id)
        .outerjoin(LessonProgress, done)
        .where(Unit.course_id == course.id, ~Lesson.retired)
        .order_by(Unit.position, Lesson.position)
    )
    rows = db.session.execute(wanted).all()
    units = [(unit, [row[1] for row in group]) for unit, group in groupby(rows, key=lambda row: row[0])]
    complete = frozenset(lesson.id for _unit, lesson, completed_at, _text in rows if completed_at)
    text = next((text for *_rest, text in rows if text), None)
    if enrolment is None:
        return Outline(units, complete, text=text)
    completed = enrolment.status == EnrolmentStatus.completed
    return Outline(units, complete, opening.closed_units(units, complete, clock.now(), completed), text=text)


def _text(slug: str | None) -> ColumnElement[Any]:
    return case((Lesson.slug == slug, Lesson.body)) if slug else null()


def lesson_text(lesson: Lesson) -> dict[str, str]:
    """The Markdown of a lesson, which outlines leave out."""
    return db.session.scalar(select(Lesson.body).where(Lesson.id == lesson.id)) or {}


def add_trainer(course: Course, person: Person) -> None:
    """Puts a person in charge of the course; once is enough."""
    db.insert_once(CourseTrainer, course_id=course.id, person_id=person.id)
