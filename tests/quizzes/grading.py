"""Essays that wait for a grader, and questions that were corrected: what tests of grading begin with."""

from typing import Any

from sqlalchemy import func, select, update

from lms import db
from lms.courses import services as courses
from lms.courses.models import Course, Enrolment
from lms.mail.models import Mail
from lms.quizzes import kinds, services
from lms.quizzes.models import Attempt, Question, Quiz
from lms.quizzes.services import grading_by_hand
from lms.quizzes.services.grading_by_hand import Essay, Given
from tests import factories

RUBRIC = (
    kinds.Criterion("Clear", (kinds.Level("Muddled", 0), kinds.Level("Mostly", 2), kinds.Level("Throughout", 4))),
    kinds.Criterion("Examples", (kinds.Level("None", 0), kinds.Level("Some", 1))),
)


def essay(name: str = "essay", **values: Any) -> kinds.Question:
    return kinds.Question(name, kinds.Kind.essay, f"Tell of your village, {name}.", mark=4, **values)


def of_essays(course: Course, *questions: kinds.Question, **settings: Any) -> Quiz:
    """A quiz with a question of one point, and essays of four points each."""
    quiz = factories.quiz(course, [factories.choice("q1"), *questions], shuffle=False, **settings)
    with db.transaction():
        essays = (Question.quiz_id == quiz.lesson_id, Question.name != "q1")
        db.session.execute(update(Question).where(*essays).values(max_mark=4))
    return quiz


def enrolled(course: Course, name: str = "Dara Writer", **values: Any) -> Enrolment:
    with db.transaction():
        return courses.enrol(factories.person(name, **values), course)


def hand_in(quiz: Quiz, enrolment: Enrolment, *answers: str) -> Attempt:
    """An attempt with these answers, in the order of the quiz."""
    with db.transaction():
        attempt = services.start(enrolment, quiz)
        services.save(attempt, {id_: [answer] for id_, answer in zip(attempt.question_ids, answers, strict=False)})
        services.submit(quiz, attempt)
    return attempt


def found(quiz: Quiz, attempt: Attempt, at: int = 1) -> Essay:
    """What was answered to the question at that place, as it is now."""
    db.session.rollback()
    row = db.session.get_one(Attempt, attempt.id, populate_existing=True)
    one = grading_by_hand.find(quiz, row.id, row.question_ids[at])
    assert one
    return one


def give(quiz: Quiz, one: Essay, by: Any, points: float = 0, **more: Any) -> None:
    with db.transaction():
        grading_by_hand.grade(quiz, one, one.response.graded_at, Given(points=points, **more), by)


def correct(quiz: Quiz, name: str, new: kinds.Question, mark: float | None = None) -> Question:
    """Another wording takes the place of the one that is asked."""
    with db.transaction():
        asked = (Question.quiz_id == quiz.lesson_id, Question.name == name, ~Question.retired)
        old = db.session.scalars(select(Question).where(*asked)).one()
        old.retired = True
        row = Question(quiz_id=quiz.lesson_id, name=name, position=old.position, body={"en": new.to_json()})
        row.max_mark = old.max_mark if mark is None else mark
        db.session.add(row)
    return row


def mails() -> int:
    db.session.rollback()
    told = Mail.key.startswith("quiz-graded/")
    return db.session.scalars(select(func.count()).select_from(Mail).where(told)).one()
