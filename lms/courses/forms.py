"""What people fill in to come into a course."""

from wtforms import StringField, TextAreaField

from lms.i18n import lazy_gettext as _l
from lms.web.forms import Form, at_most, not_blank

MOST_MESSAGE = 500
"""Characters."""


class KeyForm(Form):
    key = StringField(
        _l("Key of the course"),
        [not_blank, at_most(200)],
        description=_l("The trainers give it to you. Capitals and blanks don't matter."),
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "maxlength": 200},
    )


class RequestForm(Form):
    message = TextAreaField(
        _l("A message to the trainers"),
        [at_most(MOST_MESSAGE)],
        description=_l("For example why you would like to take the course, and where you work."),
        render_kw={"rows": 3, "maxlength": MOST_MESSAGE},
    )
