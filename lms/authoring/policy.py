"""Who may write courses. A course that is not published is unknown to those who may not."""

from lms.accounts.models import Person, Role
from lms.courses.policy import can_see, can_teach

__all__ = ["can_create", "can_edit", "can_see"]


def can_create(person: Person | None) -> bool:
    """Trainers and administrators; whoever makes a course looks after it."""
    return person is not None and bool(person.roles & {Role.trainer, Role.admin})


can_edit = can_teach
"""Its trainers, and administrators."""
