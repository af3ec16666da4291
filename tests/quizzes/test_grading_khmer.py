"""Khmer as it looks: what only the keyboard decided makes no difference, and what one sees does."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from lms.quizzes.grading import comparable
from lms.quizzes.kinds import quantity, unit_key

COENG = "\u17d2"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("ទ\u17d2ធ\u17b7", "ទ\u17b7\u17d2ធ", id="vowel before the letter below"),
        pytest.param("ន\u17d2ត\u17d2រ\u17b8", "ន\u17d2រ\u17d2ត\u17b8", id="RO before another letter below"),
        pytest.param("ស\u17d2ត\u17d2រ\u17b8", "ស\u17d2\u178a\u17d2រ\u17b8", id="DA below for TA below"),
        pytest.param("ក\u17b6\u17c6", "ក\u17c6\u17b6", id="nikahit before the vowel"),
        pytest.param("ក\u17bb\u17c6", "ក\u17c6\u17bb", id="nikahit before U"),
        pytest.param("ក\u17c1\u17c7", "ក\u17c7\u17c1", id="reahmuk before the vowel"),
        pytest.param("ម\u17c9\u17c2", "ម\u17c2\u17c9", id="shifter after the vowel"),
        pytest.param("ស\u17ca\u17b8", "ស\u17bb\u17b8", id="U for a shifter below a vowel above"),
        pytest.param("ស\u17ca\u17be", "ស\u17c1\u17bb\u17b8", id="the same around halves"),
        pytest.param("ស\u17ca\u17b6\u17c6", "ស\u17bb\u17c6\u17b6", id="the same below AAM"),
        pytest.param("ក\u17cc\u17b6", "ក\u17b6\u17cc", id="robat after the vowel"),
        pytest.param("ជ\u17be", "ជ\u17b8\u17c1", id="halves the other way round"),
        pytest.param("ជ\u17d2ជ\u17c4", "ជ\u17c1\u17d2ជ\u17b6", id="halves around a letter below"),
        pytest.param("ក\u17b7", "ក\u17b7\u17b7", id="a vowel above twice"),
        pytest.param("ក\u17c6", "ក\u17c6\u200b\u17c6", id="a sign twice with a space that nobody sees"),
        pytest.param("ខ្មែរ", "ខ\u200b\u17d2\u200cម\u17c2\u200dរ", id="spaces that nobody sees"),
        pytest.param("ខ្មែរ", "ខ\u17c2\u17d2មរ", id="vowel before the letter below, again"),
        pytest.param("ខ្មែរ", "ខ\u17d2\u17d2មែរ", id="coeng twice"),
        pytest.param("ក\u17b6", "ក\u17b4\u17b5\u17b6", id="inherent vowels"),
        pytest.param("\u17a2", "\u17a3", id="a discouraged letter"),
        pytest.param("\u17a2\u17b6", "\u17a4", id="another"),
        pytest.param("\u17b1\u17d2យ", "\u17b2\u17d2យ", id="the two shapes of QOO"),
        pytest.param("\u17d4ល\u17d4", "\u17d8", id="beyyal"),
        pytest.param("១២", "12", id="digits"),
        pytest.param("soft\u00adly", "softly", id="a soft hyphen"),
    ],
)
def test_what_looks_the_same_is_the_same(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ក\u17b7", "ក\u17b8"),
        ("ក\u17d2ខ", "កខ"),
        ("ក\u17d2ខ\u17d2គ", "ក\u17d2គ\u17d2ខ"),
        ("ប\u17c9", "ប\u17ca"),
        ("ស\u17ca", "ស\u17bb"),
        ("ក\u17c6", "ក"),
        ("ក\u17c1\u17c1", "ក\u17c1"),
        ("ដ", "ត"),
        ("កា ខា", "កាខា"),
    ],
)
def test_what_looks_different_is_different(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)


@pytest.mark.parametrize("word", ["ភ្នំពេញ", "សាស្ត្រ", "អធិប្បាយ", "វិទ្យាល័យ", "ធម៌", "កម្ពុជា", "ព្រះ"])
def test_the_order_of_unicode_is_left_as_it_is(word: str) -> None:
    assert comparable(word) == unicodedata.normalize("NFC", word)


marks = st.text(st.sampled_from("កសដ" + "".join(map(chr, range(0x17B6, 0x17D4))) + "\u200b "), max_size=12)


@given(marks)
def test_comparing_twice_changes_nothing(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)


@given(st.permutations(["\u17b6", "\u17c6", COENG + "ខ", COENG + "រ", "\u17cc"]))
def test_marks_may_come_in_any_order(some: list[str]) -> None:
    assert comparable("ក" + "".join(some)) == comparable("ក\u17cc\u17d2ខ\u17d2រ\u17b6\u17c6")


def test_a_unit_is_read_as_it_is_meant() -> None:
    assert unit_key(" k m ") == unit_key("㎞") == "km"
    assert unit_key("m²") == unit_key("m2")
    assert unit_key("\u00b5g") == unit_key("\u03bcg")
    assert quantity("១ ០០០ ៛") == (Decimal(1000), "៛")
    assert quantity("x" * 1000 + "5") is None
