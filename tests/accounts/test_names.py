import pytest
from hypothesis import given, strategies as st

from lms.accounts import names
from lms.accounts.provinces import PROVINCES

SPELLINGS = [
    "012 345 678",
    "012-345-678",
    "012345678",
    "+855 12 345 678",
    "85512345678",
    "855 (0)12 345 678",
    "00855 12 345 678",
    "+855 012 345 678",
    "012.345.678",
    "(0)12 345 678",
    "12345678",
    "០១២ ៣៤៥ ៦៧៨",
    "\u200b012 345 678 ",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_usual_spelling_is_the_same_number(spelling: str) -> None:
    assert names.sign_in_name(spelling) == ("phone", "+85512345678")


@given(st.from_regex(r"(10|11|12|15|16|17|69|70|76|77|78|81|85|86|87|89|92|93|95|99)[2-9][0-9]{5}", fullmatch=True))
def test_with_and_without_the_prefix_is_the_same(number: str) -> None:
    assert names.normalised_phone("0" + number) == names.normalised_phone("+855" + number) == "+855" + number


@given(
    st.from_regex(r"1[0-9][2-9][0-9]{5}", fullmatch=True),
    st.sampled_from(["0", "+855", "855", "00855", "+855 0"]),
    st.lists(st.sampled_from(["", " ", "-", ".", "\u00a0", "\u200b", "  "]), min_size=8, max_size=8),
    st.booleans(),
)
def test_blanks_dashes_and_khmer_digits_change_nothing(
    number: str, prefix: str, between: list[str], in_khmer: bool
) -> None:
    spelling = prefix + "".join(gap + digit for gap, digit in zip(between, number, strict=True))
    if in_khmer:
        spelling = spelling.translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩"))
    assert names.sign_in_name(spelling) == ("phone", "+855" + number)


@given(st.text(max_size=60))
def test_a_name_is_tidied_and_folded_once_and_for_all(text: str) -> None:
    assert names.tidy(names.tidy(text)) == names.tidy(text)
    assert names.folded(names.folded(text)) == names.folded(text) == names.folded(names.tidy(text))
    assert "\x00" not in names.tidy(text)


@pytest.mark.parametrize("spelling", ["CAFÉ ដារ៉ា", "cafe\u0301 ដារ៉ា", " Café\u200b  ដារ៉ា ", "cafe\u200b\u0301\tដារ៉ា"])
def test_spellings_of_an_organisation_that_look_alike_are_folded_together(spelling: str) -> None:
    assert names.folded(spelling) == "café ដារ៉ា"


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_name_or_none(text: str) -> None:
    found = names.sign_in_name(text)
    if found:
        assert names.sign_in_name(found[1]) == found


def test_an_address_is_the_same_in_any_case() -> None:
    assert names.sign_in_name(" Dara@Example.ORG ") == ("email", "dara@example.org")


@pytest.mark.parametrize("text", ["", "012", "dara@", "@example.org", "not a number", "1" * 40])
def test_what_is_neither_is_none(text: str) -> None:
    assert names.sign_in_name(text) is None


def test_a_latin_name_is_told_from_a_khmer_one() -> None:
    assert names.is_latin("Chan-Sophea O'Neil Ünlü")
    assert not names.is_latin("ចាន់ សុភា")
    assert not names.is_latin("Chan សុភា")
    assert not names.is_latin("12 34")
    assert not names.is_latin("Chan \u17b6")
    assert not names.is_latin("Chan 😀")


def test_there_are_twenty_five_provinces_with_both_names() -> None:
    assert list(PROVINCES) == [f"KH-{number}" for number in range(1, 26)]
    assert all(names["en"] and names["km"] for names in PROVINCES.values())
