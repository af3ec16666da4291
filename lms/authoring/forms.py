"""What a trainer fills in about a course and its units. Texts have a field for each language."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms import i18n
from lms.authoring import contents
from lms.bundles.toml import MAX_SLUG, SLUG
from lms.i18n import gettext, lazy_gettext as _l
from lms.web.forms import Form, SelectChoice, at_most

MOST_SIGNS = 200
MOST_LINES = 100_000
MOST_HOURS = 10_000
TOO_MUCH = _l("Please write less than this.")


class TextsForm(Form):
    """A form with texts in several languages; its fields are called `title-km`."""

    codes: Sequence[str] = ()
    """The languages, that of the site first."""

    def text(self, key: str) -> dict[str, str]:
        return contents.filled({code: " ".join((self[f"{key}-{code}"].data or "").split()) for code in self.codes})

    def lines(self, key: str) -> dict[str, str]:
        given = {code: (self[f"{key}-{code}"].data or "").replace("\r\n", "\n").strip() for code in self.codes}
        return contents.filled(given)

    def fields_of(self, key: str) -> list[tuple[str, Field]]:
        return [(code, self[f"{key}-{code}"]) for code in self.codes]

    def require(self, key: str) -> bool:
        """Whether the text is there in one language at least; else says so beside its first field."""
        if self.text(key):
            return True
        first = self[f"{key}-{self.codes[0]}"]
        first.errors = [*first.errors, gettext("Please fill this in, in one language at least.")]
        return False


class Several(SelectMultipleField):
    """Any number of choices, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        known = {getattr(choice, "value", choice) for choice in self.choices or ()}
        if not known.issuperset(self.data or ()):
            raise ValidationError(gettext("Not a valid choice."))


def _choices(named: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in named.items()]


def languages(content: Mapping[str, Any] | None = None) -> list[str]:
    """Those of the site, and what further ones the course has."""
    return list(dict.fromkeys([*i18n.locales(), *contents.languages(content or {})]))


def language_name(code: str) -> str:
    return i18n.NAMES.get(code, code)


def _line(code: str, most: int = MOST_SIGNS) -> Field:
    return StringField(language_name(code), [at_most(most)], render_kw={"lang": code, "maxlength": most})


def _text(code: str, rows: int) -> Field:
    return TextAreaField(language_name(code), [at_most(MOST_LINES)], render_kw={"lang": code, "rows": rows})


def _with_texts(base: type[TextsForm], codes: Sequence[str], fields: Mapping[str, Any], **options: Any) -> Any:
    texts = {f"{key}-{code}": make(code) for key, make in fields.items() for code in codes}
    return type(base.__name__, (base,), {**texts, "codes": codes})(**options)


def texts_of(content: Mapping[str, Any], keys: Collection[str], codes: Sequence[str]) -> dict[str, str]:
    """What the fields say at first."""
    return {f"{key}-{code}": (content.get(key) or {}).get(code, "") for key in keys for code in codes}


# A new course, a copy, a new part


class NewCourseForm(TextsForm):
    slug = StringField(
        _l("Name in the address"),
        [
            Optional(),
            at_most(MAX_SLUG),
            Regexp(f"^{SLUG.pattern}$", message=_l("Small Latin letters, digits and single hyphens, please.")),
        ],
        description=_l(
            "Small Latin letters, digits and hyphens. Empty: made from the title. It cannot be changed later."
        ),
        render_kw={"maxlength": MAX_SLUG, "autocapitalize": "off", "autocomplete": "off", "spellcheck": "false"},
    )


def new_course_form(content: Mapping[str, Any] | None = None) -> NewCourseForm:
    codes = languages(content)
    given = texts_of(content or {}, ["title"], codes)
    form: NewCourseForm = _with_texts(NewCourseForm, codes, {"title": _line}, data=given)
    return form


def new_part_form(content: Mapping[str, Any]) -> TextsForm:
    form: TextsForm = _with_texts(TextsForm, languages(content), {"title": _line})
    return form


# Settings


