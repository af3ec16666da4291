"""When answers to one wording can be graded by another, and why not."""

from dataclasses import replace

import pytest

from lms.i18n import in_language
from lms.quizzes import kinds
from lms.quizzes.kinds import Criterion, Gap, Kind, Level, Option, Pair, Question
from lms.quizzes.shapes import obstacle

pytestmark = pytest.mark.usefixtures("app")
CHOICE = Question("q", Kind.single, "Which?", (Option("A", 100), Option("B", 0), Option("C", 0)))
TYPED = Question("q", Kind.short_answer, "Who?", (Option("village", 100),))
MATCHING = Question("q", Kind.matching, "Match", pairs=(Pair("one", "1"), Pair("two", "2"), Pair("", "3")))
ORDERING = Question("q", Kind.ordering, "Order", (Option("first", 0), Option("second", 0)))
GAPS = Question(
    "q",
    Kind.gaps,
    "[[1]] [[2]]",
    gaps=(Gap(Kind.single, (Option("A", 100), Option("B", 0))), Gap(Kind.short_answer, (Option("x", 100),))),
)
ESSAY = Question("q", Kind.essay, "Tell", rubric=(Criterion("Clear", (Level("no", 0), Level("yes", 1))),))
NUMBER, ORDER = "has another number", "stand in another order"


def weighed(question: Question, *weights: float) -> Question:
    options = zip(question.options, weights, strict=True)
    return replace(question, options=tuple(replace(option, weight=weight) for option, weight in options))


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CHOICE, weighed(CHOICE, 0, 100, 0)),
        (CHOICE, replace(CHOICE, text="Which one?", options=(Option("A!", 100), *CHOICE.options[1:]))),
        (TYPED, replace(TYPED, options=(*TYPED.options, Option("hamlet", 50)))),
        (MATCHING, replace(MATCHING, pairs=(Pair("one", "1"), Pair("two (2)", "2"), Pair("", "3")))),
        (MATCHING, replace(MATCHING, pairs=(Pair("one", "1"), Pair("two", "2"), Pair("", "3"), Pair("", "1")))),
        (ORDERING, replace(ORDERING, scoring=kinds.Scoring.whole)),
        (GAPS, replace(GAPS, gaps=(GAPS.gaps[0], replace(GAPS.gaps[1], options=(Option("y", 100), Option("z", 50)))))),
        (ESSAY, replace(ESSAY, rubric=(Criterion("Clear", (Level("no", 0), Level("yes", 9))),))),
    ],
)
def test_a_corrected_key_or_text_grades_earlier_answers(old: Question, new: Question) -> None:
    assert obstacle({"en": old.to_json()}, {"en": new.to_json()}) == ""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (CHOICE, TYPED, "another kind"),
        (CHOICE, replace(CHOICE, options=CHOICE.options[:2]), NUMBER),
        (CHOICE, replace(CHOICE, options=(*CHOICE.options[1:], CHOICE.options[0])), ORDER),
        (MATCHING, replace(MATCHING, pairs=MATCHING.pairs[1:]), NUMBER),
        (MATCHING, replace(MATCHING, pairs=(Pair("two", "1"), Pair("one", "2"), Pair("", "3"))), ORDER),
        (MATCHING, replace(MATCHING, pairs=(Pair("one", "2"), Pair("two", "1"), Pair("", "3"))), ORDER),
        (ORDERING, replace(ORDERING, options=ORDERING.options[::-1]), "Another order is right now"),
        (GAPS, replace(GAPS, gaps=GAPS.gaps[:1]), NUMBER),
        (GAPS, replace(GAPS, gaps=(GAPS.gaps[0], replace(GAPS.gaps[1], kind=Kind.numerical))), "in another way"),
        (GAPS, replace(GAPS, gaps=(replace(GAPS.gaps[0], options=GAPS.gaps[0].options[::-1]), GAPS.gaps[1])), ORDER),
        (ESSAY, replace(ESSAY, rubric=()), NUMBER),
        (ESSAY, replace(ESSAY, rubric=(Criterion("Clear", (Level("yes", 1), Level("no", 0))),)), ORDER),
    ],
)
def test_what_an_answer_names_by_its_place_must_be_there_still(old: Question, new: Question, words: str) -> None:
    with in_language("en"):
        assert words in obstacle({"en": old.to_json()}, {"en": new.to_json()})


def test_every_language_in_both_is_looked_at() -> None:
    bodies = {"en": CHOICE.to_json(), "km": CHOICE.to_json()}
    turned = replace(CHOICE, options=CHOICE.options[::-1])
    with in_language("en"):
        assert ORDER in obstacle(bodies, {"en": CHOICE.to_json(), "km": turned.to_json()})
        assert obstacle(bodies, {"en": CHOICE.to_json()}) == ""
        assert ORDER in obstacle({"en": CHOICE.to_json()}, {"km": turned.to_json()})
