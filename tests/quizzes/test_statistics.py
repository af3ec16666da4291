"""The figures of a quiz against a table worked out by hand, and against their definitions read literally."""

import itertools
import math
import statistics as plain
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings, strategies as st

from lms.quizzes.statistics import Analysis, Item, QuizFigures, Sitting, analyse

# Five learners, three questions of one mark each. Means .6 .6 .4, scores 3 2 2 1 0 with the mean 1.6.
#                 1  2  3 | T | rest of 1, of 2, of 3
TABLE = [
    {1: 1.0, 2: 1.0, 3: 1.0},  # 3 | 2  2  2
    {1: 1.0, 2: 1.0, 3: 0.0},  # 2 | 1  1  2
    {1: 1.0, 2: 0.0, 3: 1.0},  # 2 | 1  2  1
    {1: 0.0, 2: 1.0, 3: 0.0},  # 1 | 1  0  1
    {1: 0.0, 2: 0.0, 3: 0.0},  # 0 | 0  0  0
]
# V of each question: .3, V(T) = 5.2 / 4 = 1.3; C(x, T): 2.2 / 4 = .55, 1.2 / 4 = .3, 1.8 / 4 = .45.
# C(x, X) = C(x, T) - V(x): .25, 0, .15; V(X): 2 / 4, 4 / 4, 2.8 / 4; C_max: 1 / 4, not needed, 1.6 / 4.


def fixed(*marks: float) -> list[Item]:
    """Questions that everybody is asked, numbered from 1."""
    return [Item(number, mark, place=number) for number, mark in enumerate(marks, 1)]


def near(value: float) -> object:
    return pytest.approx(value, abs=1e-9)


def test_the_figures_of_the_quiz_are_those_worked_out_by_hand() -> None:
    quiz = analyse(fixed(1, 1, 1), TABLE).quiz
    assert quiz == QuizFigures(
        attempts=5,
        mean=near(160 / 3),
        median=near(200 / 3),
        deviation=near(100 * math.sqrt(1.3) / 3),
        skewness=near(-0.6 / 1.3**1.5),  # k3 = 25 · -.288 / 12
        kurtosis=near(-0.3 / 1.69),  # k4 = 25 · (6 · 2.1152 - 12 · 1.0816) / 24
        consistency=near(600 / 13),  # 100 · 3 / 2 · (1 - .9 / 1.3)
        error_ratio=near(100 * math.sqrt(7 / 13)),
        standard_error=near(100 * math.sqrt(0.7) / 3),
    )


def test_the_figures_of_the_questions_are_those_worked_out_by_hand() -> None:
    items = analyse(fixed(1, 1, 1), TABLE).items
    roots = [math.sqrt(0.55), math.sqrt(0.3), math.sqrt(0.45)]
    assert [one.asked for one in items.values()] == [5, 5, 5]
    assert [one.facility for one in items.values()] == [near(60), near(60), near(40)]
    assert [one.deviation for one in items.values()] == [near(100 * math.sqrt(0.3))] * 3
    assert [one.intended_weight for one in items.values()] == [near(100 / 3)] * 3
    assert [one.effective_weight for one in items.values()] == [near(100 * root / sum(roots)) for root in roots]
    assert [one.discrimination for one in items.values()] == [
        near(100 * 0.25 / math.sqrt(0.3 * 0.5)),
        near(0),
        near(100 * 0.15 / math.sqrt(0.3 * 0.7)),
    ]
    assert [one.efficiency for one in items.values()] == [near(100), near(0), near(37.5)]


def test_marks_weigh_as_they_were_meant_to() -> None:
    items = analyse(fixed(1, 3), [{1: 1.0, 2: 0.0}, {1: 0.0, 2: 1.0}]).items
    assert (items[1].intended_weight, items[2].intended_weight) == (25, 75)


def test_a_question_that_pulls_against_the_score_has_no_effective_weight() -> None:
    # 2 goes against the other two: C(x, T) = 1/3 · (1/2 - 1/2 ...) < 0.
    sittings = [{1: 1, 2: 0, 3: 1}, {1: 1, 2: 0, 3: 1}, {1: 0, 2: 1, 3: 0}, {1: 0, 2: 0, 3: 0}]
    items = analyse(fixed(1, 1, 1), sittings).items
    assert items[2].effective_weight is None
    assert items[2].discrimination < 0
    assert items[1].effective_weight + items[3].effective_weight == near(100)


