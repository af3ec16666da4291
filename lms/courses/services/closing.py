"""Which lessons are closed to a learner; trainers are never locked out."""

from dataclasses import replace

from lms import clock, db
from lms.accounts.models import Person
from lms.courses import opening, policy
from lms.courses.models import Course, Enrolment, EnrolmentStatus, Lesson, Unit
from lms.courses.opening import Closed
from lms.courses.services import enrolling
from lms.courses.services.cohorts import WAITING_SOURCES, Dates, dates
from lms.courses.services.outline import Outline, outline
from lms.errors import ForbiddenError
from lms.i18n import gettext


def outline_for(
    person: Person | None,
    course: Course,
    enrolment: Enrolment | None,
    known: Dates,
    text_of: str | None = None,
) -> Outline:
    """The outline as this person may go through it. A query more for the courses to complete first, if there are any;
    the enrolment's dates are known.
    """
    found = outline(course, enrolment, text_of)
    if enrolment is None or policy.can_teach(person, course):
        return replace(found, closed={})
    return replace(found, locked=_locked(course, enrolment, known))


def _locked(course: Course, enrolment: Enrolment, known: Dates) -> Closed | None:
    """Why the course as a whole is closed."""
    completed = enrolment.status == EnrolmentStatus.completed
    missing = enrolling.missing(enrolment.person, course) if course.requires and not completed else ()
    return opening.closed_course(known.opens_at, missing, clock.now(), completed)


def check_open(person: Person, course: Course, enrolment: Enrolment, lesson: Lesson) -> None:
    """Raises ForbiddenError for a lesson that is closed to this enrolment. One query where nothing closes it."""
    unit = db.session.get_one(Unit, lesson.unit_id)
    if policy.can_teach(person, course):
        return
    if unit.id in (outline(course, enrolment).closed if unit.requires or unit.opens_at else ()):
        raise closed_error()
    if _locked(course, enrolment, dates(enrolment) if enrolment.source in WAITING_SOURCES else Dates()):
        raise closed_error()


def closed_error() -> ForbiddenError:
    return ForbiddenError(gettext("This lesson is not open yet. Its page says what comes first."))
