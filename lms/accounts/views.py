"""Profile, privacy notice and the way out of reminders: in every site."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.accounts import asking_again, privacy, reminders as reminding, services, sign_in
from lms.accounts.forms import OwnProfileForm, ProfileForm
from lms.accounts.models import Person
from lms.errors import InvalidError, NotFoundError
from lms.i18n import gettext
from lms.web import access
from lms.web.access import public, requires
from lms.web.csrf import signed
from lms.web.forms import Form

bp = Blueprint("accounts", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/privacy")
@public
def privacy_notice() -> str:
    return render_template("lms/accounts/privacy.html", notice=privacy.notice())


@bp.route("/me/profile", methods=["GET", "POST"])
@requires()
def profile() -> Page:
    person = access.person()
    form = _profile_form(person)
    if request.method == "POST" and form.validate() and _saved(person, form):
        flash(gettext("Your profile is saved."), "success")
        return redirect(sign_in.own_path(request.args.get("next")) or url_for(".profile"))
    return form_page("profile", form, person=person)


def _profile_form(person: Person) -> ProfileForm:
    """A host decides what one signs in with there; here one may change it, with the password if one has any."""
    if not current_app.extensions["lms"].has_own_sign_in:
        return ProfileForm(data=ProfileForm.shown(person))
    form = OwnProfileForm(data=OwnProfileForm.shown(person))
    if not person.password:
        del form.current
    return form


def _saved(person: Person, form: ProfileForm) -> bool:
    """False when the form now says what is wrong."""
    try:
        new_names = _sign_in_names(form)
        if not _may_change(person, new_names, form):
            return False
        with db.transaction():
            services.update_profile(person, **form.profile())
            services.change_sign_in_names(person, **new_names)
    except InvalidError as error:
        form.refuse(error)
        return False
    session.pop("lms_language", None)
    return True


def _sign_in_names(form: ProfileForm) -> dict[str, str | None]:
    if not isinstance(form, OwnProfileForm):
        return {}
    return services.sign_in_names(form.email.data or "", form.phone.data or "", current_app.config["LMS_COUNTRY"])


def _may_change(person: Person, new_names: dict[str, str | None], form: ProfileForm) -> bool:
    """A device that was left lying about is not enough to take an account over: that takes the password."""
    if "current" not in form or not services.would_change(person, new_names):
        return True
    if not form.current.data:
        form.current.errors = [gettext("Enter your password to change your e-mail address or phone number.")]
        return False
    return asking_again.knows_password(person, form.current)


@bp.post("/me/consent")
@requires()
def consent() -> Response:
    """For those whose account was made by someone else, or who agreed to an older notice."""
    with db.transaction():
        services.give_consent(access.person(), privacy.version())
    return redirect(sign_in.own_path(request.form.get("next")) or url_for(".privacy_notice"))


@bp.route("/reminders/<token>", methods=["GET", "POST"])
@public
@signed
def reminders(token: str) -> str:
    """Turns them off, for whoever has the address from a mail; with no redirect, as mail programs want (RFC 8058)."""
    person = reminding.by_token(token)
    if person is None:
        raise NotFoundError
    if request.method == "POST":
        with db.transaction():
            services.stop_reminders(person)
    return render_template("lms/accounts/reminders.html", person=person)


def form_page(name: str, form: Form, **values: Any) -> Page:
    """The page of a form; 422 when it comes back with something to mend."""
    query = urlencode({"next": values["next"]}) if values.get("next") else ""
    page = render_template(f"lms/accounts/{name}.html", form=form, query=f"?{query}" if query else "", **values)
    return (page, 422) if any(field.errors for field in form) else page
