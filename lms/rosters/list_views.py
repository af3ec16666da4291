"""Enrolling by an uploaded list: upload, check line by line, take whole; and codes for the first sign-in."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms import db, i18n, links
from lms.accounts import codes, policy as accounts
from lms.accounts.models import Person, Role
from lms.courses import policy as courses, services
from lms.courses.models import Cohort, Course
from lms.errors import ConflictError
from lms.i18n import gettext, ngettext, pick
from lms.rosters.lists import blank, checking, headings, taking
from lms.rosters.lists.checking import Group, Outcome, Plan
from lms.rosters.lists.lines import UnreadableError
from lms.rosters.lists.reading import Table, read
from lms.web import access, kept, values
from lms.web.access import requires
from lms.web.uploads import takes_upload

bp = Blueprint("roster_lists", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 100
Page = str | tuple[str, int] | Response


@dataclass(frozen=True, slots=True)
class Place:
    """Whom the list is for, and what stands in its addresses."""

    group: Group
    where: dict[str, Any]
    title: str

    @property
    def key(self) -> str:
        return "/".join(("list", *next(iter(self.where.items()))))

    @property
    def closed(self) -> str:
        """Why nobody can be enrolled now; empty when people can."""
        if self.group.archived:
            return gettext("It is archived: nobody new can be enrolled.")
        if isinstance(self.group, Course) and not self.group.published:
            return gettext("It is not published yet. Publish it first, then enrol people.")
        return ""


def _place(course: str | None, cohort: str | None) -> Place:
    if cohort is not None:
        wanted = select(Cohort).where(Cohort.slug == cohort).options(joinedload(Cohort.trainers))
        group = access.load(db.session.scalars(wanted).unique().one_or_none(), see=_can_follow)
        return Place(group, {"cohort": group.slug}, group.name)
    found = access.load(services.by_slug(course or ""), see=courses.can_see, do=courses.can_teach)
    return Place(found, {"course": found.slug}, pick(found.title))


def _can_follow(person: Person | None, cohort: Cohort) -> bool:
    """Its trainers, and administrators."""
    if accounts.is_admin(person):
        return True
    is_trainer = person is not None and Role.trainer in person.roles
    return is_trainer and any(trainer.person_id == person.id for trainer in cohort.trainers if person)


@bp.route("/manage/courses/<course>/enrol-list", methods=["GET", "POST"])
@bp.route("/manage/cohorts/<cohort>/enrol-list", methods=["GET", "POST"])
@requires()
@takes_upload("LMS_MAX_LIST_BYTES", accounts.can_manage)
def page(course: str | None = None, cohort: str | None = None) -> Page:
    place = _place(course, cohort)
    if request.method == "GET":
        return _upload_page(place)
    if place.closed:
        raise ConflictError(place.closed)
    try:
        data = _sent()
        read(data, current_app.config["LMS_COUNTRY"])
    except UnreadableError as error:
        return _upload_page(place, error), 422
    with db.transaction():
        digest = services.keep(data)
    return redirect(url_for(".check", **place.where, token=kept.token(place.key, digest)))


def _sent() -> bytes:
    """The file, or the pasted text. Raises UnreadableError."""
    file, text = request.files.get("file"), request.form.get("text", "")
    if file and file.filename:
        data = file.stream.read(current_app.config["LMS_MAX_LIST_BYTES"] + 1)
        if len(data) > current_app.config["LMS_MAX_LIST_BYTES"]:
            raise UnreadableError(gettext("The file is too large."))
        return data
    if not text.strip():
        raise UnreadableError(gettext("Choose a file, or paste the list."))
    return text.encode()


def _upload_page(place: Place, error: UnreadableError | None = None) -> str:
    waiting = taking.waiting(place.group) if _makes_accounts() else []
    return render_template(
        "lms/rosters/list.html",
        target=place,
        error=error,
        labels=[headings.label(field) for field in headings.LABELS],
        waiting=len(waiting),
        with_address=sum(bool(person.email) for person in waiting),
    )


def _makes_accounts() -> bool:
    """In a host, accounts are the host's: a list enrols those who have one."""
    return bool(current_app.extensions["lms"].has_own_sign_in)