def test_a_question_answered_by_nobody_counts_as_nothing_and_one_that_is_alike_for_all_tells_nothing() -> None:
    items = analyse(fixed(1, 1, 1), [{1: 0, 2: 1, 3: 0.5}, {1: 0, 2: 1, 3: 1}]).items
    assert (items[1].facility, items[2].facility) == (0, 100)
    for one in (items[1], items[2]):
        assert (one.deviation, one.effective_weight, one.discrimination, one.efficiency) == (0, 0, None, None)


def test_too_few_attempts_leave_figures_undefined() -> None:
    items = fixed(1, 1)
    assert analyse(items, []).quiz == QuizFigures(0)
    assert analyse(items, []).items[1].facility is None
    one = analyse(items, [{1: 1, 2: 0}])
    assert (one.quiz.mean, one.quiz.median, one.quiz.deviation, one.quiz.consistency) == (50, 50, None, None)
    assert (one.items[1].facility, one.items[1].deviation, one.items[1].effective_weight) == (100, None, None)
    assert (one.items[1].discrimination, one.items[1].efficiency) == (None, None)
    two = analyse(items, [{1: 1, 2: 0}, {1: 1, 2: 1}]).quiz
    assert (two.skewness, two.kurtosis) == (None, None)
    three = analyse(items, [{1: 1, 2: 0}, {1: 1, 2: 1}, {1: 0, 2: 0}]).quiz
    assert three.skewness is not None
    assert three.kurtosis is None


def test_a_quiz_where_all_score_the_same_has_no_shape_and_no_consistency() -> None:
    quiz = analyse(fixed(1, 1, 1), [{1: 1, 2: 0.1, 3: 0.2}, {1: 0.1, 2: 0.2, 3: 1}, {1: 0.2, 2: 1, 3: 0.1}] * 2).quiz
    assert quiz.deviation == near(0)
    assert (quiz.skewness, quiz.kurtosis, quiz.consistency, quiz.error_ratio, quiz.standard_error) == (None,) * 5


def test_one_question_alone_has_no_internal_consistency() -> None:
    quiz = analyse(fixed(1), [{1: 1}, {1: 0}]).quiz
    assert (quiz.deviation, quiz.consistency) == (near(100 * math.sqrt(0.5)), None)


def test_an_attempt_that_could_bring_nothing_is_not_counted() -> None:
    assert analyse([Item(1, 0.0, 1)], [{1: 1.0}, {}]).quiz == QuizFigures(0)


# --- Drawn at random


DRAWN = [Item(1, 1, place="own"), Item(2, 1), Item(3, 1), Item(4, 1)]
"""One that all are asked, and a place for which 2, 3 or 4 is drawn."""
DRAWN_TABLE = [{1: 1, 2: 1}, {1: 1, 2: 0}, {3: 1, 1: 0}, {1: 0, 3: 0}]


def test_a_drawn_question_is_judged_by_those_who_were_asked_it() -> None:
    items = analyse(DRAWN, DRAWN_TABLE).items
    assert [items[number].asked for number in (1, 2, 3, 4)] == [4, 2, 2, 0]
    assert [items[number].facility for number in (1, 2, 3, 4)] == [near(50), near(50), near(50), None]
    assert [items[number].drawn for number in (1, 2, 3, 4)] == [False, True, True, True]
    # Against the whole score (Moodle's rule for them): 2, 1 of 2 goes with 1, 0.
    assert (items[2].discrimination, items[2].efficiency) == (near(100), near(100))


def test_a_place_has_a_weight_also_when_what_stands_in_it_is_drawn() -> None:
    # Scores 2 1 1 0; both places bring 1 0 1 0 or so: C = 1/3 each, half of the weight each.
    analysis = analyse(DRAWN, DRAWN_TABLE)
    assert analysis.items[1].effective_weight == near(50)
    assert analysis.items[2].effective_weight is None
    assert analysis.drawn_weight == near(50)
    # V(T) = 2/3, V of each place = 1/3: 100 · 2 · (1 - 1) = 0.
    assert analysis.quiz.consistency == near(0)


def test_without_draws_no_weight_is_drawn() -> None:
    assert analyse(fixed(1, 1, 1), TABLE).drawn_weight is None


