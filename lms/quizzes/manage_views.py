"""A quiz for its trainers: who has more time or attempts than others."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.courses.models import Course
from lms.errors import InvalidError, NotFoundError
from lms.i18n import gettext
from lms.quizzes import opening, services
from lms.quizzes.forms import AllowanceForm, change_form
from lms.quizzes.models import Quiz
from lms.web import access
from lms.web.access import requires

bp = Blueprint("managing_quizzes", __name__, url_prefix="/manage/courses/<course>/quizzes/<lesson>")


@bp.route("/allowances", methods=["GET", "POST"])
@requires()
def allowances(course: str, lesson: str) -> Any:
    """Who has one; the form gives one, or another in its place."""
    found, found_lesson, quiz = opening.taught(course, lesson)
    form = AllowanceForm()
    if form.validate_on_submit() and _given(found, quiz, form):
        return _to_the_list(course, lesson)
    page = render_template(
        "lms/quizzes/allowances.html",
        course=found,
        lesson=found_lesson,
        quiz=quiz,
        allowances=services.allowances(quiz),
        form=form,
    )
    return page, 422 if form.errors else 200


def _given(course: Course, quiz: Quiz, form: AllowanceForm) -> bool:
    """Whether it is given; else the form says why not."""
    try:
        enrolment = services.learner(course, form.person.data or "", current_app.config["LMS_COUNTRY"])
    except InvalidError as error:
        form.refuse(error)
        return False
    with db.transaction():
        services.allow(quiz, enrolment, access.person(), form.values)
    flash(gettext("Saved. It holds for %(name)s from now on.", name=enrolment.person.name), "success")
    return True


@bp.route("/allowances/<int:enrolment>", methods=["GET", "POST"])
@requires()
def allowance(course: str, lesson: str, enrolment: int) -> Any:
    """Changes what one person has."""
    found, found_lesson, quiz = opening.taught(course, lesson)
    given = services.allowance(quiz, enrolment)
    if given is None:
        raise NotFoundError
    form = change_form(given[0])
    if form.validate_on_submit():
        with db.transaction():
            services.allow(quiz, given[1], access.person(), form.values)
        flash(gettext("Saved. It holds for %(name)s from now on.", name=given[1].person.name), "success")
        return _to_the_list(course, lesson)
    names = {"course": found, "lesson": found_lesson, "quiz": quiz, "enrolment": given[1], "form": form}
    return render_template("lms/quizzes/allowance.html", **names), 422 if form.errors else 200


@bp.post("/allowances/<int:enrolment>/remove")
@requires()
def take_back(course: str, lesson: str, enrolment: int) -> Response:
    _found, _lesson, quiz = opening.taught(course, lesson)
    with db.transaction():
        services.take_back(quiz, enrolment)
    flash(gettext("Taken back. The same holds for this person as for everyone."))
    return _to_the_list(course, lesson)


def _to_the_list(course: str, lesson: str) -> Response:
    return redirect(url_for(".allowances", course=course, lesson=lesson))
