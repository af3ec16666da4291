"""Practice without record: questions as an attempt would ask them, graded and shown, and nothing of it kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from lms import clock, db
from lms.courses.models import Enrolment
from lms.errors import ConflictError, NotFoundError
from lms.i18n import gettext
from lms.quizzes import grading, policy
from lms.quizzes.models import Question, Quiz
from lms.quizzes.policy import Bar
from lms.quizzes.services import asking, starting
from lms.quizzes.services.asking import Asked


def may_practise(enrolment: Enrolment, quiz: Quiz, word: str) -> None:
    """Raises NotFoundError where the quiz offers no practice; ConflictError before it opens and while an attempt goes
    on, whose answers it would tell; InvalidError for `word`.
    """
    if not quiz.practice:
        raise NotFoundError
    standing = asking.standing(enrolment, quiz.lesson)
    if standing.open:
        raise ConflictError(gettext("You are in the middle of an attempt. Hand it in first; then you can practise."))
    barrier = policy.barrier(standing, clock.now())
    if barrier and barrier.why == Bar.early:
        raise ConflictError(starting.in_words(barrier))
    starting.check_word(quiz, word)


def practice(quiz: Quiz, seed: int) -> list[Asked]:
    """What this seed asks. What is drawn from the bank becomes questions of the quiz, as for an attempt."""
    return _blank(quiz, starting.in_order(quiz, seed), seed)


def practised(quiz: Quiz, seed: int, given: Mapping[int, Sequence[str]]) -> list[Asked]:
    """The same with raw form values by question id, and what they are worth."""
    return [_graded(one, given[one.row.id]) for one in _blank(quiz, list(given), seed)]


def _blank(quiz: Quiz, ids: Sequence[int], seed: int) -> list[Asked]:
    wanted = select(Question).where(Question.quiz_id == quiz.lesson_id, Question.id.in_(ids))
    rows = {row.id: row for row in db.session.scalars(wanted)}
    return [Asked(rows[id_], number, seed) for number, id_ in enumerate((id_ for id_ in ids if id_ in rows), 1)]


def _graded(one: Asked, values: Sequence[str]) -> Asked:
    given = grading.parse_response(one.question, values)
    grade = asking.grade(one.row.body, given)
    return replace(one, given=given, fraction=grade.fraction if grade.graded else None)
