"""Marks: Moodle's rules, and what Khmer keyboards do to a typed answer."""

import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st

from lms.quizzes.grading import (
    choices,
    grade,
    is_answered,
    matches,
    order,
    parse_response,
    score,
)
from lms.quizzes.kinds import Kind, Option, Pair, Question, number

SINGLE = Question(
    "capital",
    Kind.single,
    "Capital?",
    (Option("Kampot", 0, "By the sea."), Option("Phnom Penh", 100, "Right."), Option("Oudong", 50), Option("?", -20)),
)
MULTIPLE = Question(
    "rivers",
    Kind.multiple,
    "Rivers?",
    (Option("Mekong", 50, "Yes."), Option("Bassac", 50), Option("Bokor", -50, "A hill."), Option("Kep", 0)),
)
TRUE = Question("true", Kind.true_false, "So?", (Option("true", 100), Option("false", 0, "It is so.")))
SHORT = Question(
    "typed",
    Kind.short_answer,
    "Which?",
    (Option("Angkor*", 50, "More?"), Option("Angkor Wat", 100, "Right."), Option("*", 0, "No.")),
)
NUMBER = Question(
    "number",
    Kind.numerical,
    "How much?",
    (Option("1863.5", 50, "Nearly.", 2), Option("1863.5", 100, "Right."), Option("*", 0, "No.")),
)
MATCHING = Question(
    "pairs",
    Kind.matching,
    "Match.",
    pairs=(Pair("cow", "grass"), Pair("", "stone"), Pair("ox", "grass"), Pair("cat", "mouse")),
)
EVERY = [SINGLE, MULTIPLE, TRUE, SHORT, NUMBER, MATCHING]


def typed(*keys: str) -> Question:
    return Question("typed", Kind.short_answer, "Which?", tuple(Option(key, 100) for key in keys))


def numeric(key: str, tolerance: float = 0) -> Question:
    return Question("number", Kind.numerical, "How much?", (Option(key, 100, tolerance=tolerance),))


# Choices


@pytest.mark.parametrize(("response", "fraction"), [(1, 1), (0, 0), (2, 0.5), (3, 0), (None, 0), (4, 0), (-1, 0)])
def test_a_single_choice_is_worth_its_weight_and_never_less_than_nothing(response: int | None, fraction: float) -> None:
    assert grade(SINGLE, response).fraction == fraction
    assert grade(SINGLE, response).right is (fraction == 1)


def test_a_choice_shows_its_own_feedback_only() -> None:
    assert grade(SINGLE, 1).feedback == ("Right.",)
    assert grade(SINGLE, 2).feedback == ()
    assert grade(MULTIPLE, [2, 0]).feedback == ("Yes.", "A hill.")


def test_a_statement_is_graded_as_a_choice_of_two() -> None:
    assert grade(TRUE, 0).right
    assert grade(TRUE, 1).feedback == ("It is so.",)


@pytest.mark.parametrize(
    ("response", "fraction"),
    [([0, 1], 1), ([1], 0.5), ([0, 1, 2], 0.5), ([2], 0), ([], 0), (None, 0), ([0, 0], 0.5), ([0, 1, 3], 1)],
)
def test_several_choices_are_worth_the_sum_of_their_weights(response: list[int] | None, fraction: float) -> None:
    assert grade(MULTIPLE, response).fraction == fraction


def test_all_thirds_are_the_whole_mark() -> None:
    options = tuple(Option(text, 33.3) for text in "abc")
    question = Question("thirds", Kind.multiple, "Which?", (*options, Option("d", -33.3)))
    assert grade(question, [0, 1, 2]).fraction == 1
    assert grade(question, [0, 1, 2]).right
    assert not grade(question, [0, 1]).right


# Matching


def test_each_right_side_is_offered_once() -> None:
    assert choices(MATCHING) == ["grass", "stone", "mouse"]


@pytest.mark.parametrize(
    ("response", "fraction"),
    [
        ([0, 0, 2], 1),
        ([0, 1, 2], Fraction(2, 3)),
        ([None, None, 2], Fraction(1, 3)),
        ([0], Fraction(1, 3)),
        ([0, 0, 2, 2], 1),
        ([7, -1, 1], 0),
        ([], 0),
        (None, 0),
    ],
)
def test_matching_is_worth_the_share_of_right_pairs(response: list[int | None] | None, fraction: Fraction) -> None:
    assert grade(MATCHING, response).fraction == pytest.approx(float(fraction))
    assert grade(MATCHING, response).right is (fraction == 1)


# Typed answers


def test_the_best_answer_that_a_text_matches_counts() -> None:
    assert grade(SHORT, "Angkor Wat").fraction == 1
    assert grade(SHORT, "angkor thom").fraction == 0.5
    assert grade(SHORT, "angkor thom").feedback == ("More?",)
    assert grade(SHORT, "Bayon").feedback == ("No.",)


