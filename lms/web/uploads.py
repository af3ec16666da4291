"""Views that take files: only they, and only from those who may send them, get more than a form has."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, request

from lms.web import access

if TYPE_CHECKING:
    from lms.accounts.models import Person

View = TypeVar("View", bound=Callable[..., Any])
FORM_BYTES = 1_000_000
"""What the rest of the form may have beside the file."""


def takes_upload(setting: str, allowed: "Callable[[Person], bool]") -> Callable[[View], View]:
    """The view takes a file as large as the setting says, from persons for whom the policy says yes.

    Stands below `@requires`, which decides who may come in.
    """

    def decorate(view: View) -> View:
        view.lms_upload = setting, allowed  # type: ignore[attr-defined]  # the mark that `allow` looks for
        return view

    return decorate


def allow() -> None:
    """Before anything of the form is read: whatever is larger is refused unread."""
    mark = getattr(current_app.view_functions.get(request.endpoint or ""), "lms_upload", None)
    if request.method != "POST" or mark is None:
        return
    setting, allowed = mark
    person = access.person_or_none()
    if person and allowed(person):
        request.max_content_length = current_app.config[setting] + FORM_BYTES
