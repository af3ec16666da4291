"""Issuing certificates, in the transaction of the act that earns them; finding and revoking them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from lms import clock, db, signals
from lms.accounts.models import Person
from lms.certificates import numbers
from lms.certificates.models import Certificate, CertificateKind
from lms.courses.models import Course, Enrolment
from lms.errors import ConflictError, InvalidError
from lms.events.models import Event, Registration
from lms.i18n import gettext
from lms.mail import outbox

Achievement = tuple[Person, dict[str, Any]]
"""Whose, and what the certificate says of it."""


def issue_for_completion(enrolments: Sequence[Enrolment]) -> None:
    """Subscribed to `courses_completed`."""
    _issue([(enrolment.person, _completion(enrolment)) for enrolment in enrolments])


def _completion(enrolment: Enrolment) -> dict[str, Any]:
    course = enrolment.course
    return {
        "kind": CertificateKind.completion,
        "course_id": course.id,
        "title": course.title,
        "statement": course.statement,
        "hours": course.hours or None,
        "achieved_at": enrolment.completed_at or clock.now(),
    }


def issue_for_attendance(registration: Registration) -> None:
    """Subscribed to `event_attended`."""
    event = registration.event
    said = {
        "kind": CertificateKind.attendance,
        "event_id": event.id,
        "title": event.title,
        "statement": event.summary,
        "hours": round((event.ends_at - event.starts_at).total_seconds() / 3600, 2),
        "achieved_at": event.starts_at,
    }
    _issue([(registration.person, said)])


def _issue(achievements: Sequence[Achievement]) -> None:
    """Once for a person and an achievement; the holders hear of it by mail. As many queries for many as for one, up to
    `db.AT_ONCE`.
    """
    for batch in db.batches([_row(person, said) for person, said in achievements]):
        new = db.insert(Certificate).values(batch).on_conflict_do_nothing().returning(Certificate.number)
        numbers_of_new = db.session.scalars(new).all()
        if numbers_of_new:
            _tell(_of_numbers(numbers_of_new))


def _row(person: Person, said: Mapping[str, Any]) -> dict[str, Any]:
    named = {"person_id": person.id, "name": person.name, "name_latin": person.name_latin}
    return {"number": numbers.new(), "issued_at": clock.now(), "revoked_reason": "", **named, **said}


def _of_numbers(wanted: Sequence[str]) -> Sequence[Certificate]:
    issued = select(Certificate).where(Certificate.number.in_(wanted)).options(joinedload(Certificate.person))
    return db.session.scalars(issued.order_by(Certificate.id)).all()


def _tell(certificates: Sequence[Certificate]) -> None:
    letters = [
        (f"certificate/{one.id}", email, one.person.language, {"certificate": one})
        for one in certificates
        if (email := one.person.email)
    ]
    if letters:
        outbox.queue_all("certificate", letters)
    for one in certificates:
        signals.certificate_issued.send(one)


def by_number(text: str) -> Certificate | None:
    """Found by the number in any spelling that people use for it."""
    number = numbers.normalised(text)
    return db.session.scalar(select(Certificate).where(Certificate.number == number)) if number else None


def of_person(person: Person) -> Sequence[Certificate]:
    """The newest first, with their events."""
    wanted = select(Certificate).where(Certificate.person_id == person.id).options(joinedload(Certificate.event))
    return db.session.scalars(wanted.order_by(Certificate.achieved_at.desc(), Certificate.id.desc())).all()


def of_achievement(person: Person, course: Course | None = None, event: Event | None = None) -> Certificate | None:
    """The person's certificate for this course or event."""
    achievement = Certificate.course_id == course.id if course else Certificate.event_id == (event and event.id)
    return db.session.scalar(select(Certificate).where(Certificate.person_id == person.id, achievement))


def revoke(certificate: Certificate, reason: str) -> None:
    """For good, with a reason that its public page shows. Raises InvalidError without one, ConflictError if it was."""
    if not reason.strip():
        raise InvalidError("reason", gettext("Please say why, in words that the holder may read."))
    this = update(Certificate).where(Certificate.id == certificate.id, Certificate.revoked_at.is_(None))
    if not db.changed(this.values(revoked_at=clock.now(), revoked_reason=reason.strip()[:500])):
        raise ConflictError(gettext("This certificate was revoked before."))
