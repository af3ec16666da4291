"""The pages that look over all features: the start page, what is mine, what I look after."""

from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from lms import clock, db, i18n, version
from lms.accounts import policy, services as accounts
from lms.accounts.sign_in import own_path
from lms.authoring import policy as authoring
from lms.certificates import services as certificates
from lms.courses import services as courses
from lms.courses.models import Enrolment, EnrolmentStatus
from lms.events import policy as event_policy, services as events
from lms.events.models import Registration
from lms.home import services
from lms.i18n import gettext
from lms.mail import outbox
from lms.mail.models import MailStatus
from lms.quizzes.services import grading_by_hand
from lms.rosters.policy import can_have_cohorts
from lms.web import access, values
from lms.web.access import public, requires

bp = Blueprint("home", __name__)
languages = Blueprint("languages", __name__)
"""Registered only where the reader chooses the language here, not in a host that has languages of its own."""

FEW = 6
"""Entries of a kind on the start page; the rest is one click away."""


@bp.get("/")
@public
def index() -> str:
    person = access.person_or_none()
    next_step = _next_step(courses.enrolments(person), events.registrations(person)) if person else None
    catalogue, upcoming = courses.catalogue(), events.upcoming()
    return render_template(
        "lms/home/index.html",
        next_step=next_step,
        courses=catalogue[:FEW],
        has_more_courses=len(catalogue) > FEW,
        upcoming=upcoming[:FEW],
        has_more_events=len(upcoming) > FEW,
    )


def _next_step(enrolments: Sequence[Enrolment], registrations: Sequence[Registration]) -> services.NextStep | None:
    return services.next_step(enrolments, registrations, _join_opens_minutes())


def _join_opens_minutes() -> int:
    return int(current_app.config["LMS_JOIN_OPENS_MINUTES"])


@bp.get("/me/")
@requires()
def me() -> str:
    person = access.person()
    enrolments = [one for one in courses.enrolments(person) if one.status != EnrolmentStatus.withdrawn]
    registrations, now = events.registrations(person), clock.now()
    return render_template(
        "lms/home/me.html",
        next_step=_next_step(enrolments, registrations),
        enrolments=enrolments,
        asked=services.requests_of(person),
        coming=[one for one in registrations if not event_policy.is_over(one.event, now)],
        past=[one for one in registrations if event_policy.is_over(one.event, now)],
        can_join=lambda one: event_policy.can_join(one, one.event, now, _join_opens_minutes()),
        certificates=certificates.of_person(person),
    )


@bp.get("/manage/")
@requires(policy.can_manage)
def manage() -> str:
    person, number = access.person(), values.page()
    found, has_older = services.events_of(person, number)
    taught = services.courses_of(person) if number == 1 else []
    return render_template(
        "lms/home/manage.html",
        courses=taught,
        to_grade=grading_by_hand.waiting_in([one.course.id for one in taught]) if taught else {},
        events=found,
        number=number,
        has_older=has_older,
        now=clock.now(),
        is_admin=policy.is_admin(person),
        can_have_cohorts=can_have_cohorts(person),
        can_create=authoring.can_create(person),
        mails=services.mail_counts() if policy.is_admin(person) else {},
        can_send=bool(current_app.config["LMS_SMTP_URL"]),
        version=version.VERSION,
        engine=db.session.get_bind().dialect.name,
    )


@bp.get("/manage/mail")
@requires(policy.is_admin)
def mail() -> str:
    number, status = values.page(), request.args.get("status", None, MailStatus)
    found, has_more = services.mails(number, status)
    return render_template(
        "lms/home/mail.html",
        mails=found,
        counts=services.mail_counts(),
        status=status,
        number=number,
        has_more=has_more,
        can_send=bool(current_app.config["LMS_SMTP_URL"]),
    )


@bp.post("/manage/mail/<int:number>/again")
@requires(policy.is_admin)
def send_again(number: int) -> Response:
    """For a mail that was given up, once the mail server or the address is in order."""
    with db.transaction():
        outbox.send_again(number)
    flash(gettext("The mail waits to be sent again."), "success")
    return redirect(url_for(".mail"))


@languages.post("/language")
@public
def choose() -> Response:
    """The reader's choice: for this session, and for their mails when signed in."""
    chosen = request.form.get("language")
    if chosen in i18n.locales():
        session["lms_language"] = chosen
        person = access.person_or_none()
        if person:
            with db.transaction():
                accounts.set_language(person, chosen)
    return redirect(own_path(request.form.get("next", "").rstrip("?")) or url_for("lms.home.index"))


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
