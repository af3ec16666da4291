"""Coming into a course, and leaving it."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Course, Enrolment, EnrolmentStatus
from lms.courses.services import progress
from lms.errors import ConflictError
from lms.i18n import gettext


def enrolment_of(person: Person | None, course: Course) -> Enrolment | None:
    if person is None:
        return None
    wanted = select(Enrolment).where(Enrolment.course_id == course.id, Enrolment.person_id == person.id)
    return db.session.scalar(wanted)


def enrolments(person: Person) -> Sequence[Enrolment]:
    """All of a person's courses, the newest first; the courses come with them."""
    wanted = select(Enrolment).join(Enrolment.course).options(contains_eager(Enrolment.course))
    return db.session.scalars(wanted.where(Enrolment.person_id == person.id).order_by(Enrolment.id.desc())).all()


def enrol(person: Person, course: Course, source: str = "self") -> Enrolment:
    """Once for a person and a course; whoever had withdrawn goes on where they were."""
    values = {"course_id": course.id, "person_id": person.id}
    fresh = db.insert_once(
        Enrolment,
        **values,
        source=source,
        status=EnrolmentStatus.active,
        enrolled_at=clock.now(),
        progress_percent=0,
    )
    enrolment = db.session.scalars(
        select(Enrolment).filter_by(**values).with_for_update().execution_options(populate_existing=True)
    ).one()
    if not fresh and enrolment.status == EnrolmentStatus.withdrawn:
        enrolment.status, enrolment.withdrawn_at = EnrolmentStatus.active, None
        progress.advance(course, enrolment)
    return enrolment


def withdraw(enrolment: Enrolment) -> None:
    """Ends an active enrolment; what was done stays. Raises ConflictError where there is none to end."""
    to_withdrawn = (
        update(Enrolment)
        .where(Enrolment.id == enrolment.id, Enrolment.status == EnrolmentStatus.active)
        .values(status=EnrolmentStatus.withdrawn, withdrawn_at=clock.now())
    )
    if not db.changed(to_withdrawn):
        raise ConflictError(gettext("Only a course that you are taking can be left."))
