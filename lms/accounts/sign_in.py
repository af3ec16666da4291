"""Sign-in of the ready-made site: Flask-Security's sessions and hashing behind pages of our own."""

import hashlib
import unicodedata
from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit

import flask_security
from flask import Flask, current_app, session
from flask_login import current_user
from flask_security import RoleMixin, Security, SQLAlchemySessionUserDatastore
from flask_security.utils import verify_password
from itsdangerous import BadSignature, URLSafeTimedSerializer

from lms import db
from lms.accounts.models import Person, Role

DEFAULTS = {
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__memory_cost": 64 * 1024,  # KiB; the second recommended option of RFC 9106, section 4
        "argon2__rounds": 3,
        "argon2__parallelism": 4,
    },
    "SECURITY_PASSWORD_SALT": "unused: argon2 salts each hash",
    "SECURITY_ANONYMOUS_USER_DISABLED": True,
    "REMEMBER_COOKIE_DURATION": timedelta(days=60),
}
RESET_LIFE = timedelta(hours=1)


def init_app(app: Flask) -> None:
    for name, value in DEFAULTS.items():
        app.config.setdefault(name, value)
    datastore = SQLAlchemySessionUserDatastore(db.session, Person, cast("type[RoleMixin]", Role))
    Security(app, datastore, register_blueprint=False)


def signed_in() -> Person | None:
    """The person whose session this is; None for a visitor."""
    user = current_user._get_current_object() if current_user else None
    return user if isinstance(user, Person) else None


def log_in(person: Person) -> None:
    """Starts a new session, which lasts on this device."""
    kept = _kept()
    session.clear()
    session.update(kept)
    session.permanent = True  # as long as the person is remembered: a phone that drops its browser keeps open pages
    flask_security.login_user(person, remember=True)


def log_out() -> None:
    kept = _kept()
    flask_security.logout_user()
    session.update(kept)


def _kept() -> dict[str, str]:
    """The form token stays, so that a page left open while signing out and in again can still be sent."""
    return {name: session[name] for name in ("csrf_token", "lms_language") if name in session}


def hash_password(password: str) -> str:
    """Argon2id, with a salt of its own; the same for two spellings of one text in Unicode."""
    return str(flask_security.hash_password(unicodedata.normalize("NFC", password)))


def is_password(person: Person | None, password: str) -> bool:
    """Takes as long for nobody as for somebody, so that the time tells no one who has an account."""
    if person is None or not person.password or not person.active:
        hash_password(password)
        return False
    return bool(verify_password(unicodedata.normalize("NFC", password), person.password))


def newer_hash(person: Person, password: str) -> str | None:
    """Of the person's password, when the one that is kept was made with other parameters than are used now."""
    is_old = current_app.extensions["security"].pwd_context.needs_update(person.password)
    return hash_password(password) if is_old else None


def reset_token(person: Person) -> str:
    """For one hour and one use: it ends when the password changes."""
    return _serializer().dumps([person.id, _fingerprint(person)])


def by_reset_token(token: str) -> Person | None:
    try:
        person_id, fingerprint = _serializer().loads(token, max_age=int(RESET_LIFE.total_seconds()))
    except (BadSignature, ValueError, TypeError):
        return None
    person = db.session.get(Person, person_id)
    return person if person and person.active and _fingerprint(person) == fingerprint else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="lms-password-reset")


def _fingerprint(person: Person) -> str:
    return hashlib.sha256(f"{person.password}{person.fs_uniquifier}".encode()).hexdigest()[:20]


def own_path(target: str | None) -> str | None:
    """The address to go on to, if it is a path of this site: anything else could lead away from it."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or not target.isprintable() else target
