"""What is filled in about a quiz: the word that opens it, and what one person has beyond others."""

from datetime import UTC, datetime
from typing import Any

from wtforms import DateTimeLocalField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from lms import i18n
from lms.i18n import gettext, lazy_gettext as _l
from lms.quizzes.models import Allowance
from lms.web.forms import Form, at_most, not_blank

MOST_ATTEMPTS, MOST_MINUTES = 100, 1440
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]


class WordForm(Form):
    word = StringField(
        _l("Access word"),
        [not_blank, at_most(80)],
        description=_l("The trainer says it when the quiz begins."),
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "maxlength": 80},
    )


def _figure(label: Any, most: int) -> IntegerField:
    within = NumberRange(0, most, _l("Please enter a whole number from %(min)s to %(max)s."))
    return IntegerField(label, [Optional(), within], render_kw={"inputmode": "numeric", "min": 0, "max": most})


class ChangeForm(Form):
    extra_attempts = _figure(_l("More attempts"), MOST_ATTEMPTS)
    extra_minutes = _figure(_l("More minutes"), MOST_MINUTES)
    closes = DateTimeLocalField(_l("Closes for this person on"), [Optional()], format=FORMATS)
    reason = TextAreaField(
        _l("Why"), [at_most(500)], description=_l("For the trainers of the course."), render_kw={"rows": 2}
    )

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if self.extra_attempts.data or self.extra_minutes.data or self.closes.data:
            return True
        self.extra_attempts.errors = [gettext("Please say what the person has beyond others.")]
        return False

    @property
    def values(self) -> dict[str, Any]:
        closes = self.closes.data
        return {
            "extra_attempts": self.extra_attempts.data or 0,
            "extra_minutes": self.extra_minutes.data or 0,
            "closes_at": closes.replace(tzinfo=i18n.zone()).astimezone(UTC) if closes else None,
            "reason": (self.reason.data or "").strip(),
        }


class AllowanceForm(ChangeForm):
    person = StringField(
        _l("Phone number or e-mail address"), [not_blank, at_most(255)], render_kw={"autocomplete": "off"}
    )


def change_form(allowance: Allowance) -> ChangeForm:
    """With what is given already."""
    shown = {name: getattr(allowance, name) for name in ("extra_attempts", "extra_minutes", "reason")}
    return ChangeForm(data={**shown, "closes": _local(allowance.closes_at)})


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(i18n.zone()).replace(tzinfo=None) if moment else None
