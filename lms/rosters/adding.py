"""Adding somebody who is named in a field: a learner, a member, a trainer."""

from collections.abc import Callable

from flask import current_app
from wtforms import StringField

from lms import db
from lms.accounts.models import Person
from lms.errors import InvalidError
from lms.rosters import services
from lms.web.forms import Form


def added(form: Form, field: StringField, add: Callable[[Person], object]) -> Person | None:
    """Who was added; None when the form now says what is wrong."""
    try:
        if form.validate():
            person = services.person_called(field.data or "", str(current_app.config["LMS_COUNTRY"]), field.name)
            with db.transaction():
                add(person)
            return person
    except InvalidError as error:
        form.refuse(error)
    return None
