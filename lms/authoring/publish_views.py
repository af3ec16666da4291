"""What learners get to see: publishing, taking back, archiving; and courses as ZIP, in and out."""

import re
import tempfile
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response

from lms import db
from lms.authoring import contents, forms, opening, policy
from lms.authoring.models import Draft, PartKind
from lms.authoring.services import bundling, drafts, publishing
from lms.authoring.views import edit_address
from lms.bundles import archive as archives, limits, load, read, write
from lms.bundles.bundle import Bundle
from lms.courses import words
from lms.courses.models import Course
from lms.errors import Problem, RefusedError
from lms.i18n import gettext, ngettext
from lms.web import access
from lms.web.access import requires
from lms.web.uploads import takes_upload

bp = Blueprint("authoring_publishing", __name__)
MIME = "application/zip"
OF_BANK = ("added", "changed", "revived", "archived")


@bp.route("/manage/courses/<course>/publish", methods=["GET", "POST"])
@requires()
def publish(course: str) -> Any:
    found, draft = opening.draft(course)
    outlook = None
    if request.method == "POST":
        try:
            with db.transaction():
                tell = bool(request.form.get("tell"))
                publishing.publish(found, draft, request.form.get("seen", ""), access.person(), tell)
        except RefusedError as refused:
            outlook = publishing.refusal(found, draft, refused)
        else:
            flash(gettext("The course is published: learners see it as it stands here."), "success")
            return redirect(url_for(".publish", course=course))
    outlook = outlook or publishing.outlook(found, draft)
    codes = contents.languages(draft.content)
    page = render_template(
        "lms/authoring/publish.html",
        course=found,
        outlook=outlook,
        stamp=publishing.stamp(draft),
        lacking=_lacking(found, draft, codes),
        has_units=bool(drafts.outline(draft)),
        in_words=words.change,
        edit_address=edit_address,
        language_name=forms.language_name,
    )
    return page, 422 if request.method == "POST" else 200


def _lacking(course: Course, draft: Draft, codes: list[str]) -> list[tuple[Any, list[str]]]:
    """The parts in which a translation is missing, with the languages; None stands for the course itself."""
    every = [part for unit, lessons in drafts.outline(draft) for part in (unit, *lessons)]
    found: list[tuple[Any, list[str]]] = [(None, contents.lacking(None, draft.content, codes))]
    found += [(part, contents.lacking(PartKind(part.kind), part.content, codes)) for part in every]
    return [(part, missing) for part, missing in found if missing]


@bp.post("/manage/courses/<course>/unpublish")
@requires()
def unpublish(course: str) -> Response:
    found = opening.course(course)
    with db.transaction():
        publishing.unpublish(found)
    flash(gettext("Learners no longer see the course. What they did is kept."))
    return redirect(url_for(".publish", course=course))


@bp.post("/manage/courses/<course>/archive")
@requires()
def archive(course: str) -> Response:
    found = opening.course(course)
    archived = request.form.get("archived") == "1"
    with db.transaction():
        publishing.archive(found, archived)
    flash(gettext("The course is archived.") if archived else gettext("The course is back."))
    return redirect(url_for("lms.authoring.outline", course=course))


# Bundles


@bp.get("/manage/courses/<course>/bundle.zip")
@requires()
def export(course: str) -> Response:
    """What is taught, or with `of=draft` what is being written."""
    found, draft = opening.draft(course)
    of_draft = request.args.get("of") == "draft" or not found.published
    files = bundling.files(draft, found, bank=True) if of_draft else write.to_files(load.whole(found))
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is sent
    write.write_zip(files, kept)
    size = kept.tell()
    kept.seek(0)
    name = f"{found.slug}{'-draft' if of_draft else ''}.zip"
    response = send_file(kept, MIME, as_attachment=True, download_name=name)
    response.content_length = size
    return response


@bp.route("/manage/courses/import", methods=["GET", "POST"])
@requires(policy.can_create)
@takes_upload("LMS_MAX_BUNDLE_BYTES", policy.can_create)
def import_new() -> Any:
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            bundle = _uploaded()
            with db.transaction():
                made = bundling.create(bundle, access.person())
            flash(gettext("The course is imported. Nobody but you sees it until it is published."), "success")
            return redirect(url_for("lms.authoring.outline", course=made.slug))
        except RefusedError as refused:
            problems = refused.problems
    return _import_page(problems)


@bp.route("/manage/courses/<course>/import", methods=["GET", "POST"])
@requires()
@takes_upload("LMS_MAX_BUNDLE_BYTES", policy.can_create)
def import_into(course: str) -> Any:
    """Into the draft, to be looked at before it is published."""
    found, draft = opening.draft(course)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            bundle = _uploaded()
            with db.transaction():
                of_bank = bundling.take(draft, bundle, access.person())
            flash(gettext("The ZIP is in the draft now. Look at what it changes, then publish."), "success")
            if bundle.bank:
                flash(_of_bank(of_bank))
            return redirect(url_for(".publish", course=course))
        except RefusedError as refused:
            problems = refused.problems
    return _import_page(problems, course=found)


def _of_bank(changes: Mapping[str, int]) -> str:
    """What was done to the question bank, in words."""
    added, changed, revived, archived = (changes.get(f"bank questions {what}", 0) for what in OF_BANK)
    said = (
        ngettext("%(num)s new question", "%(num)s new questions", added) if added else "",
        ngettext("%(num)s changed", "%(num)s changed", changed) if changed else "",
        ngettext("%(num)s brought back", "%(num)s brought back", revived) if revived else "",
        ngettext("%(num)s archived", "%(num)s archived", archived) if archived else "",
    )
    done = list(filter(None, said))
    if not done:
        return gettext("The question bank of the course has all questions of the ZIP already.")
    return gettext("Taken into the question bank of the course: %(changes)s.", changes=", ".join(done))


def _import_page(problems: tuple[Problem, ...], **names: Any) -> tuple[str, int]:
    most = limits.of_site(current_app.config)
    page = render_template("lms/authoring/import.html", problems=problems, limits=most, **names)
    return page, 422 if problems else 200


def _uploaded() -> Bundle:
    """The bundle that was sent. Raises RefusedError."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise RefusedError([Problem(gettext("The file"), 0, gettext("Please choose a ZIP file."))])
    name = re.sub(r"[^\w.-]", "", secure_filename(file.filename)) or "course.zip"
    most = limits.of_site(current_app.config)
    return read.read(archives.read_zip(file.stream, name, most))  # type: ignore[arg-type]  # Werkzeug's is readable
