"""What a course and its units say of themselves, and what completing the course means."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from lms import db, i18n
from lms.authoring import contents, forms, opening, rule
from lms.authoring.errors import StaleError
from lms.authoring.models import Draft, DraftPart
from lms.authoring.services import drafts, overview, settings
from lms.errors import InvalidError
from lms.i18n import gettext, pick
from lms.web import access, values
from lms.web.access import requires

bp = Blueprint("authoring_settings", __name__, url_prefix="/manage/courses/<course>/edit")


def seen(form: Any) -> int:
    """The version that the form began from; 0, which nothing has, where it does not say."""
    try:
        return values.number(form.seen.data or "0")
    except ValueError:
        return 0


def answer(
    template: str, form: Any, stale: StaleError | None, edits: Sequence[str] = (), **names: Any
) -> tuple[str, int]:
    """The page with its form; after another trainer was faster, with both texts, to be saved upon theirs.

    `edits`: the entries of a draft that are what the form is about; else it is about the whole of a part.
    """
    theirs = stale.row if stale else None
    if theirs:
        form.seen.data = form.seen.raw_data = None
        form.seen.data = contents.digest(theirs.content, edits) if edits else str(theirs.version)
        names |= {"theirs": theirs.content, "writer": overview.writer(theirs), "saved_at": theirs.changed_at}
    page = render_template(template, form=form, language_name=forms.language_name, **names)
    return page, 409 if stale else 422 if form.errors else 200


@bp.route("/settings", methods=["GET", "POST"])
@requires()
def course(course: str) -> Any:
    found, draft = opening.draft(course)
    required = draft.content.get("requires") or []
    titles = {one.slug: pick(one.title) for one in overview.others(found)}
    form = forms.settings_form(draft.content, {**{slug: slug for slug in required}, **titles})
    stale = None
    if form.is_submitted() and form.validate() & form.require("title"):
        try:
            with db.transaction():
                settings.save(found, draft, form.seen.data or "", form.entries(), access.person())
            return _saved(course)
        except InvalidError as error:
            form.refuse(error)
        except StaleError as error:
            stale = error
    return answer("lms/authoring/settings.html", form, stale, forms.SETTINGS, course=found)


@bp.route("/completion", methods=["GET", "POST"])
@requires()
def completion(course: str) -> Any:
    found, draft = opening.draft(course)
    counts = overview.count(drafts.outline(draft))
    stored = draft.content.get("completion") or {}
    form = forms.rule_form(draft.content)
    stale = None
    if form.is_submitted() and form.validate() and form.agrees(*counts):
        try:
            with db.transaction():
                settings.save_rule(draft, form.seen.data or "", form.rule(), access.person())
            flash(gettext("Saved. Learners see it when you publish."), "success")
            return redirect(url_for(".completion", course=course))
        except StaleError as error:
            stale = error
    shown = stale.row.content["completion"] if stale else stored
    names: dict[str, Any] = {"beginning": rule.beginning(shown), "conditions": rule.conditions(shown), "counts": counts}
    return answer("lms/authoring/completion.html", form, stale, forms.RULE, course=found, **names)


@bp.route("/units/<unit>", methods=["GET", "POST"])
@requires()
def unit(course: str, unit: str) -> Any:
    found, draft = opening.draft(course)
    part = opening.part(draft, unit, is_unit=True)
    form = forms.unit_form(draft.content, part.content, part.version, _earlier(draft, part))
    stale = None
    if form.is_submitted() and form.validate() & form.require("title"):
        try:
            with db.transaction():
                drafts.save(part, seen(form), form.content(part.content), access.person())
            return _saved(course, part)
        except StaleError as error:
            stale = error
    names: dict[str, Any] = {"unit": part, "zone": i18n.zone_label(), "opens_at": contents.opens_at}
    return answer("lms/authoring/unit.html", form, stale, course=found, **names)


def _earlier(draft: Draft, unit: DraftPart) -> dict[str, str]:
    """The titles of the units before this one, and of those that it requires already, wherever they are now."""
    required = unit.content.get("requires") or []
    units = [one for one, _lessons in drafts.outline(draft)]
    before = [one for one in units if one.position < unit.position or one.slug in required]
    titles = {one.slug: pick(one.content.get("title")) or one.slug for one in before if one.id != unit.id}
    return {**titles, **{slug: slug for slug in required if slug not in titles}}


def _saved(course: str, part: DraftPart | None = None) -> Any:
    flash(gettext("Saved. Learners see it when you publish."), "success")
    return redirect(url_for("lms.authoring.outline", course=course, _anchor=f"part-{part.id}" if part else None))