@pytest.mark.parametrize("response", ["", "  ", "\u200b", None])
def test_an_empty_text_matches_not_even_the_answer_for_all_others(response: str | None) -> None:
    assert grade(SHORT, response).feedback == ()
    assert grade(typed("\u200b"), response).fraction == 0


@pytest.mark.parametrize(
    ("key", "response"),
    [
        ("Phnom Penh", "  phnom \t\n PENH "),
        ("Straße", "STRASSE"),
        ("caf\u00e9", "cafe\u0301"),
        ("ភ្នំពេញ", "ភ្នំ\u200bពេញ"),
        ("ភ្នំពេញ", "\ufeffភ្នំពេញ\u2060"),
        ("ក្សេម\u200cក្សាន្ត", "ក្សេមក្សា\u200dន្ត"),
        ("ក\u17d2\u178aី", "ក\u17d2\u178fី"),
        ("ក\u17d2\u178fី", "ក\u17d2\u178aី"),
        ("ក\u17be", "ក\u17c1\u17b8"),
        ("ក\u17c4", "ក\u17c1\u17b6"),
        ("ឆ្នាំ ១៩៥៣", "ឆ្នាំ 1953"),
        ("1953", "១៩៥៣"),
    ],
)
def test_what_looks_the_same_is_the_same(key: str, response: str) -> None:
    assert grade(typed(key), response).right


@pytest.mark.parametrize(
    ("key", "response"), [("ត", "ដ"), ("Phnom Penh", "PhnomPenh"), ("4", "44"), ("a.c", "abc"), ("[a]", "a")]
)
def test_what_looks_different_is_different(key: str, response: str) -> None:
    assert not grade(typed(key), response).right


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("*", "anything", True),
        ("a*", "abc", True),
        ("*c", "abc", True),
        ("a*c", "ac", True),
        ("a*c*e", "abcde", True),
        ("a*c*e", "aedcb", False),
        ("ab*ba", "aba", False),
        ("*b*b*", "abc", False),
        (r"a\*c", "a*c", True),
        (r"a\*c", "abc", False),
        (r"*\**", "2 * 3", True),
        ("a*c", "a*c", True),
        ("a*\nc", "a\nb c", True),
    ],
)
def test_an_asterisk_stands_for_anything_unless_escaped(key: str, text: str, expected: bool) -> None:
    assert matches(key, text) is expected


def test_a_key_full_of_wildcards_is_decided_at_once() -> None:
    began = time.perf_counter()
    assert not matches("*a" * 200 + "b", "a" * 1000)
    assert time.perf_counter() - began < 1


# Numbers


@pytest.mark.parametrize(
    ("key", "tolerance", "response"),
    [
        ("3.5", 0, "3.5"),
        ("3.5", 0, " 3,50 "),
        ("3.5", 0, "៣,៥"),
        ("៣.៥", 0, "3.5"),
        ("1000000", 0, "1 000 000"),
        ("1000000", 0, "1\u00a0000\u202f000"),
        ("1000000", 0, "1e6"),
        ("0.3", 0.1, "0.2"),
        ("0.3", 0.1, "0.4"),
        ("-2", 0, "\u22122"),
        ("-2", 0, "-2.0"),
        ("0.5", 0, ".5"),
        ("5", 0, "\u200b5."),
        ("6.02e-23", 0, "6.02E-23"),
    ],
)
def test_a_number_may_be_written_in_many_ways(key: str, tolerance: float, response: str) -> None:
    assert grade(numeric(key, tolerance), response).right


@pytest.mark.parametrize(
    "response",
    [
        *("", "x", "NaN", "inf", "-inf", "1_0", "0x10", "1e", "10 km", "--10", "1 0", "10.0.0", "1e99999"),
        *("10.11", "9.89", "²", "\ud800", "."),
        pytest.param("9" * 1_100_000, id="a million digits"),
    ],
)
def test_what_is_no_such_number_is_wrong_and_no_error(response: str) -> None:
    assert not grade(numeric("10", 0.1), response).right


def test_close_numbers_do_not_count_when_the_value_is_tiny() -> None:
    assert not grade(numeric("6.02e-23"), "6.03e-23").right


def test_the_best_number_counts() -> None:
    assert grade(NUMBER, "1863,5").feedback == ("Right.",)
    assert grade(NUMBER, "1865.5").fraction == 0.5
    assert grade(NUMBER, "1865.6").feedback == ("No.",)
    assert grade(NUMBER, "long ago").feedback == ("No.",)


@given(st.decimals(-(10**9), 10**9, places=4))
def test_every_number_is_read_as_it_was_written(value: Decimal) -> None:
    assert number(str(value)) == value


# Forms


