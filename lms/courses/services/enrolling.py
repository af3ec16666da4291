"""Coming into a course, and leaving it."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, literal, select, tuple_, update
from sqlalchemy.orm import contains_eager

from lms import clock, db
from lms.accounts import names
from lms.accounts.models import Person
from lms.courses.models import Course, Enrolment, EnrolmentMode, EnrolmentRequest, EnrolmentStatus, RequestStatus
from lms.courses.services import progress
from lms.errors import ConflictError, ForbiddenError, InvalidError
from lms.i18n import LATIN_DIGITS, gettext, pick


@dataclass(frozen=True, slots=True)
class WayIn:
    """How somebody who does not take the course may come in now."""

    mode: EnrolmentMode
    takes_new: bool
    """False where the course takes nobody new."""
    has_left: bool = False
    """Was in it before: the way back is always open."""
    missing: Sequence[Course] = ()
    """What has to be completed first."""
    request: EnrolmentRequest | None = None
    """The person's latest, if any."""


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
    """Once for a person and a course, whatever its mode; whoever had withdrawn goes on where they were."""
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


def enrol_self(person: Person, course: Course, key: str = "") -> Enrolment:
    """As the course's mode has it, at this moment. Whoever was in it before may always come back.

    Raises InvalidError for `key`; ConflictError where the course takes nobody new, asks for another course first, or
    for a request; ForbiddenError where it is closed.
    """
    if enrolment_of(person, course) is not None:
        return enrol(person, course)
    course = held(course)
    check_new(person, course)
    source = _source(course, key)
    _settle(select(literal(course.id), literal(person.id)))
    return enrol(person, course, source)


def _source(course: Course, key: str) -> str:
    """How somebody comes in by themselves, if they may."""
    if course.enrolment == EnrolmentMode.open:
        return "self"
    if course.enrolment == EnrolmentMode.key:
        if not is_key(course, key):
            raise InvalidError("key", gettext("This key is not right. Please ask the trainers for it."))
        return "key"
    if course.enrolment == EnrolmentMode.request:
        raise ConflictError(gettext("The trainers of this course decide who takes it. Please ask them."))
    raise ForbiddenError(gettext("The trainers of this course enrol people themselves."))


def is_key(course: Course, typed: str) -> bool:
    return is_right(course.enrolment_key, typed)


def is_right(key: str, typed: str) -> bool:
    """In a time that does not tell how much of it is right; blanks, capitals and the script of digits don't count."""
    right, given = same_key(key), same_key(typed)
    return bool(right) and hmac.compare_digest(right.encode(), given.encode())


def same_key(key: str) -> str:
    """What all spellings of one key have in common."""
    return "".join(names.folded(key).translate(LATIN_DIGITS).split())


def held(course: Course) -> Course:
    """The course as it is now; who may take it cannot change before this transaction ends. Many may hold it at once."""
    wanted = select(Course).where(Course.id == course.id).with_for_update(read=True)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def check_new(person: Person, course: Course) -> None:
    """Raises ConflictError where somebody new cannot come in by themselves: of `held` courses."""
    check_takes_new(course)
    first = missing(person, course)
    if first:
        titles = ", ".join(f"“{pick(one.title)}”" for one in first)
        raise ConflictError(gettext("Please complete this first: %(courses)s.", courses=titles))


def check_takes_new(course: Course) -> None:
    """Raises ConflictError for a course that is archived or not published: not even trainers enrol anybody."""
    if course.archived or not course.published:
        raise ConflictError(gettext("This course takes nobody new at the moment."))


def missing(person: Person, course: Course) -> Sequence[Course]:
    """The required courses that the person has not completed. Completions are never taken back, so what is complete
    in one moment is so in the next.
    """
    if not course.requires:
        return []
    completed = exists().where(
        Enrolment.course_id == Course.id,
        Enrolment.person_id == person.id,
        Enrolment.status == EnrolmentStatus.completed,
    )
    wanted = select(Course).where(Course.slug.in_(course.requires), Course.id != course.id, ~completed)
    return db.session.scalars(wanted.order_by(Course.id)).all()


