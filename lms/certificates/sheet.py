"""What a certificate says: plain values in Khmer and English, and how they are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from babel import dates, numbers

from lms.i18n import KHMER_DIGITS


@dataclass(frozen=True, slots=True)
class Text:
    """The same in both languages; an empty one isn't printed."""

    km: str = ""
    en: str = ""

    @classmethod
    def of(cls, text: Mapping[str, str] | str | None) -> Self:
        """From a translated column or setting."""
        if text is None or isinstance(text, str):
            return cls(en=text or "")
        return cls(text.get("km", ""), text.get("en", ""))

    def __bool__(self) -> bool:
        return bool(self.km or self.en)


@dataclass(frozen=True, slots=True)
class Signatory:
    name: Text
    title: Text = Text()
    picture: Path | None = None
    """A drawing of the signature, PNG or SVG."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One certificate, as it is printed."""

    kind: str
    """`completion` or `attendance`."""
    name: str
    """As the person writes it, in Khmer where they do."""
    name_latin: str
    achievement: Text
    """The title of the course, the event or the series."""
    number: str
    verify_url: str
    day: date
    """When it was issued, in the site's zone."""
    site_name: Text
    statement: Text = Text()
    hours: float | None = None
    period: tuple[date, date] | None = None
    """The first and the last day of what it certifies; the same day twice for one day."""
    organisation: tuple[Text, ...] = ()
    """The issuing bodies, one a line."""
    logos: tuple[Path, ...] = ()
    """PNG or SVG, from left to right."""
    signatories: tuple[Signatory, ...] = ()


def khmer_digits(value: object) -> str:
    return str(value).translate(KHMER_DIGITS)


def day(moment: date) -> Text:
    """`ថ្ងៃទី២៤ ខែវិច្ឆិកា ឆ្នាំ២០២៦` and `24 November 2026`."""
    khmer = dates.format_date(moment, "'ថ្ងៃទី'd 'ខែ'MMMM 'ឆ្នាំ'y", locale="km")
    return Text(khmer_digits(khmer), dates.format_date(moment, "d MMMM y", locale="en"))


def days(period: tuple[date, date]) -> Text:
    """The same for the first and the last day of something."""
    first, last = period
    end = day(last)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return Text(f"ពីថ្ងៃទី{khmer_digits(first.day)} ដល់{end.km}", f"{first.day}–{end.en}")
    return Text(f"ពី{day(first).km} ដល់{end.km}", f"{day(first).en} – {end.en}")


def duration(hours: float) -> Text:
    """`៦ ម៉ោង` and `6 hours`, with at most two decimals."""
    khmer, english = (numbers.format_decimal(hours, "#,##0.##", locale=code) for code in ("km", "en"))
    return Text(f"{khmer_digits(khmer)} ម៉ោង", f"{english} hour" if english == "1" else f"{english} hours")


# Where a Khmer line may break. Khmer is written without spaces between words, and Pango breaks it nowhere, or, when
# told to break anywhere, between a consonant and the one below it. Writers put spaces between phrases, and some
# U+200B between words: those are kept. What is still longer than a line may also break before a word that nearly
# always begins a phrase, and, failing that, between syllables.

_LETTER = r"[\u1780-\u17b3]"
_MARK = r"(?:\u17d2+[\u1780-\u17b3]|[\u17b4-\u17d1\u17d3\u17dd\u200c\u200d])"
_CLUSTER = re.compile(rf"{_LETTER}{_MARK}*")
_TOKEN = re.compile(rf"{_LETTER}{_MARK}*|[^\u1780-\u17b3]+")
_SILENT = re.compile(rf"{_LETTER}(?:[\u17b7\u17bb]?\u17cd)?")
_PHRASE = re.compile(r"(?<=[\u1780-\u17d3])(?=(?:និង|ដែល|សម្រាប់|ដើម្បី|របស់|ដោយ|ក្នុង)(?!\u17d2))")
_KHMER = re.compile(r"[\u1780-\u17dd\u200c\u200d]+")
_BREAK = "\u200b"
_COENG = "\u17d2"


def clusters(text: str) -> int:
    """How many places the text takes in a row: a Khmer consonant with all that hangs on it is one."""
    return len(_CLUSTER.sub("x", text))


def printable(text: str) -> str:
    """Without what has no shape, or could turn the text around (controls, bidirectional overrides)."""
    return "".join(sign if sign.isprintable() or sign in "\u200b\u200c\u200d" else " " for sign in text)


def _syllables(part: str) -> list[str]:
    """As they are spoken, more or less: a consonant with what hangs on it, the one that closes it, and its signs."""
    found: list[str] = []
    tokens = _TOKEN.findall(part)
    for at, token in enumerate(tokens):
        if found and _goes_on(found[-1], token, tokens[at - 1]):
            found[-1] += token
        else:
            found.append(token)
    return found


def _goes_on(syllable: str, token: str, before: str) -> bool:
    """Whether the token belongs to the syllable that ends with the token `before`."""
    if not _CLUSTER.match(token) or syllable.endswith(_COENG):
        return True
    if syllable == before and len(before) == 1 and token[1:2] == _COENG:
        return True  # the first of រ-ដ្ឋ, which sounds before what is stacked
    is_open = syllable == before or (len(syllable) == len(before) + 1 and before[1:2] == _COENG)
    return is_open and _SILENT.fullmatch(token) is not None  # a last consonant, or a silent one


def breakable(text: str, room: int) -> str:
    """The text with U+200B where a line may end, for lines that hold some `room` clusters."""

    def syllables(part: str) -> str:
        return part if clusters(part) <= room else _BREAK.join(_syllables(part))

    def words(run: re.Match[str]) -> str:
        if clusters(run[0]) <= room:
            return run[0]
        return _BREAK.join(syllables(part) for part in _PHRASE.split(run[0]))

    return re.sub(r"(?<=[។៕])(?=[\u1780-\u17b3])", _BREAK, _KHMER.sub(words, printable(text)))
