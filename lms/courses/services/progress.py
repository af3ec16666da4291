"""What was done in a course, and when it is complete."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, and_, bindparam, case, func, or_, select, update
from sqlalchemy.orm import aliased, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from lms import clock, db, signals
from lms.accounts.models import Person
from lms.courses import completion
from lms.courses.completion import Facts
from lms.courses.models import Course, CourseVersion, Enrolment, EnrolmentStatus, Lesson, LessonKind, LessonProgress
from lms.courses.services.outline import Outline

LONGEST_PAUSE = timedelta(minutes=10)
"""Between two acts at least so long may be spent in a lesson; in a long one, three times its minutes."""
SAME_VISIT = timedelta(minutes=1)
"""An act so soon after another in the same lesson need not be written down: the next one counts the time of both."""

# Acts, and the time between them


def is_new_act(enrolment: Enrolment, lesson: Lesson) -> bool:
    """Whether opening or answering the lesson now is worth writing down. Where minutes count, every act is."""
    if enrolment.last_lesson_id != lesson.id or enrolment.last_act_at is None:
        return True
    return bool(enrolment.course.completion.get("minutes")) or clock.now() - enrolment.last_act_at >= SAME_VISIT


def visit(enrolment: Enrolment, lesson: Lesson) -> None:
    """Opening a lesson: remembers where the person is, for whichever device they come back with; counts the time since
    their last act for the lesson that was open, and completes the course if that was what it waited for.
    """
    if is_new_act(enrolment, lesson):
        _act(enrolment, lesson)


act = visit
"""Answering in a lesson is the same: it is open, and time was spent in it."""


def _act(enrolment: Enrolment, lesson: Lesson) -> None:
    before = _where(enrolment)
    total = _move(enrolment, lesson)
    if total is None:  # another device has acted meanwhile, and has counted the time until then
        enrolment = db.locked(Enrolment, enrolment.id)
        before = _where(enrolment)
        total = _move(enrolment, lesson) or 0
    spent = _spent(enrolment, *before)
    _record(enrolment, lesson, before[0], spent)
    needed = 60 * enrolment.course.completion.get("minutes", 0)
    if needed and total - spent < needed <= total:
        advance(enrolment.course, db.locked(Enrolment, enrolment.id))


Where = tuple[int | None, datetime | None]
"""The lesson that was open, and since when."""


def _where(enrolment: Enrolment) -> Where:
    return enrolment.last_lesson_id, enrolment.last_act_at


def _spent(enrolment: Enrolment, lesson_id: int | None, since: datetime | None) -> int:
    """Seconds since the last act, at most as long as somebody may sit over that lesson."""
    if lesson_id is None or since is None:
        return 0
    minutes = db.session.get_one(Lesson, lesson_id).minutes
    most = max(timedelta(minutes=3 * minutes), LONGEST_PAUSE)
    return int(max(min(clock.now() - since, most), timedelta()).total_seconds())


def _move(enrolment: Enrolment, lesson: Lesson) -> int | None:
    """Into the lesson, with the time since the last act added; the sum of all seconds then. None, and nothing changed,
    if the enrolment is not any more what was read: so no second is counted twice.
    """
    lesson_id, since = _where(enrolment)
    as_read = (
        Enrolment.id == enrolment.id,
        Enrolment.last_lesson_id.is_not_distinct_from(lesson_id),
        Enrolment.last_act_at.is_not_distinct_from(since),
    )
    seconds = Enrolment.seconds + _spent(enrolment, lesson_id, since)
    values = {"last_lesson_id": lesson.id, "last_act_at": _not_before(since), "seconds": seconds}
    moved = update(Enrolment).where(*as_read).values(values).returning(Enrolment.seconds)
    total = db.session.scalar(moved.execution_options(synchronize_session=False))
    if total is not None:
        for name, value in {**values, "seconds": total}.items():
            set_committed_value(enrolment, name, value)
    return total


def _not_before(since: datetime | None) -> datetime:
    """Now, or the last act's moment where that is later: its clock was ahead."""
    return max(clock.now(), since) if since else clock.now()


def _record(
    enrolment: Enrolment,
    lesson: Lesson,
    left: int | None,
    spent: int,
    score_percent: float | None = None,
    complete: bool = False,
    exact: bool = False,
) -> None:
    """The lesson as opened, at least, and the time in the one that was left. First dates are kept, and the best score
    unless it is to be `exact`ly this one.
    """
    row = {
        "enrolment_id": enrolment.id,
        "lesson_id": lesson.id,
        "opened_at": clock.now(),
        "completed_at": clock.now() if complete else None,
        "score_percent": score_percent,
        "seconds": spent if left == lesson.id else 0,
    }
    rows = [row]
    if left not in (None, lesson.id) and spent:
        blank = {"opened_at": None, "completed_at": None, "score_percent": None}
        rows.append({**row, **blank, "lesson_id": left, "seconds": spent})
    db.session.execute(recording(db.session.get_bind().dialect.name, exact), rows)


