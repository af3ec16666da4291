"""What every template of the plugin can use."""

from typing import Any

from flask import current_app
from flask_wtf.csrf import generate_csrf

from lms import i18n
from lms.web import access, markdown


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
        "markdown": markdown.render,
    }
