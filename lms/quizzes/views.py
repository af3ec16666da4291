"""Taking a quiz, page by page, and its result. Everything works by plain forms; the script only saves earlier."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from lms import clock, db, i18n
from lms.courses import policy as course_policy, serving
from lms.courses.models import Course, Enrolment, Lesson
from lms.courses.services import Outline
from lms.courses.views import lesson_frame
from lms.errors import NotFoundError
from lms.i18n import gettext
from lms.quizzes import begin_views, opening, policy, services
from lms.quizzes.forms import WordForm
from lms.quizzes.models import Attempt, Quiz, Shows
from lms.quizzes.opening import bp
from lms.quizzes.policy import Standing
from lms.quizzes.reading import read_again
from lms.quizzes.services import Asked, Saved
from lms.web import access, values
from lms.web.access import requires

__all__ = ["bp", "quiz_page"]

REVIEW = "review"
REFUSED = {"X-Autosave": "refused"}
"""Tells an answer that will never be taken from one that may be, after signing in again."""


def quiz_page(course: Course, enrolment: Enrolment | None, outline: Outline, lesson: Lesson) -> Any:
    """What the lesson's address shows: for a learner the open attempt or a way to begin, for a trainer a preview."""
    frame = lesson_frame(course, enrolment, outline, lesson)
    if enrolment is None:
        return _preview(frame)
    standing = _standing(enrolment, lesson, outline)
    attempt = standing.open
    if attempt is None:
        return begin_views.start_page(standing, frame, WordForm(formdata=None))
    if opening.handed_in_by_the_clock(attempt):
        return redirect(opening.result_address(course.slug, lesson.slug, attempt))
    return _questions_page(standing, attempt, frame)


def _standing(enrolment: Enrolment, lesson: Lesson, outline: Outline) -> Standing:
    return replace(services.standing(enrolment, lesson), complete=lesson.id in outline.complete)


def _preview(frame: dict[str, Any]) -> str:
    quiz = services.of_lesson(frame["lesson"])
    asked = [Asked(row, number, seed=0) for number, row in enumerate(services.questions(quiz), 1)]
    return opening.page("preview", frame, quiz=quiz, asked=asked, standing=Standing(quiz), manages=True)


def _questions_page(standing: Standing, attempt: Attempt, frame: dict[str, Any]) -> str:
    quiz, explains = standing.quiz, standing.quiz.feedback != Shows.never
    asked = services.asked(attempt, explains=explains)
    size, pages = policy.per_page(quiz, len(asked)), policy.pages(quiz, len(asked))
    at = _place(quiz, attempt, pages)
    shown = asked[(at - 1) * size : at * size]
    template = REVIEW if at > pages else "questions"
    return opening.page(
        template,
        frame,
        quiz=quiz,
        standing=standing,
        attempt=attempt,
        asked=asked,
        shown=[_worth(one) for one in shown] if quiz.tries else shown,
        page=at,
        pages=pages,
        per_page=size,
        explains=explains,
    )


def _worth(one: Asked) -> Asked:
    """Of what is checked for good, the points are known at once."""
    return replace(one, fraction=services.worth(one.row.body, one.given, one.tries)) if one.is_finished else one


def _place(quiz: Quiz, attempt: Attempt, pages: int) -> int:
    """The page that is asked for, from 1; after the last one stands the review. Where one cannot go back, it is the one
    that the attempt has come to.
    """
    if not quiz.going_back:
        return min(attempt.page, pages + 1)
    if request.args.get("page") == REVIEW:
        return pages + 1
    return min(max(request.args.get("page", 1, int), 1), pages)


# Answering


@bp.post("/answers")
@requires()
def answers(course: str, lesson: str) -> Response:
    """Stores a page of answers, or from the script a single one, and goes where its button says."""
    found, found_lesson, quiz = opening.quiz(course, lesson)
    attempt = opening.attempt(found, found_lesson, quiz)
    with db.transaction():
        saved = _stored(quiz, attempt)
    late = saved == Saved.over and opening.handed_in_by_the_clock(attempt)
    if "X-Autosave" in request.headers:
        return _told(attempt, saved)
    if saved == Saved.over:
        if not late:
            flash(gettext("This attempt had been submitted before; answers given later do not count."), "warning")
        return redirect(opening.result_address(course, lesson, attempt))
    if saved == Saved.left:
        flash(gettext("Some of these answers can no longer be changed. They stay as they were."), "warning")
    return redirect(_next(course, lesson, quiz, attempt))


