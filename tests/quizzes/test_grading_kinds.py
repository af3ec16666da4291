"""Orderings, gaps, units, essays and tries: what they are worth, worked out by hand."""

from typing import Any

import pytest

from lms.i18n import in_language
from lms.quizzes.grading import (
    Grade,
    gap_order,
    grade,
    is_answered,
    order,
    parse_response,
    pieces,
    plain,
    rubric_fraction,
    sent,
    summary,
    tried_fraction,
    word_count,
)
from lms.quizzes.kinds import Criterion, Gap, Kind, Level, Look, Option, Pair, Question, Scoring, Unit

THIRD = 100 / 3


def ordering(scoring: Scoring = Scoring.place, **more: Any) -> Question:
    items = tuple(Option(text, 0) for text in ("sow", "plant", "weed", "reap"))
    return Question("rice", Kind.ordering, "Order.", items, scoring=scoring, **more)


GAPS = Question(
    "trade",
    Kind.gaps,
    "Rice is [[2]] in [[1]], for [[3]] months; it needs [[4]].",
    gaps=(
        Gap(Kind.short_answer, (Option("June", 100, "Yes."), Option("Ju*", 50, "Nearly.")), 2, case=True),
        Gap(Kind.single, (Option("planted", 100), Option("mined", 0, "Rice is no ore."), Option("sown", 50))),
        Gap(Kind.numerical, (Option("4", 100, tolerance=1), Option("*", 0, "Count again."))),
        Gap(Kind.multiple, (Option("rain", 50), Option("sun", 50), Option("snow", -100)), look=Look.row),
    ),
    right_feedback="All right.",
    partly_feedback="In part.",
    wrong_feedback="Read it again.",
    penalty=25,
)
LENGTH = Question(
    "way",
    Kind.numerical,
    "How far?",
    (Option("5", 100), Option("6", 50, "A bit less."), Option("*", 0)),
    units=(Unit("km", 1), Unit("m", 0.001), Unit("m²", 10), Unit("$", 4000)),
)
GRADED_UNIT = Question("way", Kind.numerical, "?", LENGTH.options, units=LENGTH.units, unit_penalty=20)
ESSAY = Question(
    "why",
    Kind.essay,
    "Why?",
    template="Because",
    rubric=(
        Criterion("Reasons", (Level("none", 0), Level("some", 2), Level("good", 4))),
        Criterion("Language", (Level("poor", 1), Level("clear", 2))),
    ),
)
MATCHING = Question(
    "pairs", Kind.matching, "Match.", pairs=tuple(Pair(f"left {at}", f"right {at}") for at in range(4)), penalty=THIRD
)


# Ordering


@pytest.mark.parametrize(
    ("response", "place", "neighbour", "whole"),
    [
        ([0, 1, 2, 3], 1, 1, 1),
        ([1, 2, 3, 0], 0, 0.5, 0),  # 1 then 2, 2 then 3; the last item is not last
        ([1, 0, 2, 3], 0.5, 0.5, 0),  # 2 then 3, and 3 last
        ([3, 2, 1, 0], 0, 0, 0),
        ([0, 1, None, 3], 0.75, 0.5, 0),  # 0 then 1, and 3 last
        ([None, None, None, None], 0, 0, 0),
        ([0, 0, 2, 3], 0.75, 0.5, 0),  # an item stands at one place only
        ([0, 1], 0.5, 0.25, 0),
        ("0123", 0, 0, 0),
        (None, 0, 0, 0),
    ],
)
def test_an_order_is_scored_by_place_by_neighbour_or_as_a_whole(
    response: Any, place: float, neighbour: float, whole: float
) -> None:
    assert grade(ordering(Scoring.place), response).fraction == place
    assert grade(ordering(Scoring.neighbour), response).fraction == neighbour
    assert grade(ordering(Scoring.whole), response).fraction == whole
    assert grade(ordering(Scoring.neighbour), response).right is (place == 1)


def test_items_to_put_in_order_never_stand_in_their_right_order() -> None:
    two = Question("two", Kind.ordering, "Order.", (Option("a", 0), Option("b", 0)), shuffle=False)
    assert {tuple(order(two, seed)) for seed in range(30)} == {(1, 0)}
    assert [0, 1, 2, 3] not in [order(ordering(), seed) for seed in range(200)]


@pytest.mark.parametrize(
    ("values", "response"),
    [
        (["2:1", "0:2", "1:4", "3:3"], [2, 0, 3, 1]),
        (["2:1", "", "1:4", ""], [2, None, None, 1]),
        (["2:1", "1:1", "0:2"], [2, 0, None, None]),
        (["2:1", "2:2"], [2, None, None, None]),
        (["4:1", "0:0", "0:5", "0:-1", "x", "::", "0", "0:1:2"], [None] * 4),
        ([], [None] * 4),
    ],
)
def test_each_item_says_its_place(values: list[str], response: list[int | None]) -> None:
    assert parse_response(ordering(), values) == response


# Gaps


