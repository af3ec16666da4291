"""The editor of a page: its languages side by side, its preview, and the files of its unit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from lms import clock, db, i18n
from lms.accounts.models import Person
from lms.authoring import contents, forms, opening, page_forms, policy
from lms.authoring.differences import differences
from lms.authoring.errors import StaleError
from lms.authoring.models import Draft, DraftPart, PartKind
from lms.authoring.page_forms import PageForm
from lms.authoring.services import drafts, files
from lms.authoring.services.files import Listed
from lms.bundles import limits
from lms.bundles.limits import Limits
from lms.courses import serving
from lms.courses.models import Course
from lms.errors import ConflictError, InvalidError, NotFoundError
from lms.i18n import gettext
from lms.web import access, markdown, values
from lms.web.access import requires
from lms.web.uploads import takes_upload

bp = Blueprint("authoring_pages", __name__, url_prefix="/manage/courses/<course>/edit")
BY_SCRIPT = "X-Edit"
"""The header of what the page's script sends, which wants a short answer."""


@dataclass
class Edited:
    """A page of a draft, as it is now, and the files that it can show."""

    course: Course
    draft: Draft
    page: DraftPart
    unit: DraftPart
    codes: list[str]
    files: list[Listed]

    @property
    def films(self) -> list[str]:
        return [file.path for file in self.files if file.is_film]

    def address(self, path: str) -> str:
        """Of one of its files, by the path that texts have."""
        return url_for("lms.authoring_pages.file", course=self.course.slug, path=f"{self.unit.slug}/{path}")

    def shown(self, text: str, code: str) -> str:
        """As a learner sees it."""
        with i18n.in_language(code):
            return markdown.render(text, self.address, files.picture_sizes(self.unit, self.files))


@bp.route("/pages/<lesson>", methods=["GET", "POST"])
@requires()
@takes_upload("LMS_MAX_VIDEO_BYTES", policy.can_create)
def edit(course: str, lesson: str) -> Any:
    edited = _edited(course, lesson)
    form = page_forms.page_form(edited.codes, edited.page.content, edited.page.version)
    if request.method == "GET":
        return _page(edited, form)
    if request.form.get("do") == "preview":
        return _page(edited, form, unsaved=True)
    try:
        if form.validate() & form.require("title") & form.has_sound_films(edited.films):
            return _saved(edited, form)
    except InvalidError as error:
        form.refuse(error)
    except StaleError as error:
        return _page(edited, form, unsaved=True, stale=error), 409
    return _page(edited, form, unsaved=True), 422


def _saved(edited: Edited, form: PageForm) -> Any:
    """Text and file together, or neither. Raises InvalidError and StaleError."""
    added = None
    with db.transaction():
        drafts.save(edited.page, _seen(form), form.content(edited.page.content), access.person())
        if request.form.get("do") == "add":
            added = _add_file(edited.draft, edited.unit, form.file.data, access.person())
    if request.headers.get(BY_SCRIPT):
        said = gettext("Saved at %(time)s. Learners see it when you publish.", time=i18n.time(clock.now()))
        return {"version": edited.page.version, "said": said}
    course, lesson = edited.course.slug, edited.page.slug
    if request.form.get("do") == "show":
        return redirect(url_for("lms.preview.lesson", course=course, lesson=lesson))
    if added:
        flash(gettext("%(file)s is added; your text is saved.", file=added.path.rpartition("/")[2]), "success")
        return redirect(url_for(".edit", course=course, lesson=lesson, _anchor="files"))
    flash(gettext("Saved. Learners see it when you publish."), "success")
    return redirect(url_for(".edit", course=course, lesson=lesson))


def _add_file(draft: Draft, unit: DraftPart, sent: FileStorage | None, person: Person) -> Any:
    if not sent or not sent.filename:
        raise InvalidError("file", gettext("Please choose a file."))
    return files.add_file(draft, unit, sent.filename, sent.stream, person, _limits())  # type: ignore[arg-type]  # as Werkzeug has it


def _limits() -> Limits:
    return limits.of_site(current_app.config)


def _seen(form: PageForm) -> int:
    """The version that the form began from; 0, which nothing has, where it does not say."""
    try:
        return values.number(form.seen.data or "0")
    except ValueError:
        return 0


