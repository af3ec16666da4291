"""What the overview pages count."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from lms import db
from lms.accounts import policy
from lms.accounts.models import Person
from lms.courses.models import Course, CourseTrainer, Enrolment, EnrolmentStatus
from lms.events.models import Event, EventTrainer, Registration, RegistrationStatus
from lms.mail.models import Mail, MailStatus


@dataclass(frozen=True, slots=True)
class CourseCounts:
    course: Course
    learners: int
    completed: int


@dataclass(frozen=True, slots=True)
class EventCounts:
    event: Event
    waiting: int


def courses_of(person: Person) -> list[CourseCounts]:
    """The courses that a person may look after, with how many take and have completed them. One query."""
    taught = select(CourseTrainer.course_id).where(CourseTrainer.person_id == person.id)
    completed = func.count(Enrolment.id).filter(Enrolment.status == EnrolmentStatus.completed)
    learners = func.count(Enrolment.id).filter(Enrolment.status != EnrolmentStatus.withdrawn)
    wanted = select(Course, learners, completed).outerjoin(Enrolment, Enrolment.course_id == Course.id)
    if not policy.is_officer(person):
        wanted = wanted.where(Course.id.in_(taught))
    rows = db.session.execute(wanted.group_by(Course.id).order_by(Course.id.desc()))
    return [CourseCounts(*row) for row in rows]


def events_of(person: Person) -> list[EventCounts]:
    """The events that a person may look after, the latest first, with how many wait for a place. One query."""
    waiting = func.count(Registration.id).filter(Registration.status == RegistrationStatus.waitlisted)
    wanted = select(Event, waiting).outerjoin(Registration, Registration.event_id == Event.id)
    if not policy.is_officer(person):
        looked_after = select(EventTrainer.event_id).where(EventTrainer.person_id == person.id)
        wanted = wanted.where(Event.id.in_(looked_after))
    rows = db.session.execute(wanted.group_by(Event.id).order_by(Event.starts_at.desc()))
    return [EventCounts(*row) for row in rows]


def mails(number: int, per_page: int = 50) -> tuple[Sequence[Mail], bool]:
    """A page of the outbox, the newest first, and whether there is another after it."""
    wanted = select(Mail).order_by(Mail.id.desc())
    found = db.session.scalars(wanted.offset((number - 1) * per_page).limit(per_page + 1)).all()
    return found[:per_page], len(found) > per_page


def mail_counts() -> dict[MailStatus, int]:
    rows = db.session.execute(select(Mail.status, func.count()).group_by(Mail.status))
    return {MailStatus(status): count for status, count in rows}


def answers() -> bool:
    """Whether the database does. Raises whatever the engine raises when not."""
    return db.session.scalar(select(1)) == 1
