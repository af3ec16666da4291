"""Who may take a course, and who looks after it."""

import secrets
from collections.abc import Sequence

from sqlalchemy import delete, func, literal, select

from lms import db
from lms.accounts import services as accounts
from lms.accounts.models import Person, Role
from lms.courses import services as courses
from lms.courses.models import Cohort, CohortCourse, Course, CourseTrainer, EnrolmentMode
from lms.errors import ConflictError, InvalidError
from lms.i18n import gettext

LEAST_KEY = 4
"""Characters. With so few guesses in a quarter of an hour, this is enough."""
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that could be taken for another, on paper or by telephone."""


def set_access(course: Course, mode: EnrolmentMode, key: str) -> None:
    """Whoever is enrolling at this moment does so before or after it, never between. Raises InvalidError for `key`."""
    if mode == EnrolmentMode.key and len(courses.same_key(key)) < LEAST_KEY:
        raise InvalidError("key", gettext("Write at least 4 letters or digits, or have a key made."))
    course = db.locked(Course, course.id)
    course.enrolment, course.enrolment_key = mode, key.strip()
    db.session.flush()


def make_key() -> str:
    """Eight signs, in two groups that are easy to read out."""
    first, second = ("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(2))
    return f"{first} {second}"


def person_called(name: str, country: str, field: str) -> Person:
    """By phone number or e-mail address. Raises InvalidError for the field."""
    person = accounts.by_sign_in_name(name, country)
    if person is None or not person.active:
        raise InvalidError(field, gettext("Nobody has an account with this phone number or e-mail address."))
    return person


def add_learner(course: Course, person: Person) -> None:
    """Whatever the course's mode, and whatever else should have been completed first: the trainer decides."""
    courses.check_takes_new(courses.held(course))
    courses.enrol_many(select(literal(course.id), literal(person.id)), "trainer")


def cohorts_of(course: Course) -> Sequence[Cohort]:
    """The cohorts that take it, by name."""
    wanted = select(Cohort).join(CohortCourse, CohortCourse.cohort_id == Cohort.id)
    mine = wanted.where(CohortCourse.course_id == course.id, ~Cohort.archived)
    return db.session.scalars(mine.order_by(Cohort.name, Cohort.id)).all()


def trainers_of(course: Course) -> Sequence[Person]:
    wanted = select(Person).join(CourseTrainer, CourseTrainer.person_id == Person.id)
    return db.session.scalars(wanted.where(CourseTrainer.course_id == course.id).order_by(Person.name, Person.id)).all()


def add_course_trainer(course: Course, person: Person) -> None:
    """Raises InvalidError for `trainer` when the person has not the role."""
    check_role(person)
    courses.add_trainer(course, person)


def check_role(person: Person) -> None:
    if Role.trainer not in person.roles:
        raise InvalidError("trainer", gettext("This person is no trainer yet. An administrator can make them one."))


def remove_course_trainer(course: Course, person_id: int) -> None:
    """Once more changes nothing. Raises ConflictError for the last one: of two at once, one stays."""
    db.locked(Course, course.id)
    of_course = CourseTrainer.course_id == course.id
    others = select(func.count()).select_from(CourseTrainer).where(of_course, CourseTrainer.person_id != person_id)
    check_not_last(db.session.scalars(others).one())
    db.session.execute(delete(CourseTrainer).where(of_course, CourseTrainer.person_id == person_id))
    db.session.expire(course, ["trainers"])


def check_not_last(others: int) -> None:
    if not others:
        raise ConflictError(gettext("Somebody has to look after it: add another trainer first."))
