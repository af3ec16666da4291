"""Who may do what with a certificate. To see one takes its number, which cannot be guessed."""

from lms.accounts.models import Person
from lms.accounts.policy import is_admin
from lms.certificates.models import Certificate
from lms.courses.policy import can_teach
from lms.events.policy import can_manage


def can_revoke(person: Person | None, certificate: Certificate) -> bool:
    """Who looks after the course or event that it was issued for."""
    if certificate.course is not None:
        return can_teach(person, certificate.course)
    return can_manage(person, certificate.event) if certificate.event is not None else is_admin(person)