@pytest.mark.parametrize(
    ("question", "values", "response"),
    [
        (SINGLE, ["2"], 2),
        (SINGLE, ["0", "1"], 0),
        (SINGLE, [], None),
        (SINGLE, ["4"], None),
        (SINGLE, ["-1"], None),
        (SINGLE, ["1.0"], None),
        (SINGLE, ["១"], None),
        (SINGLE, ["9" * 10_000], None),
        (TRUE, ["1"], 1),
        (MULTIPLE, ["3", "1", "3", "x", "99"], [1, 3]),
        (MULTIPLE, [], []),
        (SHORT, [" a\r\nb\0 ", "c"], "a\nb"),
        (SHORT, [], ""),
        (SHORT, ["\ud800a"], "a"),
        pytest.param(SHORT, ["x" * 5000], "x" * 1000, id="a long text"),
        (NUMBER, ["NaN"], "NaN"),
        (MATCHING, ["0", "", "2"], [0, None, 2]),
        (MATCHING, ["3", "-1"], [None, None, None]),
        (MATCHING, ["0", "0", "0", "0", "0"], [0, 0, 0]),
        (MATCHING, [], [None, None, None]),
    ],
)
def test_a_form_gives_a_response_and_strange_values_are_ignored(
    question: Question, values: list[str], response: object
) -> None:
    assert parse_response(question, values) == response


def test_thousands_of_values_are_not_all_looked_at() -> None:
    assert parse_response(MULTIPLE, ["3"] * 100_000 + ["1"]) == [3]


@given(st.sampled_from(EVERY), st.lists(st.one_of(st.text(), st.integers(-2, 5).map(str)), max_size=10))
def test_whatever_a_form_sends_can_be_graded(question: Question, values: list[str]) -> None:
    result = grade(question, parse_response(question, values))
    assert 0 <= result.fraction <= 1
    assert result.right is (result.fraction == 1)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()), st.lists, max_leaves=5
)


@given(st.sampled_from(EVERY), json_values)
def test_whatever_the_database_holds_can_be_graded(question: Question, response: Any) -> None:
    assert 0 <= grade(question, response).fraction <= 1
    assert is_answered(question, response) in (True, False)


@pytest.mark.parametrize(
    ("question", "response", "answered"),
    [
        (SINGLE, 0, True),
        (SINGLE, None, False),
        (SINGLE, 9, False),
        (MULTIPLE, [3], True),
        (MULTIPLE, [], False),
        (SHORT, "Bayon", True),
        (typed("a"), "b", True),
        (SHORT, " \u200b", False),
        (NUMBER, "many", True),
        (NUMBER, None, False),
        (MATCHING, [0, 0, 0], True),
        (MATCHING, [0, None, 0], False),
        (MATCHING, None, False),
    ],
)
def test_a_question_is_answered_when_nothing_is_left_open(question: Question, response: Any, answered: bool) -> None:
    assert is_answered(question, response) is answered


# Order


@given(st.sampled_from([SINGLE, MULTIPLE, MATCHING]), st.integers())
def test_a_seed_always_gives_the_same_order(question: Question, seed: int) -> None:
    shown = order(question, seed)
    assert shown == order(question, seed)
    assert sorted(shown) == list(range(len(question.options) or len(choices(question))))


def test_the_order_of_a_seed_is_the_same_in_every_process_and_release() -> None:
    assert order(SINGLE, 1) == [2, 0, 3, 1]


def test_seeds_and_questions_differ_in_their_order() -> None:
    assert len({tuple(order(SINGLE, seed)) for seed in range(100)}) > 20
    names = (Question(str(name), Kind.single, "?", SINGLE.options) for name in range(100))
    assert len({tuple(order(question, 1)) for question in names}) > 20


def test_true_comes_before_false() -> None:
    assert all(order(TRUE, seed) == [0, 1] for seed in range(20))


# Score


def test_a_score_adds_up_the_marks() -> None:
    result = score([(1, 2), (0.5, 1), (0, 1)])
    assert (result.mark, result.out_of, result.percent) == (Decimal("2.5"), Decimal(4), Decimal("62.50"))


@pytest.mark.parametrize(
    ("parts", "percent"),
    [
        ([(1, 1), (0, 2)], "33.33"),
        ([(1, 2), (0, 1)], "66.67"),
        ([(1, 1), (0, 31)], "3.13"),
        ([(1 / 3, 1)] * 3 + [(0, 29)], "3.13"),
        ([(0.1, 1)] * 10, "10.00"),
        ([(1, Decimal("0.5")), (0.5, 0.5)], "75.00"),
        ([], "0.00"),
        ([(1, 0)], "0.00"),
    ],
)
def test_a_percentage_is_rounded_half_up(parts: list[tuple[float, float]], percent: str) -> None:
    assert str(score(parts).percent) == percent


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.5, 100)), max_size=50))
def test_a_percentage_lies_between_nothing_and_everything(parts: list[tuple[float, float]]) -> None:
    assert 0 <= score(parts).percent <= 100
