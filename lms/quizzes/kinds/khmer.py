"""Khmer as it looks, in whatever order it was typed.

The Unicode Standard (section 16.4, Khmer, “Ordering of Syllable Components”) has one order within a syllable: letter,
robat, letters below it (each a coeng and a letter), consonant shifter, vowel, other signs. Keyboards take any order,
and screens show most of them alike. What else looks alike is told by the standard there, and by Unicode Technical
Note 61, Khmer Encoding Structure.
"""

import re
import unicodedata

COENG = "\u17d2"
ROBAT = "\u17cc"
SHIFTERS = "\u17c9\u17ca"
VOWELS = frozenset(map(chr, range(0x17B6, 0x17C6)))
U = "\u17bb"
ABOVE = frozenset("\u17b7\u17b8\u17b9\u17ba\u17be\u17bf")
"""Vowels that stand where a shifter would: the shifter then looks like the vowel U."""
AA, NIKAHIT = "\u17b6", "\u17c6"
COENG_RO = COENG + "\u179a"

VARIANTS = (
    ("\u17b4", ""),  # inherent vowels, which nobody sees
    ("\u17b5", ""),
    ("\u17a3", "\u17a2"),  # letters that the standard discourages
    ("\u17a4", "\u17a2\u17b6"),
    ("\u17b2", "\u17b1"),  # one sound, two shapes: a word is spelled with either
    ("\u17d8", "\u17d4\u179b\u17d4"),
    (COENG + "\u178a", COENG + "\u178f"),  # below a letter, DA and TA are one
)
HALVES = (("\u17c1\u17b8", "\u17be"), ("\u17c1\u17b6", "\u17c4"))
"""Vowels that surround a letter, typed as their two halves."""

_COENGS = re.compile(f"{COENG}+")
_MARKS = re.compile(f"(?:{COENG}[\u1780-\u17b3]|[\u17b6-\u17d1\u17d3\u17dd])+")
_MARK = re.compile(f"{COENG}?.")


def as_seen(text: str) -> str:
    """The same text for all that looks the same."""
    text = _COENGS.sub(COENG, text)
    for variant, usual in VARIANTS:
        text = text.replace(variant, usual)
    return _MARKS.sub(lambda found: "".join(_in_order(_MARK.findall(found[0]))), text)


def _in_order(marks: list[str]) -> list[str]:
    marks = _without_repeats(marks)
    for halves, whole in HALVES:
        while set(halves) <= set(marks):
            marks = [*_less(marks, halves), whole]
    if ABOVE & set(marks) or {AA, NIKAHIT} <= set(marks):
        marks = _without_repeats([U if mark in SHIFTERS else mark for mark in marks])
    return sorted(marks, key=_place)


def _without_repeats(marks: list[str]) -> list[str]:
    """A mark above or below a letter covers itself when it is typed twice."""
    return [mark for at, mark in enumerate(marks) if mark not in marks[:at] or unicodedata.category(mark[-1]) != "Mn"]


def _less(marks: list[str], halves: str) -> list[str]:
    left = list(marks)
    for half in halves:
        left.remove(half)
    return left


def _place(mark: str) -> tuple[int, str]:
    if len(mark) > 1:  # letters below stay in their order, but RO, which is drawn before all, comes last
        return (2, "") if mark == COENG_RO else (1, "")
    if mark == ROBAT:
        return 0, mark
    if mark in SHIFTERS:
        return 3, mark
    return (4 if mark in VOWELS else 5), mark
