"""Sign-in, registration and passwords, where the site has accounts of its own."""

import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from lms import clock, db, i18n, links
from lms.accounts import asking_again, codes, guessing, privacy, services, sign_in
from lms.accounts.forms import ChangePasswordForm, ForgotForm, NewPersonForm, ResetForm, SignInForm
from lms.accounts.models import Person
from lms.accounts.views import Page, form_page
from lms.errors import InvalidError
from lms.i18n import gettext
from lms.mail import outbox
from lms.web import access
from lms.web.access import public, requires

own = Blueprint("sign_in", __name__)
"""Registered only where there is no host with accounts of its own."""

RESET_MAIL_SECONDS = 30 * 60


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
    return form_page("login", form, next=sign_in.own_path(request.args.get("next")))


def _checked(form: SignInForm) -> Person | None:
    """The person, if name and password are right and were not tried too often; else the form says what is wrong.

    In place of a password that was never chosen stands a one-time code, which this uses up.
    """
    name, country = str(form.sign_in.data), current_app.config["LMS_COUNTRY"]
    wait = _pause(name, country)
    if wait:
        form.password.errors = [asking_again.please_wait(wait)]
        return None
    person, typed = services.by_sign_in_name(name, country), form.password.data or ""
    is_right = sign_in.is_password(person, typed)
    newer = sign_in.newer_hash(person, typed) if is_right and person else None
    with db.transaction():
        is_right = codes.take(person, typed) or is_right  # always both: the time tells no one who has an account
        if is_right:
            services.forget_failures(name, country)
        if person and newer:
            services.renew_hash(person, newer)
    if is_right:
        return person
    form.password.errors = [gettext("The name or the password is not right. Please try again.")]
    return None


def _pause(name: str, country: str) -> timedelta | None:
    config = current_app.config
    most = config["LMS_SIGN_IN_ATTEMPTS"], config["LMS_SIGN_IN_ATTEMPTS_PER_ADDRESS"]
    return guessing.pause(name, request.remote_addr or "", *most, country)


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
    return form_page("register", form, next=sign_in.own_path(request.args.get("next")))


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
    if request.method == "POST" and form.validate() and asking_again.knows_password(person, form.current):
        _set_password(person, form.password.data or "")
        flash(gettext("Your password is changed. Other devices have been signed out."), "success")
        return redirect(url_for("lms.accounts.profile"))
    return form_page("password", form)


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
    return form_page("forgot", form)


def _send_reset(person: Person | None) -> None:
    """At most one mail in half an hour for a person, so never more than three in an hour; its link works that long.

    A mail to nobody is written and taken back, and in place of the person's another one: as much is done, and something
    is written, whoever is asked for, so that the time tells no one who has an account.
    """
    reader = person if person and person.email and person.active else None
    mails = [_mail_to_nobody(), _reset_mail(reader) if reader else _mail_to_nobody()]
    outbox.queue_all("password_reset", mails)
    outbox.take_back([key for key, *_rest in mails])


def _mail_to_nobody() -> outbox.Letter:
    nobody = Person(id=0, name="", email=outbox.NOBODY, language=i18n.language())
    return _reset_mail(nobody, secrets.token_hex(8))


def _reset_mail(person: Person, times: object = None) -> outbox.Letter:
    times = times or int(clock.now().timestamp()) // RESET_MAIL_SECONDS
    link = links.address("sign_in.reset", token=sign_in.reset_token(person))
    key = f"password-reset/{person.id}/{times}"
    return key, person.email or outbox.NOBODY, person.language, {"person": person, "link": link}


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
    return form_page("reset", form)


def _next() -> str:
    return sign_in.own_path(request.args.get("next")) or url_for("lms.home.index")
