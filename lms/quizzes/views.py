"""Taking a quiz, page by page, and its result. Everything works by plain forms; the script only saves earlier."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms import clock, db, i18n
from lms.courses import policy as course_policy, services as courses
from lms.courses.models import Course, Enrolment, Lesson
from lms.courses.services import Outline
from lms.courses.views import lesson_frame
from lms.errors import ForbiddenError, NotFoundError
from lms.i18n import gettext
from lms.quizzes import grading, services
from lms.quizzes.models import Attempt, Quiz
from lms.quizzes.services import Asked
from lms.web import access, values
from lms.web.access import requires

bp = Blueprint("quizzes", __name__, url_prefix="/courses/<course>/lessons/<lesson>")


def quiz_page(course: Course, enrolment: Enrolment | None, outline: Outline, lesson: Lesson) -> str:
    """What the lesson's address shows: for a learner the open attempt or a way to begin, for a trainer a preview."""
    frame = lesson_frame(course, enrolment, outline, lesson)
    quiz = services.of_lesson(lesson)
    if enrolment is None:
        preview = [Asked(row, number, seed=0) for number, row in enumerate(services.questions(quiz), 1)]
        return render_template("lms/quizzes/preview.html", quiz=quiz, asked=preview, grading=grading, **frame)
    made = services.attempts(enrolment, quiz)
    if made and made[-1].submitted_at is None:
        return _questions_page(quiz, made[-1], frame)
    return render_template(
        "lms/quizzes/start.html", quiz=quiz, attempts=made, left=services.attempts_left(quiz, made), **frame
    )


def _questions_page(quiz: Quiz, attempt: Attempt, frame: dict[str, Any]) -> str:
    asked = services.asked(attempt)
    pages = max(1, -(-len(asked) // quiz.per_page))
    page = min(max(request.args.get("page", 1, int), 1), pages)
    template = "review" if request.args.get("page") == "review" else "questions"
    return render_template(
        f"lms/quizzes/{template}.html",
        quiz=quiz,
        attempt=attempt,
        asked=asked,
        shown=asked[(page - 1) * quiz.per_page : page * quiz.per_page],
        page=page,
        pages=pages,
        per_page=quiz.per_page,
        now=clock.now(),
        grading=grading,
        **frame,
    )


@bp.post("/start")
@requires()
def start(course: str, lesson: str) -> Response:
    found, found_lesson, quiz = _quiz(course, lesson)
    enrolment = courses.enrolment_of(access.person(), found)
    if enrolment is None or not course_policy.can_study(enrolment):
        raise ForbiddenError
    courses.check_open(access.person(), found, enrolment, found_lesson)
    with db.transaction():
        services.start(enrolment, quiz)
    return redirect(_address(course, lesson))


@bp.post("/answers")
@requires()
def answers(course: str, lesson: str) -> Response:
    """Stores a page of answers, or from the script a single one, and goes where its button says."""
    found, found_lesson, quiz = _quiz(course, lesson)
    attempt, _enrolment = _attempt(found, found_lesson, quiz)
    given = {id_: request.form.getlist(f"q{id_}") for id_ in request.form.getlist("asked", int)}
    with db.transaction():
        saved = services.save(attempt, given)
    if "X-Autosave" in request.headers:
        return Response(status=204) if saved else Response(status=409, headers={"X-Autosave": "refused"})
    if not saved:
        flash(gettext("This attempt had been submitted before; answers given later do not count."), "warning")
        return redirect(url_for(".result", course=course, lesson=lesson, number=attempt.number))
    return redirect(_address(course, lesson, page=request.form.get("go", "review")))


@bp.post("/submit")
@requires()
def submit(course: str, lesson: str) -> Response:
    found, found_lesson, quiz = _quiz(course, lesson)
    attempt, enrolment = _attempt(found, found_lesson, quiz)
    with db.transaction():
        services.submit(found, found_lesson, quiz, attempt, enrolment)
    return redirect(url_for(".result", course=course, lesson=lesson, number=attempt.number))


@bp.get("/attempts/<int:number>/")
@requires()
def result(course: str, lesson: str, number: int) -> str | Response:
    found, found_lesson, quiz = _quiz(course, lesson)
    row = services.attempt(access.person(), quiz, number)
    if row is None:
        raise NotFoundError
    attempt, enrolment = row
    if attempt.submitted_at is None:
        return redirect(_address(course, lesson))
    frame = lesson_frame(found, enrolment, courses.outline(found, enrolment), found_lesson)
    made = services.attempts(enrolment, quiz)
    left = services.attempts_left(quiz, made)
    asked = services.asked(attempt)
    return render_template(
        "lms/quizzes/result.html",
        quiz=quiz,
        attempt=attempt,
        asked=asked,
        marks=[i18n.number(one.mark) for one in asked],
        left=left,
        passed=_passed(attempt, quiz),
        reveals=left == 0 or _best(made) >= quiz.pass_mark,
        grading=grading,
        **frame,
    )


def _passed(attempt: Attempt, quiz: Quiz) -> bool:
    return (attempt.score_percent or 0) >= quiz.pass_mark


def _best(made: Sequence[Attempt]) -> float:
    return max((attempt.score_percent or 0 for attempt in made), default=0)


def _quiz(course: str, lesson: str) -> tuple[Course, Lesson, Quiz]:
    row = services.find(course, lesson)
    if row is None:
        raise NotFoundError
    access.load(row[0], see=course_policy.can_see)
    return row


def _attempt(course: Course, lesson: Lesson, quiz: Quiz) -> tuple[Attempt, Enrolment]:
    """The person's own attempt that the form names, while they study the course and the lesson is open."""
    row = services.attempt(access.person(), quiz, request.form.get("attempt", 0, values.number))
    if row is None:
        raise NotFoundError
    if not course_policy.can_study(row[1]):
        raise ForbiddenError
    courses.check_open(access.person(), course, row[1], lesson)
    return row


def _address(course: str, lesson: str, **query: Any) -> str:
    return url_for("lms.courses.lesson", course=course, lesson=lesson, **query)
