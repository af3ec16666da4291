"""The filters of a list, as a form that is sent with GET: its address can be kept, shared, and turned into a file."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from wtforms import DateField, Field, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional, Regexp

from lms import i18n
from lms.accounts import provinces
from lms.i18n import gettext, lazy_gettext as _l
from lms.reports import words
from lms.reports.columns import Listing
from lms.reports.filters import Filters, Span
from lms.web.forms import Form, SelectChoice, at_most

Titles = Iterable[tuple[str, str]]
YEARS = range(2000, 2101)
"""What a day may be in; others are slips of the hand."""


def _near(form: Form, field: Field) -> None:
    if field.data and field.data.year not in YEARS:
        raise ValidationError(gettext("Please give a year between 2000 and 2100."))


class DayField(DateField):
    """Says what is wanted, where WTForms only says that it did not get it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            message = gettext("Please give a day as year, month and day, for example 2026-11-24.")
            raise ValueError(message) from None


def _text(label: Any) -> StringField:
    return StringField(label, [Length(max=100, message=_l("Please write less than this."))])


def _day(label: Any) -> DayField:
    return DayField(label, [Optional(), _near])


def _choice(label: Any, choices: Callable[[], Iterable[tuple[str, Any]]]) -> SelectField:
    return SelectField(
        label,
        choices=lambda: [SelectChoice("", gettext("All")), *(SelectChoice(*one) for one in choices())],
        default="",
    )


