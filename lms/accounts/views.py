"""Profile and privacy notice, in every site; sign-in, registration and passwords where the site has its own."""

from datetime import timedelta
from math import ceil
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms import clock, db, i18n, links
from lms.accounts import codes, guessing, privacy, reminders as reminding, services, sign_in
from lms.accounts.forms import (
    ChangePasswordForm,
    ForgotForm,
    NewPersonForm,
    OwnProfileForm,
    ProfileForm,
    ResetForm,
    SignInForm,
)
from lms.accounts.models import Person
from lms.errors import InvalidError, NotFoundError
from lms.i18n import gettext, ngettext
from lms.mail import outbox
from lms.web import access
from lms.web.access import public, requires
from lms.web.csrf import signed
from lms.web.forms import Form

bp = Blueprint("accounts", __name__)
own = Blueprint("sign_in", __name__)
"""Registered only where the site has no accounts of its own."""

Page = str | tuple[str, int] | Response
RESET_MAIL_SECONDS = 30 * 60


@bp.get("/privacy")
@public
def privacy_notice() -> str:
    return render_template("lms/accounts/privacy.html", notice=privacy.notice())


@bp.route("/me/profile", methods=["GET", "POST"])
@requires()
def profile() -> Page:
    person = access.person()
    form = _profile_form(person)
    if request.method == "GET":
        return _form_page("profile", form, person=person)
    if not form.validate():
        return _form_page("profile", form, person=person)
    try:
        with db.transaction():
            _save_profile(person, form)
    except InvalidError as error:
        form.refuse(error)
        return _form_page("profile", form, person=person)
    flash(gettext("Your profile is saved."), "success")
    return redirect(sign_in.own_path(request.args.get("next")) or url_for(".profile"))


def _profile_form(person: Person) -> ProfileForm:
    """A host decides what one signs in with there; here one may change it."""
    kind = OwnProfileForm if current_app.extensions["lms"].has_own_sign_in else ProfileForm
    return kind(data=kind.shown(person))


def _save_profile(person: Person, form: ProfileForm) -> None:
    services.update_profile(person, **form.profile())
    if isinstance(form, OwnProfileForm):
        country = current_app.config["LMS_COUNTRY"]
        services.change_sign_in_names(person, form.email.data or "", form.phone.data or "", country)
    session.pop("lms_language", None)


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


@own.route("/login", methods=["GET", "POST"])
@public
def login() -> Page:
    form = SignInForm()
    if request.method == "POST" and form.validate():
        person = _checked(form)
        if person and person.password:
            sign_in.log_in(person)
            return redirect(_next())
        if person:
            return redirect(url_for(".reset", token=sign_in.reset_token(person)))
    return _form_page("login", form, next=sign_in.own_path(request.args.get("next")))


def _checked(form: SignInForm) -> Person | None:
    """The person, if name and password are right and were not tried too often; else the form says what is wrong.

    In place of a password that was never chosen stands a one-time code, which this uses up.
    """
    name, country = str(form.sign_in.data), current_app.config["LMS_COUNTRY"]
    wait = _pause(name, country)
    if wait:
        form.password.errors = [_please_wait(wait)]
        return None
    person, typed = services.by_sign_in_name(name, country), form.password.data or ""
    is_right = sign_in.is_password(person, typed)
    with db.transaction():
        is_right = codes.take(person, typed) or is_right  # always both: the time tells no one who has an account
        if is_right:
            services.forget_failures(name, country)
    if is_right:
        return person
    form.password.errors = [gettext("The name or the password is not right. Please try again.")]
    return None


def _pause(name: str, country: str) -> timedelta | None:
    config = current_app.config
    most = config["LMS_SIGN_IN_ATTEMPTS"], config["LMS_SIGN_IN_ATTEMPTS_PER_ADDRESS"]
    return guessing.pause(name, request.remote_addr or "", *most, country)


def _please_wait(wait: timedelta) -> str:
    return ngettext(
        "Too many wrong passwords. Please wait %(num)s minute and try again.",
        "Too many wrong passwords. Please wait %(num)s minutes and try again.",
        ceil(wait / timedelta(minutes=1)),
    )


@own.route("/logout", methods=["GET", "POST"])
@public
def logout() -> Page:
    if request.method == "GET":
        return render_template("lms/accounts/logout.html")
    sign_in.log_out()
    flash(gettext("You have signed out."))
    return redirect(url_for("lms.home.index"))


