"""Who may do what with a course."""

from lms.accounts.models import Person, Role
from lms.accounts.policy import is_admin
from lms.courses.models import Course, Enrolment, EnrolmentStatus


def can_teach(person: Person | None, course: Course) -> bool:
    """Looks after this course: its trainers, and administrators."""
    if person is None or Role.trainer not in person.roles:
        return is_admin(person)
    return is_admin(person) or any(trainer.person_id == person.id for trainer in course.trainers)


def can_see(person: Person | None, course: Course) -> bool:
    """A published course is open to everyone; another to those who see its list."""
    return course.published or can_see_learners(person, course)


def can_see_learners(person: Person | None, course: Course) -> bool:
    """Its trainers, officers, administrators."""
    return can_teach(person, course) or (person is not None and Role.officer in person.roles)


def can_study(enrolment: Enrolment | None) -> bool:
    """Enrolled, and not withdrawn: the lessons are open, also after completion."""
    return enrolment is not None and enrolment.status != EnrolmentStatus.withdrawn
