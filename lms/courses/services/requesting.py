"""Asking the trainers of a course to be let in, and what they answer."""

from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy import CursorResult, delete, func, literal, select, update
from sqlalchemy.orm import joinedload

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Course, CourseTrainer, EnrolmentMode, EnrolmentRequest, RequestStatus
from lms.courses.services import enrolling
from lms.errors import ConflictError
from lms.i18n import gettext
from lms.mail import outbox


def ask(person: Person, course: Course, message: str = "") -> EnrolmentRequest:
    """One waiting request for a person and a course: asking again changes nothing.

    Raises ConflictError where there is nothing to ask for.
    """
    course = enrolling.held(course)
    if enrolling.enrolment_of(person, course) is not None:
        raise ConflictError(gettext("You have a place in this course already."))
    enrolling.check_new(person, course)
    if course.enrolment != EnrolmentMode.request:
        raise ConflictError(gettext("The way into this course has changed. Please look at its page again."))
    mine = {"course_id": course.id, "person_id": person.id, "status": RequestStatus.waiting}
    fresh = db.insert_once(EnrolmentRequest, **mine, message=message.strip(), asked_at=clock.now(), reason="")
    request = db.session.scalars(select(EnrolmentRequest).filter_by(**mine)).one()
    if fresh and waiting_count(course) == 1:
        _tell_trainers(request)
    return request


def _tell_trainers(request: EnrolmentRequest) -> None:
    """Only of the first that waits: the page shows the others."""
    trainers = select(Person).join(CourseTrainer, CourseTrainer.person_id == Person.id)
    for trainer in db.session.scalars(trainers.where(CourseTrainer.course_id == request.course_id, Person.active)):
        key = f"request-waits/{request.id}/{trainer.id}"
        outbox.queue(
            key, trainer.email, "request_waits", trainer.language, person=trainer, course=request.course, asked=request
        )


def take_back(request: EnrolmentRequest) -> None:
    """Nobody waits any more. Raises ConflictError when the trainers have decided meanwhile."""
    waiting = delete(EnrolmentRequest).where(
        EnrolmentRequest.id == request.id, EnrolmentRequest.status == RequestStatus.waiting
    )
    gone = db.session.execute(waiting.execution_options(synchronize_session=False))
    if not cast("CursorResult[tuple[int]]", gone).rowcount:
        raise ConflictError(gettext("The trainers have decided on your request already."))


def waiting_count(course: Course) -> int:
    waiting = (EnrolmentRequest.course_id == course.id, EnrolmentRequest.status == RequestStatus.waiting)
    return db.session.scalars(select(func.count()).select_from(EnrolmentRequest).where(*waiting)).one()


def requests(
    course: Course, waiting: bool, number: int = 1, per_page: int = 50
) -> tuple[Sequence[EnrolmentRequest], bool]:
    """A page of them, those who wait longest or were decided last first; and whether there are more. One query."""
    wanted = select(EnrolmentRequest).where(EnrolmentRequest.course_id == course.id)
    if waiting:
        of_kind, order = EnrolmentRequest.status == RequestStatus.waiting, (EnrolmentRequest.id,)
        wanted = wanted.where(of_kind).order_by(*order)
    else:
        decided = wanted.where(EnrolmentRequest.status != RequestStatus.waiting)
        wanted = decided.order_by(EnrolmentRequest.decided_at.desc(), EnrolmentRequest.id.desc())
    page = wanted.options(joinedload(EnrolmentRequest.person)).offset((number - 1) * per_page).limit(per_page + 1)
    found = db.session.scalars(page).all()
    return found[:per_page], len(found) > per_page


def approve_requests(by: Person, course: Course, ids: Collection[int]) -> Sequence[EnrolmentRequest]:
    """Enrols those of them who still wait, and tells them. What another has decided meanwhile is not among the answer.

    Raises ConflictError for a course that takes nobody new.
    """
    course = enrolling.held(course)
    enrolling.check_takes_new(course)
    decided = _decide(by, course, ids, RequestStatus.approved)
    people = [request.person_id for request in decided]
    enrolling.enrol_many(select(literal(course.id), Person.id).where(Person.id.in_(people)), "request")
    for request in decided:
        _tell(request, "request_approved")
    return decided


def decline_requests(by: Person, course: Course, ids: Collection[int], reason: str) -> Sequence[EnrolmentRequest]:
    """The same for a no, with its reason in words that the person reads."""
    decided = _decide(by, course, ids, RequestStatus.declined, reason.strip())
    for request in decided:
        _tell(request, "request_declined")
    return decided


def _decide(
    by: Person, course: Course, ids: Collection[int], status: RequestStatus, reason: str = ""
) -> Sequence[EnrolmentRequest]:
    """Of two at once, one finds them waiting. Locked in one order, so that two lists cannot block each other."""
    these = (EnrolmentRequest.id.in_(ids), EnrolmentRequest.course_id == course.id)
    is_waiting = EnrolmentRequest.status == RequestStatus.waiting
    in_order = select(EnrolmentRequest.id).where(*these, is_waiting).order_by(EnrolmentRequest.id)
    locked = db.session.scalars(in_order.with_for_update()).all()
    decided = update(EnrolmentRequest).where(EnrolmentRequest.id.in_(locked), is_waiting)
    values = {"status": status, "decided_at": clock.now(), "decided_by_id": by.id, "reason": reason}
    db.session.execute(decided.values(values).execution_options(synchronize_session=False))
    mine = select(EnrolmentRequest).where(EnrolmentRequest.id.in_(locked)).order_by(EnrolmentRequest.id)
    whole = mine.options(joinedload(EnrolmentRequest.person)).execution_options(populate_existing=True)
    return db.session.scalars(whole).all()


def _tell(request: EnrolmentRequest, template: str) -> None:
    person = request.person
    key = f"{template}/{request.id}"
    outbox.queue(key, person.email, template, person.language, person=person, course=request.course, asked=request)