def test_wordings_of_one_question_share_its_place() -> None:
    items = [Item(1, 1, "a"), Item(2, 1, "b"), Item(9, 1, "b")]
    sittings = [{1: 1, 2: 1}, {1: 1, 2: 0}, {1: 1, 9: 1}, {1: 0, 9: 0}]
    analysis = analyse(items, sittings)
    assert (analysis.items[2].asked, analysis.items[9].asked) == (2, 2)
    assert analysis.items[2].effective_weight == analysis.items[9].effective_weight
    assert analysis.quiz.consistency is not None


def test_when_not_all_were_asked_as_much_consistency_is_undefined() -> None:
    quiz = analyse(fixed(1, 1, 1), [*TABLE, {1: 1.0, 2: 0.0}]).quiz
    assert quiz.mean is not None
    assert quiz.consistency is None


def test_scores_are_shares_of_what_each_attempt_could_bring() -> None:
    items = [Item(1, 1), Item(2, 3)]
    assert analyse(items, [{1: 1.0}, {2: 0.5}, {1: 1.0, 2: 1.0}]).totals == [100, 50, 100]


# --- Definitions read literally, in exact or other arithmetic


@st.composite
def sittings_of(draw: st.DrawFn, most: int = 12) -> tuple[list[Item], list[Sitting]]:
    count = draw(st.integers(1, 5))
    marks = draw(st.lists(st.sampled_from([1, 2, 3, 0.5]), min_size=count, max_size=count))
    fractions = st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 1.0])
    rows = draw(st.lists(st.lists(fractions, min_size=count, max_size=count), min_size=1, max_size=most))
    return fixed(*marks), [dict(enumerate(row, 1)) for row in rows]


def exact_totals(items: Sequence[Item], sittings: Sequence[Sitting]) -> list[Fraction]:
    out_of = sum(Fraction(item.max_mark) for item in items)
    return [
        sum(100 * Fraction(item.max_mark) * Fraction(sitting[item.id]) for item in items) / out_of
        for sitting in sittings
    ]


def u_statistic(values: Sequence[Fraction], kernel: dict[tuple[int, ...], int]) -> Fraction:
    """The mean, over all ways to choose different observations, of a polynomial: powers of each to its coefficient."""
    size = len(next(iter(kernel)))
    chosen = list(itertools.permutations(values, size))
    terms = (
        coefficient * math.prod(value**power for value, power in zip(one, powers, strict=True))
        for one in chosen
        for powers, coefficient in kernel.items()
    )
    return sum(terms, Fraction(0)) / len(chosen)


K2 = {(2, 0): 1, (1, 1): -1}
K3 = {(3, 0, 0): 1, (2, 1, 0): -3, (1, 1, 1): 2}
K4 = {(4, 0, 0, 0): 1, (3, 1, 0, 0): -4, (2, 2, 0, 0): -3, (2, 1, 1, 0): 12, (1, 1, 1, 1): -6}
"""Cumulants by moments about nought: their unbiased estimators are the k-statistics."""


@settings(max_examples=30)
@given(sittings_of(most=6))
def test_shape_is_that_of_unbiased_cumulants(made: tuple[list[Item], list[Sitting]]) -> None:
    totals = exact_totals(*made)
    assume(len({round(total, 6) for total in totals}) > 1 and len(totals) > 3)
    quiz, second = analyse(*made).quiz, float(u_statistic(totals, K2))
    assert quiz.skewness == pytest.approx(float(u_statistic(totals, K3)) / second**1.5, abs=1e-6)
    assert quiz.kurtosis == pytest.approx(float(u_statistic(totals, K4)) / second**2, abs=1e-6)


@given(sittings_of())
def test_figures_agree_with_the_standard_library(made: tuple[list[Item], list[Sitting]]) -> None:
    items, sittings = made
    totals = list(map(float, exact_totals(items, sittings)))
    assume(len(totals) > 1)
    analysis = analyse(items, sittings)
    out_of = sum(item.max_mark for item in items)
    assert analysis.quiz.mean == pytest.approx(plain.mean(totals))
    assert analysis.quiz.median == pytest.approx(plain.median(totals))
    assert analysis.quiz.deviation == pytest.approx(plain.stdev(totals), abs=1e-6)
    for item in items:
        fractions = [sitting[item.id] for sitting in sittings]
        marks = [100 * item.max_mark * fraction / out_of for fraction in fractions]
        rest = [round(total - mark, 9) for total, mark in zip(totals, marks, strict=True)]
        found = analysis.items[item.id]
        assert found.facility == pytest.approx(100 * plain.mean(fractions))
        assert found.deviation == pytest.approx(100 * plain.stdev(fractions), abs=1e-9)
        if len(set(fractions)) == 1 or len(set(rest)) == 1:
            assert (found.discrimination, found.efficiency) == (None, None)
        else:
            together = plain.covariance(marks, rest)
            best = plain.covariance(sorted(marks), sorted(rest))
            assert found.discrimination == pytest.approx(100 * plain.correlation(marks, rest), abs=1e-6)
            assert found.efficiency == pytest.approx(100 * together / best, abs=1e-6)


