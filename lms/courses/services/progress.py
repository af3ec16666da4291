"""What was done in a course, and when it is complete."""

from sqlalchemy import and_, case, exists, func, or_, select, update

from lms import clock, db, signals
from lms.courses import completion
from lms.courses.models import Course, Enrolment, EnrolmentStatus, Lesson, LessonProgress
from lms.courses.services.outline import outline


def visit(enrolment: Enrolment, lesson: Lesson) -> None:
    """Remembers where the person is, for whichever device they come back with."""
    enrolment.last_lesson_id = lesson.id


def complete_lesson(course: Course, enrolment: Enrolment, lesson: Lesson, score_percent: float | None = None) -> None:
    """Marks a page as read or a quiz as passed, and the course as completed when that was the last step.

    Doing it again changes nothing. The enrolment's row is locked, so that of two last steps at once one sees the other.
    """
    enrolment = db.locked(Enrolment, enrolment.id)
    _record(enrolment, lesson, score_percent, complete=True)
    advance(course, enrolment)


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


def advance(course: Course, enrolment: Enrolment) -> None:
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
        advance(course, enrolment)


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
