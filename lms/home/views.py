"""The pages that look over all features: the start page, what is mine, what I look after."""

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from lms import db, i18n
from lms.accounts import policy, services as accounts
from lms.accounts.sign_in import own_path
from lms.certificates import services as certificates
from lms.courses import services as courses
from lms.courses.models import EnrolmentStatus
from lms.events import services as events
from lms.home import services
from lms.web import access
from lms.web.access import public, requires

bp = Blueprint("home", __name__)

FEW = 6
"""Entries of a kind on the start page; the rest is one click away."""


@bp.get("/")
@public
def index() -> str:
    person = access.person_or_none()
    mine = courses.enrolments(person) if person else []
    return render_template(
        "lms/home/index.html",
        studying=[enrolment for enrolment in mine if enrolment.status == EnrolmentStatus.active],
        courses=courses.catalogue()[:FEW],
        upcoming=events.upcoming()[:FEW],
    )


@bp.get("/me/")
@requires()
def me() -> str:
    person = access.person()
    enrolments = [one for one in courses.enrolments(person) if one.status != EnrolmentStatus.withdrawn]
    return render_template(
        "lms/home/me.html",
        enrolments=enrolments,
        registrations=events.registrations(person),
        certificates=certificates.of_person(person),
    )


@bp.get("/manage/")
@requires(policy.can_manage)
def manage() -> str:
    person = access.person()
    return render_template(
        "lms/home/manage.html",
        courses=services.courses_of(person),
        events=services.events_of(person),
        is_admin=policy.is_admin(person),
        mails=services.mail_counts() if policy.is_admin(person) else {},
        can_send=bool(current_app.config["LMS_SMTP_URL"]),
    )


@bp.get("/manage/mail")
@requires(policy.is_admin)
def mail() -> str:
    number = max(request.args.get("page", 1, int), 1)
    found, has_more = services.mails(number)
    return render_template(
        "lms/home/mail.html",
        mails=found,
        number=number,
        has_more=has_more,
        can_send=bool(current_app.config["LMS_SMTP_URL"]),
    )


@bp.post("/language")
@public
def language() -> Response:
    """The reader's choice: for this session, and for their mails when signed in."""
    chosen = request.form.get("language")
    if chosen in i18n.locales():
        session["lms_language"] = chosen
        person = access.person_or_none()
        if person:
            with db.transaction():
                accounts.set_language(person, chosen)
    return redirect(own_path(request.form.get("next", "").rstrip("?")) or url_for(".index"))


@bp.get("/healthz")
@public
def health() -> tuple[str, int, dict[str, str]]:
    """For whatever watches the site: 200 and `ok` while the database answers, else 503."""
    plain = {"Content-Type": "text/plain", "Cache-Control": "no-store"}
    try:
        services.answers()
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        return "the database does not answer", 503, plain
    return "ok", 200, plain
