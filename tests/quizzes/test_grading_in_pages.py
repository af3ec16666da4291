"""Each kind of question in a learner's browser: what the page asks, what the form stores, and what the result says."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from lms import db
from lms.courses.models import Course
from lms.quizzes.kinds import Criterion, Gap, Kind, Level, Option, Question as Asked, Unit
from lms.quizzes.models import Question, Response
from tests import factories
from tests.conftest import Visitor, reread

QUIZ = "/courses/innovation/lessons/quiz/"
ORDER = Asked("rice", Kind.ordering, "Order.", tuple(Option(text, 0) for text in ("Sow", "Weed", "Reap")))
GAPS = Asked(
    "gaps",
    Kind.gaps,
    "Rice is [[2]] in [[1]]; it needs [[3]], and [[4]].",
    gaps=(
        Gap(Kind.short_answer, (Option("June", 100),), 2),
        Gap(Kind.single, (Option("planted", 100), Option("mined", 0, "Rice is no ore."))),
        Gap(Kind.multiple, (Option("rain", 50), Option("sun", 50), Option("snow", -100)), look="row"),
        Gap(Kind.single, (Option("care", 100), Option("luck", 0)), look="list"),
    ),
    partly_feedback="Half of it.",
)
WAY = Asked("way", Kind.numerical, "How far?", (Option("5", 100),), units=(Unit("km", 1),), unit_penalty=20)
ESSAY = Asked(
    "why",
    Kind.essay,
    "Why?",
    template="Because",
    rubric=(Criterion("Reasons", (Level("none", 0), Level("good", 4))),),
    min_words=5,
    max_words=90,
)


@pytest.fixture
def learner(app: Flask, client: Visitor) -> Visitor:
    """Signed in and enrolled."""
    client.sign_in(factories.learner())
    return client


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course(lessons=0)


def begin(learner: Visitor, course: Course, question: Asked) -> str:
    """The name that the fields of the only question have."""
    factories.quiz(course, [question])
    learner.submit("/courses/innovation/enrol")
    learner.submit(QUIZ + "start")
    return f"q{db.session.scalars(select(Question.id)).one()}"


def send(learner: Visitor, name: str, answer: object = "", gaps: dict[int, object] | None = None) -> object:
    """What is stored."""
    values = {name: answer, **{f"{name}.{at}": value for at, value in (gaps or {}).items()}}
    learner.submit(QUIZ + "answers", attempt="1", asked=name[1:], go="review", **values)
    reread()
    return db.session.scalars(select(Response)).one().value["given"]


def result(learner: Visitor) -> str:
    learner.submit(QUIZ + "submit", attempt="1")
    page = learner.get(QUIZ + "attempts/1/").text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_items_are_put_in_order_by_numbers(learner: Visitor, course: Course) -> None:
    name = begin(learner, course, ORDER)
    page = learner.get(QUIZ).text
    assert page.count(f'<select class="form-select" name="{name}"') == 3
    assert send(learner, name, ["2:3", "0:1", "1:2"]) == [0, 1, 2]
    assert '<option value="2:3" selected>3</option>' in learner.get(QUIZ).text
    assert "1 of 1 points" in result(learner)


def test_an_order_with_a_place_left_open_says_so(learner: Visitor, course: Course) -> None:
    name = begin(learner, course, ORDER)
    assert send(learner, name, ["2:3", "0:3", "1:1"]) == [1, None, 2]
    said = result(learner)
    assert "Weed wrong" in said
    assert "Not answered wrong Reap right" in said


def test_gaps_are_filled_in_within_the_text(learner: Visitor, course: Course) -> None:
    name = begin(learner, course, GAPS)
    page = learner.get(QUIZ).text
    assert re.findall(r'aria-label="(Gap \d)"', page) == ["Gap 2", "Gap 1", "Gap 3", "Gap 4"]
    assert "[[" not in page
    assert send(learner, name, gaps={0: "July", 1: "1", 2: ["0", "1"], 3: "0"}) == ["July", 1, [0, 1], 0]
    page = learner.get(QUIZ).text
    assert f'name="{name}.0" aria-label="Gap 1" value="July"' in page
    assert len(re.findall(rf'name="{name}\.[23]" value="\d" checked', page)) == 3


def test_the_result_says_what_each_gap_was_worth(learner: Visitor, course: Course) -> None:
    name = begin(learner, course, GAPS)
    send(learner, name, gaps={0: "June", 1: "1", 2: "0"})
    said = result(learner)
    assert "0.5 of 1 points" in said  # (2 + 0 + 0.5 + 0) ÷ 5
    assert (
        "Gap 2 mined wrong in Gap 1 June right ; it needs Gap 3 rain partly right , and Gap 4 Not answered wrong ."
        in said
    )
    assert "Gap 2 Rice is no ore. Half of it." in said


def test_a_missing_unit_is_named(learner: Visitor, course: Course) -> None:
    name = begin(learner, course, WAY)
    assert "a number with its unit" in learner.get(QUIZ).text
    send(learner, name, "5")
    said = result(learner)
    assert "0.8 of 1 points" in said
    assert "The unit is missing or wrong; that costs 20 % of the mark." in said


def test_an_essay_says_what_is_wanted_and_waits(learner: Visitor, course: Course) -> None:
    name = begin(learner, course, ESSAY)
    page = learner.get(QUIZ).text
    assert "Between 5 and 90 words." in page
    assert "Reasons (4 points)" in page
    assert re.search(rf'<textarea[^>]* id="{name}"[^>]*>\nBecause</textarea>', page)
    assert send(learner, name, "\nBecause\r\n<b>it</b> rains") == "Because\n<b>it</b> rains"
    learner.submit(QUIZ + "submit", attempt="1")
    page = learner.get(QUIZ + "attempts/1/").text
    assert "Because\n&lt;b&gt;it&lt;/b&gt; rains" in page
    assert "Waiting to be graded" in page


def test_a_text_of_html_is_shown_as_html(learner: Visitor, course: Course) -> None:
    options = (Option("<b>A gas</b>", 100), Option("<script>x</script>A stone", 0))
    begin(learner, course, Asked("gas", Kind.single, "What is CO<sub>2</sub>?", options, format="html"))
    page = learner.get(QUIZ).text
    assert "CO<sub>2</sub>" in page
    assert "<b>A gas</b>" in page
    assert "<script>x" not in page


def test_pictures_of_a_question_have_its_address(learner: Visitor, course: Course) -> None:
    name = begin(
        learner,
        course,
        Asked("map", Kind.true_false, "![Map](images/map.png)", (Option("true", 100), Option("false", 0))),
    )
    assert f'src="{QUIZ}questions/{name[1:]}/images/map.png"' in learner.get(QUIZ).text
