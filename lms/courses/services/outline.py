"""The catalogue, and what is in a course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from sqlalchemy import and_, bindparam, case, select

from lms import clock, db
from lms.accounts.models import Person
from lms.courses import opening
from lms.courses.models import (
    Cohort,
    CohortCourse,
    CohortMember,
    Course,
    CourseTrainer,
    Enrolment,
    EnrolmentStatus,
    Lesson,
    LessonProgress,
    Unit,
)
from lms.courses.opening import Closed
from lms.courses.services import cohorts
from lms.courses.services.cohorts import Dates

NOBODY = 0
"""No enrolment has this id. With NULL in its place SQLite would read through everybody's progress."""

# Every page for learners begins with these two: they are made once, as making one takes as long as asking it.

_TAKEN = (
    select(Course, Enrolment, CohortCourse.cohort_id, CohortCourse.opens_at, CohortCourse.due_at, Cohort.name)
    .outerjoin(Enrolment, and_(Enrolment.course_id == Course.id, Enrolment.person_id == bindparam("person_id")))
    .outerjoin(CohortMember, CohortMember.person_id == Enrolment.person_id)
    .outerjoin(Cohort, and_(Cohort.id == CohortMember.cohort_id, ~Cohort.archived))
    .outerjoin(CohortCourse, and_(CohortCourse.cohort_id == Cohort.id, CohortCourse.course_id == Course.id))
    .where(Course.slug == bindparam("slug"))
    .order_by(Cohort.name, Cohort.id)
)
"""A course and what a person has to do with it: a row for each of the person's cohorts, whichever courses they take."""
_PROGRESS = and_(LessonProgress.lesson_id == Lesson.id, LessonProgress.enrolment_id == bindparam("enrolment_id"))
_OUTLINE = (
    select(
        Unit,
        Lesson,
        LessonProgress.completed_at,
        LessonProgress.score_percent,
        case((Lesson.slug == bindparam("text_of"), Lesson.body)).label("text"),
    )
    .join(Lesson, Lesson.unit_id == Unit.id)
    .outerjoin(LessonProgress, _PROGRESS)
    .where(Unit.course_id == bindparam("course_id"), ~Lesson.retired)
    .order_by(Unit.position, Lesson.position)
)


@dataclass(frozen=True, slots=True)
class Outline:
    """The units of a course with their lessons, in order, and what of it one enrolment has completed."""

    units: Sequence[tuple[Unit, Sequence[Lesson]]]
    complete: frozenset[int] = frozenset()
    scores: Mapping[int, float] = field(default_factory=dict)
    """By the lesson's id, the best scores so far."""
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


def with_enrolment(slug: str, person: Person | None) -> tuple[Course | None, Enrolment | None, Dates]:
    """The course, what the person has to do with it, and the dates of that. One query."""
    rows = db.session.execute(_TAKEN, {"slug": slug, "person_id": person.id if person else None}).all()
    course, enrolment, *_rest = rows[0] if rows else (None, None)
    if enrolment is None:
        return course, None, Dates()
    own = [(row.opens_at, row.due_at, row.name) for row in rows if row.cohort_id is not None]
    return course, enrolment, cohorts.of_rows(enrolment, own)


def outline(course: Course, enrolment: Enrolment | None = None, text_of: str | None = None) -> Outline:
    """The whole of it in one query, with the text of one lesson (its slug); for an enrolment, the units that are closed
    to it. What closes the course as a whole, `outline_for` knows.
    """
    of = {"course_id": course.id, "enrolment_id": enrolment.id if enrolment else NOBODY, "text_of": text_of}
    rows = db.session.execute(_OUTLINE, of).all()
    units = [(unit, [row[1] for row in group]) for unit, group in groupby(rows, key=lambda row: row[0])]
    found = Outline(
        units,
        complete=frozenset(lesson.id for _unit, lesson, completed_at, _score, _text in rows if completed_at),
        scores={lesson.id: score for _unit, lesson, _at, score, _text in rows if score is not None},
        text=next((row.text for row in rows if row.text), None),
    )
    if enrolment is None:
        return found
    completed = enrolment.status == EnrolmentStatus.completed
    return replace(found, closed=opening.closed_units(units, found.complete, clock.now(), completed))


def lesson_text(lesson: Lesson) -> dict[str, str]:
    """The Markdown of a lesson, which outlines leave out."""
    return db.session.scalar(select(Lesson.body).where(Lesson.id == lesson.id)) or {}


def add_trainer(course: Course, person: Person) -> None:
    """Puts a person in charge of the course; once is enough."""
    db.insert_once(CourseTrainer, course_id=course.id, person_id=person.id)