@bp.post("/pages/<lesson>/preview")
@requires()
def preview(course: str, lesson: str) -> str:
    """The HTML of what is being written, for the script that shows it at once."""
    edited = _edited(course, lesson)
    code = request.form.get("language", "")
    if code not in edited.codes:
        raise NotFoundError
    return edited.shown(request.form.get("text", "")[: forms.MOST_LINES], code)


@bp.route("/units/<unit>/files", methods=["GET", "POST"])
@requires()
@takes_upload("LMS_MAX_VIDEO_BYTES", policy.can_create)
def unit_files(course: str, unit: str) -> Any:
    """All files of a unit: added, and deleted where they are not used."""
    found, draft = opening.draft(course)
    part = opening.part(draft, unit, is_unit=True)
    wrong = ""
    if request.method == "POST":
        try:
            with db.transaction():
                added = _add_file(draft, part, request.files.get("file"), access.person())
            flash(gettext("%(file)s is added.", file=added.path.rpartition("/")[2]), "success")
            return redirect(url_for(".unit_files", course=course, unit=unit))
        except InvalidError as error:
            wrong = str(error)
    listed = files.listed(draft, part)
    page = render_template(
        "lms/authoring/page_files.html", course=found, unit=part, files=listed, limits=_limits(), wrong=wrong
    )
    return page, 422 if wrong else 200


@bp.post("/units/<unit>/files/delete")
@requires()
def delete_file(course: str, unit: str) -> Response:
    """Out of the draft; what is taught keeps it until the draft is published."""
    _found, draft = opening.draft(course)
    part = opening.part(draft, unit, is_unit=True)
    try:
        with db.transaction():
            files.remove_file(draft, part, request.form.get("path", ""), access.person())
        flash(gettext("The file is deleted. Learners have it until you publish."), "success")
    except ConflictError as error:
        flash(str(error), "warning")
    return redirect(url_for(".unit_files", course=course, unit=unit))


@bp.get("/files/<path:path>")
@requires()
def file(course: str, path: str) -> Response:
    """A file of the draft, for those who write it."""
    draft = drafts.draft_of(opening.course(course))
    found = files.file(draft, path) if draft else None
    if found is None:
        raise NotFoundError
    return serving.send(path, found.content_type, found.digest)


def _edited(course: str, lesson: str) -> Edited:
    found, draft = opening.draft(course)
    page = opening.part(draft, lesson)
    unit = db.session.get(DraftPart, page.unit_id)
    if page.kind != PartKind.page or unit is None:
        raise NotFoundError
    codes = list(dict.fromkeys([*forms.languages(draft.content), *contents.languages(page.content)]))
    return Edited(found, draft, page, unit, codes, files.listed(draft, unit))


def _page(edited: Edited, form: PageForm, unsaved: bool = False, stale: StaleError | None = None) -> str:
    """After somebody else was faster the form stands on what they saved, and shows it beside what was typed."""
    theirs: Mapping[str, Any] | None = stale.row.content if stale else None
    if stale:
        form.seen.data = str(stale.row.version)
    return render_template(
        "lms/authoring/page.html",
        course=edited.course,
        page=edited.page,
        unit=edited.unit,
        form=form,
        codes=edited.codes,
        files=edited.files,
        films=edited.films,
        address=edited.address,
        shown=edited.shown,
        lacking=contents.lacking(PartKind.page, form.content(edited.page.content), edited.codes),
        language_name=forms.language_name,
        limits=_limits(),
        unsaved=unsaved,
        theirs=theirs,
        writer=db.session.get(Person, stale.row.changed_by_id) if stale and stale.row.changed_by_id else None,
        saved_at=stale.row.changed_at if stale else None,
        difference=_difference(theirs, form) if theirs else None,
    )


def _difference(theirs: Mapping[str, Any], form: PageForm) -> Callable[[str, str], Any]:
    mine = form.content({})

    def of(key: str, code: str) -> Any:
        """The lines in which the two differ."""
        return differences((theirs.get(key) or {}).get(code, ""), mine[key].get(code, ""))

    return of
