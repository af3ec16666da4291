"""Who is asking: this site's own account, or whoever the host says is signed in."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from sqlalchemy import select

from lms import db, i18n
from lms.accounts import names
from lms.accounts.models import Person, Role
from lms.clock import now

MOST_NAME, MOST_EMAIL = 200, 255
"""Characters."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone signed in at the host. `key` never changes for a person; the rest may, and is taken over when it does."""

    key: str
    name: str
    email: str | None = None
    roles: Collection[str] = ()


def from_host(identity: Callable[[], Identity | None]) -> Callable[[], Person | None]:
    """Finds the person of the host's identity, makes it at first sight, and takes over what has changed since."""

    def person() -> Person | None:
        given = identity()
        if given is None:
            return None
        who = _as_kept(given)
        found = _by_key(who.key)
        return found if found and not _changes(found, who) else _taken_over(who, is_new=found is None)

    return person


def _as_kept(who: Identity) -> Identity:
    """What fits where it is kept: a name that the host let pass must not close every page to its bearer."""
    email = names.tidy(who.email or "").lower()
    return replace(who, name=names.tidy(who.name)[:MOST_NAME], email=email if 0 < len(email) <= MOST_EMAIL else None)


def _by_key(key: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.host_key == key))


def _changes(person: Person, who: Identity) -> dict[str, object]:
    """What the host has changed since it was last asked. An address that someone else has stays theirs."""
    roles = frozenset(Role(name) for name in who.roles if name in set(Role))
    email = who.email
    if email != person.email and email and db.session.scalar(select(Person.id).where(Person.email == email)):
        email = person.email
    told: dict[str, object] = {"email": email, "roles": roles}
    if who.name != person.host_name:
        told |= {"host_name": who.name, "name": who.name}
    return {name: value for name, value in told.items() if getattr(person, name) != value}


def _taken_over(who: Identity, is_new: bool) -> Person:
    """Of two first requests at once, one makes the row and both find it."""
    with db.transaction():
        if is_new:
            db.insert_once(
                Person,
                host_key=who.key,
                name=who.name,
                language=i18n.language(),
                fs_uniquifier=secrets.token_hex(16),
                created_at=now(),
            )
        person = db.session.scalars(select(Person).where(Person.host_key == who.key)).one()
        for name, value in _changes(person, who).items():
            setattr(person, name, value)
    return person
