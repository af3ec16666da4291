"""The filters of a quiz's results."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wtforms import SelectField, StringField, ValidationError

from lms.i18n import gettext, lazy_gettext as _l, numerals
from lms.quizzes.kinds import number
from lms.reports.columns import Listing
from lms.reports.filters import Filters
from lms.reports.forms import FilterForm, Titles
from lms.reports.quizzes import words
from lms.reports.quizzes.entries import Entry
from lms.web.forms import Form, SelectChoice


def _all_or(choices: Titles) -> list[SelectChoice]:
    return [SelectChoice("", gettext("All")), *(SelectChoice(value, label) for value, label in choices)]


def _is_percentage(_form: Form, field: StringField) -> None:
    value = number(field.data) if field.data else None
    if field.data and (value is None or not 0 <= value <= 100):
        raise ValidationError(gettext("Please give a number from 0 to 100."))


class ResultsForm(FilterForm):
    attempts = SelectField(_l("Which attempts"), default="")
    status = SelectField(_l("Result"), default="")
    cohort = SelectField(_l("Cohort"), default="")
    question = SelectField(_l("Question"), default="")
    below = StringField(_l("Got less than so many percent of it"), [_is_percentage], render_kw={"inputmode": "decimal"})

    conditions = ("cohort",)
    default_order = "-submitted_at"

    def __init__(self, listing: Listing, given: Any, entries: Sequence[Entry], cohorts: Titles = ()) -> None:
        super().__init__(listing, given)
        titles = [(str(entry.number), f"{numerals(entry.number)}. {entry.title}") for entry in entries]
        self.attempts.choices = [SelectChoice(value, str(label)) for value, label in words.ATTEMPTS.items()]
        self.status.choices = _all_or([(value, str(label)) for value, label in words.RESULTS.items()])
        self.cohort.choices = _all_or(cohorts)
        self.question.choices = _all_or(titles)

    def validate_below(self, field: StringField) -> None:
        if field.data and not self.question.data:
            raise ValidationError(gettext("Please choose the question that is meant."))

    def filters(self, page: int = 1) -> Filters:
        asked = super().filters(page)
        if self.below.data:
            below = {"below": f"{self.question.data}:{number(self.below.data)}"}
            return replace(asked, conditions={**asked.conditions, **below})
        return asked
