"""The password of somebody who is signed in, asked for before what could give the account away."""

from datetime import timedelta
from math import ceil
from typing import Any

from lms import db
from lms.accounts import guessing, services, sign_in
from lms.accounts.models import Person
from lms.i18n import gettext, ngettext


def knows_password(person: Person, field: Any) -> bool:
    """Whether the form's field holds the person's password; if not, the field says so.

    Counted as at sign-in, but by the person alone: wrong passwords at sign-in, or of a whole office, keep nobody out
    of their own settings.
    """
    name = f"password@{person.id}"
    wait = guessing.pause_for(name)
    is_right = not wait and sign_in.is_password(person, field.data or "")
    if is_right:
        with db.transaction():
            services.forget_failures(name)
    else:
        field.errors = [please_wait(wait) if wait else gettext("This is not your current password.")]
    return is_right


def please_wait(wait: timedelta) -> str:
    return ngettext(
        "Too many wrong passwords. Please wait %(num)s minute and try again.",
        "Too many wrong passwords. Please wait %(num)s minutes and try again.",
        ceil(wait / timedelta(minutes=1)),
    )
