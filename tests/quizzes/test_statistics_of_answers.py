"""How often each answer was given, and what guessing would bring."""

import itertools
import math

import pytest
from hypothesis import given, strategies as st

from lms.quizzes.kinds import Gap, Kind, Option, Pair, Question, Scoring
from lms.quizzes.statistics import Part, distribution, guess

CAPITAL = Question("c", Kind.single, "Capital?", (Option("Phnom Penh", 100), Option("Kep", 0), Option("Oudong", 50)))
RIVERS = Question("r", Kind.multiple, "Rivers?", (Option("Mekong", 50), Option("Bassac", 50), Option("Bokor", -50)))
TRUTH = Question("t", Kind.true_false, "So?", (Option("true", 100), Option("false", 0)))
TYPED = Question("w", Kind.short_answer, "Which?", (Option("Angkor Wat", 100), Option("Angkor*", 40)))
NUMBER = Question("n", Kind.numerical, "How many?", (Option("12", 100, tolerance=1), Option("*", 0)))
PAIRS = Question("p", Kind.matching, "Match.", pairs=(Pair("cow", "grass"), Pair("cat", "mouse"), Pair("", "stone")))
STEPS = Question("o", Kind.ordering, "In order.", tuple(Option(text, 0) for text in ("ask", "plan", "do")))
GAPS = Question(
    "g",
    Kind.gaps,
    "[[1]] and [[2]]",
    gaps=(
        Gap(Kind.single, (Option("a", 100), Option("b", 0))),
        Gap(Kind.short_answer, (Option("rice", 100),), mark=3),
        Gap(Kind.multiple, (Option("x", 50), Option("y", 50), Option("z", 0))),
    ),
)
ESSAY = Question("e", Kind.essay, "Why?")


def counted(part: Part) -> dict[str, int]:
    return {choice.text: choice.count for choice in part.choices}


def test_each_option_of_a_choice_is_counted_and_what_is_left_open() -> None:
    (part,) = distribution([CAPITAL], [(0, 3), (1, 4), (None, 1)], asked=10)
    assert counted(part) == {"Phnom Penh": 3, "Kep": 4, "Oudong": 0}
    assert (part.blank, part.others, part.several) == (3, 0, False)
    assert [(choice.right, choice.wrong) for choice in part.choices] == [(True, False), (False, True), (False, False)]


def test_statements_are_counted_like_choices() -> None:
    (part,) = distribution([TRUTH], [(1, 2), (0, 1)], asked=3)
    assert (counted(part), part.blank) == ({"true": 1, "false": 2}, 0)


def test_whoever_chose_several_counts_with_each() -> None:
    (part,) = distribution([RIVERS], [([0, 1], 2), ([0, 2], 1), ([], 1)], asked=5)
    assert (counted(part), part.blank, part.several) == ({"Mekong": 3, "Bassac": 2, "Bokor": 1}, 2, True)


def test_what_was_typed_is_gathered_as_grading_sees_it() -> None:
    given = [("Angkor Wat", 3), ("angkor  wat", 1), ("Angkor Thom", 2), ("Bayon", 1), ("  ", 1)]
    (part,) = distribution([TYPED], given, asked=9)
    assert [(choice.text, choice.count, choice.worth) for choice in part.choices] == [
        ("Angkor Wat", 4, 100),
        ("Angkor Thom", 2, 40),
        ("Bayon", 1, 0),
    ]
    assert part.blank == 2


def test_case_tells_answers_apart_where_the_question_says_so() -> None:
    strict = Question("w", Kind.short_answer, "Which?", (Option("pH", 100),), case=True)
    (part,) = distribution([strict], [("pH", 1), ("PH", 1)], asked=2)
    assert counted(part) == {"pH": 1, "PH": 1}


def test_a_number_is_one_however_it_is_written() -> None:
    (part,) = distribution([NUMBER], [("12", 2), ("12,0", 1), ("១២", 1), ("13", 1), ("many", 1)], asked=6)
    assert [(choice.text, choice.count, choice.right) for choice in part.choices] == [
        ("12", 4, True),
        ("13", 1, True),
        ("many", 1, False),
    ]


def test_an_answer_that_is_right_in_another_language_is_right() -> None:
    khmer = Question("w", Kind.short_answer, "Which?", (Option("អង្គរវត្ត", 100),))
    (part,) = distribution([TYPED, khmer], [("អង្គរវត្ត", 1)], asked=1)
    assert part.choices[0].right


def test_rare_answers_are_counted_together() -> None:
    given = [(f"answer {number}", 40 - number) for number in range(13)]
    (part,) = distribution([TYPED], given, asked=sum(count for _text, count in given))
    assert (len(part.choices), part.others, part.blank) == (10, 30 + 29 + 28, 0)


