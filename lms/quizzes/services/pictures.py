"""The pictures of questions: a quiz's own questions name those of its unit, a question of the bank its own."""

from sqlalchemy import select

from lms import db
from lms.courses import services as courses
from lms.courses.models import Course, CourseFile, Lesson, Unit
from lms.quizzes.models import BankFile, BankVersion, Question, Quiz

Picture = CourseFile | BankFile


def picture(course: Course, lesson: Lesson, quiz: Quiz, question_id: int, path: str) -> Picture | None:
    """What a question of this quiz means by that path."""
    question = db.session.get(Question, question_id)
    if question is None or question.quiz_id != quiz.lesson_id:
        return None
    if question.bank_version_id is None:
        return courses.file(course, f"{db.session.get_one(Unit, lesson.unit_id).slug}/{path}")
    wanted = select(BankFile).join(BankVersion, BankVersion.bank_question_id == BankFile.bank_question_id)
    return db.session.scalar(wanted.where(BankVersion.id == question.bank_version_id, BankFile.path == path))
