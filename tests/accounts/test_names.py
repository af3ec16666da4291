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


def test_there_are_twenty_five_provinces_with_both_names() -> None:
    assert list(PROVINCES) == [f"KH-{number}" for number in range(1, 26)]
    assert all(names["en"] and names["km"] for names in PROVINCES.values())
