"""Forms of accounts. `PersonFields` is also what someone new fills in when registering for an event."""

from typing import Any

from flask import current_app
from wtforms import BooleanField, IntegerField, PasswordField, SelectField, StringField, ValidationError
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import TextInput

from lms import clock, i18n
from lms.accounts import names, provinces
from lms.accounts.models import Person, Sex, StakeholderType
from lms.accounts.services import LEAST_PASSWORD, MOST_PASSWORD
from lms.i18n import gettext, lazy_gettext as _l
from lms.web.forms import Form, SelectChoice, at_most, not_blank

SEXES = [
    SelectChoice(Sex.female, _l("Female")),
    SelectChoice(Sex.male, _l("Male")),
    SelectChoice(Sex.other, _l("Other")),
    SelectChoice(Sex.not_said, _l("Prefer not to say")),
]
STAKEHOLDER_TYPES = [
    SelectChoice(StakeholderType.government, _l("Government")),
    SelectChoice(StakeholderType.cso, _l("Civil-society organisation (CSO)")),
    SelectChoice(StakeholderType.private, _l("Private sector")),
    SelectChoice(StakeholderType.academia, _l("School or university")),
    SelectChoice(StakeholderType.citizen, _l("Citizen")),
    SelectChoice(StakeholderType.other, _l("Other")),
]
DISABILITY = [SelectChoice("", _l("Prefer not to say")), SelectChoice("no", _l("No")), SelectChoice("yes", _l("Yes"))]
ZONES = (
    "Asia/Phnom_Penh", "Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Vientiane", "Asia/Yangon", "Asia/Jakarta",
    "Asia/Singapore", "Asia/Kuala_Lumpur", "Asia/Manila", "Asia/Shanghai", "Asia/Seoul", "Asia/Tokyo", "Asia/Kolkata",
    "Asia/Dubai", "Australia/Sydney", "Pacific/Auckland", "Europe/Moscow", "Europe/Berlin", "Europe/Paris",
    "Europe/London", "America/New_York", "America/Chicago", "America/Los_Angeles", "Africa/Johannesburg",
)  # fmt: skip
"""What somebody can choose from; one that an account has already is kept."""
OLDEST = 110
AS_KEPT = (
    "name",
    "name_latin",
    "sex",
    "province",
    "stakeholder_type",
    "position",
    "language",
    "timezone",
    "reminders",
    "birth_year",
    "email",
    "phone",
)
"""Fields that show what the person's row holds as it is."""


def latin(_form: Any, field: Any) -> None:
    if field.data and not names.is_latin(names.tidy(field.data)):
        raise ValidationError(gettext("Please write this name in Latin letters, as in a passport."))


def chosen(_form: Any, field: Any) -> None:
    """Replaces WTForms' "Not a valid choice", which an untouched list would get."""
    if not field.data:
        field.errors[:] = []
        raise ValidationError(gettext("Please choose one."))


