"""The rule by itself: what it asks for, and that what is done counts in any order and for good."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from lms.courses.completion import Criterion, Facts, checklist, is_met, needed, percent

STRICT = {"lessons": "all", "quizzes": "all"}
COURSE = Facts(pages=4, quizzes=2)
DONE = Facts(pages=4, pages_read=4, quizzes=2, quizzes_passed=2, seconds=3600, score_percent=90, approved=True)

shares = st.one_of(st.sampled_from(["all", "none"]), st.integers(0, 6))
rules = st.fixed_dictionaries(
    {"lessons": shares, "quizzes": shares},
    optional={
        "minutes": st.integers(1, 30),
        "score": st.integers(1, 100),
        "approval": st.booleans(),
        "need": st.one_of(st.just("all"), st.integers(1, 6)),
    },
)
Act = tuple[str, int]
acts = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.integers(0, 3)),
        st.tuples(st.just("answer"), st.integers(0, 201)),
        st.tuples(st.just("spend"), st.integers(1, 900)),
        st.just(("approve", 0)),
    ),
    max_size=12,
)


def done(some: list[Act]) -> Facts:
    """Facts by an account of their own: a course of four pages and two quizzes, which are passed with 60 percent."""
    scores = {quiz: [n % 101 for what, n in some if what == "answer" and n // 101 == quiz] for quiz in (0, 1)}
    best = [max(found, default=0) for found in scores.values()]
    return Facts(
        pages=4,
        pages_read=len({n for what, n in some if what == "read"}),
        quizzes=2,
        quizzes_passed=sum(score >= 60 for score in best),
        seconds=sum(n for what, n in some if what == "spend"),
        score_percent=sum(best) / 2,
        approved=("approve", 0) in some,
    )


@given(rules, acts, st.randoms())
def test_any_order_of_acts_gives_the_same_answer(rule: dict[str, Any], some: list[Act], chance: Any) -> None:
    other = list(some)
    chance.shuffle(other)
    assert is_met(rule, done(some)) == is_met(rule, done(other))
    assert checklist(rule, done(some)) == checklist(rule, done(other))


@given(rules, acts)
def test_what_is_met_never_turns_back(rule: dict[str, Any], some: list[Act]) -> None:
    states = [done(some[:number]) for number in range(len(some) + 1)]
    for before, after in pairwise(states):
        assert is_met(rule, after) >= is_met(rule, before)
        assert percent(after) >= percent(before)
        for was, now in zip(checklist(rule, before), checklist(rule, after), strict=True):
            assert now.met >= was.met


@given(rules)
def test_whoever_does_everything_completes_the_course(rule: dict[str, Any]) -> None:
    assert is_met(rule, replace(DONE, score_percent=100))


@given(st.integers(0, 4), st.integers(0, 2))
def test_the_strict_rule_is_met_exactly_at_one_hundred_percent(read: int, passed: int) -> None:
    facts = replace(COURSE, pages_read=read, quizzes_passed=passed)
    assert is_met(STRICT, facts) == (percent(facts) == 100) == ((read, passed) == (4, 2))


@given(rules)
def test_a_course_without_lessons_is_never_complete(rule: dict[str, Any]) -> None:
    assert not is_met(rule, Facts(seconds=10**6, approved=True))


def test_a_rule_that_asks_for_quizzes_alone_does_not_wait_for_pages() -> None:
    facts = replace(COURSE, quizzes_passed=2)
    assert is_met({"lessons": "none", "quizzes": "all"}, facts)
    assert not is_met(STRICT, facts)


@pytest.mark.parametrize(
    ("rule", "short", "enough"),
    [
        ({"lessons": 3}, {"pages_read": 2}, {"pages_read": 3}),
        ({"quizzes": 1}, {"pages_read": 4}, {"quizzes_passed": 1}),
        ({"minutes": 10}, {"seconds": 599}, {"seconds": 600}),
        ({"score": 70}, {"score_percent": 69.99}, {"score_percent": 70}),
        ({"approval": True}, {"seconds": 9999}, {"approved": True}),
        ({"lessons": "all", "minutes": 1}, {"pages_read": 4}, {"pages_read": 4, "seconds": 60}),
    ],
)
def test_each_part_is_met_when_enough_is_done(
    rule: dict[str, Any], short: dict[str, Any], enough: dict[str, Any]
) -> None:
    assert not is_met(rule, replace(COURSE, **short))
    assert is_met(rule, replace(COURSE, **enough))


def test_two_of_three_parts_are_enough_where_the_rule_says_so() -> None:
    rule = {"lessons": "all", "quizzes": "all", "approval": True, "need": 2}
    assert not is_met(rule, replace(COURSE, pages_read=4))
    assert is_met(rule, replace(COURSE, pages_read=4, approved=True))
    assert is_met(rule, replace(COURSE, quizzes_passed=2, approved=True))


def test_more_than_the_course_has_counts_as_all_of_it() -> None:
    assert checklist({"lessons": 99}, COURSE) == [Criterion("lessons", 4, 0, 4)]
    rule = {"lessons": "all", "need": 5}
    assert needed(rule, checklist(rule, COURSE)) == 1


def test_what_the_course_does_not_have_is_not_asked_for() -> None:
    rule = {"lessons": "all", "quizzes": "all", "score": 80}
    assert [one.kind for one in checklist(rule, Facts(pages=2))] == ["lessons"]


def test_a_rule_may_ask_for_nothing_that_there_is() -> None:
    assert not checklist({"lessons": "none", "quizzes": "all"}, Facts(pages=1))
    assert checklist({"lessons": "none", "quizzes": "all"}, Facts(quizzes=1))
    assert checklist({"approval": True}, Facts(pages=1))