@cache
def recording(_engine: str, exact: bool) -> Insert:
    """The statement that adds to what is recorded; made once for an engine, which takes longer than running it."""
    new = db.insert(LessonProgress)
    kept, given = LessonProgress, new.excluded
    is_better = or_(kept.score_percent.is_(None), kept.score_percent < given.score_percent)
    best = case((is_better, given.score_percent), else_=kept.score_percent)
    grown = {
        "opened_at": func.coalesce(kept.opened_at, given.opened_at),
        "completed_at": func.coalesce(kept.completed_at, given.completed_at),
        "score_percent": func.coalesce(given.score_percent, kept.score_percent) if exact else best,
        "seconds": kept.seconds + given.seconds,
    }
    adds = new.on_conflict_do_update(index_elements=["enrolment_id", "lesson_id"], set_=grown)
    return adds.execution_options(render_nulls=True)  # so that it is one statement for all rows


def complete_lesson(course: Course, enrolment: Enrolment, lesson: Lesson, score_percent: float | None = None) -> None:
    """Marks a page as read or a quiz as passed, and the course as completed when that was the last step.

    Doing it again changes nothing. The enrolment's row is locked, so that of two last steps at once one sees the other.
    """
    _do(course, enrolment, lesson, score_percent, complete=True)


def count_score(
    enrolment: Enrolment, lesson: Lesson, score_percent: float, passed: bool, final: bool = False, acting: bool = True
) -> None:
    """The score of a quiz that counts from now on, lower than before or higher. Whoever has passed once, has passed.

    The enrolment's row is locked by the caller. `final`: it is the score of the course, too; `acting`: the person is at
    it now.
    """
    left, since = _where(enrolment)
    spent = _spent(enrolment, left, since) if acting else 0
    _record(enrolment, lesson, left, spent, score_percent, complete=passed, exact=True)
    if acting:
        _move_on(enrolment, lesson, spent)
    if final:
        enrolment.best_score_percent = score_percent
    advance(enrolment.course, enrolment)


def _do(course: Course, enrolment: Enrolment, lesson: Lesson, score_percent: float | None, complete: bool) -> None:
    enrolment = db.locked(Enrolment, enrolment.id)
    left, since = _where(enrolment)
    spent = _spent(enrolment, left, since)
    _record(enrolment, lesson, left, spent, score_percent, complete)
    _move_on(enrolment, lesson, spent)
    advance(course, enrolment)


def _move_on(enrolment: Enrolment, lesson: Lesson, spent: int) -> None:
    """Into the lesson, where the row is locked."""
    enrolment.last_lesson_id, enrolment.last_act_at = lesson.id, _not_before(enrolment.last_act_at)
    enrolment.seconds += spent


def approve(enrolment: Enrolment, trainer: Person) -> bool:
    """The trainer says that the person has done what the course asks; who says so first is kept. Whether this call was
    the first. It may be what the course waited for.
    """
    enrolment = db.locked(Enrolment, enrolment.id)
    if enrolment.approved_at is not None:
        return False
    enrolment.approved_at, enrolment.approved_by_id = clock.now(), trainer.id
    advance(enrolment.course, enrolment)
    return True


# How far it is


def facts(enrolment: Enrolment, outline: Outline) -> Facts:
    """What the completion rule is asked about, for whom the outline is."""
    pages, quizzes = (
        {one.id for one in outline.lessons if one.kind == kind} for kind in (LessonKind.page, LessonKind.quiz)
    )
    return Facts(
        pages=len(pages),
        pages_read=len(pages & outline.complete),
        quizzes=len(quizzes),
        quizzes_passed=len(quizzes & outline.complete),
        seconds=enrolment.seconds,
        score_percent=_mean(sum(outline.scores.get(id_, 0.0) for id_ in quizzes), len(quizzes)),
        approved=enrolment.approved_at is not None,
    )


def _mean(scores: float, quizzes: int) -> float:
    return round(scores / quizzes, 2) if quizzes else 0.0