def test_each_pair_of_a_matching_has_its_own_counts() -> None:
    cow, cat = distribution([PAIRS], [([0, 1], 2), ([0, 0], 1), ([2, None], 1)], asked=5)
    assert (cow.title, counted(cow), cow.blank) == ("cow", {"grass": 3, "mouse": 0, "stone": 1}, 1)
    assert (cat.title, counted(cat), cat.blank) == ("cat", {"grass": 1, "mouse": 2, "stone": 0}, 2)
    assert [choice.right for choice in cat.choices] == [False, True, False]


def test_each_place_of_an_order_has_its_own_counts() -> None:
    places = distribution([STEPS], [([0, 1, 2], 2), ([1, 0, 2], 1), (None, 1)], asked=4)
    assert [place.title for place in places] == ["1", "2", "3"]
    assert [counted(place) for place in places] == [
        {"ask": 2, "plan": 1, "do": 0},
        {"ask": 1, "plan": 2, "do": 0},
        {"ask": 0, "plan": 0, "do": 3},
    ]
    assert [place.blank for place in places] == [1, 1, 1]
    assert [choice.right for choice in places[1].choices] == [False, True, False]


def test_each_gap_is_counted_by_its_kind() -> None:
    chosen, typed, several = distribution([GAPS], [([0, "Rice", [0, 1]], 2), ([1, "", None], 1), ([0, "corn"], 1)], 4)
    assert (counted(chosen), chosen.blank) == ({"a": 3, "b": 1}, 0)
    assert ([(one.text, one.count, one.right) for one in typed.choices], typed.blank) == (
        [("Rice", 2, True), ("corn", 1, False)],
        1,
    )
    assert (counted(several), several.blank, several.several) == ({"x": 2, "y": 2, "z": 0}, 2, True)


def test_of_an_essay_only_who_wrote_one() -> None:
    (part,) = distribution([ESSAY], [("Because.", 3), (" ", 1)], asked=5)
    assert (part.choices, part.blank) == ([], 2)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=4), lambda inner: st.lists(inner, max_size=4)
)


@given(st.sampled_from([CAPITAL, RIVERS, TRUTH, TYPED, NUMBER, PAIRS, STEPS, GAPS, ESSAY]), VALUES)
def test_nothing_that_may_be_stored_breaks_the_counting(question: Question, response: object) -> None:
    for part in distribution([question], [(response, 2)], asked=3):
        assert part.several or not part.choices or part.answered + part.blank == 3


# --- Guessing


def test_guessing_a_choice_brings_the_mean_of_its_weights() -> None:
    assert guess(CAPITAL) == 50
    assert guess(TRUTH) == 50
    assert guess(Question("", Kind.single, "", (Option("a", 100), Option("b", -100), Option("c", -90)))) == 0


def test_guessing_several_is_the_mean_over_all_ways_to_choose_so_many() -> None:
    options = (Option("a", 50), Option("b", 50), Option("c", 0), Option("d", 0), Option("e", 0))
    ways = [sum(one.weight for one in chosen) for chosen in itertools.combinations(options, 2)]
    assert guess(Question("", Kind.multiple, "", options)) == pytest.approx(sum(ways) / len(ways))
    assert guess(RIVERS) == pytest.approx(2 * 50 / 3)


def test_what_is_typed_by_chance_is_right_only_where_anything_is() -> None:
    assert guess(TYPED) == 0
    assert guess(NUMBER) == 0
    assert guess(Question("", Kind.short_answer, "", (Option("yes", 100), Option("*", 20)))) == 20


def test_guessing_pairs_brings_one_of_as_many_as_there_are_choices() -> None:
    assert guess(PAIRS) == pytest.approx(100 / 3)


def in_place(order: tuple[int, ...]) -> float:
    return sum(at == item for at, item in enumerate(order)) / len(order)


def beside(order: tuple[int, ...]) -> float:
    after = dict(zip(order, [*order[1:], len(order)], strict=True))
    return sum(after[item] == item + 1 for item in order) / len(order)


def whole(order: tuple[int, ...]) -> float:
    return float(list(order) == sorted(order))


@pytest.mark.parametrize("count", [2, 3, 4, 5])
@pytest.mark.parametrize(
    ("scoring", "worth"), [(Scoring.place, in_place), (Scoring.neighbour, beside), (Scoring.whole, whole)]
)
def test_guessing_an_order_is_the_mean_over_all_orders(scoring: Scoring, worth: object, count: int) -> None:
    question = Question("", Kind.ordering, "", tuple(Option(str(at), 0) for at in range(count)), scoring=scoring)
    orders = list(itertools.permutations(range(count)))
    assert guess(question) == pytest.approx(100 * math.fsum(map(worth, orders)) / len(orders))  # type: ignore[arg-type]


def test_guessing_gaps_weighs_them_by_their_marks() -> None:
    assert guess(GAPS) == pytest.approx((1 * 50 + 3 * 0 + 1 * 200 / 3) / 5)


def test_an_essay_cannot_be_guessed() -> None:
    assert guess(ESSAY) is None


def test_a_question_without_answers_brings_nothing() -> None:
    for kind in set(Kind) - {Kind.essay}:
        assert guess(Question("", kind, "")) == 0
