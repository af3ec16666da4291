"""What answers are worth, and which score counts toward the course."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms import db
from lms.courses import services as courses
from lms.courses.models import Enrolment, Lesson
from lms.quizzes import grading, kinds, policy
from lms.quizzes.kinds import Kind
from lms.quizzes.models import Attempt, Quiz
from lms.quizzes.services import asking
from lms.quizzes.services.asking import Asked


def worth(body: Mapping[str, Any], given: grading.Response, tries: Sequence[Mapping[str, Any]] = ()) -> float:
    """From 0 to 1, less what the wrong tries before it cost; the best of the languages."""
    return best([kinds.Question.from_json(version) for version in body.values()], given, tries)


def best(versions: Sequence[kinds.Question], given: grading.Response, tries: Sequence[Mapping[str, Any]] = ()) -> float:
    """The same, for who asks often."""
    responses = [*(one["given"] for one in tries), given]
    return max(grading.tried_fraction(version, responses) for version in versions)


def grade_all(asked: Sequence[Asked], tries: bool) -> None:
    """Keeps with each stored answer what it is worth; an essay keeps what its grader gave."""
    for one in asked:
        if one.response and not (one.question.kind == Kind.essay and one.is_answered):
            one.response.fraction = worth(one.row.body, one.given, one.tries if tries else ())


def settle(attempt: Attempt) -> None:
    """The attempt's mark from what its answers are worth now. When none waits for a grader, its score counts toward the
    course. Nothing to do with an attempt that is not submitted.
    """
    attempt, enrolment = held(attempt.id)
    if attempt.submitted_at is not None:
        quiz = db.session.get_one(Quiz, attempt.quiz_id)
        add_up(attempt, asking.asked(attempt))
        count(quiz, quiz.lesson, enrolment, acting=False)


def held(attempt_id: int) -> tuple[Attempt, Enrolment]:
    """Both rows as they are now, and nobody else may change them before this transaction ends. One query."""
    wanted = select(Attempt, Enrolment).join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    wanted = wanted.where(Attempt.id == attempt_id).with_for_update()
    row = db.session.execute(wanted.execution_options(populate_existing=True)).one()
    return row[0], row[1]


def add_up(attempt: Attempt, asked: Sequence[Asked]) -> None:
    """From the fractions that are stored. The score is None while an essay waits."""
    stored = {one.row.id: one.response.fraction for one in asked if one.response}
    attempt.ungraded = sum(
        stored.get(one.row.id) is None for one in asked if one.question.kind == Kind.essay and one.is_answered
    )
    score = grading.score((stored.get(one.row.id) or 0.0, one.row.max_mark) for one in asked)
    attempt.mark, attempt.out_of = float(score.mark), float(score.out_of)
    attempt.score_percent = None if attempt.ungraded else float(score.percent)


def count(quiz: Quiz, lesson: Lesson, enrolment: Enrolment, acting: bool) -> None:
    """Records the score that counts, and the lesson as passed if it reaches the pass mark. The enrolment is held."""
    made = [one for one in asking.attempts(enrolment, quiz) if one.submitted_at is not None]
    score = policy.counting(quiz.counts, made)
    if score is not None:
        courses.count_score(enrolment, lesson, score, score >= quiz.pass_mark, final=quiz.final, acting=acting)
