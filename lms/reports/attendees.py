"""The attendee list of an event."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, case, exists, func, select

from lms.accounts.models import Organisation, Person
from lms.certificates.models import Certificate
from lms.events.models import Attendance, AttendanceSource, Event, Registration, RegistrationStatus
from lms.i18n import lazy_gettext as _l, pick
from lms.reports import people
from lms.reports.columns import Column, Kind, Listing, filled

_CAME = exists().where(Attendance.registration_id == Registration.id)
_JOINED_AT = (
    select(func.min(Attendance.joined_at)).where(Attendance.registration_id == Registration.id).scalar_subquery()
)


def listing(event: Event) -> Listing:
    """After the fixed columns one for each question that was asked at registration."""
    confirmed = Registration.status == RegistrationStatus.confirmed
    certificate = and_(
        confirmed,
        Certificate.person_id == Registration.person_id,
        Certificate.event_id == Registration.event_id,
        Certificate.revoked_at.is_(None),
    )
    waiting = (
        select(Registration.id, func.row_number().over(order_by=Registration.id).label("position"))
        .where(Registration.event_id == event.id, Registration.status == RegistrationStatus.waitlisted)
        .subquery("waiting")
    )
    attended = case((_CAME, "yes"), else_="no")
    by_link = exists().where(Attendance.registration_id == Registration.id, Attendance.source == AttendanceSource.link)
    return Listing(
        name="attendees",
        key=Registration.id,
        belongs=Registration.event_id == event.id,
        joins=(
            (Person, Person.id == Registration.person_id),
            (Organisation, Organisation.id == Person.organisation_id),
            (Certificate, certificate),
            (waiting, waiting.c.id == Registration.id),
        ),
        columns=(
            *people.COLUMNS,
            Column(
                "registered_at",
                _l("Registered"),
                Registration.registered_at,
                Registration.registered_at,
                Kind.moment,
                can_be_empty=False,
                width=17,
            ),
            Column("status", _l("Status"), Registration.status, people.plain(Registration.status)),
            Column(
                "waiting_position", _l("Waiting list"), waiting.c.position, waiting.c.position, Kind.number, reach=4
            ),
            Column("attended", _l("Attended"), attended, attended),
            Column("joined_at", _l("Joined"), _JOINED_AT, _JOINED_AT, Kind.moment, width=17),
            Column(
                "certificate_number",
                _l("Certificate"),
                Certificate.number,
                filled(Certificate.number),
                reach=3,
                width=22,
            ),
            *(Column(question["key"], pick(question["label"]), None, width=34) for question in event.questions),
        ),
        answers=Registration.answers,
        also=(Registration.id.label("id"), by_link.label("by_link")),
    )


def answers_in_words(event: Event, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was asked and what was answered, in the reader's language."""
    asked = [question for question in event.questions if given.get(question["key"])]
    return [(pick(question["label"]), _in_words(question, given[question["key"]])) for question in asked]


def _in_words(question: Mapping[str, Any], answer: str) -> str:
    """A choice is kept by its key; of one that is no longer offered that is all we know."""
    for choice in question.get("choices") or ():
        if choice["key"] == answer:
            return pick({code: text for code, text in choice.items() if code != "key"})
    return answer
