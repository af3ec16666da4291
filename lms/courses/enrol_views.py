"""Coming into a course: at once, with a key, or by asking its trainers."""

from datetime import timedelta
from math import ceil
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.accounts import guessing, services as accounts
from lms.accounts.models import Person
from lms.courses import policy, services
from lms.courses.forms import KeyForm, RequestForm
from lms.courses.models import Course, Enrolment, EnrolmentMode
from lms.errors import InvalidError, NotFoundError
from lms.i18n import gettext, ngettext
from lms.web import access
from lms.web.access import requires

bp = Blueprint("enrolling", __name__)


def names(course: Course, enrolment: Enrolment | None, **forms: Any) -> dict[str, Any]:
    """What `lms/courses/_enrol.html` shows."""
    if policy.can_study(enrolment):
        return {}
    way = services.way_in(access.person_or_none(), course, enrolment)
    return {"way": way, "key_form": KeyForm(), "request_form": RequestForm(), **forms}


@bp.route("/courses/<course>/enrol", methods=["GET", "POST"])
@requires()
def enrol(course: str) -> Any:
    found = _course(course)
    form = KeyForm()
    if request.method == "POST" and _came_in(access.person(), found, form):
        flash(gettext("You are enrolled. Start with the first lesson whenever you like."), "success")
        return _to_the_course(found)
    return _page(found, key_form=form)


def _came_in(person: Person, course: Course, form: KeyForm) -> bool:
    """Whether the person takes the course now; else the form says why not. A key is checked only so often."""
    needs_key = course.enrolment == EnrolmentMode.key and services.enrolment_of(person, course) is None
    if needs_key and not (form.validate() and _may_guess(person, course, form)):
        return False
    try:
        with db.transaction():
            services.enrol_self(person, course, form.key.data or "")
            if needs_key:
                accounts.forget_failures(_counted(person, course))
    except InvalidError as error:
        form.refuse(error)
        return False
    return True


def _counted(person: Person, course: Course) -> str:
    """The sign that stands for nobody's address or number keeps it apart from what people sign in with."""
    return f"key@{course.id}/{person.id}"


def _may_guess(person: Person, course: Course, form: KeyForm) -> bool:
    """Counts this attempt as one at a password is; not for the network address, which a whole office shares."""
    wait = guessing.pause_for(_counted(person, course))
    if wait:
        form.key.errors = [_please_wait(wait)]
    return not wait


def _please_wait(wait: timedelta) -> str:
    return ngettext(
        "Too many wrong keys. Please wait %(num)s minute and try again.",
        "Too many wrong keys. Please wait %(num)s minutes and try again.",
        ceil(wait / timedelta(minutes=1)),
    )


@bp.post("/courses/<course>/request")
@requires()
def ask(course: str) -> Any:
    found = _course(course)
    form = RequestForm()
    if not form.validate():
        return _page(found, request_form=form)
    with db.transaction():
        services.ask(access.person(), found, form.message.data or "")
    flash(gettext("Your request is with the trainers of the course. Their answer will be on this page."), "success")
    return _to_the_course(found)


@bp.post("/courses/<course>/request/take-back")
@requires()
def take_back(course: str) -> Response:
    found = _course(course)
    latest = services.request_of(access.person(), found)
    if latest is None:
        raise NotFoundError
    with db.transaction():
        services.take_back(latest)
    flash(gettext("Your request is taken back."))
    return _to_the_course(found)


def _course(slug: str) -> Course:
    return access.load(services.by_slug(slug), see=policy.can_see)


def _to_the_course(course: Course) -> Response:
    return redirect(url_for("lms.courses.page", course=course.slug))


def _page(course: Course, **forms: Any) -> Any:
    """The way in by itself, with what was wrong."""
    enrolment = services.enrolment_of(access.person(), course)
    if policy.can_study(enrolment):
        return _to_the_course(course)
    wrong = any(form.errors for form in forms.values())
    shown = render_template("lms/courses/enrol.html", course=course, **names(course, enrolment, **forms))
    return shown, 422 if wrong else 200
