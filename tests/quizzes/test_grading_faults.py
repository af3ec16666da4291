"""What keeps a question from being asked, in words."""

from dataclasses import replace
from typing import Any

import pytest

from lms.quizzes.kinds import Criterion, Fault, Gap, Kind, Level, Look, Option, Pair, Question, Unit, faults

RIGHT, WRONG = Option("a", 100), Option("b", 0)
SINGLE = Question("q", Kind.single, "Which?", (RIGHT, WRONG))
NUMBER = Question("q", Kind.numerical, "How much?", (Option("5", 100),), units=(Unit("km", 1), Unit("m", 0.001)))
ORDER = Question("q", Kind.ordering, "Order.", (Option("a", 0), Option("b", 0)))
TYPED = Gap(Kind.short_answer, (RIGHT,))
CHOICE = Gap(Kind.single, (RIGHT, WRONG))
GAPS = Question("q", Kind.gaps, "Rice [[1]] and [[2]].", gaps=(TYPED, CHOICE))
LEVELS = (Level("poor", 0), Level("good", 2))
ESSAY = Question("q", Kind.essay, "Why?", rubric=(Criterion("Reasons", LEVELS),))


def complaints(question: Question, **changes: Any) -> list[str]:
    return [fault.message % fault.params for fault in faults(replace(question, **changes))]


@pytest.mark.parametrize("question", [SINGLE, NUMBER, ORDER, GAPS, ESSAY])
def test_a_sound_question_has_no_fault(question: Question) -> None:
    assert faults(question) == []


@pytest.mark.parametrize("mark", [0, -1, float("nan"), float("inf")])
@pytest.mark.parametrize("question", [SINGLE, ESSAY])
def test_a_mark_is_a_number_above_zero(question: Question, mark: float) -> None:
    assert complaints(question, mark=mark) == ["The mark must be a number above zero."]


@pytest.mark.parametrize("cost", [-1, 101, float("nan")])
def test_a_cost_lies_between_nothing_and_everything(cost: float) -> None:
    assert complaints(SINGLE, penalty=cost) == ["What a wrong try costs must be between 0 and 100 percent."]
    assert complaints(NUMBER, unit_penalty=cost) == ["What a wrong unit costs must be between 0 and 100 percent."]


def test_a_hint_has_a_text() -> None:
    assert complaints(SINGLE, hints=("Look.", " \n")) == ["Hint 2 has no text."]


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (("",), "A tag must have a text, without commas."),
        (("a, b",), "A tag must have a text, without commas."),
        (("x" * 51,), "A tag is longer than 50 characters."),
        (("Budget", " budget "), "A tag stands there twice."),
    ],
)
def test_tags_are_short_and_each_there_once(tags: tuple[str, ...], message: str) -> None:
    assert complaints(SINGLE, tags=tags) == [message]


@pytest.mark.parametrize(
    ("question", "changes"),
    [
        (SINGLE, {"pairs": (Pair("a", "b"),)}),
        (SINGLE, {"gaps": (TYPED,)}),
        (SINGLE, {"case": True}),
        (SINGLE, {"rubric": ESSAY.rubric}),
        (SINGLE, {"min_words": 5}),
        (SINGLE, {"units": NUMBER.units}),
        (ESSAY, {"hints": ("Think.",)}),
        (ESSAY, {"options": (RIGHT,)}),
        (GAPS, {"options": (RIGHT,)}),
        (ORDER, {"template": "x"}),
        (ESSAY, {"scoring": "whole"}),
    ],
)
def test_a_question_has_nothing_that_belongs_to_another_kind(question: Question, changes: dict[str, Any]) -> None:
    assert complaints(question, **changes) == [
        "The question has answers, pairs, gaps, hints, units or a rubric that its kind does not have."
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((Option("a", 0),), "The question needs at least two items to put in order."),
        ((Option("a", 0), Option("b", 5)), "An item to put in order has neither weight nor feedback."),
        ((Option("a", 0), Option("b", 0, "No.")), "An item to put in order has neither weight nor feedback."),
        ((Option("a", 0), Option(" a ", 0)), "Two items to put in order are the same."),
        ((Option("a", 0), Option("", 0)), "An answer has no text."),
    ],
)
def test_items_to_put_in_order_are_told_apart(options: tuple[Option, ...], message: str) -> None:
    assert complaints(ORDER, options=options) == [message]


def test_an_order_is_scored_in_a_known_way() -> None:
    assert complaints(ORDER, scoring="luck") == ["“luck” is no way to score an order."]


