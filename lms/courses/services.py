"""What people do with courses: enrol, read, complete, withdraw."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import and_, case, exists, func, or_, select, update
from sqlalchemy.orm import contains_eager

from lms import clock, db, signals
from lms.accounts.models import Person
from lms.courses import completion
from lms.courses.models import (
    Course,
    CourseFile,
    CourseTrainer,
    Enrolment,
    EnrolmentStatus,
    Lesson,
    LessonProgress,
    Unit,
)
from lms.errors import ConflictError
from lms.i18n import gettext


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
    return db.session.scalars(select(Course).where(Course.published).order_by(Course.id.desc())).all()


def by_slug(slug: str) -> Course | None:
    return db.session.scalar(select(Course).where(Course.slug == slug))


def outline(course: Course, enrolment: Enrolment | None = None) -> Outline:
    """The whole of it in one query."""
    done = and_(
        LessonProgress.lesson_id == Lesson.id,
        LessonProgress.enrolment_id == (enrolment.id if enrolment else None),
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


def file(course: Course, path: str) -> CourseFile | None:
    return db.session.scalar(select(CourseFile).where(CourseFile.course_id == course.id, CourseFile.path == path))


def add_trainer(course: Course, person: Person) -> None:
    """Puts a person in charge of the course; once is enough."""
    db.insert_once(CourseTrainer, course_id=course.id, person_id=person.id)


def enrolment_of(person: Person | None, course: Course) -> Enrolment | None:
    if person is None:
        return None
    wanted = select(Enrolment).where(Enrolment.course_id == course.id, Enrolment.person_id == person.id)
    return db.session.scalar(wanted)


def enrolments(person: Person) -> Sequence[Enrolment]:
    """All of a person's courses, the newest first; the courses come with them."""
    wanted = select(Enrolment).join(Enrolment.course).options(contains_eager(Enrolment.course))
    return db.session.scalars(wanted.where(Enrolment.person_id == person.id).order_by(Enrolment.id.desc())).all()


def enrol(person: Person, course: Course, source: str = "self") -> Enrolment:
    """Once for a person and a course; whoever had withdrawn goes on where they were."""
    values = {"course_id": course.id, "person_id": person.id}
    fresh = db.insert_once(
        Enrolment,
        **values,
        source=source,
        status=EnrolmentStatus.active,
        enrolled_at=clock.now(),
        progress_percent=0,
    )
    enrolment = db.session.scalars(
        select(Enrolment).filter_by(**values).with_for_update().execution_options(populate_existing=True)
    ).one()
    if not fresh and enrolment.status == EnrolmentStatus.withdrawn:
        enrolment.status, enrolment.withdrawn_at = EnrolmentStatus.active, None
        _advance(course, enrolment)
    return enrolment


def withdraw(enrolment: Enrolment) -> None:
    """Ends an active enrolment; what was done stays. Raises ConflictError where there is none to end."""
    to_withdrawn = (
        update(Enrolment)
        .where(Enrolment.id == enrolment.id, Enrolment.status == EnrolmentStatus.active)
        .values(status=EnrolmentStatus.withdrawn, withdrawn_at=clock.now())
    )
    if not db.changed(to_withdrawn):
        raise ConflictError(gettext("Only a course that you are taking can be left."))


def visit(enrolment: Enrolment, lesson: Lesson) -> None:
    """Remembers where the person is, for whichever device they come back with."""
    enrolment.last_lesson_id = lesson.id


def complete_lesson(course: Course, enrolment: Enrolment, lesson: Lesson, score_percent: float | None = None) -> None:
    """Marks a page as read or a quiz as passed, and the course as completed when that was the last step.

    Doing it again changes nothing. The enrolment's row is locked, so that of two last steps at once one sees the other.
    """
    enrolment = db.locked(Enrolment, enrolment.id)
    _record(enrolment, lesson, score_percent, complete=True)
    _advance(course, enrolment)


