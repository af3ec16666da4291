"""Storing answers when they are given. Sending the same again changes nothing, and an older answer no newer one.

Whoever stores holds the attempt's row, as whoever submits does: what is stored before is graded, what comes after is
refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Insert, or_, update

from lms import clock, db
from lms.courses import services as courses
from lms.courses.models import Enrolment
from lms.quizzes import grading, policy
from lms.quizzes.kinds import Kind
from lms.quizzes.models import Attempt, Quiz, Response
from lms.quizzes.policy import NO_GRACE
from lms.quizzes.services import asking
from lms.quizzes.services.asking import Asked

LONGEST = 10**12
"""Milliseconds: older than any attempt, and few enough to be subtracted."""
NOTHING: Mapping[int, Any] = {}


class Saved(StrEnum):
    """What became of answers."""

    stored = "stored"
    """Or the same, or a newer one, was there already."""
    left = "left"
    """Not all are stored: a page was left for good, or a question has no try left."""
    over = "over"
    """None is: the attempt is submitted, or its time is up."""


def save(
    attempt: Attempt,
    given: Mapping[int, Sequence[str]],
    ages: Mapping[int, int] = NOTHING,
    shown: Mapping[int, str] = NOTHING,
    grace: timedelta = NO_GRACE,
) -> Saved:
    """Stores raw form values by question id. What belongs to no question of the attempt is ignored.

    `ages`: how many milliseconds ago each was given on the device; 0 where it is not said. `shown`: the stamp of what
    the page showed; whoever sends that has not answered anew, and what another window stored meanwhile stays.
    """
    attempt = db.locked(Attempt, attempt.id)
    if policy.is_over(attempt, clock.now(), grace):
        return Saved.over
    quiz = db.session.get_one(Quiz, attempt.quiz_id)
    sent = asking.asked(attempt, given.keys())
    open_ = [one for one in sent if _takes(quiz, attempt, one)]
    rows = list(_rows(attempt, open_, given, ages, shown))
    if rows:
        db.session.execute(_storing(db.session.get_bind().dialect.name), rows)
    courses.act(db.session.get_one(Enrolment, attempt.enrolment_id), quiz.lesson)
    return Saved.stored if len(open_) == len(sent) else Saved.left


def _takes(quiz: Quiz, attempt: Attempt, one: Asked) -> bool:
    """Whether the question can still be answered within its attempt."""
    has_left = not quiz.going_back and policy.page_of(quiz, attempt, one.number) != attempt.page
    return not has_left and not (quiz.tries and one.is_finished)


def _rows(
    attempt: Attempt,
    asked: Sequence[Asked],
    given: Mapping[int, Sequence[str]],
    ages: Mapping[int, int],
    shown: Mapping[int, str],
) -> Iterator[dict[str, Any]]:
    for one in asked:
        id_ = one.row.id
        parsed = grading.parse_response(one.question, given[id_])
        if shown.get(id_) != asking.stamp(parsed):
            yield {
                "attempt_id": attempt.id,
                "question_id": id_,
                "value": {"given": parsed},
                "saved_at": clock.now(),
                "given_at": _given_at(attempt, ages.get(id_, 0)),
            }


def _given_at(attempt: Attempt, age: int) -> datetime:
    """By the server's clock: never in the future, and never before the attempt."""
    now = clock.exact()
    return max(now - timedelta(milliseconds=min(max(age, 0), LONGEST)), min(attempt.started_at, now))


@cache
def _storing(_engine: str) -> Insert:
    """The statement that stores an answer unless there is a newer one; made once for an engine."""
    new = db.insert(Response)
    is_newer = or_(Response.given_at.is_(None), Response.given_at <= new.excluded.given_at)
    names = ("value", "saved_at", "given_at")
    values = {name: getattr(new.excluded, name) for name in names}
    return new.on_conflict_do_update(index_elements=["attempt_id", "question_id"], set_=values, where=is_newer)


def check(attempt: Attempt, question: int, given: Sequence[str], grace: timedelta = NO_GRACE) -> Saved:
    """Stores the answer and says what it is worth: one try. The same answer again is the same try; what is blank, and
    what a grader has to read, is none.
    """
    saved = save(attempt, {question: given}, grace=grace)
    quiz = db.session.get_one(Quiz, attempt.quiz_id)
    if saved != Saved.stored or not quiz.tries:
        return saved
    for one in asking.asked(attempt, [question]):
        if one.is_answered and not one.is_checked and one.question.kind != Kind.essay:
            tries = [*one.tries, {"given": one.given, "fraction": one.grade.fraction}]
            mine = (Response.attempt_id == attempt.id, Response.question_id == question)
            db.session.execute(update(Response).where(*mine).values(tries=tries))
    return saved


def turn(attempt: Attempt, page: int) -> None:
    """Goes on to the next page, where one cannot go back: the one before is left for good."""
    behind = (Attempt.id == attempt.id, Attempt.page == page - 1, Attempt.submitted_at.is_(None))
    db.changed(update(Attempt).where(*behind).values(page=page))