@own.route("/register", methods=["GET", "POST"])
@public
def register() -> Page:
    form = NewPersonForm()
    if request.method == "POST" and form.validate():
        person = register_from(form)
        if person:
            sign_in.log_in(person)
            flash(gettext("Welcome! Your account is ready."), "success")
            return redirect(_next())
    return _form_page("register", form, next=sign_in.own_path(request.args.get("next")))


def register_from(form: NewPersonForm) -> Person | None:
    """The new person, committed; None when the form now says whose the phone number or address is."""
    account = new_account(form)
    try:
        with db.transaction():
            return services.register_person(**account)
    except InvalidError as error:
        form.refuse(with_way_in(error))
        return None


def new_account(form: NewPersonForm) -> dict[str, Any]:
    """What `services.register_person` takes. To be asked for before a transaction begins: hashing takes a while."""
    return {
        "sign_in": form.sign_in.data or "",
        "password_hash": sign_in.hash_password(form.password.data or ""),
        "consent_version": privacy.version(),
        "country": current_app.config["LMS_COUNTRY"],
        "language": i18n.language(),
        **form.profile(),
    }


def with_way_in(error: InvalidError) -> InvalidError:
    """With a link to the sign-in page, from which one comes back here."""
    if error.field != "sign_in":
        return error
    address = current_app.extensions["lms"].sign_in_address(request.full_path)
    link = Markup('<a href="{}">{}</a>').format(address, gettext("Sign in"))
    return InvalidError(error.field, Markup("{} {}").format(error.message, link))


@own.route("/password", methods=["GET", "POST"])
@requires()
def change_password() -> Page:
    form, person = ChangePasswordForm(), access.person()
    if request.method == "POST" and form.validate():
        if sign_in.is_password(person, form.current.data or ""):
            _set_password(person, form.password.data or "")
            flash(gettext("Your password is changed. Other devices have been signed out."), "success")
            return redirect(url_for("lms.accounts.profile"))
        form.current.errors = [gettext("This is not your current password.")]
    return _form_page("password", form)


def _set_password(person: Person, password: str) -> None:
    """Signs everybody out who had the old one, and this device in again."""
    with db.transaction():
        services.set_password(person, sign_in.hash_password(password))
    sign_in.log_in(person)


@own.route("/password/forgot", methods=["GET", "POST"])
@public
def forgot() -> Page:
    """Says the same whether there is such an account or not."""
    form = ForgotForm()
    if request.method == "POST" and form.validate():
        with db.transaction():
            _send_reset(services.by_sign_in_name(form.sign_in.data or "", current_app.config["LMS_COUNTRY"]))
        return render_template("lms/accounts/forgot_sent.html")
    return _form_page("forgot", form)


def _send_reset(person: Person | None) -> None:
    """At most one mail in half an hour for a person, so never more than three in an hour; its link works that long."""
    if person is None or not person.email or not person.active:
        return
    outbox.queue(
        f"password-reset/{person.id}/{int(clock.now().timestamp()) // RESET_MAIL_SECONDS}",
        to=person.email,
        template="password_reset",
        language=person.language,
        person=person,
        link=links.address("sign_in.reset", token=sign_in.reset_token(person)),
    )


@own.route("/password/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Page:
    person = sign_in.by_reset_token(token)
    if person is None:
        flash(gettext("This link is too old or was used before. Ask for a new one."), "warning")
        return redirect(url_for(".forgot"))
    form = ResetForm()
    if request.method == "POST" and form.validate():
        _set_password(person, form.password.data or "")
        if person.consent_at is None:
            flash(gettext("Welcome! Your password is saved. Please read this once."), "success")
            return redirect(url_for("lms.accounts.privacy_notice", next=url_for("lms.home.me")))
        flash(gettext("Your password is changed."), "success")
        return redirect(url_for("lms.home.index"))
    return _form_page("reset", form)


def _next() -> str:
    return sign_in.own_path(request.args.get("next")) or url_for("lms.home.index")


def _form_page(name: str, form: Form, **values: Any) -> Page:
    """The page of a form; 422 when it comes back with something to mend."""
    query = urlencode({"next": values["next"]}) if values.get("next") else ""
    page = render_template(f"lms/accounts/{name}.html", form=form, query=f"?{query}" if query else "", **values)
    return (page, 422) if any(field.errors for field in form) else page
