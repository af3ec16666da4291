"""What a trainer fills in about a page, in several languages at once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from lms.authoring import contents
from lms.authoring.forms import MOST_LINES, MOST_SIGNS, TextsForm, language_name, texts_of
from lms.bundles.lessons import MAX_MINUTES
from lms.i18n import gettext, lazy_gettext as _l
from lms.web.forms import at_most

LONGEST_ADDRESS = 1000
TEXTS = ("title", "body", "video")


class PageForm(TextsForm):
    seen = HiddenField()
    minutes = IntegerField(
        _l("Minutes to read"),
        [Optional(), NumberRange(0, MAX_MINUTES, message=_l("This must be a whole number from 0 up."))],
        render_kw={"min": 0, "inputmode": "numeric", "data-keep": ""},
    )
    file = FileField(_l("Add a picture, an attachment or a film"))

    def content(self, old: Mapping[str, Any]) -> dict[str, Any]:
        """What is there in other languages than the form's stays."""
        return {
            **old,
            "title": contents.filled({**(old.get("title") or {}), **self._every("title", _in_one_line)}),
            "body": contents.filled({**(old.get("body") or {}), **self._every("body", _trimmed)}),
            "video": contents.filled({**(old.get("video") or {}), **self._every("video", str.strip)}),
            "minutes": self.minutes.data or 0,
        }

    def _every(self, key: str, clean: Any) -> dict[str, str]:
        return {code: clean(self[f"{key}-{code}"].data or "") for code in self.codes}

    def has_sound_films(self, films: Collection[str]) -> bool:
        """Whether each film is an address or one of those that were uploaded; else says so beside its field."""
        sound = True
        for code in self.codes:
            field = self[f"video-{code}"]
            film = (field.data or "").strip()
            if film and film not in films and not _is_web_address(film):
                message = gettext("Please give an address that begins with https://, or choose a film of this unit.")
                field.errors = [*field.errors, message]
                sound = False
        return sound


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _trimmed(text: str) -> str:
    """As a bundle keeps it: without the blank lines around it; a first line may be indented, as code is."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    return "\n".join(lines[first:]).rstrip()


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not any(map(str.isspace, address))


def page_form(codes: Sequence[str], content: Mapping[str, Any], version: int) -> PageForm:
    given = {**texts_of(content, TEXTS, codes), "seen": version, "minutes": content.get("minutes") or None}
    form: PageForm = _form_class(codes)(data=given)
    return form


def _form_class(codes: Sequence[str]) -> Any:
    fields: dict[str, Any] = {"codes": codes}
    for code in codes:
        name = language_name(code)
        kept = {"lang": code, "data-keep": ""}
        fields[f"title-{code}"] = StringField(
            _l("Title (%(language)s)", language=name),
            [at_most(MOST_SIGNS)],
            render_kw={**kept, "maxlength": MOST_SIGNS},
        )
        fields[f"body-{code}"] = TextAreaField(
            _l("Text (%(language)s)", language=name),
            [at_most(MOST_LINES)],
            render_kw={**kept, "rows": 16, "data-language": code},
        )
        fields[f"video-{code}"] = StringField(
            _l("Film (%(language)s)", language=name),
            [at_most(LONGEST_ADDRESS)],
            render_kw={"data-keep": "", "data-film": "", "list": "films", "inputmode": "url", "autocomplete": "off"},
        )
    return type("PageForm", (PageForm,), fields)
