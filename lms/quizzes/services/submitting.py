"""Handing an attempt in: by the learner, or by the clock with what was stored until then."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from lms import clock, db
from lms.quizzes import policy
from lms.quizzes.models import Attempt, Quiz
from lms.quizzes.policy import NO_GRACE
from lms.quizzes.services import asking, scoring

AT_ONCE = 100


def submit(quiz: Quiz, attempt: Attempt, grace: timedelta = NO_GRACE) -> None:
    """Grades what is stored, and counts the score unless an essay waits for a grader. The second time, nothing.

    After its time and the grace an attempt is handed in by the clock, as of then.
    """
    attempt, enrolment = scoring.held(attempt.id)
    if attempt.submitted_at is not None:
        return
    asked = asking.asked(attempt)
    scoring.grade_all(asked, quiz.tries)
    attempt.by_clock = policy.is_overdue(attempt, clock.now(), grace)
    attempt.submitted_at = attempt.due_at + grace if attempt.by_clock and attempt.due_at else clock.now()
    scoring.add_up(attempt, asked)
    scoring.count(quiz, quiz.lesson, enrolment, acting=not attempt.by_clock)


def overdue(grace: timedelta) -> Sequence[int]:
    """The ids of open attempts whose time and grace are up: the first of them, as many as one round takes."""
    late = (Attempt.submitted_at.is_(None), Attempt.due_at < clock.now() - grace)
    return db.session.scalars(select(Attempt.id).where(*late).order_by(Attempt.due_at).limit(AT_ONCE)).all()


def submit_overdue(attempt_id: int, grace: timedelta) -> None:
    """One of them, unless its learner was faster or has been given more time."""
    attempt = db.session.get_one(Attempt, attempt_id, populate_existing=True)
    if policy.is_overdue(attempt, clock.now(), grace):
        submit(db.session.get_one(Quiz, attempt.quiz_id), attempt, grace)
