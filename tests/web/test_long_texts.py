"""What WTForms says in the singular and plural by itself fills in its own number."""

from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import Length

from lms.web.forms import Form


class Note(Form):
    text = StringField("Text", [Length(max=3)])


def test_a_limit_without_words_of_ours_is_said_and_not_a_broken_page(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        form = Note(MultiDict({"text": "abcd"}), meta={"csrf": False})
        assert not form.validate()
        assert form.text.errors == ["Field cannot be longer than 3 characters."]