class FilterForm(Form):
    """What every list is filtered by. `orders` are the columns that the list can be ordered by."""

    class Meta(Form.Meta):
        csrf = False

    q = _text(_l("Name, phone or e-mail"))
    sex = _choice(_l("Sex"), words.SEXES.items)
    province = _choice(_l("Province"), provinces.choices)
    organisation = _text(_l("Organisation"))
    order = StringField(_l("Order"))

    chosen: Sequence[str] = ("sex", "province", "status")
    """Fields that are called like the column which must hold their value."""
    conditions: Sequence[str] = ()
    """Fields that are called like one of the list's conditions."""
    default_order = ""
    spans: Mapping[str, str] = {}
    """By the name of a column, how the names of the two fields begin that bound it."""

    def __init__(self, listing: Listing, given: Any) -> None:
        super().__init__(given)
        self.listing = listing
        self.orders = [column.name for column in listing.columns if column.order is not None]

    def validate_order(self, field: Field) -> None:
        if field.data and field.data.removeprefix("-") not in self.orders:
            raise ValidationError(gettext("This list cannot be put in this order."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also that no span ends before it begins."""
        good = super().validate(extra_validators)
        reversed_ones = [name for name in self.spans.values() if self._is_reversed(name)]
        for name in reversed_ones:
            self[f"{name}_to"].errors = [gettext("This day is before the first one.")]
        return good and not reversed_ones

    def _is_reversed(self, name: str) -> bool:
        span = self._span(name)
        return bool(span.first and span.last and span.first > span.last)

    def _span(self, name: str) -> Span:
        return Span(self[f"{name}_from"].data, self[f"{name}_to"].data)

    def order_choices(self) -> list[tuple[str, str]]:
        """Both ways by each column that the list can be ordered by."""
        ways = {kind: (str(up), str(down)) for kind, (up, down) in words.ORDERS.items()}
        columns = map(self.listing.column, self.orders)
        return [
            (sign + column.name, f"{column.heading}: {way}")
            for column in columns
            for sign, way in zip(("", "-"), ways[column.kind], strict=True)
        ]

    @property
    def chosen_order(self) -> str:
        """The column's name, after a minus if the largest comes first."""
        return self.order.data or self.default_order

    def filters(self, page: int = 1) -> Filters:
        """What was asked for, once the form is valid."""
        spans = {column: self._span(name) for column, name in self.spans.items()}
        return Filters(
            order=self.chosen_order.removeprefix("-"),
            descending=self.chosen_order.startswith("-"),
            equals={name: self[name].data for name in self.chosen if self[name].data},
            conditions={name: self[name].data for name in self.conditions if self[name].data},
            spans={column: span for column, span in spans.items() if span.first or span.last},
            organisation=self.organisation.data or "",
            q=self.q.data or "",
            page=page,
        )

    def query(self) -> dict[str, str]:
        """The same as a query string would say it, with nothing in it that says nothing."""
        said = {field.name: " ".join(field.raw_data or ()).strip() for field in self}
        return {name: value for name, value in said.items() if value}

    def problems(self) -> str:
        return " ".join(f"{self[name].label.text}: {' '.join(map(str, said))}" for name, said in self.errors.items())


class LearnersForm(FilterForm):
    """`cohorts` and `lessons`: slugs and titles of those that may be asked for."""

    state = _choice(_l("How far"), words.STATES.items)
    cohort = _choice(_l("Cohort"), tuple)
    stuck_at = _choice(_l("Stuck at"), tuple)
    has_email = _choice(_l("Has an e-mail address"), words.YES_NO.items)
    status = _choice(_l("Status"), words.ENROLMENT_STATUSES.items)
    enrolled_from = _day(_l("Enrolled from"))
    enrolled_to = _day(_l("Enrolled to"))
    completed_from = _day(_l("Completed from"))
    completed_to = _day(_l("Completed to"))

    conditions = ("state", "cohort", "stuck_at", "has_email")
    default_order = "-enrolled_at"
    spans = {"enrolled_at": "enrolled", "completed_at": "completed"}

    def __init__(self, listing: Listing, given: Any, cohorts: Titles = (), lessons: Titles = ()) -> None:
        super().__init__(listing, given)
        for field, titles in ((self.cohort, cohorts), (self.stuck_at, lessons)):
            field.choices = [SelectChoice("", gettext("All")), *(SelectChoice(*one) for one in titles)]


class AttendeesForm(FilterForm):
    status = _choice(_l("Status"), words.REGISTRATION_STATUSES.items)
    attended = _choice(_l("Attended"), words.YES_NO.items)
    registered_from = _day(_l("Registered from"))
    registered_to = _day(_l("Registered to"))

    chosen = ("sex", "province", "status", "attended")
    default_order = "registered_at"
    spans = {"registered_at": "registered"}


def message_form() -> "MessageForm":
    """With a subject and a text in each language of the site."""
    fields: dict[str, Field] = {}
    for code in i18n.locales():
        fields[f"subject_{code}"] = StringField(_l("Subject"), [at_most(200)])
        fields[f"text_{code}"] = TextAreaField(_l("Text"), [at_most(10_000)], render_kw={"rows": 8})
    return cast("MessageForm", type("MessageForm", (MessageForm,), fields)())


class MessageForm(Form):
    """A letter to many, in one language or several."""

    letter = HiddenField(default=lambda: secrets.token_urlsafe(12), validators=[Regexp(r"[\w-]{8,40}\Z")])
    """What tells this letter from others, so that it is sent once."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Also that what is begun in a language is whole in it."""
        good = bool(super().validate(extra_validators))
        begun = [code for code in i18n.locales() if any(part.strip() for part in self._parts(code))]
        for code in begun or i18n.locales()[:1]:
            for name, part in zip(("subject", "text"), self._parts(code), strict=True):
                if not part.strip():
                    self[f"{name}_{code}"].errors = [gettext("Please fill this in.")]
                    good = False
        return good

    def _parts(self, code: str) -> tuple[str, str]:
        return self[f"subject_{code}"].data or "", self[f"text_{code}"].data or ""

    def texts(self) -> dict[str, tuple[str, str]]:
        """By language the subject and the text, once the form is valid."""
        parts = {code: self._parts(code) for code in i18n.locales()}
        return {code: (subject.strip(), text.strip()) for code, (subject, text) in parts.items() if text.strip()}