@bp.get("/manage/courses/<course>/enrol-list.xlsx")
@bp.get("/manage/cohorts/<cohort>/enrol-list.xlsx")
@requires()
def blank_list(course: str | None = None, cohort: str | None = None) -> Response:
    place = _place(course, cohort)
    name = f"{next(iter(place.where.values()))}-list.xlsx"
    return send_file(blank.workbook(), XLSX, as_attachment=True, download_name=name)


@bp.route("/manage/courses/<course>/enrol-list/<token>", methods=["GET", "POST"])
@bp.route("/manage/cohorts/<cohort>/enrol-list/<token>", methods=["GET", "POST"])
@requires()
def check(token: str, course: str | None = None, cohort: str | None = None) -> Page:
    place = _place(course, cohort)
    table = _kept(place, token)
    if table is None or place.closed:
        flash(place.closed or gettext("This list was checked too long ago. Please send it again."), "warning")
        return redirect(url_for(".page", **place.where))
    if request.method == "GET":
        return _check_page(place, token, checking.plan(table, place.group, _makes_accounts()))
    with db.transaction():
        done = taking.take(table, place.group, _makes_accounts())
    if not done.is_good:
        return _check_page(place, token, done), 409
    flash(_said(done), "success")
    return redirect(url_for(".page", **place.where))


def _kept(place: Place, token: str) -> Table | None:
    digest = kept.digest(place.key, token)
    try:
        return read(services.data(digest), current_app.config["LMS_COUNTRY"]) if digest else None
    except NoResultFound:
        return None


def _check_page(place: Place, token: str, plan: Plan) -> str:
    lines = plan.shown
    pages = max(1, -(-len(lines) // PER_PAGE))
    number = min(values.page(), pages)
    return render_template(
        "lms/rosters/list_check.html",
        target=place,
        token=token,
        plan=plan,
        Outcome=Outcome,
        label=headings.label,
        lines=lines[(number - 1) * PER_PAGE : number * PER_PAGE],
        number_of_page=number,
        pages=pages,
    )


def _said(done: Plan) -> str:
    if not done.comers:
        return gettext("Everybody on this list was there already. Nothing was changed.")
    return ngettext("%(num)s person is enrolled.", "%(num)s people are enrolled.", done.comers)


@bp.post("/manage/courses/<course>/enrol-list/slips")
@bp.post("/manage/cohorts/<cohort>/enrol-list/slips")
@requires()
def slips(course: str | None = None, cohort: str | None = None) -> Page:
    """New codes, shown this once: on paper, for whoever has never signed in."""
    place = _place(course, cohort)
    waiting = taking.waiting(place.group) if _makes_accounts() else []
    if request.form.get("who") != "everybody":
        waiting = [person for person in waiting if not person.email]
    with db.transaction():
        made = codes.make_codes(person.id for person in waiting)
    response = Response(
        render_template(
            "lms/rosters/slips.html",
            target=place,
            slips=[(person, codes.shown(made[person.id])) for person in waiting],
            address=links.address("sign_in.login").partition("://")[2] if waiting else "",
            languages=i18n.locales(),
            how={code: _how(code) for code in i18n.locales()},
        ),
        mimetype="text/html",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _how(language: str) -> str:
    """What a slip says, in each language, for whoever reads only one."""
    with i18n.in_language(language):
        return gettext(
            "Open this address, enter your phone number or e-mail, and the code as the password. Then choose a "
            "password of your own. The code is good for 30 days, once."
        )


@bp.post("/manage/courses/<course>/enrol-list/mails")
@bp.post("/manage/cohorts/<cohort>/enrol-list/mails")
@requires()
def mails(course: str | None = None, cohort: str | None = None) -> Page:
    place = _place(course, cohort)
    with db.transaction():
        waiting = taking.waiting(place.group) if _makes_accounts() else []
        sent = taking.mail_codes([person for person in waiting if person.email])
    flash(_mailed(sent), "success" if sent else "info")
    return redirect(url_for(".page", **place.where))


def _mailed(sent: int) -> str:
    if not sent:
        return gettext("There is nobody to write to who was not written to today.")
    return ngettext("%(num)s mail with a code is on its way.", "%(num)s mails with codes are on their way.", sent)
