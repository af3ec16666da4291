"""The catalogue, and what is in a course."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import and_, select

from lms import db
from lms.accounts.models import Person
from lms.courses import completion
from lms.courses.models import Course, CourseTrainer, Enrolment, Lesson, LessonProgress, Unit

NOBODY = 0
"""No enrolment has this id. With NULL in its place SQLite would read through everybody's progress."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The units of a course with their lessons, in order, and what of it one enrolment has completed."""

    units: Sequence[tuple[Unit, Sequence[Lesson]]]
    complete: frozenset[int] = frozenset()

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

    def resume(self, enrolment: Enrolment) -> Lesson | None:
        """Where to go on: where the person left off, or the next lesson that is not complete."""
        left_off = next((x for x in self.lessons if x.id == enrolment.last_lesson_id), None)
        if left_off and left_off.id not in self.complete:
            return left_off
        at = self.lessons.index(left_off) if left_off else 0
        ahead = self.lessons[at:] + self.lessons[:at]
        return next((x for x in ahead if x.id not in self.complete), left_off or next(iter(ahead), None))

    @property
    def steps(self) -> list[completion.Step]:
        return [completion.Step(x.kind, x.id in self.complete) for x in self.lessons]


def catalogue() -> Sequence[Course]:
    """The published courses, the newest first."""
    return db.session.scalars(select(Course).where(Course.published, ~Course.archived).order_by(Course.id.desc())).all()


def by_slug(slug: str) -> Course | None:
    return db.session.scalar(select(Course).where(Course.slug == slug))


def outline(course: Course, enrolment: Enrolment | None = None) -> Outline:
    """The whole of it in one query."""
    done = and_(
        LessonProgress.lesson_id == Lesson.id,
        LessonProgress.enrolment_id == (enrolment.id if enrolment else NOBODY),
    )
    wanted = (
        select(Unit, Lesson, LessonProgress.completed_at)
        .join(Lesson, Lesson.unit_id == Unit.id)
        .outerjoin(LessonProgress, done)
        .where(Unit.course_id == course.id, ~Lesson.retired)
        .order_by(Unit.position, Lesson.position)
    )
    rows = db.session.execute(wanted).all()
    units = [(unit, [row[1] for row in group]) for unit, group in groupby(rows, key=lambda row: row[0])]
    return Outline(units, frozenset(lesson.id for _unit, lesson, completed_at in rows if completed_at))


def lesson_text(lesson: Lesson) -> dict[str, str]:
    """The Markdown of a lesson, which outlines leave out."""
    return db.session.scalar(select(Lesson.body).where(Lesson.id == lesson.id)) or {}


def add_trainer(course: Course, person: Person) -> None:
    """Puts a person in charge of the course; once is enough."""
    db.insert_once(CourseTrainer, course_id=course.id, person_id=person.id)