def _number(kind: LessonKind) -> ColumnElement[int]:
    lesson = aliased(Lesson)  # not the outer one
    taught = (lesson.course_id == bindparam("course_id"), ~lesson.retired, lesson.kind == kind)
    return select(func.count()).select_from(lesson).where(*taught).scalar_subquery()


_TAUGHT = and_(Lesson.id == LessonProgress.lesson_id, Lesson.course_id == bindparam("course_id"), ~Lesson.retired)
_IS_QUIZ = Lesson.kind == LessonKind.quiz
_IS_COMPLETE = LessonProgress.completed_at.is_not(None)
_STANDINGS = (
    select(
        Enrolment.id,
        select(Course.completion).where(Course.id == bindparam("course_id")).scalar_subquery(),
        _number(LessonKind.page),
        func.count().filter(Lesson.kind == LessonKind.page, _IS_COMPLETE),
        _number(LessonKind.quiz),
        func.count().filter(_IS_QUIZ, _IS_COMPLETE),
        Enrolment.seconds,
        func.coalesce(func.sum(LessonProgress.score_percent).filter(_IS_QUIZ), 0.0),
        Enrolment.approved_at,
    )
    .select_from(Enrolment)
    .outerjoin(LessonProgress, LessonProgress.enrolment_id == Enrolment.id)
    .outerjoin(Lesson, _TAUGHT)
    .where(Enrolment.course_id == bindparam("course_id"))
    .group_by(Enrolment.id)
)
"""Made once: making it takes longer than asking it."""


def standings(course: Course, which: ColumnElement[bool]) -> Iterator[tuple[int, Mapping[str, Any], Facts]]:
    """The facts of these enrolments of the course, by their ids, with the rule as it is now. One query."""
    rows = db.session.execute(_STANDINGS.where(which), {"course_id": course.id}).all()
    for id_, rule, pages, read, quizzes, passed, seconds, scores, approved_at in rows:
        yield id_, rule, Facts(pages, read, quizzes, passed, seconds, _mean(scores, quizzes), approved_at is not None)


def advance(course: Course, enrolment: Enrolment) -> None:
    """Brings progress up to date; completes the enrolment if its course's rule is met, once and for good. Its row is
    locked by the caller, who may have changed it without writing that yet.
    """
    with db.session.no_autoflush:  # it is written once, with what is found here
        _id, rule, found = next(standings(course, Enrolment.id == enrolment.id))
    found = replace(found, seconds=enrolment.seconds, approved=enrolment.approved_at is not None)
    if come_to(enrolment, rule, found):
        complete([enrolment])


def come_to(enrolment: Enrolment, rule: Mapping[str, Any], found: Facts) -> bool:
    """The progress, where the facts are known; whether the enrolment is to be completed by them."""
    enrolment.progress_percent = completion.percent(found)
    return enrolment.status == EnrolmentStatus.active and completion.is_met(rule, found)


def complete(enrolments: Sequence[Enrolment]) -> None:
    """Once and for good. Their rows are locked by the caller."""
    for enrolment in enrolments:
        enrolment.status, enrolment.completed_at = EnrolmentStatus.completed, clock.now()
    db.session.flush()
    signals.courses_completed.send(tuple(enrolments))
    for enrolment in enrolments:
        signals.course_completed.send(enrolment)


def refresh(course: Course) -> None:
    """Brings every enrolment up to date after lessons came or went, or the rule changed; no completion is taken back.

    Whoever has nothing left to do completes the course now: no act of theirs would come to complete it. The
    enrolments are locked first, so that a lesson that is being completed meanwhile is counted by one of the two.
    """
    enrolled = Enrolment.course_id == course.id
    db.session.execute(select(Enrolment.id).where(enrolled).order_by(Enrolment.id).with_for_update())
    _refresh_progress(course)
    active = standings(course, Enrolment.status == EnrolmentStatus.active)
    ready = [id_ for id_, rule, found in active if completion.is_met(rule, found)]
    for batch in db.batches(ready):
        wanted = select(Enrolment).where(Enrolment.id.in_(batch)).options(selectinload(Enrolment.person))
        ordered = wanted.order_by(Enrolment.id).execution_options(populate_existing=True)
        complete(db.session.scalars(ordered).all())


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


# What is new


def news(enrolment: Enrolment, most: int = 3) -> Sequence[CourseVersion]:
    """The versions of the course since the person's last act, or else since they enrolled: the newest first."""
    since = enrolment.last_act_at or enrolment.enrolled_at
    wanted = select(CourseVersion).where(CourseVersion.course_id == enrolment.course_id, CourseVersion.at > since)
    return db.session.scalars(wanted.order_by(CourseVersion.number.desc()).limit(most)).all()
