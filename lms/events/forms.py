"""What people fill in to register, and trainers to look after an event."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import Field, IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.events.models import Event
from lms.i18n import gettext, lazy_gettext as _l, pick
from lms.web.forms import Form, not_blank

Question = dict[str, Any]
MOST = 2000
"""Characters in an answer."""
MOST_PLACES = 1_000_000


def registration_form(events: Iterable[Event], base: type[Form] = Form) -> Form:
    """The questions of these events, after the fields of `base`."""
    fields = {_name(event, question): _field(question) for event in events for question in event.questions}
    form: Form = type("RegistrationForm", (base,), fields)()
    return form


def questions(form: Form, events: Iterable[Event]) -> list[tuple[Event, list[Field]]]:
    """The fields that ask them, event by event."""
    asked = [(event, [form[_name(event, question)] for question in event.questions]) for event in events]
    return [(event, fields) for event, fields in asked if fields]


def answers(form: Form, events: Iterable[Event]) -> dict[int, dict[str, str]]:
    """What was answered, by the event's id and the question's key."""
    return {event.id: _answers(form, event) for event in events}


def _answers(form: Form, event: Event) -> dict[str, str]:
    given = {question["key"]: (form[_name(event, question)].data or "").strip() for question in event.questions}
    return {key: text for key, text in given.items() if text}


def _name(event: Event, question: Question) -> str:
    return f"question-{event.id}-{question['key']}"


def _field(question: Question) -> Field:
    label, required = pick(question["label"]), bool(question.get("required"))
    if question["kind"] == "choice":
        return _choice(label, required, question["choices"])
    checks = [*([not_blank] if required else []), Length(max=MOST, message=_l("Please write less than this."))]
    return TextAreaField(label, checks, render_kw={"rows": 2, "maxlength": MOST, "required": required})


def _choice(label: str, required: bool, choices: Sequence[Question]) -> Field:
    """One that may be left open has a choice for that, since a browser's radio button cannot be released."""
    named = {choice["key"]: pick({code: text for code, text in choice.items() if code != "key"}) for choice in choices}
    if required:
        return RadioField(label, [InputRequired(_l("Please choose one."))], choices=named)
    return RadioField(label, choices={"": gettext("No answer"), **named}, default="")


class CapacityForm(Form):
    capacity = IntegerField(
        _l("Places in all"),
        [
            Optional(),
            NumberRange(min=0, message=_l("This must be a number from 0 up.")),
            NumberRange(max=MOST_PLACES, message=_l("Please write less than this.")),
        ],
        description=_l("Empty: no limit. New places go at once to those who wait, in their order."),
        render_kw={"min": 0, "inputmode": "numeric"},
    )
