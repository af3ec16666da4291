"""What the overview pages count."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, selectinload

from lms import clock, db
from lms.accounts import policy
from lms.accounts.models import Person
from lms.courses import services as courses
from lms.courses.models import (
    Course,
    CourseTrainer,
    Enrolment,
    EnrolmentRequest,
    EnrolmentStatus,
    Lesson,
    RequestStatus,
)
from lms.events import policy as event_policy
from lms.events.models import Event, EventTrainer, Registration, RegistrationStatus
from lms.mail.models import Mail, MailStatus


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a person would do now: come into a meeting that is open, else go on with a course at this lesson."""

    registration: Registration | None = None
    enrolment: Enrolment | None = None
    lesson: Lesson | None = None


@dataclass(frozen=True, slots=True)
class CourseCounts:
    course: Course
    learners: int
    completed: int


@dataclass(frozen=True, slots=True)
class EventCounts:
    event: Event
    waiting: int


def next_step(
    enrolments: Sequence[Enrolment], registrations: Sequence[Registration], join_opens_minutes: int
) -> NextStep | None:
    """Of a person's courses and events, in the order in which they are given. One query at most."""
    for registration in registrations:
        if event_policy.can_join(registration, registration.event, clock.now(), join_opens_minutes):
            return NextStep(registration=registration)
    for enrolment in enrolments:
        if enrolment.status == EnrolmentStatus.active:
            outline = courses.outline(enrolment.course, enrolment)
            return NextStep(enrolment=enrolment, lesson=outline.resume(enrolment))
    return None


def requests_of(person: Person) -> Sequence[EnrolmentRequest]:
    """What a person has asked to take and is not told yes or no about, in the order of asking. One query."""
    waiting = (EnrolmentRequest.person_id == person.id, EnrolmentRequest.status == RequestStatus.waiting)
    wanted = select(EnrolmentRequest).join(EnrolmentRequest.course).where(*waiting, Course.published)
    return db.session.scalars(
        wanted.options(contains_eager(EnrolmentRequest.course)).order_by(EnrolmentRequest.id)
    ).all()


def courses_of(person: Person) -> list[CourseCounts]:
    """The courses that a person may look after, with how many take and have completed them. Two queries."""
    taught = select(CourseTrainer.course_id).where(CourseTrainer.person_id == person.id)
    completed = func.count(Enrolment.id).filter(Enrolment.status == EnrolmentStatus.completed)
    learners = func.count(Enrolment.id).filter(Enrolment.status != EnrolmentStatus.withdrawn)
    wanted = select(Course, learners, completed).outerjoin(Enrolment, Enrolment.course_id == Course.id)
    wanted = wanted.options(selectinload(Course.trainers))
    if not policy.is_officer(person):
        wanted = wanted.where(Course.id.in_(taught))
    rows = db.session.execute(wanted.group_by(Course.id).order_by(Course.id.desc()))
    return [CourseCounts(*row) for row in rows]


def events_of(person: Person, number: int = 1, per_page: int = 20) -> tuple[list[EventCounts], bool]:
    """A page of the events that a person may look after, the latest first, with how many wait for a place; and
    whether there are earlier ones. One query.
    """
    waits = (Registration.event_id == Event.id, Registration.status == RegistrationStatus.waitlisted)
    waiting = select(func.count()).select_from(Registration).where(*waits).scalar_subquery()
    wanted = select(Event, waiting).order_by(Event.starts_at.desc(), Event.id.desc())
    if not policy.is_officer(person):
        looked_after = select(EventTrainer.event_id).where(EventTrainer.person_id == person.id)
        wanted = wanted.where(Event.id.in_(looked_after))
    rows = db.session.execute(wanted.offset((number - 1) * per_page).limit(per_page + 1)).all()
    return [EventCounts(*row) for row in rows[:per_page]], len(rows) > per_page


def mails(number: int, status: MailStatus | None = None, per_page: int = 50) -> tuple[Sequence[Mail], bool]:
    """A page of the outbox, the newest first, and whether there is another after it."""
    wanted = select(Mail).order_by(Mail.id.desc())
    if status:
        wanted = wanted.where(Mail.status == status)
    found = db.session.scalars(wanted.offset((number - 1) * per_page).limit(per_page + 1)).all()
    return found[:per_page], len(found) > per_page


def mail_counts() -> dict[MailStatus, int]:
    rows = db.session.execute(select(Mail.status, func.count()).group_by(Mail.status))
    return {MailStatus(status): count for status, count in rows}


def answers() -> bool:
    """Whether the database does. Raises whatever the engine raises when not."""
    return db.session.scalar(select(1)) == 1
