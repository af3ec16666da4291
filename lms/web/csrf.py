"""Cross-site request forgery: every request that changes something carries a token, in a form or in a header.

Checked for our own pages alone, so that it holds in a host without Flask-WTF's protection and leaves the host's to it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, request
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from lms.errors import ConflictError
from lms.i18n import gettext

View = TypeVar("View", bound=Callable[..., Any])
SAFE = {"GET", "HEAD", "OPTIONS"}
LIMIT_SECONDS = 365 * 24 * 3600
"""A token belongs to a session and ends with it; a lesson that lay open for hours can still be marked as read."""


def signed(view: View) -> View:
    """Its address carries a signature that gives the right by itself, to machines too: no token is asked for."""
    view.lms_signed = True  # type: ignore[attr-defined]  # the mark that `check` looks for
    return view


def check() -> None:
    """Raises ConflictError, whose page says how to go on."""
    if request.method in SAFE or is_signed(request.endpoint):
        return
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken"), time_limit=LIMIT_SECONDS)
    except ValidationError:
        raise ConflictError(gettext("This page has grown old. Go back, reload it and try again.")) from None
    g.csrf_valid = True  # what Flask-WTF's forms look for before they check once more, by the host's limit


def is_signed(endpoint: str | None) -> bool:
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "lms_signed", False)
