"""One learner of one course: the whole history, and what a trainer can do about it."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.courses import completion, policy as course_policy, services as courses, words as course_words
from lms.courses.models import Course, Enrolment, Lesson
from lms.errors import InvalidError, NotFoundError
from lms.i18n import gettext
from lms.quizzes import grading, opening, services as quizzes
from lms.reports import history, words
from lms.reports.views.blueprint import bp, course_to_see, course_to_teach
from lms.web import access
from lms.web.access import requires


@bp.get("/manage/courses/<course>/learners/<int:number>")
@requires()
def learner(course: str, number: int) -> str:
    found = course_to_see(course)
    enrolment = _enrolment(found, number)
    whole = history.of(found, enrolment)
    asked = completion.checklist(found.completion, courses.facts(enrolment, whole.outline))
    return render_template(
        "lms/reports/learner.html",
        course=found,
        asked=[(course_words.line(one), one.met) for one in asked],
        needed=completion.needed(found.completion, asked),
        may_approve=bool(found.completion.get("approval")) and enrolment.approved_at is None,
        history=whole,
        words=words.in_language(),
        source=words.SOURCES.get(enrolment.source, enrolment.source),
        can_teach=course_policy.can_teach(access.person(), found),
    )


@bp.post("/manage/courses/<course>/learners/<int:number>")
@requires()
def change_learner(course: str, number: int) -> Response:
    found = course_to_teach(course)
    enrolment = _enrolment(found, number)
    with db.transaction():
        said = _change(found, enrolment, request.form.get("do", ""))
    flash(said, "success")
    return redirect(url_for(".learner", course=course, number=number))


def _change(course: Course, enrolment: Enrolment, what: str) -> str:
    """Returns what to say about it."""
    if what == "approve":
        courses.approve(enrolment, access.person())
        return gettext("Approved. If nothing else is open, the course is completed now.")
    if what == "withdraw":
        courses.withdraw(enrolment)
        return gettext("Withdrawn from the course. What was done stays.")
    if what == "enrol":
        courses.enrol(enrolment.person, course, source="trainer")
        return gettext("Enrolled again, and goes on where they were.")
    raise InvalidError("do", gettext("Please choose what to do."))


@bp.get("/manage/courses/<course>/learners/<int:number>/attempts/<int:attempt>")
@requires()
def attempt(course: str, number: int, attempt: int) -> str:
    """What was answered, as the learner sees it when nothing is hidden any more."""
    found = course_to_see(course)
    enrolment = _enrolment(found, number)
    made = history.attempt(enrolment, attempt)
    if made is None:
        raise NotFoundError
    asked = quizzes.asked(made)
    return render_template(
        "lms/reports/attempt.html",
        course=found,
        enrolment=enrolment,
        attempt=made,
        asked=asked,
        picture=opening.pictures(course, db.session.get_one(Lesson, made.quiz_id).slug),
        grading=grading,
    )


def _enrolment(course: Course, number: int) -> Enrolment:
    enrolment = history.enrolment(course, number)
    if enrolment is None:
        raise NotFoundError
    return enrolment
