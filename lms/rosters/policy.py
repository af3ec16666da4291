"""Who looks after a cohort."""

from lms.accounts.models import Person, Role
from lms.accounts.policy import is_admin
from lms.courses.models import Cohort


def can_have_cohorts(person: Person | None) -> bool:
    """Trainers and administrators; whoever makes a cohort looks after it."""
    return person is not None and bool(person.roles & {Role.trainer, Role.admin})


def can_manage(person: Person | None, cohort: Cohort) -> bool:
    """Its trainers, and administrators."""
    if person is None or Role.trainer not in person.roles:
        return is_admin(person)
    return is_admin(person) or any(trainer.person_id == person.id for trainer in cohort.trainers)