@settings(max_examples=40)
@given(sittings_of(most=5))
def test_no_other_order_of_the_marks_would_discriminate_better(made: tuple[list[Item], list[Sitting]]) -> None:
    """The highest possible covariance, found by trying all."""
    items, sittings = made
    for item, found in ((item, analyse(items, sittings).items[item.id]) for item in items):
        if found.efficiency is None:
            continue
        totals, marks = analyse(items, sittings).totals, [sitting[item.id] for sitting in sittings]
        share = 100 * item.max_mark / sum(one.max_mark for one in items)
        rest = [total - share * mark for total, mark in zip(totals, marks, strict=True)]
        best = max(plain.covariance(order, rest) for order in itertools.permutations(marks))
        assert found.efficiency == pytest.approx(100 * plain.covariance(marks, rest) / best, abs=1e-6)


def alpha(items: Sequence[Item], sittings: Sequence[Sitting]) -> float:
    """Cronbach's alpha by the mean covariance between two questions: P² c̄ / V(T), another way to the same figure."""
    columns = [[item.max_mark * sitting[item.id] for sitting in sittings] for item in items]
    between = [plain.covariance(one, other) for one, other in itertools.permutations(columns, 2)]
    totals = [sum(row) for row in zip(*columns, strict=True)]
    return 100 * len(items) ** 2 * plain.mean(between) / plain.variance(totals)


@given(sittings_of())
def test_consistency_is_the_share_of_what_questions_have_in_common(made: tuple[list[Item], list[Sitting]]) -> None:
    items, sittings = made
    assume(len(items) > 1 and len({round(total, 6) for total in exact_totals(items, sittings)}) > 1)
    assert analyse(items, sittings).quiz.consistency == pytest.approx(alpha(items, sittings), rel=1e-6, abs=1e-6)


# --- What holds whatever the marks


@given(sittings_of())
def test_every_figure_is_in_its_range(made: tuple[list[Item], list[Sitting]]) -> None:
    analysis = analyse(*made)
    assert analysis.quiz.consistency is None or analysis.quiz.consistency <= 100
    assert 0 <= analysis.quiz.mean <= 100.0000001
    for one in analysis.items.values():
        assert 0 <= one.facility <= 100
        assert one.efficiency is None or one.efficiency <= 100
        assert one.discrimination is None or -100 <= one.discrimination <= 100
        assert one.effective_weight is None or 0 <= one.effective_weight <= 100.0000001
    assert sum(one.intended_weight for one in analysis.items.values()) == near(100)


@given(sittings_of())
def test_effective_weights_are_shares_of_a_whole(made: tuple[list[Item], list[Sitting]]) -> None:
    weights = [one.effective_weight for one in analyse(*made).items.values()]
    known = [weight for weight in weights if weight is not None]
    assert not any(known) or sum(known) == near(100)


@given(sittings_of(), st.randoms())
def test_the_order_of_the_attempts_decides_nothing(made: tuple[list[Item], list[Sitting]], chance: object) -> None:
    items, sittings = made
    mixed = list(sittings)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert _figures(analyse(items, mixed)) == _figures(analyse(items, sittings))


def _figures(analysis: Analysis) -> object:
    return analysis.quiz, analysis.items, analysis.drawn_weight, sorted(analysis.totals)


@given(sittings_of(), st.sampled_from([0.1, 7, 1000]))
def test_the_unit_of_the_marks_decides_nothing(made: tuple[list[Item], list[Sitting]], factor: float) -> None:
    items, sittings = made
    scaled = [Item(item.id, item.max_mark * factor, item.place) for item in items]
    for one, other in zip(
        analyse(items, sittings).items.values(), analyse(scaled, sittings).items.values(), strict=True
    ):
        assert one.discrimination == pytest.approx(other.discrimination, abs=1e-6)
        assert one.effective_weight == pytest.approx(other.effective_weight, abs=1e-6)