def way_in(person: Person | None, course: Course, enrolment: Enrolment | None) -> WayIn:
    """For somebody who is not in the course; a query each for what it asks for."""
    takes_new = course.published and not course.archived
    if person is None or enrolment is not None:
        return WayIn(course.enrolment, takes_new, has_left=enrolment is not None)
    request = request_of(person, course) if course.enrolment == EnrolmentMode.request else None
    return WayIn(course.enrolment, takes_new, missing=missing(person, course), request=request)


def request_of(person: Person, course: Course) -> EnrolmentRequest | None:
    """The latest."""
    mine = (EnrolmentRequest.course_id == course.id, EnrolmentRequest.person_id == person.id)
    return db.session.scalar(select(EnrolmentRequest).where(*mine).order_by(EnrolmentRequest.id.desc()).limit(1))


def enrol_many(pairs: Select[int, int], source: str) -> None:
    """Enrols everyone at once: `pairs` selects ids of courses and of persons. Whoever had withdrawn goes on where they
    were. The number of statements is the same for any number of people.
    """
    _settle(pairs)
    wanted = pairs.subquery()
    course_id, person_id = wanted.c[0], wanted.c[1]
    values = {
        "course_id": course_id,
        "person_id": person_id,
        "source": literal(source),
        "status": literal(str(EnrolmentStatus.active)),
        "enrolled_at": literal(clock.now(), Enrolment.enrolled_at.type),
        "progress_percent": literal(0.0),
        "seconds": literal(0),
    }
    rows = select(*values.values()).order_by(course_id, person_id)  # in one order, or two of them could lock each other
    new = db.insert(Enrolment).from_select(list(values), rows, include_defaults=False)
    db.session.execute(new.on_conflict_do_nothing())
    _take_back(pairs)


def _take_back(pairs: Select[int, int]) -> None:
    """Those who had withdrawn; whoever has nothing left to do completes the course now."""
    both = tuple_(Enrolment.course_id, Enrolment.person_id)
    left = (Enrolment.status == EnrolmentStatus.withdrawn, both.in_(pairs))
    courses = db.session.scalars(select(Enrolment.course_id).where(*left).distinct()).all()
    if not courses:
        return
    in_order = select(Enrolment.id).where(Enrolment.course_id.in_(courses)).order_by(Enrolment.id)
    db.session.execute(in_order.with_for_update())  # as `refresh` does, or the two could lock each other
    back = update(Enrolment).where(*left).values(status=EnrolmentStatus.active, withdrawn_at=None)
    db.session.execute(back.execution_options(synchronize_session=False))
    for course in db.session.scalars(select(Course).where(Course.id.in_(courses)).order_by(Course.id)).all():
        progress.refresh(course)


def _settle(pairs: Select[int, int]) -> None:
    """Whoever comes in need not be waited for any more. Before they come in: a trainer who approves takes the same
    two steps in the same order.
    """
    both = tuple_(EnrolmentRequest.course_id, EnrolmentRequest.person_id)
    waiting = (EnrolmentRequest.status == RequestStatus.waiting, both.in_(pairs))
    in_order = select(EnrolmentRequest.id).where(*waiting).order_by(EnrolmentRequest.id)
    ids = db.session.scalars(in_order.with_for_update()).all()
    if ids:
        settled = update(EnrolmentRequest).where(EnrolmentRequest.id.in_(ids))
        values = {"status": RequestStatus.approved, "decided_at": clock.now()}
        db.session.execute(settled.values(values).execution_options(synchronize_session=False))


def withdraw(enrolment: Enrolment) -> None:
    """Ends an active enrolment; what was done stays. Raises ConflictError where there is none to end."""
    to_withdrawn = (
        update(Enrolment)
        .where(Enrolment.id == enrolment.id, Enrolment.status == EnrolmentStatus.active)
        .values(status=EnrolmentStatus.withdrawn, withdrawn_at=clock.now())
    )
    if not db.changed(to_withdrawn):
        raise ConflictError(gettext("Only a course that you are taking can be left."))
