"""Aiken: questions with one right answer, and what is wrong with them by line."""

import pytest
from hypothesis import given, strategies as st

from lms.quizzes import aiken
from lms.quizzes.imported import Item
from lms.quizzes.kinds import Kind, Option, Question

SOUND = """Which river is longest?
A. Mekong
B) Bassac
ANSWER: A
"""


def items(text: str) -> list[Item]:
    return list(aiken.items(iter(text.split("\n"))))


def problems(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.message % problem.params) for item in items(text) for problem in item.problems]


def test_a_question_has_lettered_answers_and_one_of_them_is_right() -> None:
    [item] = items(SOUND)
    assert (item.line, item.title, item.problems) == (1, "Which river is longest?", ())
    options = (Option("Mekong", 100), Option("Bassac", 0))
    assert item.question == Question("", Kind.single, "Which river is longest?", options, format="plain")


def test_empty_lines_do_not_count() -> None:
    assert [item.line for item in items(f"\n{SOUND}\n\n{SOUND}{SOUND}")] == [2, 8, 12]
    assert items(SOUND.replace("\n", "\n\n"))[0].problems == ()


def test_a_question_may_run_over_lines() -> None:
    [item] = items(f"Look at the map.\n{SOUND}")
    assert item.question
    assert item.question.text == "Look at the map.\nWhich river is longest?"


def test_khmer_and_what_nobody_sees_are_taken() -> None:
    [item] = items("\ufeffទន្លេ?\n\u200bA. មេគង្គ\nB. បាសាក់\nANSWER:  B\u200b")
    assert item.question
    assert [option.weight for option in item.question.options] == [0, 100]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (SOUND.replace("ANSWER: A", "ANSWER: C"), 4, "“C” is not the letter of an answer."),
        (SOUND.replace("ANSWER: A", "ANSWER:"), 4, "“” is not the letter of an answer."),
        (SOUND.replace("ANSWER: A", ""), 3, "Here a line is missing that says which answer is right, as in ANSWER: B."),
        (SOUND.replace("B)", "A)"), 3, "The letter A stands there twice."),
        (SOUND.replace("Which river is longest?", ""), 2, "The question has no text."),
        (SOUND.replace("B) Bassac", ""), 1, "The question needs at least two answers to choose from."),
        (SOUND.replace(" Bassac", ""), 3, "An answer has no text."),
        ("\nANSWER: A", 2, "The question has no text."),
        ("Only text", 1, "Here a line is missing that says which answer is right, as in ANSWER: B."),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, message: str) -> None:
    assert problems(text) == [(line, message)]


def test_after_a_missing_answer_the_next_question_is_read() -> None:
    first, second = items(SOUND.replace("ANSWER: A\n", "") + SOUND)
    assert [problem.line for problem in first.problems] == [4]
    assert second.question


@given(st.lists(st.sampled_from(["A. x", "B) y", "ANSWER: A", "ANSWER:", "", "text", "A.", "\u200b"]), max_size=12))
def test_whatever_the_lines_problems_name_one_of_them(lines: list[str]) -> None:
    for item in items("\n".join(lines)):
        assert (item.question is None) is bool(item.problems)
        assert {item.line, *(problem.line for problem in item.problems)} <= set(range(1, len(lines) + 1))
