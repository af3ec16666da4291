"""Learners and what they do in a course, by its services."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms import clock, db
from lms.accounts.models import Person
from lms.courses import services
from lms.courses.models import Cohort, CohortCourse, CohortMember, Course, Enrolment, Lesson, Unit
from tests import factories

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def enrolled(course: Course, person: Person | None = None, source: str = "self") -> Enrolment:
    with db.transaction():
        return services.enrol(person or factories.learner(), course, source)


def lessons(course: Course) -> list[Lesson]:
    return services.outline(course).lessons


def read(course: Course, enrolment: Enrolment, *which: Lesson) -> None:
    with db.transaction():
        for lesson in which:
            services.complete_lesson(course, enrolment, lesson)


def opened(enrolment: Enrolment, lesson: Lesson, minutes: float = 0) -> None:
    """So many minutes after noon."""
    with clock.at(NOON + timedelta(minutes=minutes)), db.transaction():
        services.visit(enrolment, lesson)


def unit(course: Course, slug: str, **values: Any) -> Lesson:
    """A further unit with one page, which is returned."""
    position = len(services.outline(course).units) + 1
    title = {"en": f"Unit {slug}"}
    made = Unit(course_id=course.id, slug=slug, position=position, title=title, summary={}, **values)
    with db.transaction():
        db.session.add(made)
    return factories.lesson(course, made, f"{slug}-page", 1)


def cohort(course: Course, person: Person, name: str = "Kampot", **dates: Any) -> Cohort:
    with db.transaction():
        made = Cohort(slug=name.lower(), name=name, archived=False, created_at=NOON)
        db.session.add(made)
        db.session.flush()
        db.session.add(CohortCourse(cohort_id=made.id, course_id=course.id, **dates))
        db.session.add(CohortMember(cohort_id=made.id, person_id=person.id, joined_at=NOON))
    return made


def again(enrolment: Enrolment) -> Enrolment:
    """As it is in the database now."""
    db.session.rollback()
    found = select(Enrolment).where(Enrolment.id == enrolment.id).execution_options(populate_existing=True)
    return db.session.scalars(found).one()
