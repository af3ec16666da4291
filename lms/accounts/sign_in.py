"""Sign-in of the ready-made site: Flask-Security's sessions and hashing behind pages of our own."""

from flask import Flask
from flask_login import current_user
from flask_security import Security, SQLAlchemySessionUserDatastore

from lms import db
from lms.accounts.models import Person, Role

DEFAULTS = {
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_SALT": "unused: argon2 salts each hash",
    "SECURITY_ANONYMOUS_USER_DISABLED": True,
}


def init_app(app: Flask) -> None:
    for name, value in DEFAULTS.items():
        app.config.setdefault(name, value)
    Security(app, SQLAlchemySessionUserDatastore(db.session, Person, Role), register_blueprint=False)


def signed_in() -> Person | None:
    """The person whose session this is; None for a visitor."""
    user = current_user._get_current_object() if current_user else None
    return user if isinstance(user, Person) else None
