"""All the rows of a course, retired ones included, a query for each table."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import undefer

from lms import db
from lms.courses.models import Course, CourseFile, FileData, Lesson, Unit
from lms.quizzes.models import Question, Quiz


def units(course: Course) -> Sequence[Unit]:
    wanted = select(Unit).where(Unit.course_id == course.id)
    return db.session.scalars(wanted.order_by(Unit.position, Unit.id)).all()


def lessons(course: Course) -> Sequence[Lesson]:
    """With their texts."""
    wanted = select(Lesson).where(Lesson.course_id == course.id).options(undefer(Lesson.body))
    wanted = wanted.order_by(Lesson.position, Lesson.id).execution_options(populate_existing=True)
    return db.session.scalars(wanted).all()


def quizzes(course: Course) -> dict[int, Quiz]:
    """By lesson."""
    wanted = select(Quiz).join(Quiz.lesson).where(Lesson.course_id == course.id)
    return {row.lesson_id: row for row in db.session.scalars(wanted)}


def questions(course: Course) -> dict[int, list[Question]]:
    """By quiz; those that are asked now come first, in order."""
    wanted = select(Question).join(Lesson, Lesson.id == Question.quiz_id).where(Lesson.course_id == course.id)
    found: dict[int, list[Question]] = defaultdict(list)
    for row in db.session.scalars(wanted.order_by(Question.retired, Question.position, Question.id)):
        found[row.quiz_id].append(row)
    return found


def files(course: Course) -> Sequence[CourseFile]:
    return db.session.scalars(select(CourseFile).where(CourseFile.course_id == course.id)).all()


def files_with_data(course: Course) -> list[tuple[CourseFile, bytes]]:
    """In order of their paths."""
    wanted = select(CourseFile, FileData.data).join(FileData, FileData.digest == CourseFile.digest)
    wanted = wanted.where(CourseFile.course_id == course.id)
    return sorted(((row[0], row[1]) for row in db.session.execute(wanted)), key=lambda found: found[0].path)
