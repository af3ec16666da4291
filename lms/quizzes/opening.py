"""What the pages of a quiz share: the way in, the frame around them, and the clock that hands attempts in."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, after_this_request, current_app, flash, render_template, request, url_for

from lms import clock, db
from lms.courses import policy as course_policy, services as courses
from lms.courses.models import Course, Enrolment, Lesson
from lms.courses.views import lesson_frame
from lms.errors import ConflictError, ForbiddenError, NotFoundError
from lms.i18n import gettext
from lms.quizzes import grading, policy, services
from lms.quizzes.models import Attempt, Quiz
from lms.web import access, values

MOST_ASKED = 5000
"""Questions in a form that are looked at: as many as a quiz may have."""
bp = Blueprint("quizzes", __name__, url_prefix="/courses/<course>/lessons/<lesson>")


def quiz(course: str, lesson: str) -> tuple[Course, Lesson, Quiz]:
    row = services.find(course, lesson)
    if row is None:
        raise NotFoundError
    access.load(row[0], see=course_policy.can_see)
    return row


def taught(course: str, lesson: str) -> tuple[Course, Lesson, Quiz]:
    """The same for those who look after the course."""
    row = services.find(course, lesson)
    if row is None:
        raise NotFoundError
    access.load(row[0], see=course_policy.can_see, do=course_policy.can_teach)
    return row


def studying(course: Course, lesson: Lesson) -> Enrolment:
    """The reader's enrolment, which opens the lesson. Raises ForbiddenError."""
    enrolment = enrolled(course, lesson)
    if not course_policy.can_study(enrolment):
        raise ForbiddenError
    return enrolment


def enrolled(course: Course, lesson: Lesson) -> Enrolment:
    """The same, also of whoever has withdrawn."""
    enrolment = courses.enrolment_of(access.person(), course)
    if enrolment is None:
        raise ForbiddenError
    courses.check_open(access.person(), course, enrolment, lesson)
    return enrolment


def attempt(course: Course, lesson: Lesson, quiz: Quiz) -> Attempt:
    """The person's own attempt that the form names, while they study the course and the lesson is open. Raises
    ConflictError where the page was somebody else's, who used this device before.
    """
    row = services.attempt(access.person(), quiz, request.form.get("attempt", 0, values.number))
    if row is None:
        raise NotFoundError
    if request.form.get("attempt_id", row[0].id, values.number) != row[0].id:
        raise ConflictError(gettext("This page has grown old. Go back, reload it and try again."))
    if not course_policy.can_study(row[1]):
        raise ForbiddenError
    courses.check_open(access.person(), course, row[1], lesson)
    return row[0]


def frame(course: Course, enrolment: Enrolment, lesson: Lesson) -> dict[str, Any]:
    return lesson_frame(course, enrolment, courses.outline(course, enrolment), lesson)


def address(course: str, lesson: str, **query: Any) -> str:
    return url_for("lms.courses.lesson", course=course, lesson=lesson, **query)


def result_address(course: str, lesson: str, attempt: Attempt) -> str:
    return url_for("lms.quizzes.result", course=course, lesson=lesson, number=attempt.number)


def page(template: str, frame: Mapping[str, Any], **names: Any) -> str:
    picture = pictures(frame["course"].slug, frame["lesson"].slug)
    names = {"grading": grading, "picture": picture, "now": clock.now(), "rendered_at": clock.exact(), **names, **frame}
    after_this_request(_not_kept)
    return render_template(f"lms/quizzes/{template}.html", **names)


def _not_kept(response: Response) -> Response:
    """By the browser: whoever goes back sees what is stored now, and the next person at the device nothing."""
    response.cache_control.no_store = True
    return response


def pictures(course: str, lesson: str) -> Callable[[int], Callable[[str], str]]:
    """What templates call `picture`: of a question, what makes an address of the path of one of its pictures."""

    def picture(question: int) -> Callable[[str], str]:
        return lambda path: url_for("lms.quizzes.picture", course=course, lesson=lesson, question=question, path=path)

    return picture


def sent() -> dict[int, list[str]]:
    """The answers of a form, by question: those that it says it asks."""
    asked = dict.fromkeys(request.form.getlist("asked", values.number)[:MOST_ASKED])
    of_question = defaultdict(list)
    for name, value in request.form.items(multi=True):
        of_question[name.partition(".")[0]].append((name, value))
    return {id_: grading.sent(of_question[f"q{id_}"], id_) for id_ in asked}


# Time


def grace() -> timedelta:
    """How long after its time is up an attempt still takes answers."""
    return timedelta(seconds=current_app.config["LMS_QUIZ_GRACE"])


def handed_in_by_the_clock(attempt: Attempt) -> bool:
    """Whether the attempt's time was up, and what was stored is handed in now; it says so."""
    if attempt.submitted_at is not None or not policy.is_overdue(attempt, clock.now(), grace()):
        return False
    with db.transaction():
        services.submit_overdue(attempt.id, grace())
    flash(gettext("The time for this attempt was up. What was stored until then has been submitted."), "warning")
    return True
