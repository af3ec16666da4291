"""What a reader asks of a list: the page and the files understand the same query string in the same way."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lms.accounts import names

_PHONE = re.compile(r"[\d()+.\-]+")


@dataclass(frozen=True, slots=True)
class Span:
    """From the beginning of one day to the end of another, in the site's zone; None: open on this side."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rows, and in which order. An empty one asks for all of them, in the list's own order."""

    order: str
    """The name of a column."""
    descending: bool = False
    equals: Mapping[str, str] = field(default_factory=dict)
    """By the name of a column, what it must hold."""
    conditions: Mapping[str, str] = field(default_factory=dict)
    """By the name of one of the list's conditions, the value that it must have."""
    spans: Mapping[str, Span] = field(default_factory=dict)
    """By the name of a column, the days that its moment must be in."""
    organisation: str = ""
    """Part of its name."""
    q: str = ""
    """Words that must all be found in a name, the e-mail address or the phone number."""
    page: int = 1

    @property
    def any(self) -> bool:
        return bool(self.equals or self.conditions or self.spans or self.organisation or self.q)

    @property
    def words(self) -> list[str]:
        return names.tidy(self.q).split()


def dialled(word: str) -> str:
    """The digits of a phone number or a part of one, without the zero that is dialled at home; "" for other words."""
    if not _PHONE.fullmatch(word):
        return ""
    digits = "".join(str(unicodedata.digit(sign)) for sign in word if sign.isdigit())
    return digits.lstrip("0") or digits
