"""Domain errors become pages here and nowhere else."""

from flask import Blueprint, Flask, g, render_template
from werkzeug.exceptions import HTTPException

from lms.errors import ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError, RefusedError
from lms.i18n import lazy_gettext as _l
from lms.web import template

PAGES = {
    NotFoundError: (404, _l("Page not found"), _l("There is no such page, or it is not open to you.")),
    ForbiddenError: (403, _l("Not allowed"), _l("Your account does not have the right to do this.")),
    ConflictError: (
        409,
        _l("This has changed"),
        _l("Someone was faster, or this page is old. Please try again."),
    ),
    InvalidError: (422, _l("Please check what you entered"), _l("A value could not be taken.")),
    RefusedError: (422, _l("The file was not taken"), _l("Nothing was changed.")),
}


def register(blueprint: Blueprint) -> None:
    for kind in PAGES:
        blueprint.register_error_handler(kind, page)


def page(error: DomainError) -> tuple[str, int]:
    status, title, text = next(PAGES[kind] for kind in type(error).__mro__ if kind in PAGES)
    return render_template("lms/error.html", title=title, text=str(error) or text), status


HTTP_PAGES = {
    400: (_l("Not understood"), _l("Something is missing in what was sent. Go back and try again.")),
    404: PAGES[NotFoundError][1:],
    405: (_l("Not possible here"), _l("This address does not take what was sent. Go back and try again.")),
    413: (_l("Too large"), _l("The file or form is too large.")),
    500: (
        _l("Something went wrong"),
        _l("The fault is on our side and is noted. Please try again in a while."),
    ),
}
"""For addresses that belong to no page of ours; only where the whole site is ours."""


def register_for_site(app: Flask) -> None:
    for status in HTTP_PAGES:
        app.register_error_handler(status, http_page)


def http_page(error: HTTPException) -> tuple[str, int, list[tuple[str, str]]]:
    """With the headers that belong to the error. After a fault of ours nobody is looked up: the database may be it."""
    status = error.code or 500
    title, text = HTTP_PAGES[status]
    broken = status >= 500
    if broken:
        g.lms_person = None
    page = render_template("lms/error.html", title=title, text=text, broken=broken, **template.names())
    return page, status, [header for header in error.get_headers() if header[0] != "Content-Type"]