def test_gaps_are_worth_their_marks() -> None:
    assert grade(GAPS, ["June", 0, "3,5", [0, 1]]) == Grade(
        1.0, right=True, combined="All right.", parts=grade(GAPS, ["June", 0, "3,5", [0, 1]]).parts
    )
    # (2 × 0.5 + 1 × 0.5 + 1 × 0 + 1 × 0.5) ÷ 5
    found = grade(GAPS, ["July", 2, "9", [0]])
    assert found.fraction == pytest.approx(0.4)
    assert found.combined == "In part."
    assert [part.fraction for part in found.parts] == [0.5, 0.5, 0, 0.5]
    assert [part.feedback for part in found.parts] == [("Nearly.",), (), ("Count again.",), ()]
    assert grade(GAPS, [None, 1, None, [2]]).combined == "Read it again."


def test_a_gap_may_tell_large_letters_from_small() -> None:
    assert grade(GAPS, ["june", None, None, None]).fraction == 0


def test_whoever_answered_nothing_reads_nothing_about_it() -> None:
    assert grade(GAPS, [None, None, "", []]).combined == ""


def test_gaps_are_answered_when_each_is() -> None:
    assert is_answered(GAPS, ["x", 0, "many", [2]])
    assert not is_answered(GAPS, ["x", 0, "many", []])
    assert not is_answered(GAPS, ["\u200b", 0, "many", [2]])
    assert not is_answered(GAPS, None)


def test_each_gap_has_a_field_of_its_own() -> None:
    fields = [("q7.0", "0:1"), ("q71.0", "x"), ("q7", "0:x"), ("q7.2", "៤"), ("q7.3", "1"), ("q7.3", "0"), ("q8", "1")]
    values = sent([*fields, ("q7.1", "2"), ("q7.9", "2"), ("q7.x", "2")], 7)
    assert parse_response(GAPS, values) == ["0:1", 2, "៤", [0, 1]]


def test_a_question_without_gaps_has_one_name() -> None:
    assert sent([("q7", "1"), ("q8", "2"), ("q7", "3"), ("asked", "7")], 7) == ["1", "3"]


def test_a_gap_keeps_or_mixes_the_order_of_its_choices() -> None:
    options = tuple(Option(str(at), 0) for at in range(6))
    question = Question(
        "g", Kind.gaps, "[[1]] [[2]]", gaps=(Gap(Kind.single, options), Gap(Kind.single, options, shuffle=True))
    )
    assert all(gap_order(question, 0, seed) == list(range(6)) for seed in range(9))
    assert len({tuple(gap_order(question, 1, seed)) for seed in range(9)}) > 5


@pytest.mark.parametrize(
    ("html", "count", "expected"),
    [
        ("<p>a [[2]] b [[1]]</p>", 2, ["<p>a ", 1, " b ", 0, "</p>"]),
        ("[[1]][[1]]", 1, ["", 0, "[[1]]"]),
        ("[[3]] [[0]]", 2, ["[[3]] [[0]]", 0, 1]),
        ('<img alt="a>b [[1]]" src="x">', 1, ['<img alt="a>b [[1]]" src="x">', 0]),
    ],
)
def test_a_text_is_split_where_its_gaps_are(html: str, count: int, expected: list[object]) -> None:
    assert pieces(html, count) == expected


# Units


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("5", 1),
        ("5 km", 1),
        ("5km", 1),
        ("km 5", 1),
        ("5000 m", 1),
        ("5 000\u00a0m", 1),
        ("០,៥ m2", 1),
        ("$0.00125", 1),
        ("-$0.00125", 0),
        ("៥\u200bkm", 1),
        ("6 km", 0.5),
        ("5 m", 0),
        ("5 KM", 0),
        ("5 miles", 0),
        ("5 5", 0),
        ("km", 0),
        ("5 km 5", 0),
    ],
)
def test_a_number_is_brought_to_the_unit_of_the_answer(text: str, fraction: float) -> None:
    assert grade(LENGTH, text).fraction == fraction


@pytest.mark.parametrize(
    ("text", "fraction", "wrong_unit"),
    [
        ("5 km", 1, False),
        ("5000 m", 1, False),
        ("5", 0.8, True),
        ("5 miles", 0.8, True),
        ("miles 5", 0.8, True),
        ("6", 0.3, True),
        ("5 m", 0, False),
        ("7", 0, False),
        ("5 5", 0, False),
        ("-5", 0, False),
    ],
)
def test_a_missing_or_unknown_unit_costs_its_share(text: str, fraction: float, wrong_unit: bool) -> None:
    found = grade(GRADED_UNIT, text)
    assert found.fraction == pytest.approx(fraction)
    assert found.wrong_unit is wrong_unit


def test_a_wrong_unit_never_takes_more_than_there_is() -> None:
    strict = Question("way", Kind.numerical, "?", LENGTH.options, units=LENGTH.units, unit_penalty=100)
    assert grade(strict, "6").fraction == 0
    assert grade(strict, "6").feedback == ("A bit less.",)


# Texts


def test_large_letters_count_where_the_author_says_so() -> None:
    question = Question("t", Kind.short_answer, "?", (Option("NGO*", 100),), case=True)
    assert grade(question, "NGOs").right
    assert not grade(question, "ngos").right


