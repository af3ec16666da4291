"""What people do with their accounts. Passwords come in as hashes: how they are made is `sign_in`'s matter."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError

from lms import clock, db, signals
from lms.accounts import names
from lms.accounts.models import OneTimeCode, Organisation, Person, Role, SignInFailure
from lms.errors import ConflictError, InvalidError
from lms.i18n import gettext
from lms.mail import outbox

LEAST_PASSWORD, MOST_PASSWORD = 8, 1000
"""Characters."""

WINDOW = timedelta(minutes=15)
"""Over which wrong passwords are counted."""


def by_sign_in_name(text: str, country: str = "KH") -> Person | None:
    found = names.sign_in_name(text, country)
    if found is None:
        return None
    kind, value = found
    return db.session.scalar(select(Person).where(getattr(Person, kind) == value))


def register_person(
    *, sign_in: str, password_hash: str, consent_version: str, country: str = "KH", **profile: Any
) -> Person:
    """A new account. `profile` is as in `update_profile`.

    Raises InvalidError for `sign_in` when it is neither a phone number nor an address, or belongs to someone already.
    """
    kind, value = _sign_in_name(sign_in, country)
    person = Person(
        **{kind: value},
        password=password_hash,
        fs_uniquifier=secrets.token_hex(16),
        created_at=clock.now(),
        consent_at=clock.now(),
        consent_version=consent_version,
    )
    _fill(person, **profile)
    _keep(person, "sign_in")
    signals.person_registered.send(person)
    return person


def create_person(
    *,
    name: str,
    email: str | None,
    phone: str | None,
    password_hash: str,
    roles: Collection[Role],
    language: str,
    country: str = "KH",
) -> Person:
    """An account made by an administrator; consent is given by the person, on the page of the privacy notice.

    Raises InvalidError for `email` or `phone`.
    """
    name = names.tidy(name)
    person = Person(
        name=name,
        name_latin=name if names.is_latin(name) else "",
        password=password_hash,
        roles=frozenset(roles),
        language=language,
        fs_uniquifier=secrets.token_hex(16),
        created_at=clock.now(),
    )
    db.session.add(person)
    change_sign_in_names(person, **sign_in_names(email or "", phone or "", country))
    return person


def good_password(password: str) -> str:
    """The same password. Raises InvalidError when it is too short or too long."""
    if len(password) < LEAST_PASSWORD:
        raise InvalidError("password", gettext("Use at least 8 characters."))
    if len(password) > MOST_PASSWORD:
        raise InvalidError("password", gettext("Use at most 1,000 characters."))
    return password


def _sign_in_name(text: str, country: str) -> tuple[str, str]:
    found = names.sign_in_name(text, country)
    if found is None:
        raise InvalidError("sign_in", gettext("This is neither a phone number nor an e-mail address."))
    return found


def _keep(person: Person, field: str) -> None:
    """The unique keys decide whose a phone number or an address is."""
    try:
        with db.session.begin_nested():
            db.session.add(person)
    except IntegrityError:
        raise InvalidError(field, gettext("There is an account with this already. Sign in instead.")) from None


def update_profile(person: Person, **profile: Any) -> None:
    """Takes over what is given: name, name_latin, sex, province, organisation (a text), stakeholder_type, position,
    language, birth_year, disability, timezone, reminders. Raises InvalidError for `name_latin` in other letters.
    """
    _fill(person, **profile)
    db.session.flush()


def stop_reminders(person: Person) -> None:
    """No more mails that only remind; the profile can turn them on again."""
    person.reminders = False
    db.session.flush()


def _fill(person: Person, organisation: str | None = None, **profile: Any) -> None:
    for field, value in profile.items():
        setattr(person, field, names.tidy(value) if isinstance(value, str) else value)
    if person.name_latin and not names.is_latin(person.name_latin):
        raise InvalidError("name_latin", gettext("Please write this name in Latin letters, as in a passport."))
    if organisation is not None:
        person.organisation = find_or_add_organisation(organisation)


def sign_in_names(email: str, phone: str, country: str = "KH") -> dict[str, str | None]:
    """`email` and `phone` in their one spelling, None for an empty one. Raises InvalidError beside either."""
    new_email, new_phone = names.normalised_email(email), names.normalised_phone(phone, country)
    if email.strip() and not new_email:
        raise InvalidError("email", gettext("This is not an e-mail address."))
    if phone.strip() and not new_phone:
        raise InvalidError("phone", gettext("This is not a phone number."))
    if not (new_email or new_phone):
        raise InvalidError("phone", gettext("Keep a phone number or an e-mail address: you sign in with it."))
    return {"email": new_email, "phone": new_phone}


def would_change(person: Person, new_names: Mapping[str, str | None]) -> bool:
    return any(getattr(person, field) != value for field, value in new_names.items())


def change_sign_in_names(person: Person, **new_names: str | None) -> None:
    """Takes over what `sign_in_names` returned, and tells the address that the person had before.

    Raises InvalidError beside `email` or `phone` where it belongs to someone else.
    """
    old_address, changes = person.email, would_change(person, new_names)
    for field, value in new_names.items():
        try:
            with db.session.begin_nested():
                setattr(person, field, value)
        except IntegrityError:
            raise InvalidError(field, gettext("There is another account with this.")) from None
    if changes:
        key = f"sign-in-changed/{person.id}/{secrets.token_hex(8)}"
        outbox.queue(key, old_address, "sign_in_changed", person.language, person=person)


def find_or_add_organisation(name: str) -> Organisation | None:
    """One row for all spellings of a name; None for an empty one."""
    name = names.tidy(name)[:200]
    if not name:
        return None
    db.insert_once(Organisation, name=name, folded_name=names.folded(name)[:200])
    return db.session.scalars(select(Organisation).where(Organisation.folded_name == names.folded(name)[:200])).one()


def give_consent(person: Person, version: str) -> None:
    """Records that the person agreed to this version of the privacy notice, now."""
    person.consent_at, person.consent_version = clock.now(), version


def set_password(person: Person, password_hash: str) -> None:
    """Ends every session of the person; whoever changes their own signs in anew.

    Raises ConflictError when it was changed since the person was read, so that a link to change it works once.
    """
    as_read = update(Person).where(Person.id == person.id, Person.fs_uniquifier == person.fs_uniquifier)
    if not db.changed(as_read.values(password=password_hash, fs_uniquifier=secrets.token_hex(16))):
        raise ConflictError(gettext("This password was changed a moment ago. Please sign in with the new one."))
    db.session.execute(delete(OneTimeCode).where(OneTimeCode.person_id == person.id))  # an old slip opens nothing
    db.session.refresh(person)


def renew_hash(person: Person, password_hash: str) -> None:
    """The same password, hashed as it is done now; one that was changed since the person was read stays."""
    as_read = update(Person).where(Person.id == person.id, Person.password == person.password)
    if db.changed(as_read.values(password=password_hash)):
        db.session.refresh(person)


def make_trainer(person: Person) -> None:
    """What a trainer looks after is said course by course, and event by event."""
    person.roles = person.roles | {Role.trainer}


def set_language(person: Person, language: str) -> None:
    person.language = language


def note_attempt(name: str, address: str, country: str = "KH") -> SignInFailure:
    """Counts as a wrong password until it turns out right: attempts at once cannot all come before the count.

    To be committed before `pause` is asked.
    """
    attempt = SignInFailure(name=_counted_name(name, country), address=address[:64], at=clock.now())
    db.session.add(attempt)
    db.session.flush()
    return attempt


def _counted_name(name: str, country: str) -> str:
    """All spellings of one phone number or address are counted together."""
    found = names.sign_in_name(name, country)
    return (found[1] if found else names.folded(name))[:255]


def pause(attempt: SignInFailure, most_for_name: int, most_for_address: int) -> timedelta | None:
    """How long to wait, when the name or the network address had its wrong passwords of a quarter of an hour without
    this attempt; else None. One query over all processes of the site.
    """
    others = (SignInFailure.id != attempt.id, SignInFailure.at > clock.now() - WINDOW)
    by_name = _nth_newest(most_for_name).where(SignInFailure.name == attempt.name, *others)
    by_address = _nth_newest(most_for_address).where(SignInFailure.address == attempt.address, *others)
    found = db.session.execute(select(by_name.scalar_subquery(), by_address.scalar_subquery())).one()
    return max((at + WINDOW - clock.now() for at in found if at), default=None)


def _nth_newest(number: int) -> Select[datetime]:
    """When this one has passed out of the window, there is room for another."""
    return select(SignInFailure.at).order_by(SignInFailure.at.desc()).offset(number - 1).limit(1)


def take_back(attempt: SignInFailure) -> None:
    """One that had to wait does not count, or waiting would never end."""
    db.session.delete(attempt)


def forget_failures(name: str, country: str = "KH") -> None:
    """After a right password."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.name == _counted_name(name, country)))


def sweep_failures() -> None:
    """Forgets what no longer counts."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < clock.now() - WINDOW))
