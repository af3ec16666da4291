"""Cross-site request forgery: every request that changes something carries a token, in a form or in a header.

Checked for our own pages alone, so that it holds in a host without Flask-WTF's protection and leaves the host's to it.
"""

from flask import request
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from lms.errors import ConflictError
from lms.i18n import gettext

SAFE = {"GET", "HEAD", "OPTIONS"}


def check() -> None:
    """Raises ConflictError, whose page says how to go on."""
    if request.method in SAFE:
        return
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken"), time_limit=None)
    except ValidationError:
        raise ConflictError(gettext("This page has grown old. Go back, reload it and try again.")) from None
