"""Issuing certificates, in the transaction of the act that earns them; finding and revoking them."""

from collections.abc import Sequence
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


def issue_for_completion(enrolment: Enrolment) -> None:
    """Subscribed to `course_completed`."""
    course = enrolment.course
    _issue(
        enrolment.person,
        kind=CertificateKind.completion,
        course_id=course.id,
        title=course.title,
        statement=course.statement,
        hours=course.hours or None,
        achieved_at=enrolment.completed_at or clock.now(),
    )


def issue_for_attendance(registration: Registration) -> None:
    """Subscribed to `event_attended`."""
    event = registration.event
    _issue(
        registration.person,
        kind=CertificateKind.attendance,
        event_id=event.id,
        title=event.title,
        statement=event.summary,
        hours=round((event.ends_at - event.starts_at).total_seconds() / 3600, 2),
        achieved_at=event.starts_at,
    )


def _issue(person: Person, **values: Any) -> None:
    """Once for a person and an achievement; the holder hears of it by mail."""
    named = {"person_id": person.id, "name": person.name, "name_latin": person.name_latin}
    number = numbers.new()
    if not db.insert_once(Certificate, number=number, issued_at=clock.now(), revoked_reason="", **named, **values):
        return
    certificate = db.session.scalars(select(Certificate).where(Certificate.number == number)).one()
    outbox.queue(
        f"certificate/{certificate.id}",
        to=person.email,
        template="certificate",
        language=person.language,
        certificate=certificate,
    )
    signals.certificate_issued.send(certificate)


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
