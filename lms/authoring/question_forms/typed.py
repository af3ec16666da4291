"""What stands in the fields of a form, and what is wrong with it. Pure.

A field of a text is named after its language, one of a row after the row: `option-0-km`, `share-0`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from lms.i18n import gettext
from lms.quizzes import kinds
from lms.quizzes.kinds import INVISIBLE, Question

Versions: TypeAlias = Mapping[str, Question]
"""A question by language."""
Codes: TypeAlias = Sequence[str]
"""Languages."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass
class Typed:
    """The values of fields by their names, and what is wrong with them; the error `""` is of the form as a whole."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    prefix: str = ""
    """What the names of all these fields begin with, where they are one part of a form."""

    def within(self, prefix: str) -> "Typed":
        """The part of the form whose names begin with this."""
        return Typed(self.values, self.errors, self.prefix + prefix)

    # Writing

    def put(self, name: str, value: str) -> None:
        """What the field shows; an empty one is as if it were not there."""
        if value:
            self.values[self.prefix + name] = value

    def wrong(self, name: str, message: str) -> None:
        found = self.errors.setdefault(self.prefix + name, [])
        if message not in found:
            found.append(message)

    def need(self, name: str, codes: Codes) -> None:
        """A text that has to be there in each of these languages."""
        message = gettext("Write this too: the question needs it in every language that it is asked in.")
        for code in codes:
            if not self.filled(f"{name}-{code}"):
                self.wrong(f"{name}-{code}", message if len(codes) > 1 else gettext("Please fill this in."))

    # Reading

    def value(self, name: str) -> str:
        """As it was typed."""
        return self.values.get(self.prefix + name, "")

    def filled(self, name: str) -> bool:
        return _says_something(self.value(name))

    def filled_in(self, name: str, codes: Codes) -> bool:
        """In one of the languages."""
        return any(self.filled(f"{name}-{code}") for code in codes)

    def text(self, name: str) -> str:
        """Without what nobody sees and no bundle takes."""
        return kinds.tidy(CONTROL.sub("", self.value(name))) if self.filled(name) else ""

    def number(self, name: str) -> float | None:
        """None where nothing is typed, and after a complaint."""
        if not self.filled(name):
            return None
        value = kinds.number(self.text(name))
        if value is None:
            text = self.text(name)[: kinds.TITLE_LENGTH]
            self.wrong(name, gettext("“%(text)s” is not a number.", text=text))
        return None if value is None else float(value)

    def whole(self, name: str, low: int, high: int, empty: int) -> int:
        """A whole number within these limits; `empty` where nothing is typed, and after a complaint."""
        if not self.filled(name):
            return empty
        value = kinds.number(self.text(name))
        if value is None or not low <= value <= high or value != int(value):
            self.wrong(name, gettext("Write a whole number from %(low)s to %(high)s.", low=low, high=high))
            return empty
        return int(value)

    def count(self, name: str, usual: int, most: int) -> int:
        """How many rows the form says that it has, within reason."""
        said = self.value(name)
        wanted = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else usual
        return min(max(wanted, 1), most)

    # Looking over

    def languages(self, codes: Codes) -> list[str]:
        """Those in which something is written."""
        written = [name for name, value in self.values.items() if _says_something(value)]
        return [code for code in codes if any(name.endswith(f"-{code}") for name in written)]

    def says(self, *names: str) -> bool:
        """Whether one of these fields has something to show, or an error; `note-0-` stands for all that begin so."""
        filled = [name for name, value in self.values.items() if _says_something(value)]
        return any(_is_one(name.removeprefix(self.prefix), names) for name in (*self.errors, *filled))


def _is_one(name: str, names: Codes) -> bool:
    return name in names or name.startswith(tuple(one for one in names if one.endswith("-")))


def _says_something(text: str) -> bool:
    return bool(CONTROL.sub("", text).translate(INVISIBLE).strip())


def plain(value: float) -> str:
    """A number as people type it."""
    return repr(float(value)).removesuffix(".0")
