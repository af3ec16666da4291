"""Who may take a course: the way in, requests, trainers."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.courses import policy as course_policy, services as courses
from lms.courses.models import Course, EnrolmentMode
from lms.errors import InvalidError
from lms.i18n import gettext, ngettext
from lms.rosters import policy, services
from lms.rosters.adding import added
from lms.rosters.forms import AccessForm, PersonForm, TrainerForm, decline_form
from lms.web import access, values
from lms.web.access import requires
from lms.web.forms import Form

bp = Blueprint("rosters", __name__)


@bp.route("/manage/courses/<course>/access", methods=["GET", "POST"], endpoint="access")
@requires()
def ways_in(course: str) -> Any:
    """The mode and the key; the button `make` has a new key made."""
    found = _course(course)
    form = AccessForm(data={"mode": str(found.enrolment), "key": found.enrolment_key})
    if form.validate_on_submit() and _changed(found, form):
        flash(gettext("Saved. It holds from now on."), "success")
        return redirect(url_for(".access", course=course))
    return _page(found, access_form=form)


def _changed(course: Course, form: AccessForm) -> bool:
    key = services.make_key() if "make" in request.form else str(form.key.data or "")
    try:
        with db.transaction():
            services.set_access(course, EnrolmentMode(form.mode.data), key)
    except InvalidError as error:
        form.refuse(error)
        return False
    return True


@bp.post("/manage/courses/<course>/people")
@requires()
def add_learner(course: str) -> Any:
    found, form = _course(course), PersonForm()
    person = added(form, form.person, lambda one: services.add_learner(found, one))
    if person is None:
        return _page(found, person_form=form)
    flash(gettext("%(name)s takes the course now.", name=person.name), "success")
    return redirect(url_for(".access", course=course))


@bp.post("/manage/courses/<course>/trainers")
@requires()
def add_trainer(course: str) -> Any:
    found, form = _course(course), TrainerForm()
    person = added(form, form.trainer, lambda one: services.add_course_trainer(found, one))
    if person is None:
        return _page(found, trainer_form=form)
    flash(gettext("%(name)s looks after the course now.", name=person.name), "success")
    return redirect(url_for(".access", course=course))


@bp.post("/manage/courses/<course>/trainers/<int:number>/remove")
@requires()
def remove_trainer(course: str, number: int) -> Response:
    """By the person's number; whoever removes themselves goes back to what they still look after."""
    found = _course(course)
    with db.transaction():
        services.remove_course_trainer(found, number)
    flash(gettext("The trainer no longer looks after the course."))
    stays = course_policy.can_teach(access.person(), found)
    return redirect(url_for(".access", course=course) if stays else url_for("lms.home.manage"))


@bp.route("/manage/courses/<course>/requests", methods=["GET", "POST"])
@requires()
def requests(course: str) -> Any:
    """The buttons `approve` and `decline` carry the number of a request, or `chosen` for all that are ticked."""
    found = _course(course)
    refused = _decided(found) if request.method == "POST" else None
    if request.method == "POST" and refused is None:
        return redirect(url_for(".requests", course=course))
    return _requests_page(found, refused), 422 if refused else 200


def _decided(course: Course) -> tuple[str, Form] | None:
    """None when it is done; else the form that says what is wrong, and whose it is."""
    declines = request.form.get("decline")
    which = declines or request.form.get("approve", "")
    ids = _ids(which)
    if not ids:
        flash(gettext("Tick those first whom you mean."), "warning")
        return None
    form = decline_form(which)
    if declines and not form.validate():
        return which, form
    with db.transaction():
        me = access.person()
        if declines:
            decided = courses.decline_requests(me, course, ids, form.reason.data or "")
        else:
            decided = courses.approve_requests(me, course, ids)
    _tell(len(decided), len(ids), bool(declines))
    return None


def _ids(which: str) -> set[int]:
    if which == "chosen":
        return set(request.form.getlist("chosen", type=values.number))
    try:
        return {values.number(which)}
    except ValueError:
        return set()


def _tell(done: int, asked: int, declined: bool) -> None:
    if done and declined:
        flash(ngettext("%(num)s request is declined.", "%(num)s requests are declined.", done), "success")
    elif done:
        flash(ngettext("%(num)s person takes the course now.", "%(num)s people take the course now.", done), "success")
    if done < asked:
        text = ngettext(
            "%(num)s was decided or taken back a moment ago: that stays as it is.",
            "%(num)s were decided or taken back a moment ago: those stay as they are.",
            asked - done,
        )
        flash(text, "warning")


def _requests_page(course: Course, refused: tuple[str, Form] | None) -> str:
    number = values.page()
    waiting, has_more = courses.requests(course, waiting=True)
    decided, has_older = courses.requests(course, waiting=False, number=number)
    forms: dict[str, Form] = {str(one.id): decline_form(one.id) for one in waiting}
    forms["chosen"] = decline_form("chosen")
    if refused:
        forms[refused[0]] = refused[1]
    return render_template(
        "lms/rosters/requests.html",
        course=course,
        waiting=waiting,
        has_more=has_more,
        decided=decided,
        has_older=has_older,
        number=number,
        forms=forms,
        refused=refused[0] if refused else "",
        chosen=request.form.getlist("chosen"),
    )


def _course(slug: str) -> Course:
    return access.load(courses.by_slug(slug), see=course_policy.can_see, do=course_policy.can_teach)


def _page(course: Course, **forms: Form) -> Any:
    shown = {
        "access_form": AccessForm(formdata=None, mode=str(course.enrolment), key=course.enrolment_key),
        "person_form": PersonForm(formdata=None),
        "trainer_form": TrainerForm(formdata=None),
        **forms,
    }
    page = render_template(
        "lms/rosters/access.html",
        course=course,
        waiting=courses.waiting_count(course),
        cohorts=services.cohorts_of(course),
        mine={one.cohort.id for one in services.cohorts(access.person())},
        can_have_cohorts=policy.can_have_cohorts(access.person()),
        trainers=services.trainers_of(course),
        **shown,
    )
    return page, 422 if any(form.errors for form in forms.values()) else 200
