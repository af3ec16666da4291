"""What every template of the plugin can use."""

from typing import Any

from flask import current_app, request
from flask_wtf.csrf import generate_csrf

from lms import i18n
from lms.web import access, markdown


def here() -> str:
    """The address of this page, to come back to; empty where it cannot be asked for again."""
    may_ask = request.method == "GET" or "GET" in (request.url_rule.methods or () if request.url_rule else ())
    return request.script_root + request.full_path.removesuffix("?") if may_ask else ""


def names() -> dict[str, Any]:
    """The names that templates share; looked up lazily where they cost a query."""
    return {
        **i18n.TEMPLATE_NAMES,
        "language": i18n.language(),
        "locales": i18n.locales(),
        "language_names": i18n.NAMES,
        "site_name": i18n.site_name,
        "me": access.person_or_none(),
        "lms": current_app.extensions["lms"],
        "csrf": generate_csrf,
        "here": here,
        "markdown": markdown.render,
    }
