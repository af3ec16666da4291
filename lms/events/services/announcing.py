"""What people are told by mail, each once, in their language; those without an address find it all on the pages."""

from lms.events import calendar
from lms.events.calendar import Method
from lms.events.models import Registration
from lms.events.services.finding import position_of, sequence_of
from lms.i18n import in_language
from lms.mail import outbox


def confirmed(registration: Registration, promoted: bool) -> None:
    """With the invitation. `promoted`: the place has come free for someone who waited."""
    _tell(registration, "registration_confirmed", Method.request, promoted=promoted)


def waitlisted(registration: Registration) -> None:
    _tell(registration, "registration_waitlisted", position=position_of(registration))


def cancelled(registration: Registration, had_place: bool) -> None:
    """Takes the entry out of the calendar of whoever had one."""
    _tell(registration, "registration_cancelled", Method.cancel if had_place else None, had_place=had_place)


def event_cancelled(registration: Registration, had_place: bool) -> None:
    _tell(registration, "event_cancelled", Method.cancel if had_place else None)


def _tell(registration: Registration, template: str, method: Method | None = None, **context: object) -> None:
    person = registration.person
    if person.email:
        outbox.queue(
            f"{template}/{registration.id}",
            person.email,
            template,
            person.language,
            calendar=_entry(registration, method) if method else "",
            calendar_method=method or "",
            person=person,
            event=registration.event,
            **context,
        )


def _entry(registration: Registration, method: Method) -> str:
    event, person = registration.event, registration.person
    number = sequence_of(registration, event, cancelled=method == Method.cancel)
    with in_language(person.language):
        return calendar.write(event, method, number, attendee=person, joins=method == Method.request)
