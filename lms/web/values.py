"""What is sent to us but could be neither kept nor looked for: refused once, for all of our pages."""

from itertools import chain

from flask import request

from lms.errors import InvalidError, NotFoundError

MOST = 2**31 - 1
"""The largest number that a column holds, and so the last that a row can have."""
LAST_PAGE = 1_000_000
"""An engine skips rows only so far."""


def check() -> None:
    """No text may hold a NUL, which PostgreSQL does not keep.

    Raises NotFoundError for an address that nothing can have, InvalidError for a field that cannot be taken.
    """
    if "\0" in request.path or _is_too_large():
        raise NotFoundError
    fields = chain(request.args.items(multi=True), request.form.items(multi=True))
    if any("\0" in value for _name, value in fields):
        raise InvalidError("", "")


def _is_too_large() -> bool:
    return any(isinstance(value, int) and value > MOST for value in (request.view_args or {}).values())


def number(text: str) -> int:
    """What a field says, for the `type` of `request.form.get`. Raises ValueError, also for what no row could have."""
    found = int(text)
    if abs(found) > MOST:
        raise ValueError(text)
    return found


def page() -> int:
    """The page of a list that is asked for, from 1."""
    return min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
