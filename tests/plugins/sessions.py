"""Sessions like those that signing in makes, for clients that have no time to do so."""

import secrets

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from lms.accounts.models import Person

CSRF = secrets.token_hex(20)


def session_cookie(app: Flask, person: Person | None = None, **values: object) -> str:
    """What the cookie `session` holds. The application needs the server's secret key."""
    serializer = app.session_interface.get_signing_serializer(app)
    signed_in = {"_user_id": person.fs_uniquifier, "_fresh": True} if person else {}
    return str(serializer.dumps({**signed_in, "csrf_token": CSRF, **values}))


def form_token(app: Flask) -> str:
    """What the forms of such a session carry."""
    return str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(CSRF))