class SettingsForm(TextsForm):
    seen = HiddenField()
    hours = FloatField(
        _l("Hours of study"),
        [Optional(), NumberRange(0, MOST_HOURS, message=_l("This must be a number from 0 up."))],
        description=_l("An estimate; it stands on the course's page and on the certificate."),
        render_kw={"inputmode": "decimal"},
    )
    pass_mark = FloatField(
        _l("Pass mark of quizzes that set none, in percent"),
        [Optional(), NumberRange(0, 100, message=_l("This must be a number from 0 to 100."))],
        render_kw={"inputmode": "decimal"},
    )
    requires = Several(
        _l("Courses to complete before this one"),
    )

    def entries(self) -> dict[str, Any]:
        """Of the draft's content: these, and no others."""
        return {
            "title": self.text("title"),
            "summary": self.text("summary"),
            "description": self.lines("description"),
            "statement": self.lines("statement"),
            "hours": self.hours.data or 0.0,
            "pass_mark": 60.0 if self.pass_mark.data is None else self.pass_mark.data,
            "requires": list(self.requires.data or []),
        }


def _plain(number: float | None) -> float | None:
    """2 rather than 2.0, as people write it."""
    return int(number) if number is not None and number == int(number) else number


SETTINGS = ("title", "summary", "description", "statement", "hours", "pass_mark", "requires")
"""The entries of a draft that its settings are."""


def settings_form(content: Mapping[str, Any], others: Mapping[str, str]) -> SettingsForm:
    """`others` are the courses that can be required: their titles by slug."""
    codes = languages(content)
    kinds = {
        "title": _line,
        "summary": lambda code: _line(code, 500),
        "description": lambda code: _text(code, 6),
        "statement": lambda code: _text(code, 3),
    }
    given = {
        **texts_of(content, kinds, codes),
        "seen": contents.digest(content, SETTINGS),
        "hours": _plain(content.get("hours")),
        "pass_mark": _plain(content.get("pass_mark")),
        "requires": content.get("requires") or [],
    }
    form: SettingsForm = _with_texts(SettingsForm, codes, kinds, data=given)
    form.requires.choices = _choices(others)
    return form


# Units


