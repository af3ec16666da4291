"""All the rows of a course, retired ones included, a query for each table."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import lazyload, undefer

from lms import db
from lms.courses.models import Course, CourseFile, FileData, Lesson, Unit
from lms.quizzes.models import Question, Quiz

FRESH = {"populate_existing": True}


@dataclass(frozen=True, slots=True)
class Stored:
    """What there is of a course."""

    units: Sequence[Unit]
    lessons: Sequence[Lesson]
    quizzes: Mapping[int, Quiz]
    """By lesson."""
    questions: Mapping[int, list[Question]]
    """By quiz; those that are asked now come first, in order."""
    files: Sequence[tuple[CourseFile, int]]
    """Each with its size."""


def of_course(course: Course) -> Stored:
    """As it is now, whatever this session has read before. Five queries; data of files is not read."""
    return Stored(units(course), lessons(course), quizzes(course), questions(course), files(course))


def units(course: Course) -> Sequence[Unit]:
    wanted = select(Unit).where(Unit.course_id == course.id)
    return db.session.scalars(wanted.order_by(Unit.position, Unit.id), execution_options=FRESH).all()


def lessons(course: Course) -> Sequence[Lesson]:
    """With their texts."""
    wanted = select(Lesson).where(Lesson.course_id == course.id).options(undefer(Lesson.body))
    return db.session.scalars(wanted.order_by(Lesson.position, Lesson.id), execution_options=FRESH).all()


def quizzes(course: Course) -> dict[int, Quiz]:
    """By lesson."""
    # Not with their lessons: these would forget the texts that `lessons` has read.
    wanted = select(Quiz).join(Quiz.lesson).where(Lesson.course_id == course.id).options(lazyload(Quiz.lesson))
    return {row.lesson_id: row for row in db.session.scalars(wanted, execution_options=FRESH)}


def questions(course: Course) -> dict[int, list[Question]]:
    """By quiz its own, not the bank's; those that are asked now come first, in order."""
    wanted = select(Question).join(Lesson, Lesson.id == Question.quiz_id)
    wanted = wanted.where(Lesson.course_id == course.id, Question.bank_version_id.is_(None))
    found: dict[int, list[Question]] = defaultdict(list)
    wanted = wanted.order_by(Question.retired, Question.position, Question.id)
    for row in db.session.scalars(wanted, execution_options=FRESH):
        found[row.quiz_id].append(row)
    return found


def files(course: Course) -> list[tuple[CourseFile, int]]:
    """In order of their paths, each with its size."""
    wanted = select(CourseFile, FileData.size).join(FileData, FileData.digest == CourseFile.digest)
    wanted = wanted.where(CourseFile.course_id == course.id).order_by(CourseFile.path)
    return [(row[0], row[1]) for row in db.session.execute(wanted, execution_options=FRESH)]
