"""What the codes of a list are called in the reader's language; files keep the codes."""

from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from lms.accounts import forms, provinces
from lms.accounts.models import Sex
from lms.courses.models import EnrolmentStatus
from lms.events.models import RegistrationStatus
from lms.i18n import lazy_gettext as _l
from lms.reports.columns import Kind
from lms.reports.standing import State

Words = Mapping[str, LazyString]

SEXES: Words = {**{one.value: one.label for one in forms.SEXES}, Sex.not_said: _l("Not said")}
STAKEHOLDER_TYPES: Words = {one.value: one.label for one in forms.STAKEHOLDER_TYPES}
ENROLMENT_STATUSES: Words = {
    EnrolmentStatus.active: _l("Active"),
    EnrolmentStatus.completed: _l("Completed"),
    EnrolmentStatus.withdrawn: _l("Withdrawn"),
}
REGISTRATION_STATUSES: Words = {
    RegistrationStatus.pending: _l("Pending"),
    RegistrationStatus.confirmed: _l("Confirmed"),
    RegistrationStatus.waitlisted: _l("On the waiting list"),
    RegistrationStatus.cancelled: _l("Cancelled"),
    RegistrationStatus.rejected: _l("Rejected"),
}
STATES: Words = {
    State.not_begun: _l("Not begun"),
    State.on_the_way: _l("On the way"),
    State.stuck: _l("Stuck"),
    State.completed: _l("Completed"),
    State.withdrawn: _l("Withdrawn"),
}
SOURCES: Words = {
    "self": _l("Came in by themselves"),
    "key": _l("Came in with the key"),
    "request": _l("Asked, and a trainer approved"),
    "cohort": _l("Enrolled with a cohort"),
    "list": _l("Enrolled from a list"),
    "trainer": _l("Enrolled by a trainer"),
    "demo": _l("Made for the demo"),
}
ORDERS: Mapping[Kind, tuple[LazyString, LazyString]] = {
    Kind.text: (_l("from the first letter"), _l("from the last letter")),
    Kind.number: (_l("lowest first"), _l("highest first")),
    Kind.moment: (_l("oldest first"), _l("newest first")),
}
"""What the two ways by a column are called."""
YES_NO: Words = {"yes": _l("Yes"), "no": _l("No")}


def in_language() -> dict[str, dict[str, str]]:
    """All of them, looked up once for the many rows of a page."""
    lists = {
        "sexes": SEXES,
        "stakeholder_types": STAKEHOLDER_TYPES,
        "enrolment_statuses": ENROLMENT_STATUSES,
        "registration_statuses": REGISTRATION_STATUSES,
        "yes_no": YES_NO,
    }
    words = {name: {code: str(word) for code, word in pairs.items()} for name, pairs in lists.items()}
    return {**words, "provinces": dict(provinces.choices())}
