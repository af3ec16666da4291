"""Who may come in. Every view carries `@public` or `@requires(…)`; a test fails on one without."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, g, redirect, request
from werkzeug.wrappers import Response

from lms.errors import ForbiddenError, NotFoundError

if TYPE_CHECKING:
    from lms.accounts.models import Person

View = TypeVar("View", bound=Callable[..., Any])
T = TypeVar("T")


def anyone_signed_in(person: "Person") -> bool:
    return True


def public(view: View) -> View:
    """Open to everyone, signed in or not."""
    view.lms_access = "public"  # type: ignore[attr-defined]  # the mark that the walk over url_map looks for
    return view


def requires(allowed: "Callable[[Person], bool]" = anyone_signed_in) -> Callable[[View], View]:
    """Open to persons for whom the policy says yes: others are asked to sign in, or refused with 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            person = person_or_none()
            if person is None:
                return _ask_to_sign_in()
            if not allowed(person):
                raise ForbiddenError
            return view(*args, **kwargs)

        guarded.lms_access = allowed.__name__  # type: ignore[attr-defined]  # as above
        return guarded  # type: ignore[return-value]  # the wrapper has the signature of what it wraps

    return decorate


def person_or_none() -> "Person | None":
    """Who is asking; looked up once a request."""
    if "lms_person" not in g:
        g.lms_person = None  # while it is being found, nobody's language can be asked for
        g.lms_person = current_app.extensions["lms"].identity()
    return g.lms_person  # type: ignore[no-any-return]  # `g` is untyped


def person() -> "Person":
    """Who is asking, in a view that `requires` someone."""
    found = person_or_none()
    if found is None:
        raise ForbiddenError
    return found


def _ask_to_sign_in() -> Response:
    """To the sign-in page, and from there back to this page (for a form: to the page it stood on)."""
    target = request.full_path.removesuffix("?") if request.method == "GET" else _page_it_stood_on()
    return redirect(current_app.extensions["lms"].sign_in_address(target))


def _page_it_stood_on() -> str:
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:  # what a browser never sends
        return "/"
    return came_from.path.removeprefix(request.script_root) if came_from.netloc == request.host else "/"


def load(
    row: T | None,
    see: "Callable[[Person | None, T], bool]",
    do: "Callable[[Person | None, T], bool] | None" = None,
) -> T:
    """The row, if the person may: an outsider gets NotFoundError, an insider without the right ForbiddenError."""
    if row is None or not see(person_or_none(), row):
        raise NotFoundError
    if do and not do(person_or_none(), row):
        raise ForbiddenError
    return row
