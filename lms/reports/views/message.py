"""A letter to the group that a filter shows: written, looked at, sent."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from lms import db
from lms.i18n import gettext, ngettext
from lms.reports import messages
from lms.reports.forms import message_form
from lms.reports.views.blueprint import bp, course_to_teach, learners_form
from lms.reports.views.lists import filters_of
from lms.web import access
from lms.web.access import requires


@bp.route("/manage/courses/<course>/message", methods=["GET", "POST"])
@requires()
def message(course: str) -> Any:
    """The first button shows the letter as it will be; only the second sends it."""
    found, sender = course_to_teach(course), access.person()
    wanted = learners_form(found, request.args)
    filters = filters_of(wanted)
    form, preview = message_form(), None
    good = request.method == "GET" or form.validate()
    if request.method == "POST" and good:
        if request.form.get("do") == "send":
            with db.transaction():
                new = messages.send(wanted.listing, filters, found, sender, form.letter.data or "", form.texts())
            flash(_said(new), "success" if new else "info")
            shown_by: dict[str, Any] = wanted.query()
            return redirect(url_for(".learners", course=course, **shown_by))
        preview = messages.preview(wanted.listing, filters, found, sender, form.texts())
    shown = render_template(
        "lms/reports/message.html",
        course=found,
        form=form,
        query=wanted.query(),
        filters=filters,
        readers=messages.readers(wanted.listing, filters),
        letter=preview,
    )
    return shown, 200 if good else 422


def _said(new: int) -> str:
    if not new:
        return gettext("Nothing was sent: everyone with an e-mail address has had this message already.")
    return ngettext("The message is on its way to %(num)s person.", "The message is on its way to %(num)s people.", new)
