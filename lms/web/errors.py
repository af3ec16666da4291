"""Domain errors become pages here and nowhere else."""

from flask import Blueprint, render_template

from lms.errors import ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError, RefusedError
from lms.i18n import gettext, lazy_gettext as _l

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
    status, title, text = PAGES[type(error)]
    return render_template("lms/error.html", title=title, text=str(error) or text), status


def too_large(_error: Exception) -> tuple[str, int]:
    text = gettext("The file or form is too large.")
    return render_template("lms/error.html", title=gettext("Too large"), text=text), 413
