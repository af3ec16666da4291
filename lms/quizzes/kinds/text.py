"""Texts and numbers as people type them."""

import re
from decimal import Decimal

from lms.i18n import LATIN_DIGITS

NUMBER_LENGTH = 100  # a million digits would make decimal arithmetic overflow

# Zero width space, non-joiner, joiner, word joiner and byte order mark: Khmer keyboards and word processors
# scatter them, and nobody sees them.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
NUMBER = re.compile(
    r"[+-]?(?=[.,]?\d)(?:\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+|\d*)(?:[.,]\d*)?(?:e[+-]?\d{1,3})?",
    re.ASCII | re.IGNORECASE,
)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a sentence for translation where it is written; whoever shows it translates it."""
    return message


def tidy(text: str) -> str:
    """Strip a text, end its lines with a line feed, and drop what PostgreSQL or UTF-8 cannot keep."""
    text = text.encode("utf-8", "ignore").decode().replace("\0", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def number(text: str) -> Decimal | None:
    """Read a number with Latin or Khmer digits, a decimal comma or point, and spaces between thousands."""
    text = text.translate(INVISIBLE).translate(LATIN_DIGITS).replace("\u2212", "-").strip()
    if len(text) > NUMBER_LENGTH or not NUMBER.fullmatch(text):
        return None
    return Decimal(re.sub(r"\s", "", text).replace(",", "."))
