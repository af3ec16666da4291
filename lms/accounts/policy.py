"""Who may do what with the site as a whole."""

from lms.accounts.models import Person, Role


def is_admin(person: Person | None) -> bool:
    return person is not None and Role.admin in person.roles


def is_officer(person: Person | None) -> bool:
    """Reports over all courses and events."""
    return person is not None and bool(person.roles & {Role.officer, Role.admin})


def can_manage(person: Person | None) -> bool:
    """Has something to look after: the page `/manage/` is open."""
    return person is not None and bool(person.roles)
