"""Checking a certificate, and taking one back."""

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from lms.i18n import lazy_gettext as _l
from lms.web.forms import Form


class VerifyForm(Form):
    class Meta(Form.Meta):
        csrf = False

    number = StringField(_l("Number of the certificate"), [Length(max=60)])


class RevokeForm(Form):
    reason = TextAreaField(_l("Reason, shown to everyone who checks the certificate"), [Length(max=500)])
