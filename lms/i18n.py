"""Languages: the `lms` gettext domain, texts that exist in several languages, local dates and numerals.

English sentences in the code are the keys; the catalogues lie in `lms/translations`. The language is that of the
request (Flask-Babel's locale, so the host's where there is one), or the one forced by `in_language` for a mail.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from typing import TypeVar
from zoneinfo import ZoneInfo

import flask_babel
from babel import dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import current_app, g, has_request_context
from flask_babel.speaklater import LazyString

from lms.paths import TRANSLATIONS

Version = TypeVar("Version")
DEFAULT = "en"
NAMES = {"km": "ភាសាខ្មែរ", "en": "English"}
KHMER_DIGITS = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
LATIN_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
_forced: ContextVar[str | None] = ContextVar("lms_language", default=None)


def locales() -> list[str]:
    """The site's languages, the default one first."""
    return list(current_app.config["LMS_LOCALES"])


def language() -> str:
    """The language of what is being written now, e.g. `km`: one of the site's."""
    return _forced.get() or _of_request() or locales()[0]


def _of_request() -> str | None:
    """Found out once: a page asks hundreds of times."""
    if not has_request_context():
        return None
    if "lms_language" not in g:
        locale = flask_babel.get_locale()
        g.lms_language = locale.language if locale and locale.language in locales() else None
    return g.lms_language  # type: ignore[no-any-return]  # `g` is untyped


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """What is written in the block is in this language, whatever the request's is."""
    token = _forced.set(code)
    try:
        yield
    finally:
        _forced.reset(token)


@lru_cache
def _catalogue(code: str) -> NullTranslations:
    """Read from the text that translators edit, once a process (20 ms), so that nothing has to be compiled."""
    path = TRANSLATIONS / code / "LC_MESSAGES" / "lms.po"
    if not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as text:
        write_mo(compiled, read_po(text, locale=code))
    compiled.seek(0)
    return Translations(compiled, domain="lms")


def gettext(message: str, **values: object) -> str:
    text = _catalogue(language()).gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, num: int, **values: object) -> str:
    """The form for `num`, which the text may use as `%(num)s`."""
    return plural_form(singular, plural, num) % {"num": numerals(num), **values}


def plural_form(singular: str, plural: str, num: int) -> str:
    """The same with its places still open, for a library that fills them itself."""
    return _catalogue(language()).ngettext(singular, plural, num)


def pgettext(context: str, message: str, **values: object) -> str:
    """For a word that needs different translations in different places."""
    text = str(_catalogue(language()).pgettext(context, message))
    return text % values if values else text


def lazy_gettext(message: str, **values: object) -> LazyString:
    """Looked up each time it is shown; for what is written at import."""
    return LazyString(gettext, message, **values)


def pick(text: Mapping[str, str] | None, code: str | None = None) -> str:
    """The text in the reader's language, else in the first of the site's languages that it has."""
    if not text:
        return ""
    return text.get(code or language()) or (pick_version(text, code) if any(text.values()) else "")


def pick_version(versions: Mapping[str, Version], code: str | None = None) -> Version:
    """The same for anything that exists in several languages. Raises StopIteration where there is none."""
    return next(versions[choice] for choice in (code or language(), *locales(), *versions) if versions.get(choice))


def site_name() -> str:
    name = current_app.config["LMS_SITE_NAME"]
    return pick(name) if isinstance(name, dict) else str(name)


def missing(text: Mapping[str, str] | None) -> bool:
    """Whether `pick` has to show another language than the reader's."""
    return bool(text) and not (text or {}).get(language())


def numerals(value: object) -> str:
    """The same text with the digits of the reader's language."""
    return str(value).translate(KHMER_DIGITS) if language() == "km" else str(value)


def zone(name: str | None = None) -> ZoneInfo:
    return ZoneInfo(name or current_app.config["LMS_TIMEZONE"])


def _locale() -> str:
    return language() if language() in NAMES else DEFAULT


def day(moment: datetime | date | None, zone_name: str | None = None) -> str:
    """A date in words in the given zone, e.g. `24 November 2026`."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        moment = moment.astimezone(zone(zone_name)).date()
    return numerals(_date_in_words(moment, _locale()))


@lru_cache(maxsize=4096)
def _date_in_words(day: date, locale: str) -> str:
    return dates.format_date(day, "d MMMM y", locale=locale)


def time(moment: datetime, zone_name: str | None = None) -> str:
    """The time of day in the given zone, e.g. `14:30`."""
    return numerals(moment.astimezone(zone(zone_name)).strftime("%H:%M"))


def day_and_time(moment: datetime | None, zone_name: str | None = None) -> str:
    return f"{day(moment, zone_name)} {time(moment, zone_name)}" if moment else ""


def zone_label(zone_name: str | None = None) -> str:
    """What a page says beside a time, e.g. `Phnom Penh time`."""
    city = dates.get_timezone_location(zone(zone_name), locale=_locale(), return_city=True)
    return gettext("%(city)s time", city=city)


def percent(value: float | None) -> str:
    """A percentage (0 to 100) without needless decimals, e.g. `83.3 %`."""
    if value is None:
        return ""
    return numerals(_decimal(round(value, 1), "#,##0.#", _locale())) + "\u00a0%"


def number(value: float | None) -> str:
    """A plain number with up to two decimals, in the reader's digits."""
    return "" if value is None else numerals(_decimal(value, "#,##0.##", _locale()))


@lru_cache(maxsize=4096)
def _decimal(value: float, pattern: str, locale: str) -> str:
    return numbers.format_decimal(value, pattern, locale=locale)


TEMPLATE_NAMES = {
    "_": gettext,
    "gettext": gettext,
    "ngettext": ngettext,
    "pgettext": pgettext,
    "pick": pick,
    "missing": missing,
    "numerals": numerals,
    "day": day,
    "time_of_day": time,
    "day_and_time": day_and_time,
    "zone_label": zone_label,
    "percent": percent,
    "number": number,
}
"""What every template of the plugin can call; injected beside the host's own names, never over its globals."""
