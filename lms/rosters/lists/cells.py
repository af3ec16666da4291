"""From what stands in a cell to what is kept of a person; what cannot be understood is said, never guessed."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from lms import clock, i18n
from lms.accounts import forms, names
from lms.accounts.models import Sex, StakeholderType
from lms.accounts.provinces import PROVINCES
from lms.i18n import LATIN_DIGITS, gettext
from lms.rosters.lists.lines import Cell

Words = Mapping[str, str]
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_WHOLE = re.compile(r"(\d+)[.,]0+")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+Z?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")
_SERIALS = range(5_000, 80_000)
"""Days since the end of 1899, as spreadsheets count: 1913 to 2119. What is smaller may be a year."""
_DAY_ZERO = date(1899, 12, 30)
_FAULTS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
_LOST = re.compile(r"[?\s]*\?[?\s]*|.*\ufffd.*", re.DOTALL)
"""What is left of Khmer letters that were saved as something else."""
_OTHER_SEXES = {
    Sex.female: "f, woman, w, ស, នារី, ស្រី, ស្ត្រី",
    Sex.male: "m, man, ប, បុរស, ប្រុស",
    Sex.other: "o, ផ្សេងៗ",
    Sex.not_said: "not said, na, unknown",
}
_OTHER_TYPES = {
    StakeholderType.government: "gov, govt, public, ministry, រដ្ឋ, រដ្ឋាភិបាល, ស្ថាប័នរដ្ឋ",
    StakeholderType.cso: """
        ngo, civil society, civil society organisation, civil society organization, សង្គមស៊ីវិល, អង្គការសង្គមស៊ីវិល
    """,
    StakeholderType.private: "company, business, private company, ឯកជន, វិស័យឯកជន",
    StakeholderType.academia: "school, university, academic, សាលា, សាកលវិទ្យាល័យ, គ្រឹះស្ថានសិក្សា",
    StakeholderType.citizen: "individual, ប្រជាពលរដ្ឋ, ពលរដ្ឋ",
    StakeholderType.other: "ផ្សេងៗ",
}
_OTHER_PROVINCES = {
    "KH-6": "kampong thum",
    "KH-10": "krong kracheh, kracheh",
    "KH-11": "mondolkiri, mondul kiri",
    "KH-16": "rattanakiri, ratanakkiri, ratanak kiri",
    "KH-18": "sihanoukville, krong preah sihanouk, kampong som, ក្រុងព្រះសីហនុ",
    "KH-22": "otdar meanchey, oddar mean chey, uddar meanchey",
    "KH-25": "tbong khmum, tboung khmom",
}
_NOT_PART_OF_THE_NAME = re.compile("^(រាជធានី|ខេត្ដ|ក្រុង)|(province|capital|municipality|city)$")


class CellError(Exception):
    """Its text says what is wrong with the cell."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the cells of one list: the words of its choices are looked up once. Raises CellError."""

    country: str
    sexes: Words
    types: Words
    provinces: Words

    def read(self, field: str, cell: Cell) -> Any:
        """The value for the field; empty cells are not asked."""
        if isinstance(cell, str) and cell.strip() in _FAULTS:
            raise CellError(gettext("Here the spreadsheet itself has an error."))
        ways: dict[str, Callable[[Cell], Any]] = {
            "email": _email,
            "phone": self._phone,
            "birth_year": _birth_year,
            "name_latin": _latin,
            "sex": lambda it: _one_of(self.sexes, it, gettext("Write female or male.")),
            "province": self._province,
            "stakeholder_type": lambda it: _one_of(
                self.types, it, gettext("Write government, cso, private, academia, citizen or other.")
            ),
        }
        return ways.get(field, _text)(cell)

    def _phone(self, cell: Cell) -> str:
        found = names.normalised_phone(_digits(_said(cell)), self.country)
        if found is None:
            raise CellError(gettext("This is not a phone number."))
        return found

    def _province(self, cell: Cell) -> str:
        word = _plain(_said(cell))
        found = self.provinces.get(word) or self.provinces.get(_NOT_PART_OF_THE_NAME.sub("", word))
        if found is None:
            raise CellError(gettext("There is no province of this name."))
        return found


def reader(country: str) -> Reader:
    provinces = {_plain(name): code for code, texts in PROVINCES.items() for name in (code, *texts.values())}
    kompong = {word.replace("kampong", "kompong"): code for word, code in provinces.items()}
    return Reader(
        country,
        _words(forms.SEXES, _OTHER_SEXES),
        _words(forms.STAKEHOLDER_TYPES, _OTHER_TYPES),
        {**_others(_OTHER_PROVINCES), **kompong, **provinces},
    )


