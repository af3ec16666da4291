"""What holds for every question and every answer."""

import json
from typing import Any

from hypothesis import assume, given, strategies as st

from lms.i18n import in_language
from lms.quizzes import grading
from lms.quizzes.kinds import Kind, Question, faults
from tests.quizzes.strategies import questions, right_response

GRADED = tuple(set(Kind) - {Kind.essay})

values = st.one_of(
    st.text(max_size=8),
    st.integers(-2, 6).map(str),
    st.builds("{}:{}".format, st.integers(-1, 5), st.one_of(st.integers(-1, 5), st.text(max_size=4))),
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 6), st.floats(), st.text(max_size=5)), st.lists, max_leaves=6
)


@st.composite
def asked(draw: st.DrawFn, tries: int = 1) -> tuple[Question, list[Any]]:
    """A question, and responses as forms make them: some right, some not."""
    question = draw(questions())
    form = st.lists(values, max_size=8).map(lambda sent: grading.parse_response(question, sent))
    right = st.just(right_response(question))
    return question, draw(st.lists(st.one_of(form, right, _partly(question)), min_size=tries, max_size=tries + 3))


def _partly(question: Question) -> st.SearchStrategy[Any]:
    """Right in some parts."""
    right = right_response(question)
    if not isinstance(right, list):
        return st.just(right)
    return st.lists(st.booleans(), min_size=len(right), max_size=len(right)).map(
        lambda keep: [one if kept else None for one, kept in zip(right, keep, strict=True)]
    )


@given(questions())
def test_what_the_strategy_makes_can_be_asked(question: Question) -> None:
    assert faults(question) == []


@given(questions())
def test_a_question_is_the_same_after_it_was_stored(question: Question) -> None:
    assert Question.from_json(json.loads(json.dumps(question.to_json()))) == question


@given(questions(GRADED))
def test_the_right_answer_is_worth_everything(question: Question) -> None:
    response = right_response(question)
    assume(grading.is_answered(question, response))  # an answer of nothing but spaces that nobody sees matches nothing
    found = grading.grade(question, response)
    assert (found.fraction, found.right, found.combined) == (1, True, question.right_feedback)


@given(asked())
def test_a_grade_lies_between_nothing_and_everything(case: tuple[Question, list[Any]]) -> None:
    question, responses = case
    for response in responses:
        found = grading.grade(question, response)
        assert 0 <= found.fraction <= 1
        assert found.right is (found.fraction == 1)
        assert found.graded or question.kind is Kind.essay


@given(asked())
def test_a_response_is_the_same_after_it_was_stored(case: tuple[Question, list[Any]]) -> None:
    question, responses = case
    for response in responses:
        stored = json.loads(json.dumps(response))
        assert grading.grade(question, stored) == grading.grade(question, response)


@given(questions(), json_values)
def test_whatever_the_database_holds_can_be_graded_and_told(question: Question, response: Any) -> None:
    assert 0 <= grading.grade(question, response).fraction <= 1
    assert grading.is_begun(question, response) or not grading.is_answered(question, response)
    with in_language("en"):
        assert "\n" not in grading.summary(question, response)


@given(questions(), st.lists(values, max_size=12))
def test_whatever_a_form_sends_can_be_graded(question: Question, sent: list[str]) -> None:
    response = grading.parse_response(question, sent)
    assert 0 <= grading.grade(question, response).fraction <= 1


@given(asked(tries=2))
def test_tries_never_make_an_answer_worth_more(case: tuple[Question, list[Any]]) -> None:
    question, tries = case
    assert 0 <= grading.tried_fraction(question, tries) <= grading.grade(question, tries[-1]).fraction
    assert grading.tried_fraction(question, tries[-1:]) == grading.grade(question, tries[-1]).fraction


@given(questions(), st.integers())
def test_what_is_shown_is_all_there_is(question: Question, seed: int) -> None:
    shown = grading.order(question, seed)
    things = grading.choices(question) if question.kind is Kind.matching else question.options
    assert sorted(shown) == list(range(len(things)))
    assert shown == grading.order(question, seed)
    for at, gap in enumerate(question.gaps):
        assert sorted(grading.gap_order(question, at, seed)) == list(range(len(gap.options)))


@given(questions((Kind.single, Kind.multiple, Kind.ordering)), st.integers())
def test_an_author_who_wants_no_shuffling_gets_none(question: Question, seed: int) -> None:
    shown, in_order = grading.order(question, seed), list(range(len(question.options)))
    assert question.shuffle or question.kind is Kind.ordering or shown == in_order
    assert question.kind is not Kind.ordering or shown != in_order


@given(questions([Kind.gaps]), st.text(max_size=10))
def test_no_gap_gets_lost_in_a_text(question: Question, more: str) -> None:
    found = grading.pieces(question.text + more, len(question.gaps))
    assert sorted(piece for piece in found if isinstance(piece, int)) == list(range(len(question.gaps)))