def record_score(enrolment: Enrolment, lesson: Lesson, score_percent: float) -> None:
    """Keeps the best score of a quiz that is not passed yet."""
    _record(db.locked(Enrolment, enrolment.id), lesson, score_percent, complete=False)


def record_best_score(enrolment: Enrolment, score_percent: float) -> None:
    """The best score of the course's final quiz, for its list and the person's page."""
    better = or_(Enrolment.best_score_percent.is_(None), Enrolment.best_score_percent < score_percent)
    this = update(Enrolment).where(Enrolment.id == enrolment.id, better)
    db.session.execute(this.values(best_score_percent=score_percent))


def _record(enrolment: Enrolment, lesson: Lesson, score_percent: float | None, complete: bool) -> None:
    """The first completion and the best score are kept."""
    new = db.insert(LessonProgress).values(
        enrolment_id=enrolment.id,
        lesson_id=lesson.id,
        completed_at=clock.now() if complete else None,
        score_percent=score_percent,
    )
    kept, given = LessonProgress, new.excluded
    is_better = or_(kept.score_percent.is_(None), kept.score_percent < given.score_percent)
    better = {
        "completed_at": func.coalesce(kept.completed_at, given.completed_at),
        "score_percent": case((is_better, given.score_percent), else_=kept.score_percent),
    }
    db.session.execute(new.on_conflict_do_update(index_elements=["enrolment_id", "lesson_id"], set_=better))


def _advance(course: Course, enrolment: Enrolment) -> None:
    """Brings progress up to date; completes the enrolment if its course's rule is met, once and for good."""
    steps = outline(course, enrolment).steps
    enrolment.progress_percent = completion.percent(steps)
    if enrolment.status == EnrolmentStatus.active and completion.is_met(course.completion, steps):
        enrolment.status, enrolment.completed_at = EnrolmentStatus.completed, clock.now()
        db.session.flush()
        signals.course_completed.send(enrolment)


def refresh(course: Course) -> None:
    """Brings every enrolment up to date after lessons came or went, or the rule changed; no completion is taken back.

    Whoever has nothing left to do completes the course now: no act of theirs would come to complete it. The
    enrolments are locked first, so that a lesson that is being completed meanwhile is counted by one of the two.
    """
    enrolled = Enrolment.course_id == course.id
    db.session.execute(select(Enrolment.id).where(enrolled).order_by(Enrolment.id).with_for_update())
    _refresh_progress(course)
    taught = and_(Lesson.course_id == course.id, ~Lesson.retired)
    if not db.session.scalar(select(exists().where(taught))):
        return
    is_complete = exists().where(
        LessonProgress.enrolment_id == Enrolment.id,
        LessonProgress.lesson_id == Lesson.id,
        LessonProgress.completed_at.is_not(None),
    )
    is_open = exists().where(taught, Lesson.kind.in_(completion.asked(course.completion)), ~is_complete)
    ready = select(Enrolment).where(enrolled, Enrolment.status == EnrolmentStatus.active, ~is_open)
    for enrolment in db.session.scalars(ready.execution_options(populate_existing=True)).all():
        _advance(course, enrolment)


def _refresh_progress(course: Course) -> None:
    """One UPDATE, of only those whose progress is another now."""
    taught = and_(Lesson.course_id == course.id, ~Lesson.retired)
    lessons = db.session.scalars(select(func.count()).select_from(Lesson).where(taught)).one()
    complete = (
        select(func.count())
        .select_from(LessonProgress)
        .join(Lesson, Lesson.id == LessonProgress.lesson_id)
        .where(taught, LessonProgress.enrolment_id == Enrolment.id, LessonProgress.completed_at.is_not(None))
        .scalar_subquery()
    )
    percent = case({number: completion.share(number, lessons) for number in range(lessons + 1)}, value=complete)
    stale = update(Enrolment).where(Enrolment.course_id == course.id, Enrolment.progress_percent != percent)
    db.session.execute(stale.values(progress_percent=percent).execution_options(synchronize_session=False))
