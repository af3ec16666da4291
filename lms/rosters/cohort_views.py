"""Cohorts: those one looks after, and each with its members, courses and trainers."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.courses import policy as course_policy, services as courses
from lms.courses.models import Cohort, Course
from lms.errors import InvalidError, NotFoundError
from lms.i18n import gettext, pick
from lms.rosters import policy, services
from lms.rosters.adding import added
from lms.rosters.forms import CourseForm, DatesForm, NameForm, PersonForm, TrainerForm, dates_form
from lms.web import access, values
from lms.web.access import requires
from lms.web.forms import Form

bp = Blueprint("cohorts", __name__)


@bp.route("/manage/cohorts/", methods=["GET", "POST"])
@requires(policy.can_have_cohorts)
def index() -> Any:
    form = NameForm()
    if form.validate_on_submit():
        with db.transaction():
            made = services.create(access.person(), form.name.data or "")
        flash(gettext("The cohort is made. Add its courses and its members."), "success")
        return _back(made)
    archived = "archived" in request.args
    found = services.cohorts(access.person(), archived)
    page = render_template("lms/rosters/cohorts.html", cohorts=found, archived=archived, form=form)
    return page, 422 if form.errors else 200


@bp.get("/manage/cohorts/<cohort>/")
@requires()
def page(cohort: str) -> Any:
    return _page(_cohort(cohort))


@bp.post("/manage/cohorts/<cohort>/name")
@requires()
def rename(cohort: str) -> Any:
    found, form = _cohort(cohort), NameForm()
    if not form.validate():
        return _page(found, name_form=form)
    with db.transaction():
        services.rename(found, form.name.data or "")
    flash(gettext("Saved."), "success")
    return _back(found)


@bp.post("/manage/cohorts/<cohort>/archive")
@requires()
def archive(cohort: str) -> Response:
    """The field `back` takes it up again."""
    found, archived = _cohort(cohort), "back" not in request.form
    with db.transaction():
        services.set_archived(found, archived)
    flash(gettext("The cohort is archived.") if archived else gettext("The cohort is in use again."), "success")
    return redirect(url_for(".index")) if archived else _back(found)


@bp.post("/manage/cohorts/<cohort>/members")
@requires()
def add_member(cohort: str) -> Any:
    found, form = _cohort(cohort), PersonForm()
    person = added(form, form.person, lambda one: services.add_members(found, [one.id]))
    if person is None:
        return _page(found, person_form=form)
    flash(gettext("%(name)s is in the cohort, and takes all of its courses.", name=person.name), "success")
    return _back(found)


@bp.post("/manage/cohorts/<cohort>/members/<int:number>/remove")
@requires()
def remove_member(cohort: str, number: int) -> Response:
    found = _cohort(cohort)
    with db.transaction():
        services.remove_member(found, number)
    flash(gettext("No longer in the cohort. The courses that were begun stay open."))
    return _back(found)


@bp.post("/manage/cohorts/<cohort>/courses")
@requires()
def add_course(cohort: str) -> Any:
    found, form = _cohort(cohort), CourseForm()
    form.offer(_choices(found))
    try:
        if form.validate():
            course = _taught(str(form.course.data))
            with db.transaction():
                services.add_course(found, course, *form.moments)
            flash(gettext("All members take “%(course)s” now.", course=pick(course.title)), "success")
            return _back(found)
    except InvalidError as error:
        form.refuse(error)
    return _page(found, course_form=form)


@bp.post("/manage/cohorts/<cohort>/courses/<course>/dates")
@requires()
def dates(cohort: str, course: str) -> Any:
    found = _cohort(cohort)
    taken = _taken(found, course)
    form = dates_form(taken)
    try:
        if form.validate():
            with db.transaction():
                services.set_dates(found, taken, *form.moments)
            flash(gettext("The dates are changed."), "success")
            return _back(found)
    except InvalidError as error:
        form.refuse(error)
    return _page(found, wrong_dates={taken.id: form})


@bp.post("/manage/cohorts/<cohort>/courses/<course>/remove")
@requires()
def remove_course(cohort: str, course: str) -> Response:
    found = _cohort(cohort)
    taken = _taken(found, course)
    with db.transaction():
        services.remove_course(found, taken)
    flash(gettext("The cohort no longer takes this course. Its members stay enrolled, without dates."))
    return _back(found)


@bp.post("/manage/cohorts/<cohort>/trainers")
@requires()
def add_trainer(cohort: str) -> Any:
    found, form = _cohort(cohort), TrainerForm()
    person = added(form, form.trainer, lambda one: services.add_trainer(found, one))
    if person is None:
        return _page(found, trainer_form=form)
    flash(gettext("%(name)s looks after the cohort now.", name=person.name), "success")
    return _back(found)


@bp.post("/manage/cohorts/<cohort>/trainers/<int:number>/remove")
@requires()
def remove_trainer(cohort: str, number: int) -> Response:
    """By the person's number; whoever removes themselves goes back to what they still look after."""
    found = _cohort(cohort)
    with db.transaction():
        services.remove_trainer(found, number)
    flash(gettext("The trainer no longer looks after the cohort."))
    return _back(found) if policy.can_manage(access.person(), found) else redirect(url_for(".index"))


def _cohort(slug: str) -> Cohort:
    """Unknown to everybody who does not look after it."""
    return access.load(services.by_slug(slug), see=policy.can_manage)


def _taken(cohort: Cohort, slug: str) -> Course:
    """What the cohort takes can be changed by whoever looks after the cohort, even if they don't teach it."""
    found = services.course_of(cohort, slug)
    if found is None:
        raise NotFoundError
    return found


def _taught(slug: str) -> Course:
    return access.load(courses.by_slug(slug), see=course_policy.can_see, do=course_policy.can_teach)


def _choices(cohort: Cohort) -> list[Course]:
    """What the person looks after and the cohort does not take yet."""
    taken = {one.course.id for one in services.courses_of(cohort)}
    return _open_to(services.taught(access.person()), taken)


def _open_to(taught: Any, taken: set[int]) -> list[Course]:
    return [one for one in taught if one.published and not one.archived and one.id not in taken]


def _back(cohort: Cohort) -> Response:
    return redirect(url_for(".page", cohort=cohort.slug))


def _page(cohort: Cohort, wrong_dates: dict[int, DatesForm] | None = None, **forms: Form) -> Any:
    """The same number of queries for any number of members and courses."""
    person, q = access.person(), request.args.get("q", "")[:200]
    taken, taught = services.courses_of(cohort), services.taught(person)
    course_form = CourseForm(formdata=None)
    course_form.offer(_open_to(taught, {one.course.id for one in taken}))
    shown = {
        "name_form": NameForm(formdata=None, name=cohort.name),
        "person_form": PersonForm(formdata=None),
        "trainer_form": TrainerForm(formdata=None),
        "course_form": course_form,
        **forms,
    }
    dates = {one.course.id: dates_form(one.course, one.taken) for one in taken} | (wrong_dates or {})
    page = render_template(
        "lms/rosters/cohort.html",
        cohort=cohort,
        courses=taken,
        taught={one.id for one in taught},
        members=services.members(cohort, q, values.page()),
        q=q,
        trainers=services.trainers(cohort),
        dates=dates,
        **shown,
    )
    return page, 422 if wrong_dates or any(form.errors for form in forms.values()) else 200