class UnitForm(TextsForm):
    seen = HiddenField()
    requires = Several(
        _l("Units to complete before this one"),
    )
    opens_at = DateTimeLocalField(
        _l("Opens on"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
    )

    def content(self, old: Mapping[str, Any]) -> dict[str, Any]:
        opens_at = self.opens_at.data
        return {
            **old,
            "title": self.text("title"),
            "summary": self.text("summary"),
            "requires": list(self.requires.data or []),
            "opens_at": _stored(opens_at) if opens_at else None,
        }


def _stored(local: datetime) -> str:
    """A time of day in the site's zone as a draft keeps it."""
    return local.replace(tzinfo=i18n.zone()).astimezone(UTC).isoformat()


def unit_form(
    course: Mapping[str, Any], content: Mapping[str, Any], version: int, earlier: Mapping[str, str]
) -> UnitForm:
    """`earlier` are the units before this one: their titles by slug."""
    codes = languages(course)
    kinds = {"title": _line, "summary": lambda code: _line(code, 500)}
    opens_at = content.get("opens_at")
    given = {
        **texts_of(content, kinds, codes),
        "seen": version,
        "requires": content.get("requires") or [],
        "opens_at": datetime.fromisoformat(opens_at).astimezone(i18n.zone()) if opens_at else None,
    }
    form: UnitForm = _with_texts(UnitForm, codes, kinds, data=given)
    form.requires.choices = _choices(earlier)
    return form


# The completion rule


SHARES = {"all": _l("All of them"), "some": _l("At least so many:"), "none": _l("None; they are voluntary")}
NEEDS = {"all": _l("All of these"), "some": _l("At least so many of these:")}
FROM_ONE = NumberRange(min=1, max=100_000, message=_l("This must be a whole number from 1 up."))


def _how_many(label: Any) -> Field:
    return IntegerField(label, [Optional(), FROM_ONE], render_kw={"min": 1, "inputmode": "numeric"})


class RuleForm(Form):
    seen = HiddenField()
    lessons = RadioField(_l("Pages to read"), choices=_choices(SHARES), default="all")
    lessons_number = _how_many(_l("Number of pages"))
    quizzes = RadioField(_l("Quizzes to pass"), choices=_choices(SHARES), default="all")
    quizzes_number = _how_many(_l("Number of quizzes"))
    minutes = IntegerField(
        _l("Minutes spent in the course, at least"),
        [Optional(), FROM_ONE],
        description=_l("Empty: any time will do. Time is counted while a lesson is open and worked on."),
        render_kw={"min": 1, "inputmode": "numeric"},
    )
    score = FloatField(
        _l("Score over all quizzes, in percent, at least"),
        [Optional(), NumberRange(0, 100, message=_l("This must be a number from 0 to 100."))],
        description=_l("Empty: any score will do. It is the mean of the best scores; a quiz not taken counts 0."),
        render_kw={"inputmode": "decimal"},
    )
    approval = BooleanField(_l("A trainer approves each learner by hand"))
    need = RadioField(_l("How much of this has to be met"), choices=_choices(NEEDS), default="all")
    need_number = _how_many(_l("Number of conditions"))

    def rule(self) -> dict[str, Any]:
        rule: dict[str, Any] = {"lessons": self._share("lessons"), "quizzes": self._share("quizzes")}
        if self.minutes.data:
            rule["minutes"] = self.minutes.data
        if self.score.data is not None:
            rule["score"] = self.score.data
        if self.approval.data:
            rule["approval"] = True
        if self.need.data == "some":
            rule["need"] = self.need_number.data
        return rule

    def _share(self, key: str) -> Any:
        return self[f"{key}_number"].data if self[key].data == "some" else self[key].data

    def agrees(self, pages: int, quizzes: int) -> bool:
        """Whether the rule can be met in a course of so many pages and quizzes; else says why, where it stands."""
        self._check_share("lessons", pages, gettext("The course has fewer pages than this."))
        self._check_share("quizzes", quizzes, gettext("The course has fewer quizzes than this."))
        if self.score.data and not quizzes:
            self._wrong("score", gettext("The course has no quiz that could have a score."))
        asked = self._asked(pages, quizzes)
        if not asked:
            self._wrong("need", gettext("Ask for one thing at least, or everybody would complete the course at once."))
        if self.need.data == "some":
            if not self.need_number.data:
                self._wrong("need_number", gettext("Please fill this in."))
            elif self.need_number.data > asked:
                self._wrong("need_number", gettext("There are fewer conditions than this."))
        return not self.errors

    def _asked(self, pages: int, quizzes: int) -> int:
        """How many conditions there are. Of what the course does not have yet, `all` still counts while it is empty."""
        empty = not pages and not quizzes
        parts = [
            self.lessons.data != "none" and bool(pages or empty),
            self.quizzes.data != "none" and bool(quizzes or empty),
            bool(self.minutes.data),
            bool(self.score.data),
            bool(self.approval.data),
        ]
        return sum(parts)

    def _check_share(self, key: str, there: int, too_many: str) -> None:
        if self[key].data != "some":
            return
        wanted = self[f"{key}_number"].data
        if not wanted:
            self._wrong(f"{key}_number", gettext("Please fill this in."))
        elif wanted > there:
            self._wrong(f"{key}_number", too_many)

    def _wrong(self, name: str, message: str) -> None:
        self[name].errors = [*self[name].errors, message]


RULE = ("completion",)
"""The entry of a draft that its rule is."""


def rule_form(content: Mapping[str, Any]) -> RuleForm:
    rule: Mapping[str, Any] = content.get("completion") or {}
    given: dict[str, Any] = {"seen": contents.digest(content, RULE)}
    for key in ("lessons", "quizzes", "need"):
        share = rule.get(key, "all" if key == "need" else "none")
        is_number = isinstance(share, int)
        given[key] = "some" if is_number else share
        given[f"{key}_number"] = share if is_number else None
    given |= {"minutes": rule.get("minutes"), "score": _plain(rule.get("score")), "approval": rule.get("approval")}
    return RuleForm(data=given)
