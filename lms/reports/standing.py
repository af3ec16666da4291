"""Where learners of a course stand, as the database works it out: the progress page and the lists share this."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, bindparam, case, func, not_, or_, select

from lms import clock
from lms.accounts.models import Person
from lms.courses.models import Cohort, CohortMember, Course, Enrolment, EnrolmentStatus, Lesson
from lms.db import Moment

STUCK_AFTER = timedelta(days=7)
"""Without opening a lesson, marking one as read or answering."""


class State(StrEnum):
    """Everyone is in exactly one."""

    not_begun = "not_begun"
    on_the_way = "on_the_way"
    stuck = "stuck"
    completed = "completed"
    withdrawn = "withdrawn"


_HAS_BEGUN = or_(
    Enrolment.last_act_at.is_not(None), Enrolment.last_lesson_id.is_not(None), Enrolment.progress_percent > 0
)
_STUCK_SINCE = bindparam("stuck_since", callable_=lambda: clock.now() - STUCK_AFTER, type_=Moment())
state = case(
    (Enrolment.status == EnrolmentStatus.withdrawn, State.withdrawn),
    (Enrolment.status == EnrolmentStatus.completed, State.completed),
    (not_(_HAS_BEGUN), State.not_begun),
    (func.coalesce(Enrolment.last_act_at, Enrolment.enrolled_at) < _STUCK_SINCE, State.stuck),
    else_=State.on_the_way,
)
"""Of each enrolment, at the moment when it is asked for."""


def conditions(course: Course) -> Mapping[str, Callable[[str], ColumnElement[bool]]]:
    """What the course's lists are filtered by beside their columns."""
    return {
        "state": lambda value: state == value,
        "cohort": in_cohort,
        "stuck_at": lambda slug: and_(state == State.stuck, Enrolment.last_lesson_id == _lesson(course, slug)),
        "has_email": _has_email,
    }


def in_cohort(slug: str) -> ColumnElement[bool]:
    members = select(CohortMember.person_id).join(Cohort, Cohort.id == CohortMember.cohort_id)
    return Enrolment.person_id.in_(members.where(Cohort.slug == slug))


def _lesson(course: Course, slug: str) -> ColumnElement[int]:
    return select(Lesson.id).where(Lesson.course_id == course.id, Lesson.slug == slug).scalar_subquery()


def _has_email(value: str) -> ColumnElement[bool]:
    without = select(Person.id).where(func.coalesce(Person.email, "") == "")
    return Enrolment.person_id.not_in(without) if value == "yes" else Enrolment.person_id.in_(without)