def test_feedback_goes_by_how_right_the_answer_is() -> None:
    options = (Option("a", 100), Option("b", 50), Option("c", 0))
    question = Question(
        "q", Kind.single, "?", options, right_feedback="Yes.", partly_feedback="Half.", wrong_feedback="No."
    )
    assert [grade(question, at).combined for at in (0, 1, 2, None)] == ["Yes.", "Half.", "No.", ""]
    assert grade(question, 0).silent == Grade(1.0, right=True)


# Essays


def test_an_essay_waits_for_its_grader() -> None:
    assert not grade(ESSAY, "Because it rains.").graded
    assert grade(ESSAY, "Because it rains.").fraction == 0


@pytest.mark.parametrize("response", ["", " \u200b", "Because", " because ", None, 3, ["x"]])
def test_an_essay_that_nobody_wrote_is_worth_nothing_at_once(response: Any) -> None:
    assert grade(ESSAY, response) == Grade(0.0, right=False)
    assert not is_answered(ESSAY, response)


def test_an_essay_keeps_its_lines_and_twenty_thousand_characters() -> None:
    assert parse_response(ESSAY, [" One\r\n\r\ntwo "]) == "One\n\ntwo"
    assert len(str(parse_response(ESSAY, ["x" * 30_000]))) == 20_000


@pytest.mark.parametrize(
    ("levels", "fraction"),
    [
        ([2, 1], 1),
        ([1, 0], 0.5),
        ([0, 0], pytest.approx(1 / 6)),
        ([2], None),
        ([2, None], None),
        ([3, 0], None),
        ([-1, 0], None),
    ],
)
def test_a_rubric_gives_the_share_of_its_points(levels: list[int | None], fraction: float | None) -> None:
    assert rubric_fraction(ESSAY, levels) == fraction


def test_without_a_rubric_there_are_no_points() -> None:
    assert rubric_fraction(Question("q", Kind.essay, "?"), []) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("One, two\n three", 3), ("ខ្ញុំ\u200bរៀន\u200bភាសា", 3), ("\u200b \u200b", 0), ("well-known", 1)],
)
def test_words_are_parted_by_blanks_seen_or_not(text: str, words: int) -> None:
    assert word_count(text) == words


# Tries


@pytest.mark.parametrize(
    ("tries", "fraction"), [([0], 1), ([1, 0], 0.75), ([1, 2, 0], 0.5), ([1, 1, 0], 0.75), ([], 0)]
)
def test_each_wrong_try_costs_its_penalty(tries: list[int], fraction: float) -> None:
    options = (Option("right", 100), Option("wrong", 0), Option("half", 50))
    question = Question("q", Kind.single, "?", options, penalty=25)
    assert tried_fraction(question, tries) == fraction


def test_tries_never_cost_more_than_there_is() -> None:
    question = Question("q", Kind.single, "?", (Option("a", 100), Option("b", 0), Option("c", 0)), penalty=100)
    assert tried_fraction(question, [1, 2, 0]) == 0


def test_the_example_of_moodle_for_counting_back() -> None:
    """Four parts, three tries, a third off each: right at once and kept; right, lost and found; right at the second;
    never. As the comment of Moodle's interactivecountback behaviour works out: (3 + 1 + 2 + 0) of 12."""
    tries: list[Any] = [[0, 1, 0, 0], [0, 2, 2, 0], [0, 1, 2, 0]]
    assert tried_fraction(MATCHING, tries) == pytest.approx(0.5)


def test_each_gap_pays_for_its_own_tries() -> None:
    # June at once: 2; the number at the second try: 0.75; the rest never: 0; of 5
    assert tried_fraction(GAPS, [["June", 1, "9", []], ["June", None, "4", []]]) == pytest.approx(2.75 / 5)


# In a line of text


@pytest.mark.parametrize(
    ("question", "response", "words"),
    [
        (ordering(), [2, None, 0, 1], "1. weed; 3. sow; 4. plant"),
        (GAPS, ["Ju\nne", 2, "", [0, 1]], "[1] Ju ne; [2] sown; [4] rain; sun"),
        (MATCHING, [3, None, 2, None], "left 0 → right 3; left 2 → right 2"),
        (ESSAY, "Because\n\nit  rains", "Because it rains"),
        (LENGTH, " 5 km", "5 km"),
        (Question("t", Kind.true_false, "?", (Option("true", 100), Option("false", 0))), 1, "False"),
        (Question("h", Kind.single, "?", (Option("<b>a</b> &amp; b", 100), Option("c", 0)), format="html"), 0, "a & b"),
        (Question("s", Kind.short_answer, "?", (Option("a", 100),), format="html"), "a <b", "a <b"),
        (GAPS, None, ""),
        (GAPS, 7, ""),
    ],
)
def test_a_response_is_told_in_a_line(question: Question, response: Any, words: str) -> None:
    with in_language("en"):
        assert summary(question, response) == words


def test_plain_text_has_no_tags() -> None:
    assert plain("<p>5 &lt; 6</p>", "html") == "5 < 6"
    assert plain("5 < 6 > 4", "markdown") == "5 < 6 > 4"