def _words(choices: Iterable[Any], others: Mapping[Any, str]) -> Words:
    """The codes, what pages call them in each language, and what else they are called."""
    found = _others(others)
    for code in i18n.locales():
        with i18n.in_language(code):
            found |= {_plain(str(choice.label)): str(choice.value) for choice in choices}
    return found | {_plain(str(choice.value)): str(choice.value) for choice in choices}


def _others(others: Mapping[Any, str]) -> dict[str, str]:
    return {_plain(word): str(code) for code, words in others.items() for word in words.split(",")}


def _plain(text: str) -> str:
    """Letters and digits without accents; below a letter, ត and ដ look alike and are written for each other."""
    parts = unicodedata.normalize("NFKD", names.folded(text)).replace("្ត", "្ដ")
    return "".join(sign for sign in parts if unicodedata.category(sign)[0] in "LN" or "\u1780" <= sign <= "\u17d3")


def _said(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else names.tidy(cell)


def _text(cell: Cell) -> str:
    text = _said(cell)
    if is_lost(text):
        raise CellError(lost_letters())
    if len(text) > 200:
        raise CellError(gettext("Please write less than this."))
    return text


def is_lost(text: str) -> bool:
    return bool(_LOST.fullmatch(text))


def lost_letters() -> str:
    return gettext("The letters were lost when the file was saved. Save it as .xlsx or as CSV UTF-8.")


def _latin(cell: Cell) -> str:
    text = _text(cell)
    if not names.is_latin(text):
        raise CellError(gettext("Please write this name in Latin letters, as in a passport."))
    return text


def _one_of(words: Words, cell: Cell, advice: str) -> str:
    found = words.get(_plain(_said(cell)))
    if found is None:
        raise CellError(advice)
    return found


def _email(cell: Cell) -> str:
    typed = "".join(_said(cell).split()).removeprefix("mailto:")
    found = names.normalised_email(typed) if len(typed) <= 255 else None
    if found is None:
        raise CellError(gettext("This is not an e-mail address."))
    return found


def _digits(text: str) -> str:
    """A number as it was typed before a spreadsheet took it for a quantity."""
    text = text.translate(LATIN_DIGITS).lstrip("'‘’`").strip()
    quantity = _SCIENTIFIC.fullmatch(text)
    if quantity:
        first, more, power = quantity[1], quantity[2] or "", int(quantity[3])
        if len(more.rstrip("0")) < power and len(more) < power:
            raise CellError(
                gettext("The spreadsheet has cut off the last digits of this number. Type it anew, as text.")
            )
        text = (first + more)[: power + 1]
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def _birth_year(cell: Cell) -> int:
    """Of a date in one of three kinds, or of a year."""
    year = cell.year if isinstance(cell, date) else _year_of(_said(cell).translate(LATIN_DIGITS))
    this_year = clock.now().year
    if not this_year - forms.OLDEST <= year <= this_year - 10:
        raise CellError(gettext("Please enter a year such as 1985."))
    return year


def _year_of(text: str) -> int:
    if _SHORT_YEAR.fullmatch(text):
        raise CellError(gettext("Please write the year with four digits."))
    iso, day_first = _ISO.fullmatch(text), _DAY_FIRST.fullmatch(text)
    if iso or day_first:
        parts = iso.groups() if iso else day_first.groups()[::-1] if day_first else ()
        return _date(*map(int, parts)).year
    return _counted(text)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError(gettext("There is no such day. Write it as 1985-12-31 or 31/12/1985.")) from None


def _counted(text: str) -> int:
    """A year, or a day as spreadsheets count them."""
    try:
        number = Decimal(text.replace(",", ".")) if len(text) < 30 else Decimal(0)
    except InvalidOperation:
        raise CellError(gettext("This is no date. Write it as 1985-12-31 or 31/12/1985, or write the year.")) from None
    if number.is_finite() and int(min(number, Decimal(10**9))) in _SERIALS:
        return (_DAY_ZERO + timedelta(days=int(number))).year
    if number.is_finite() and number == int(min(number, Decimal(10**9))) and 1000 <= number <= 3000:
        return int(number)
    raise CellError(gettext("This is no date. Write it as 1985-12-31 or 31/12/1985, or write the year."))
