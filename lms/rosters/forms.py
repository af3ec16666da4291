"""What trainers fill in about who takes a course."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Optional

from lms import i18n
from lms.courses.models import CohortCourse, Course, EnrolmentMode
from lms.i18n import gettext, lazy_gettext as _l, pick
from lms.web.forms import Form, SelectChoice, at_most, not_blank

YEARS = range(2000, 2101)
MODES = {
    EnrolmentMode.open: _l("Open: everyone can enrol"),
    EnrolmentMode.key: _l("With a key: whoever knows the key can enrol"),
    EnrolmentMode.request: _l("On request: people ask, and you decide"),
    EnrolmentMode.closed: _l("Closed: only you enrol people"),
}
_SIGN_IN_NAME = _l("Phone number or e-mail address")


class AccessForm(Form):
    mode = RadioField(
        _l("How people come into the course"),
        [InputRequired(_l("Please choose one."))],
        choices=[SelectChoice(str(mode), label) for mode, label in MODES.items()],
    )
    key = StringField(
        _l("Key"),
        [at_most(80)],
        description=_l("Only for the second way. Capitals and blanks don't matter."),
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "maxlength": 80},
    )


def _who() -> StringField:
    return StringField(_SIGN_IN_NAME, [not_blank, at_most(255)], render_kw={"autocomplete": "off", "maxlength": 255})


class PersonForm(Form):
    person = _who()


class TrainerForm(Form):
    trainer = _who()


class DeclineForm(Form):
    reason = TextAreaField(
        _l("Why not"),
        [not_blank, at_most(500)],
        description=_l("The person reads this."),
        render_kw={"rows": 2, "maxlength": 500},
    )


class NameForm(Form):
    name = StringField(
        _l("Name of the cohort"),
        [not_blank, at_most(200)],
        description=_l("For example the district and the year."),
        render_kw={"maxlength": 200},
    )


def usual(form: Any, field: Any) -> None:
    if field.data and field.data.year not in YEARS:
        raise ValidationError(gettext("Please check the year."))


class DatesForm(Form):
    opens = DateField(_l("Opens on"), [Optional(), usual], description=_l("Empty: at once."))
    due = DateField(_l("Deadline"), [Optional(), usual], description=_l("Until the end of this day. Empty: none."))

    @property
    def moments(self) -> tuple[datetime | None, datetime | None]:
        """From the beginning of one day to the end of another, in the site's zone."""
        end = _begins(self.due.data + timedelta(days=1)) if self.due.data else None
        return _begins(self.opens.data) if self.opens.data else None, end and end - timedelta(seconds=1)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, i18n.zone())


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(i18n.zone()).date() if moment else None


def dates_form(course: Course, taken: CohortCourse | None = None) -> DatesForm:
    """One of several on a page; the token stands beside it, and was checked before."""
    shown = {"opens": _day(taken.opens_at), "due": _day(taken.due_at)} if taken else {}
    return DatesForm(prefix=f"{course.slug}-", data=shown, meta={"csrf": False})


def decline_form(number: int | str) -> DeclineForm:
    """The same."""
    return DeclineForm(prefix=f"{number}-", meta={"csrf": False})


class CourseForm(DatesForm):
    course = SelectField(_l("Course"), [InputRequired(_l("Please choose one."))])

    def offer(self, courses: Iterable[Course]) -> None:
        offered = [SelectChoice(one.slug, pick(one.title)) for one in courses]
        self.course.choices = [SelectChoice("", gettext("Choose…")), *offered]
