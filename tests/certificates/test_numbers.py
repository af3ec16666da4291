from hypothesis import given, strategies as st

from lms.certificates import numbers


def test_a_number_has_sixty_random_bits() -> None:
    assert len(numbers.ALPHABET) ** numbers.LENGTH == 2**60
    assert len({numbers.new() for _ in range(1000)}) == 1000


@given(st.text(numbers.ALPHABET, min_size=12, max_size=12), st.sampled_from(["", " ", "-", " – "]))
def test_every_usual_spelling_is_understood(digits: str, gap: str) -> None:
    number = "-".join((digits[:4], digits[4:8], digits[8:]))
    typed = number.replace("-", gap).lower().replace("0", "o").replace("1", "l")
    assert numbers.normalised(typed) == number


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_none(text: str) -> None:
    found = numbers.normalised(text)
    assert found is None or numbers.normalised(found) == found
