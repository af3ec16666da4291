"""The public pages of a certificate: check it, see it, download it. Who has the number may see what is printed."""

from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms import db, i18n, links
from lms.certificates import pdf, policy, services
from lms.certificates.forms import RevokeForm, VerifyForm
from lms.certificates.models import Certificate
from lms.courses import policy as course_policy, services as courses
from lms.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from lms.events import policy as event_policy, services as events
from lms.i18n import gettext
from lms.web import access
from lms.web.access import public, requires

bp = Blueprint("certificates", __name__)


@bp.get("/verify/")
@public
def verify() -> str | Response | tuple[str, int]:
    form = VerifyForm(request.args)
    if not form.number.data:
        return render_template("lms/certificates/verify.html", form=form)
    if form.validate() and (certificate := services.by_number(form.number.data)):
        return redirect(url_for(".page", number=certificate.number))
    form.number.errors = [gettext("There is no certificate with this number. Please compare it with the paper.")]
    return render_template("lms/certificates/verify.html", form=form), 404


@bp.get("/certificates/<number>/")
@public
def page(number: str) -> Response:
    certificate = _certificate(number)
    if number != certificate.number:
        return redirect(url_for(".page", number=certificate.number))
    return _page(certificate, RevokeForm(), status=200)


def _page(certificate: Certificate, form: RevokeForm, status: int) -> Response:
    """Shows every field that is printed, so that a changed paper is found out."""
    shown = render_template(
        "lms/certificates/certificate.html",
        certificate=certificate,
        form=form,
        issuer=_text("LMS_CERTIFICATE_ISSUER") or _text("LMS_SITE_NAME"),
        signatories=current_app.config["LMS_CERTIFICATE_SIGNATORIES"],
        can_revoke=policy.can_revoke(access.person_or_none(), certificate),
    )
    return Response(shown, status, {"X-Robots-Tag": "noindex"}, mimetype="text/html")


@bp.get("/certificates/<number>.pdf")
@public
def document(number: str) -> Response:
    certificate = _certificate(number)
    if certificate.revoked_at:
        raise ConflictError(gettext("This certificate has been revoked; it is no longer handed out."))
    made = pdf.render(_sheet(certificate), current_app.jinja_env)
    return Response(
        made,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="certificate-{certificate.number}.pdf"',
            "X-Robots-Tag": "noindex",
        },
    )


@bp.post("/certificates/<number>/revoke")
@requires()
def revoke(number: str) -> Response:
    certificate = _certificate(number)
    if not policy.can_revoke(access.person(), certificate):
        raise ForbiddenError
    form = RevokeForm()
    try:
        with db.transaction():
            services.revoke(certificate, form.reason.data or "")
    except InvalidError as error:
        form.refuse(error)
        return _page(certificate, form, status=422)
    flash(gettext("The certificate is revoked; its page says so from now on."))
    return _to_page(certificate)


@bp.get("/courses/<course>/certificate")
@requires()
def of_course(course: str) -> Response:
    """To the reader's own certificate of the course."""
    found = access.load(courses.by_slug(course), see=course_policy.can_see)
    return _to_page(services.of_achievement(access.person(), course=found))


@bp.get("/events/<event>/certificate")
@requires()
def of_event(event: str) -> Response:
    """To the reader's own certificate of the event."""
    found = access.load(events.by_slug(event), see=event_policy.can_see)
    return _to_page(services.of_achievement(access.person(), event=found))


def _to_page(certificate: Certificate | None) -> Response:
    if certificate is None:
        raise NotFoundError(gettext("You have no certificate for this yet."))
    return redirect(url_for(".page", number=certificate.number))


def _certificate(number: str) -> Certificate:
    certificate = services.by_number(number)
    if certificate is None:
        raise NotFoundError(gettext("There is no certificate with this number. Please compare it with the paper."))
    return certificate


def _text(setting: str) -> pdf.Text:
    return pdf.Text.of(current_app.config[setting])


def _sheet(certificate: Certificate) -> pdf.Sheet:
    """What is printed: the row as it was issued, and the site's settings."""
    issuer, config = _text("LMS_CERTIFICATE_ISSUER"), current_app.config
    achieved = certificate.achieved_at.astimezone(i18n.zone(certificate.timezone)).date()
    issued = certificate.issued_at.astimezone(i18n.zone()).date()
    return pdf.Sheet(
        kind=certificate.kind,
        name=certificate.name,
        name_latin=certificate.name_latin,
        achievement=pdf.Text.of(certificate.title),
        statement=pdf.Text.of(certificate.statement),
        hours=certificate.hours,
        number=certificate.number,
        verify_url=links.address("certificates.page", number=certificate.number),
        day=issued,
        period=(achieved, achieved) if achieved != issued else None,
        site_name=_text("LMS_SITE_NAME"),
        organisation=(issuer,) if issuer else (),
        logos=tuple(Path(path) for path in config["LMS_CERTIFICATE_LOGOS"]),
        signatories=tuple(_signatory(who) for who in config["LMS_CERTIFICATE_SIGNATORIES"]),
    )


def _signatory(who: dict[str, Any]) -> pdf.Signatory:
    picture = Path(who["picture"]) if who.get("picture") else None
    return pdf.Signatory(pdf.Text.of(who["name"]), pdf.Text.of(who.get("title")), picture)
