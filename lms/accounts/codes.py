"""One-time codes: with one, somebody whose account was made for them signs in and chooses a password.

A code is drawn by chance from 25^8, so it needs no slow hash: what is kept is keyed with the site's secret, and a list
of thousands gets its codes in one request.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import cast

from flask import current_app
from sqlalchemy import CursorResult, delete

from lms import clock, db
from lms.accounts.models import OneTimeCode, Person
from lms.i18n import LATIN_DIGITS

ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
"""Without signs that are taken for each other on paper: B and 8, I, L and 1, O and 0, S and 5, Z and 2."""
SIGNS = 8
LIFE = timedelta(days=30)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(SIGNS))


def shown(code: str) -> str:
    """As it is written, e.g. `ACDE-FGHJ`."""
    return f"{code[:4]}-{code[4:]}"


def make_code(person: Person) -> str:
    """A new code, good for 30 days and one use; an earlier one of the person is worth nothing any more."""
    code = new_code()
    keep({person.id: code})
    return code


def keep(codes: dict[int, str]) -> None:
    """The codes of many people, by their ids."""
    now = clock.now()
    for people in db.batches(sorted(codes)):
        rows = [
            {"person_id": key, "code_hash": _hash(key, codes[key]), "made_at": now, "expires_at": now + LIFE}
            for key in people
        ]
        new = db.insert(OneTimeCode).values(rows)
        newer = {name: new.excluded[name] for name in ("code_hash", "made_at", "expires_at")}
        db.session.execute(new.on_conflict_do_update(index_elements=["person_id"], set_=newer))


def make_codes(people: Iterable[int]) -> dict[int, str]:
    codes = {person: new_code() for person in people}
    keep(codes)
    return codes


def take(person: Person | None, typed: str) -> bool:
    """Uses the code up: True for one of several who try it at once. Blanks, hyphens and case do not matter.

    Does the same for nobody as for somebody, so that the time tells no one who has an account.
    """
    key = person.id if person and person.active else 0
    this = (
        OneTimeCode.person_id == key,
        OneTimeCode.code_hash == _hash(key, typed),
        OneTimeCode.expires_at > clock.now(),
    )
    result = db.session.execute(delete(OneTimeCode).where(*this).execution_options(synchronize_session=False))
    return cast("CursorResult[object]", result).rowcount > 0


def sweep() -> None:
    """Forgets those that are too old."""
    db.session.execute(delete(OneTimeCode).where(OneTimeCode.expires_at <= clock.now()))


def _hash(person_id: int, code: str) -> str:
    said = "".join(sign for sign in code.translate(LATIN_DIGITS).upper() if sign.isalnum())
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"lms-one-time-code:{person_id}:{said}".encode(), hashlib.sha256).hexdigest()
