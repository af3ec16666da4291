"""A course's content: making one, its units and lessons, their order."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.accounts.models import Person
from lms.authoring import contents, forms, opening, policy
from lms.authoring.models import DraftPart, PartKind
from lms.authoring.services import creating, drafts, ordering, overview
from lms.courses.models import Course
from lms.errors import InvalidError, NotFoundError
from lms.i18n import gettext
from lms.web import access, values
from lms.web.access import requires

bp = Blueprint("authoring", __name__)
EDIT_PAGES = {PartKind.page: "lms.authoring_pages.edit", PartKind.quiz: "lms.authoring_quizzes.edit"}


def edit_address(course: Course, part: DraftPart) -> str:
    if part.is_unit:
        return url_for("lms.authoring_settings.unit", course=course.slug, unit=part.slug)
    return url_for(EDIT_PAGES[PartKind(part.kind)], course=course.slug, lesson=part.slug)


@bp.route("/manage/courses/new", methods=["GET", "POST"])
@requires(policy.can_create)
def new() -> Any:
    form = forms.new_course_form()
    if form.is_submitted():
        made = _made(form, access.person())
        if made:
            flash(gettext("The course is made. Nobody but you sees it until it is published."), "success")
            return redirect(url_for(".outline", course=made.slug))
    return render_template("lms/authoring/new.html", form=form), 422 if form.errors else 200


def _made(form: forms.NewCourseForm, person: Person) -> Course | None:
    """The course as the form has it; None if something stands wrong in it."""
    if not (form.validate() & form.require("title")):
        return None
    try:
        with db.transaction():
            return creating.create(form.text("title"), (form.slug.data or "").strip(), person)
    except InvalidError as error:
        form.refuse(error)
        return None


@bp.get("/manage/courses/<course>/edit")
@requires()
def outline(course: str) -> str:
    found, draft = opening.draft(course)
    return render_template(
        "lms/authoring/outline.html",
        course=found,
        draft=draft,
        seen=overview.overview(found, draft),
        edit_address=edit_address,
        language_name=forms.language_name,
        opens_at=contents.opens_at,
    )


@bp.route("/manage/courses/<course>/edit/add", methods=["GET", "POST"])
@requires()
def add(course: str) -> Any:
    """A unit, or a page or quiz of the unit that `unit` names."""
    found, draft = opening.draft(course)
    kind = request.values.get("kind", PartKind.unit, PartKind)
    unit = None if kind == PartKind.unit else opening.part(draft, request.values.get("unit", ""), is_unit=True)
    form = forms.new_part_form(draft.content)
    if form.is_submitted() and form.validate() and form.require("title"):
        with db.transaction():
            part = drafts.add_part(draft, kind, form.text("title"), access.person(), unit)
        if part.is_unit:
            return redirect(url_for(".outline", course=course, _anchor=f"part-{part.id}"))
        return redirect(edit_address(found, part))
    page = render_template("lms/authoring/add.html", course=found, form=form, kind=kind, unit=unit)
    return page, 422 if form.errors else 200


@bp.post("/manage/courses/<course>/edit/move")
@requires()
def move(course: str) -> Response:
    """One place up or down, or by the script to where `to` stands."""
    _found, draft = opening.draft(course)
    part_id, target_id = (request.form.get(name, 0, values.number) for name in ("part", "to"))
    with db.transaction():
        if target_id:
            part = ordering.move_to(draft, part_id, target_id, access.person())
        else:
            part = ordering.move(draft, part_id, request.form.get("way") == "up", access.person())
    return redirect(url_for(".outline", course=course, _anchor=f"part-{part.id}"))


@bp.post("/manage/courses/<course>/edit/archive-part")
@requires()
def archive_part(course: str) -> Response:
    _found, draft = opening.draft(course)
    archived = request.form.get("archived") == "1"
    with db.transaction():
        part = ordering.archive(draft, request.form.get("part", 0, values.number), archived, access.person())
    if archived:
        flash(gettext("It is archived: left out when the course is published, and kept at the end of this page."))
    else:
        flash(gettext("It is back in the course."), "success")
    return redirect(url_for(".outline", course=course, _anchor="" if archived else f"part-{part.id}"))


@bp.route("/manage/courses/<course>/copy", methods=["GET", "POST"])
@requires(policy.can_create)
def copy(course: str) -> Any:
    """All of it but its people, under another name."""
    found, draft = opening.draft(course)
    form = forms.new_course_form(draft.content)
    if form.is_submitted():
        made = _copied(form, found)
        if made:
            flash(gettext("The copy is made. Nobody but you sees it until it is published."), "success")
            return redirect(url_for(".outline", course=made.slug))
    return render_template("lms/authoring/copy.html", course=found, form=form), 422 if form.errors else 200


def _copied(form: forms.NewCourseForm, course: Course) -> Course | None:
    if not (form.validate() & form.require("title")):
        return None
    draft = drafts.draft_of(course)
    if draft is None:
        raise NotFoundError
    try:
        with db.transaction():
            return creating.copy(draft, form.text("title"), (form.slug.data or "").strip(), access.person())
    except InvalidError as error:
        form.refuse(error)
        return None