def _stored(quiz: Quiz, attempt: Attempt) -> Saved:
    """What became of the answers; then a question is checked, or the page turned, if the button says so."""
    given = opening.sent()
    ages = {id_: _age(f"at{id_}") for id_ in given}
    shown = {id_: request.form.get(f"was{id_}", "") for id_ in given}
    saved = services.save(attempt, given, ages, shown, opening.grace())
    checked = request.form.get("check", 0, values.number)
    if checked in given and saved != Saved.over:
        return services.check(attempt, checked, given[checked], opening.grace())
    if not quiz.going_back and saved != Saved.over and "X-Autosave" not in request.headers:
        services.turn(attempt, _wanted(quiz, attempt))
    return saved


def _age(name: str) -> int:
    """How many milliseconds ago an answer was given: at a moment of ours, as the page reckons it. The script says it
    of one answer or of each; without the script, it is now.
    """
    at = request.form.get(name, request.form.get("at", None, int), int)
    return 0 if at is None else int(clock.exact().timestamp() * 1000) - at


def _wanted(quiz: Quiz, attempt: Attempt) -> int:
    """The page that a button leads to; after the last stands the review."""
    if request.form.get("go") == REVIEW:
        return policy.pages(quiz, len(attempt.question_ids)) + 1
    return request.form.get("go", 0, values.number)


def _told(attempt: Attempt, saved: Saved) -> Response:
    """What the script is told: 204 for stored, 409 with a word of ours for not, and how much time is left."""
    response = Response(status=204) if saved == Saved.stored else Response(status=409, headers=REFUSED)
    if attempt.due_at:
        left = 0 if attempt.submitted_at else (attempt.due_at - clock.now()).total_seconds()
        response.headers["X-Time-Left"] = str(max(int(left), 0))
    return response


def _next(course: str, lesson: str, quiz: Quiz, attempt: Attempt) -> str:
    checked = request.form.get("check", 0, values.number)
    if checked in attempt.question_ids:
        page = policy.page_of(quiz, attempt, attempt.question_ids.index(checked) + 1)
        return opening.address(course, lesson, page=page, _anchor=f"question-{checked}")
    return opening.address(course, lesson, page=request.form.get("go", REVIEW) if quiz.going_back else None)


@bp.post("/submit")
@requires()
def submit(course: str, lesson: str) -> Response:
    found, found_lesson, quiz = opening.quiz(course, lesson)
    attempt = opening.attempt(found, found_lesson, quiz)
    if "clock" in request.form and attempt.submitted_at is None and not policy.is_due(attempt, clock.now()):
        return redirect(opening.address(course, lesson))  # the script counted by a clock that is wrong
    if not opening.handed_in_by_the_clock(attempt):
        with db.transaction():
            services.submit(quiz, attempt, opening.grace())
    return redirect(opening.result_address(course, lesson, attempt))


# The result


@bp.get("/attempts/<int:number>/")
@requires()
def result(course: str, lesson: str, number: int) -> str | Response:
    found, found_lesson, quiz = opening.quiz(course, lesson)
    row = services.attempt(access.person(), quiz, number)
    if row is None:
        raise NotFoundError
    attempt, enrolment = row
    if attempt.submitted_at is None and not opening.handed_in_by_the_clock(attempt):
        return redirect(opening.address(course, lesson))
    frame = opening.frame(found, enrolment, found_lesson)
    standing = _standing(enrolment, found_lesson, frame["outline"])
    return opening.page("result", frame, attempt=attempt, **_explained(standing, attempt, frame["outline"]))


def _explained(standing: Standing, attempt: Attempt, outline: Outline) -> dict[str, Any]:
    """What the result says, as far as the quiz lets it show."""
    quiz, now = standing.quiz, clock.now()
    explains = policy.shows(quiz.feedback, standing, now)
    asked = services.asked(attempt, explains=explains)
    score = attempt.score_percent
    return {
        "quiz": quiz,
        "standing": standing,
        "barrier": policy.barrier(standing, now),
        "asked": asked,
        "marks": [i18n.number(one.mark) for one in asked],
        "passed": score is not None and score >= quiz.pass_mark,
        "overall": policy.overall(quiz, score) if explains and score is not None else {},
        "reveals": policy.shows(quiz.answers, standing, now),
        "explains": explains,
        "again": read_again(outline, quiz.lesson, asked),
    }


# Pictures


@bp.get("/questions/<int:question>/<path:path>")
@requires()
def picture(course: str, lesson: str, question: int, path: str) -> Response:
    """For those who may see the quiz, or their result of it."""
    found, found_lesson, quiz = opening.quiz(course, lesson)
    if not course_policy.can_teach(access.person(), found):
        opening.enrolled(found, found_lesson)
    stored = services.picture(found, found_lesson, quiz, question, path)
    if stored is None:
        raise NotFoundError
    response = serving.send(path, stored.content_type, stored.digest, max_age=86400)
    response.cache_control.private = True
    return response
