"""A letter of a trainer's to those that a list shows: one mail each, in the language of each, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import case, func

from lms import db, i18n
from lms.accounts.models import Person
from lms.courses.models import Course, Enrolment
from lms.mail import outbox
from lms.reports import services
from lms.reports.columns import Listing
from lms.reports.filters import Filters

NAME = "{name}"
"""Stands in a letter for the name of whoever gets it."""


@dataclass(frozen=True, slots=True)
class Readers:
    """How many a letter goes to, and how many it cannot reach."""

    reached: int
    without_address: int


def prefix(enrolment: Enrolment) -> str:
    """How the keys of all letters about a course to a person begin."""
    return f"message/{enrolment.course_id}/{enrolment.person_id}/"


def readers(listing: Listing, filters: Filters) -> Readers:
    """One query."""
    has_address = case((func.coalesce(Person.email, "") != "", 1))
    row = db.session.execute(services.matching(listing, filters, func.count(), func.count(has_address))).one()
    return Readers(row[1], row[0] - row[1])


def preview(
    listing: Listing, filters: Filters, course: Course, sender: Person, texts: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """By language, as the first reader with an address gets it."""
    wanted = services.matching(listing, filters, Person.name).where(Person.email.is_not(None))
    name = db.session.scalar(wanted.order_by(Enrolment.id).limit(1)) or NAME
    own = _named(name)
    return {code: (own(subject), own(text)) for code, (subject, text) in _written(course, sender, texts).items()}


def send(
    listing: Listing,
    filters: Filters,
    course: Course,
    sender: Person,
    letter: str,
    texts: Mapping[str, tuple[str, str]],
) -> int:
    """Queues a mail for everybody who matches and has an address; returns how many are new. The same `letter` again
    goes only to those who have not had it.
    """
    wanted = services.matching(listing, filters, Person.id, Person.email, Person.language, Person.name)
    people = db.session.execute(wanted.where(Person.email.is_not(None)).order_by(Enrolment.id)).all()
    copies = (
        (f"message/{course.id}/{id_}/{letter}", email, _closest(language, texts), _named(name))
        for id_, email, language, name in people
    )
    return len(outbox.queue_copies(copies, _written(course, sender, texts), reply_to=sender.email))


def _closest(language: str, texts: Mapping[str, tuple[str, str]]) -> str:
    return language if language in texts else next(iter(texts))


def _named(name: str) -> Callable[[str], str]:
    return lambda text: text.replace(NAME, name)


def _written(course: Course, sender: Person, texts: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Once in each language; the names come in later."""
    return {
        code: outbox.written("message", code, {"course": course, "sender": sender, "subject": subject, "text": text})
        for code, (subject, text) in texts.items()
        if code in i18n.locales()
    }
