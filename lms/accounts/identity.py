"""Who is asking: this site's own account, or whoever the host says is signed in."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms import db
from lms.accounts.models import Person, Role
from lms.clock import now


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone signed in at the host. `key` never changes for a person; the rest may, and is taken over when it does."""

    key: str
    name: str
    email: str | None = None
    roles: Collection[str] = ()


def from_host(identity: Callable[[], Identity | None]) -> Callable[[], Person | None]:
    """Finds the person of the host's identity, or makes it at first sight."""

    def person() -> Person | None:
        who = identity()
        if who is None:
            return None
        found = _by_key(who.key)
        return found if found and _roles(who) == found.roles else _taken_over(who)

    return person


def _by_key(key: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.host_key == key))


def _roles(who: Identity) -> frozenset[Role]:
    return frozenset(Role(name) for name in who.roles if name in set(Role))


def _taken_over(who: Identity) -> Person:
    """Two first requests at once both find the one row: the unique key decides."""
    try:
        with db.transaction():
            person = _by_key(who.key) or _new(who)
            person.roles = _roles(who)
    except IntegrityError:
        found = _by_key(who.key)
        if found is None:
            raise
        return found
    return person


def _new(who: Identity) -> Person:
    email = (who.email or "").strip().lower() or None
    if email and db.session.scalar(select(Person.id).where(Person.email == email)):
        email = None
    person = Person(
        host_key=who.key, name=who.name, email=email, fs_uniquifier=secrets.token_hex(16), created_at=now()
    )
    db.session.add(person)
    return person