class NewPassword(PasswordField):
    """A password that is being set."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(
            label,
            [
                not_blank,
                Length(min=LEAST_PASSWORD, message=_l("Use at least 8 characters.")),
                Length(max=MOST_PASSWORD, message=_l("Use at most 1,000 characters.")),
            ],
            description=_l("At least 8 characters. A short sentence is easy to remember."),
            render_kw={"autocomplete": "new-password"},
            **options,
        )


class PersonFields(Form):
    """Who somebody is, as lists and certificates need it."""

    name = StringField(
        _l("Name"), [not_blank, at_most(200)], description=_l("As you write it."), render_kw={"autocomplete": "name"}
    )
    name_latin = StringField(
        _l("Name in Latin letters"),
        [not_blank, at_most(200), latin],
        description=_l("As it goes on certificates, e.g. as in your passport."),
    )
    sex = SelectField(_l("Sex"), choices=SEXES, default=Sex.not_said)
    province = SelectField(_l("Province"), [chosen])
    organisation = StringField(
        _l("Organisation"),
        [at_most(200)],
        description=_l("Where you work."),
        render_kw={"autocomplete": "organization"},
    )
    stakeholder_type = SelectField(
        _l("Kind of organisation"), [chosen], choices=[SelectChoice("", _l("Choose…")), *STAKEHOLDER_TYPES]
    )
    position = StringField(_l("Position"), [at_most(200)], render_kw={"autocomplete": "organization-title"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.province.choices = [
            SelectChoice("", gettext("Choose…")),
            *(SelectChoice(*one) for one in provinces.choices()),
        ]

    def profile(self) -> dict[str, Any]:
        """The values for `services.register_person` and `update_profile`."""
        fields = ("name", "name_latin", "sex", "province", "organisation", "stakeholder_type", "position")
        return {field: self[field].data or "" for field in fields}


class NewPersonForm(PersonFields):
    """Somebody who has no account yet."""

    sign_in = StringField(
        _l("Phone number or e-mail"),
        [not_blank, at_most(255)],
        description=_l("You sign in with it."),
        render_kw={"autocomplete": "username", "autocapitalize": "off"},
    )
    password = NewPassword(_l("Password"))
    consent = BooleanField(_l("I have read the privacy notice and agree to it."))

    def validate_consent(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(gettext("Please agree to the privacy notice; without it we may not keep your data."))

    def validate_sign_in(self, field: Any) -> None:
        if names.sign_in_name(field.data or "", current_app.config["LMS_COUNTRY"]) is None:
            raise ValidationError(gettext("This is neither a phone number nor an e-mail address."))


class SignInForm(Form):
    sign_in = StringField(
        _l("Phone number or e-mail"),
        [not_blank, at_most(255)],
        render_kw={"autocomplete": "username", "autocapitalize": "off"},
    )
    password = PasswordField(
        _l("Password"), [not_blank, at_most(MOST_PASSWORD)], render_kw={"autocomplete": "current-password"}
    )


class ProfileForm(PersonFields):
    language = SelectField(_l("Language"), description=_l("Of the pages, and of mails to you."))
    timezone = SelectField(_l("Time zone"), description=_l("Reminders come in the daytime there."))
    reminders = BooleanField(_l("Remind me by mail of courses that I have begun, of deadlines, and of news in them"))
    birth_year = IntegerField(
        _l("Year of birth"),
        [Optional()],
        description=_l("Optional. Reports count age groups, never persons."),
        widget=TextInput(),  # a number box would refuse Khmer digits
        render_kw={"inputmode": "numeric", "autocomplete": "bday-year"},
    )
    disability = SelectField(
        _l("Do you live with a disability?"),
        choices=DISABILITY,
        description=_l("Optional. It helps to see whether courses reach everyone; no list shows it with your name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [SelectChoice(code, i18n.NAMES[code]) for code in i18n.locales()]
        self.timezone.choices = self._zones(self.timezone.object_data or "")
        this_year = clock.now().year
        self.birth_year.validators = [
            Optional(),
            NumberRange(this_year - OLDEST, this_year - 10, _l("Please enter a year such as 1985.")),
        ]

    @staticmethod
    def _zones(own: str) -> list[SelectChoice]:
        """The site's first, which is what an account has that says nothing."""
        others = [name for name in ZONES if name != current_app.config["LMS_TIMEZONE"]]
        known = [*others, *([own] if own and own not in ZONES else [])]
        return [SelectChoice("", i18n.zone_label()), *(SelectChoice(name, i18n.zone_label(name)) for name in known)]

    @classmethod
    def shown(cls, person: Person) -> dict[str, Any]:
        """What the fields show of a person; saving it unchanged changes nothing."""
        disability = "" if person.disability is None else "yes" if person.disability else "no"
        organisation = person.organisation.name if person.organisation else ""
        as_kept = {name: getattr(person, name) for name in AS_KEPT}
        return {**as_kept, "organisation": organisation, "disability": disability}

    def profile(self) -> dict[str, Any]:
        disability = {"yes": True, "no": False}.get(self.disability.data or "")
        return {
            **super().profile(),
            "language": self.language.data,
            "timezone": self.timezone.data or "",
            "reminders": self.reminders.data,
            "birth_year": self.birth_year.data,
            "disability": disability,
        }


class OwnProfileForm(ProfileForm):
    """On the ready-made site one also changes what one signs in with."""

    email = StringField(_l("E-mail"), [at_most(255)], render_kw={"autocomplete": "email", "inputmode": "email"})
    phone = StringField(_l("Phone number"), [at_most(40)], render_kw={"autocomplete": "tel", "inputmode": "tel"})
    current = PasswordField(
        _l("Current password"),
        [at_most(MOST_PASSWORD)],
        description=_l("Only to change your e-mail address or phone number."),
        render_kw={"autocomplete": "current-password"},
    )


class ChangePasswordForm(Form):
    current = PasswordField(
        _l("Current password"), [not_blank, at_most(MOST_PASSWORD)], render_kw={"autocomplete": "current-password"}
    )
    password = NewPassword(_l("New password"))


class ForgotForm(Form):
    sign_in = StringField(_l("Your e-mail address"), [not_blank, at_most(255)], render_kw={"autocomplete": "email"})


class ResetForm(Form):
    password = NewPassword(_l("New password"))