@pytest.mark.parametrize(
    ("units", "message"),
    [
        ((Unit("km", 2),), "The first unit is that of the answers: its factor must be 1."),
        ((Unit("km", 1), Unit("k m", 2)), "A unit stands there twice."),
        ((Unit("km", 1), Unit("", 2)), "A unit has no name."),
        ((Unit("km", 1), Unit("5", 2)), "The unit “5” could not be told from a number."),
        ((Unit("km", 1), Unit("-x", 2)), "The unit “-x” could not be told from a number."),
        ((Unit("km", 1), Unit("m", 0)), "The factor of the unit “m” must be a number above zero."),
        ((Unit("km", 1), Unit("m", float("nan"))), "The factor of the unit “m” must be a number above zero."),
    ],
)
def test_units_are_told_apart(units: tuple[Unit, ...], message: str) -> None:
    assert complaints(NUMBER, units=units) == [message]


def test_only_a_unit_can_be_wrong() -> None:
    assert complaints(NUMBER, units=(), unit_penalty=5) == [
        "A wrong unit can only cost something where there are units."
    ]


@pytest.mark.parametrize(
    "text", ["Rice.", "[[1]]", "[[1]] [[1]]", "[[1]] [[2]] [[2]]", "[[1]] [[2]] [[3]]", "[[0]] [[1]]"]
)
def test_each_gap_is_in_the_text_once(text: str) -> None:
    assert complaints(GAPS, text=text) == [
        "The text must have each mark of its 2 gaps once: [[1]] for the first, and so on."
    ]


def test_a_question_with_gaps_has_one() -> None:
    assert complaints(GAPS, gaps=(), text="Rice.") == ["The question has no gap."]


@pytest.mark.parametrize(
    ("gap", "message"),
    [
        (Gap(Kind.essay, ()), "A gap cannot be of this kind."),
        (Gap(Kind.gaps, ()), "A gap cannot be of this kind."),
        (replace(TYPED, mark=0), "The mark of a gap must be a whole number from 1 to 100."),
        (replace(TYPED, mark=1.5), "The mark of a gap must be a whole number from 1 to 100."),
        (replace(TYPED, look="cloud"), "“cloud” is no way to show choices."),
        (replace(TYPED, options=(WRONG,)), "No answer is marked as right."),
        (replace(CHOICE, options=(RIGHT,)), "The question needs at least two answers to choose from."),
        (replace(TYPED, kind=Kind.numerical), "“a” is not a number."),
        (
            Gap(Kind.multiple, (RIGHT, WRONG)),
            "The choices of a gap with several right answers are shown as a list or a row.",
        ),
    ],
)
def test_each_gap_is_sound_by_itself(gap: Gap, message: str) -> None:
    assert complaints(GAPS, gaps=(CHOICE, gap)) == [message]


def test_a_fault_says_which_gap_and_which_of_its_answers() -> None:
    broken = Gap(Kind.multiple, (RIGHT, Option("", 0)), look=Look.list)
    assert faults(replace(GAPS, gaps=(CHOICE, broken))) == [Fault("An answer has no text.", at=1, gap=1)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"min_words": -1}, "A number of words cannot be less than nothing."),
        ({"max_words": -1}, "A number of words cannot be less than nothing."),
        ({"min_words": 9, "max_words": 8}, "More words are wanted than are allowed."),
        ({"rubric": (Criterion("", LEVELS),)}, "A criterion has no text."),
        ({"rubric": (Criterion("x", LEVELS[1:]),)}, "A criterion needs at least two levels."),
        (
            {"rubric": (Criterion("x", (LEVELS[0], LEVELS[0])),)},
            "One level of a criterion must be worth more than nothing.",
        ),
        ({"rubric": (Criterion("x", (LEVELS[1], Level("", 1))),)}, "A level has no text."),
        (
            {"rubric": (Criterion("x", (LEVELS[1], Level("y", -1))),)},
            "The points of a level must be a number from zero up.",
        ),
    ],
)
def test_an_essay_can_be_graded(changes: dict[str, Any], message: str) -> None:
    assert complaints(ESSAY, **changes) == [message]


def test_an_essay_may_ask_for_many_words_without_a_limit() -> None:
    assert complaints(ESSAY, min_words=100, max_words=0) == []


def test_no_text_of_a_question_is_so_long_that_showing_it_takes_long() -> None:
    long = "a" * 20_001
    options = (Option("right", 100, feedback=long), Option("wrong", 0))
    found = [fault.message for fault in faults(Question("q", Kind.single, "Which?", options))]
    assert found == ["A text of the question is longer than %(length)s characters."]
