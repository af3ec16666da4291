"""Texts and numbers as people type them."""

import re
import unicodedata
from decimal import Decimal

from lms.i18n import LATIN_DIGITS
from lms.quizzes.kinds.khmer import as_seen

NUMBER_LENGTH = 100  # a million digits would make decimal arithmetic overflow

# Zero width space, non-joiner, joiner, word joiner, byte order mark, soft hyphen and marks of direction: keyboards and
# word processors scatter them, and nobody sees them.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
_NOT_KEPT: dict[int, str | None] = {
    **dict.fromkeys([*range(9), *range(14, 32), 0xFFFE, 0xFFFF]),
    **dict.fromkeys([0x0B, 0x0C], "\n"),  # how word processors break a line or a page
}
MARKER = re.compile(r"\[\[(\d{1,3})\]\]", re.ASCII)
"""Where a gap stands in a text."""

_NUMBER = r"[+-]?(?=[.,]?\d)(?:\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+|\d*)(?:[.,]\d*)?(?:e[+-]?\d{1,3})?"
_HOW = re.ASCII | re.IGNORECASE | re.DOTALL
_ALONE = re.compile(_NUMBER, _HOW)
_UNIT_AFTER = re.compile(rf"(?P<sign>)(?P<number>{_NUMBER})\s*(?P<unit>[^\s\d.,+-].*)?", _HOW)
_UNIT_BEFORE = re.compile(rf"(?P<sign>[+-]?)(?P<unit>[^\d+-]*[^\s\d.,+-])\s*(?P<number>{_NUMBER})", _HOW)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a sentence for translation where it is written; whoever shows it translates it."""
    return message


def tidy(text: str) -> str:
    """Strip a text, end its lines with a line feed, and drop what PostgreSQL, UTF-8 or XML cannot keep."""
    text = text.encode("utf-8", "ignore").decode().replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_NOT_KEPT).strip()


def comparable(text: str, case: bool = False) -> str:
    """A text as it is compared: without what cannot be seen and what only the keyboard decided; unless `case`, in small
    letters."""
    text = as_seen(text.translate(INVISIBLE).translate(LATIN_DIGITS))
    text = " ".join(text.split())
    return unicodedata.normalize("NFC", text if case else text.casefold())


def number(text: str) -> Decimal | None:
    """Read a number with Latin or Khmer digits, a decimal comma or point, and spaces between thousands."""
    text = _plain(text)
    if len(text) > NUMBER_LENGTH or not _ALONE.fullmatch(text):
        return None
    return Decimal(re.sub(r"\s", "", text).replace(",", "."))


def quantity(text: str) -> tuple[Decimal, str] | None:
    """Read a number with a unit after or before it, as `unit_key` has it; the unit may be missing."""
    text = _plain(text)
    found = len(text) <= NUMBER_LENGTH and (_UNIT_AFTER.fullmatch(text) or _UNIT_BEFORE.fullmatch(text))
    value = number(found["sign"] + found["number"]) if found else None
    return (value, unit_key(found["unit"] or "")) if found and value is not None else None


def unit_key(name: str) -> str:
    """A unit as it is compared: blanks do not count, nor how a raised digit was typed; large and small letters do."""
    return "".join(unicodedata.normalize("NFKC", comparable(name, case=True)).split())


def _plain(text: str) -> str:
    return text.translate(INVISIBLE).translate(LATIN_DIGITS).replace("\u2212", "-").strip()
