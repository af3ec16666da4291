"""Beginning an attempt. Its questions and their order are fixed then."""

import secrets

from lms import clock, db, i18n
from lms.courses import services as courses
from lms.courses.models import Enrolment
from lms.errors import ConflictError, InvalidError
from lms.i18n import gettext
from lms.quizzes import grading, policy
from lms.quizzes.models import Attempt, Quiz
from lms.quizzes.policy import Bar, Barrier
from lms.quizzes.services import asking, drawing


def start(enrolment: Enrolment, quiz: Quiz, word: str | None = None) -> Attempt:
    """The open attempt, on whatever device it was begun, or a new one. The enrolment's row is locked, so that of two
    starts at once the second finds what the first began.

    Raises ConflictError where none can be begun now; InvalidError for `word` where the quiz asks for another, unless it
    is None: then it is not asked for.
    """
    enrolment = db.locked(Enrolment, enrolment.id)
    courses.act(enrolment, quiz.lesson)
    standing = asking.standing(enrolment, quiz.lesson)
    if standing.open:
        return standing.open
    barrier = policy.barrier(standing, clock.now())
    if barrier:
        raise ConflictError(in_words(barrier))
    if word is not None:
        check_word(quiz, word)
    seed = new_seed()
    new = Attempt(
        enrolment_id=enrolment.id,
        quiz_id=quiz.lesson_id,
        number=len(standing.made) + 1,
        seed=seed,
        question_ids=in_order(quiz, seed),
        started_at=clock.now(),
        due_at=standing.due_at(clock.now()),
    )
    db.session.add(new)
    db.session.flush()
    return new


def new_seed() -> int:
    """For the order of questions and options, and for what is drawn."""
    return secrets.randbelow(2**31)


def in_words(barrier: Barrier) -> str:
    moment = i18n.day_and_time(barrier.at)
    return {
        Bar.early: gettext("This quiz opens on %(moment)s.", moment=moment),
        Bar.closed: gettext("This quiz has closed on %(moment)s.", moment=moment),
        Bar.used_up: gettext("You have used all attempts at this quiz."),
        Bar.pausing: gettext("You can try again from %(moment)s.", moment=moment),
    }[barrier.why]


def check_word(quiz: Quiz, word: str) -> None:
    """Raises InvalidError for `word`; in a time that does not tell how much of it is right."""
    if quiz.access_word and not courses.is_right(quiz.access_word, word):
        raise InvalidError("word", gettext("This word is not right. Please ask the trainers for it."))


def in_order(quiz: Quiz, seed: int) -> list[int]:
    """The ids of the questions that this seed asks."""
    ids = [question.id for question in asking.questions(quiz)]
    if quiz.draws:
        ids += drawing.draw(quiz, seed)
    return grading.shuffled(ids, seed) if quiz.shuffle else ids
