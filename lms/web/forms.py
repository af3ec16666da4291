"""The base of all forms: their messages in the reader's language, their errors beside the field."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import Length, StopValidation

from lms.errors import InvalidError
from lms.i18n import gettext, lazy_gettext as _l, plural_form

__all__ = ["Form", "SelectChoice", "at_most", "not_blank"]


def N_(message: str) -> str:  # noqa: N802  # gettext's customary name for "extract this, translate later"
    return message


WTFORMS_MESSAGES = [
    N_("This field is required."),
    N_("Invalid email address."),
    N_("Not a valid choice."),
    N_("Not a valid choice"),
    N_("Not a valid integer value."),
    N_("Not a valid decimal value."),
    N_("Not a valid float value."),
    N_("Not a valid date value."),
    N_("Not a valid datetime value."),
    N_("Invalid Choice: could not coerce."),
    N_("Invalid CSRF Token"),
]
"""What WTForms says by itself and our forms can cause, so that it is in our catalogue."""


class _Messages:
    def gettext(self, message: str) -> str:
        return gettext(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return plural_form(singular, plural, n)


class Form(FlaskForm):
    """A form of the plugin. CSRF is checked for every request that changes something, before its view."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Messages:
            return _Messages()

    def refuse(self, error: InvalidError) -> None:
        """Puts what a service refused beside the field it names."""
        self[error.field].errors = [*self[error.field].errors, error.message]


def not_blank(form: Any, field: Any) -> None:
    """A required text, with a message that says what to do, and that alone."""
    if not (field.data or "").strip():
        field.errors[:] = []
        raise StopValidation(gettext("Please fill this in."))


def at_most(signs: int) -> Length:
    """A text that fits where it is kept."""
    return Length(max=signs, message=_l("Please write less than this."))
