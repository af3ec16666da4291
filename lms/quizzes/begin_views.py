"""Beginning an attempt at a quiz, and practising without one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from math import ceil
from typing import Any

from flask import redirect, request

from lms import clock, db
from lms.accounts import guessing, services as accounts
from lms.courses.models import Course, Enrolment
from lms.errors import InvalidError
from lms.i18n import ngettext
from lms.quizzes import grading, opening, policy, services
from lms.quizzes.forms import WordForm
from lms.quizzes.models import Quiz
from lms.quizzes.opening import bp
from lms.quizzes.policy import Standing
from lms.web import values
from lms.web.access import requires


def start_page(standing: Standing, frame: dict[str, Any], word_form: WordForm) -> str:
    barrier = policy.barrier(standing, clock.now())
    return opening.page("start", frame, quiz=standing.quiz, standing=standing, barrier=barrier, word_form=word_form)


@bp.post("/start")
@requires()
def start(course: str, lesson: str) -> Any:
    found, found_lesson, quiz = opening.quiz(course, lesson)
    enrolment = opening.studying(found, found_lesson)
    standing = services.standing(enrolment, found_lesson)
    if standing.open is None and quiz.access_word:
        return _with_the_word(found, quiz, standing, enrolment, services.start) or redirect(
            opening.address(course, lesson)
        )
    if standing.open is None or not opening.handed_in_by_the_clock(standing.open):
        with db.transaction():
            services.start(enrolment, quiz)
    return redirect(opening.address(course, lesson))


def _with_the_word(
    course: Course,
    quiz: Quiz,
    standing: Standing,
    enrolment: Enrolment,
    begin: Callable[[Enrolment, Quiz, str], object],
) -> Any:
    """Begins, if the word is right; else the page that says what is wrong. A word is checked only so often."""
    form = WordForm()
    name = f"quiz@{quiz.lesson_id}/{enrolment.id}"
    wait = guessing.pause_for(name) if form.validate() else None
    if wait:
        form.word.errors = [_please_wait(wait)]
    elif not form.errors:
        try:
            with db.transaction():
                begin(enrolment, quiz, form.word.data or "")
                accounts.forget_failures(name)
            return None
        except InvalidError as error:
            form.refuse(error)
    return start_page(standing, opening.frame(course, enrolment, quiz.lesson), form), 422


def _please_wait(wait: timedelta) -> str:
    return ngettext(
        "Too many wrong words. Please wait %(num)s minute and try again.",
        "Too many wrong words. Please wait %(num)s minutes and try again.",
        ceil(wait / timedelta(minutes=1)),
    )


# Practice


@bp.post("/practice")
@requires()
def practice(course: str, lesson: str) -> Any:
    """Asks, and when it is sent back, grades and shows: nothing of it is kept."""
    found, found_lesson, quiz = opening.quiz(course, lesson)
    enrolment = opening.studying(found, found_lesson)
    if quiz.access_word:
        standing = services.standing(enrolment, found_lesson)
        refused = _with_the_word(found, quiz, standing, enrolment, services.may_practise)
        if refused:
            return refused
    else:
        services.may_practise(enrolment, quiz, "")
    given = opening.sent()
    seed = request.form.get("seed", 0, values.number)
    frame = opening.frame(found, enrolment, found_lesson)
    return _practised(quiz, seed, given, frame) if given else _practice(quiz, frame)


def _practice(quiz: Quiz, frame: dict[str, Any]) -> str:
    seed = services.new_seed()
    with db.transaction():
        asked = services.practice(quiz, seed)
    return opening.page("practice", frame, quiz=quiz, asked=asked, seed=seed, word=request.form.get("word", ""))


def _practised(quiz: Quiz, seed: int, given: Mapping[int, Sequence[str]], frame: dict[str, Any]) -> str:
    asked = services.practised(quiz, seed, given)
    score = grading.score((one.fraction or 0.0, one.row.max_mark) for one in asked if not one.waits)
    word = request.form.get("word", "")
    return opening.page("practised", frame, quiz=quiz, asked=asked, score=float(score.percent), word=word)
