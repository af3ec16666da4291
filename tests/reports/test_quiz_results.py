"""Everyone's results in a quiz: which attempt stands for whom, filters, orders, and files with the same rows."""

import re
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Course
from lms.quizzes import kinds, policy
from lms.quizzes.models import BankCategory, BankQuestion, BankVersion, Question, Quiz, Response
from tests import factories
from tests.conftest import Visitor, counted_queries, reread
from tests.reports import crowd, quiz_crowd
from tests.reports.quiz_crowd import choice, questions, take
from tests.reports.test_listing_learners import shown

RESULTS = "/manage/courses/innovation/quizzes/quiz/results"
RIGHT, HALF, WRONG = 0, 1, 2


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course(lessons=0)


@pytest.fixture
def trainer(client: Visitor, course: Course) -> Visitor:
    return client.sign_in(factories.trainer(course))


def quiz_of(course: Course, **values: Any) -> Quiz:
    return factories.quiz(course, [choice("one"), choice("two")], **values)


@pytest.mark.parametrize("file", ["", ".csv", ".xlsx"])
def test_who_may_see_it(file: str, client: Visitor, course: Course) -> None:
    quiz_of(course)
    others = factories.trainer(factories.course("another"))
    people = (factories.learner(), others, factories.trainer(course), factories.officer(), factories.admin())
    assert [client.sign_in(one).get(RESULTS + file).status_code for one in people] == [403, 403, 200, 200, 200]


def test_a_page_is_no_quiz(trainer: Visitor, course: Course) -> None:
    quiz_of(course)
    assert trainer.get(RESULTS.replace("/quiz/", "/none/")).status_code == 404
    assert trainer.get(RESULTS.replace("innovation", "none")).status_code == 404


def test_a_quiz_that_nobody_took_says_so(trainer: Visitor, course: Course) -> None:
    quiz_of(course)
    page = trainer.get(RESULTS).text
    assert "Nobody has handed in this quiz yet" in page
    assert "<table" not in page


def test_a_row_tells_of_an_attempt_and_leads_to_it(trainer: Visitor, course: Course) -> None:
    attempt = take(course, quiz_of(course), [RIGHT, HALF], factories.person("Dara"))
    page = trainer.get(RESULTS).text
    row = page[page.index("<tbody>") :]
    for words in ("Dara", "Passed", "75\u00a0%", ">12<", "2 March 2026", ">1<", ">0.5<"):
        assert words in row
    address = re.findall(r'<th scope="row"><a href="([^"]+)"', row)[0]
    assert address.endswith(f"/learners/{attempt.enrolment_id}/attempts/{attempt.id}")
    assert trainer.get(address).status_code == 200


def test_an_attempt_that_goes_on_is_not_among_the_results(trainer: Visitor, course: Course) -> None:
    take(course, quiz_of(course), [RIGHT, RIGHT], submitted_at=None)
    assert "Nobody has handed in this quiz yet" in trainer.get(RESULTS).text


def attempts_shown(page: str) -> list[str]:
    return re.findall(r'data-label="Attempt">(\d+)<', page)


@pytest.mark.parametrize(("counts", "number"), [("highest", "2"), ("first", "1"), ("last", "3")])
def test_the_attempt_that_counts_stands_for_a_learner(
    counts: str, number: str, trainer: Visitor, course: Course
) -> None:
    quiz, dara = quiz_of(course, counts=counts), factories.person("Dara")
    for chosen in ([WRONG, HALF], [RIGHT, HALF], [WRONG, WRONG]):
        take(course, quiz, chosen, dara)
    assert attempts_shown(trainer.get(RESULTS).text) == [number]
    assert attempts_shown(trainer.get(f"{RESULTS}?attempts=all&order=attempt").text) == ["1", "2", "3"]


def test_of_attempts_with_the_same_score_the_first_one_counts(trainer: Visitor, course: Course) -> None:
    quiz, dara = quiz_of(course), factories.person("Dara")
    for _attempt in range(2):
        take(course, quiz, [RIGHT, RIGHT], dara)
    assert attempts_shown(trainer.get(RESULTS).text) == ["1"]


def test_where_the_mean_counts_all_attempts_are_shown_with_it(trainer: Visitor, course: Course) -> None:
    quiz, dara = quiz_of(course, counts="average"), factories.person("Dara")
    take(course, quiz, [RIGHT, RIGHT], dara)
    take(course, quiz, [WRONG, HALF], dara)
    rows = crowd.read_csv(trainer.get(f"{RESULTS}.csv?order=attempt"))
    assert [(row["score_percent"], row["mean_percent"], row["status"]) for row in rows] == [
        ("100", "62.5", "passed"),
        ("25", "62.5", "passed"),
    ]
    take(course, quiz, [WRONG, WRONG], dara, score_percent=None, ungraded=1)
    rows = crowd.read_csv(trainer.get(f"{RESULTS}.csv"))
    assert [(row["mean_percent"], row["status"]) for row in rows] == [("", "waiting")] * 3


@pytest.mark.parametrize("counts", ["highest", "first", "last"])
@given(scores=st.lists(st.none() | st.integers(0, 4), min_size=1, max_size=5))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_row_has_the_score_that_counts_for_the_course(
    counts: str, scores: list[int | None], app: Flask, trainer: Visitor, course: Course
) -> None:
    quiz = db.session.scalar(select(Quiz)) or quiz_of(course)
    with db.transaction():
        quiz.counts = counts
    person = factories.person()
    made = [take(course, quiz, [WRONG, WRONG], person, score_percent=score and 25.0 * score) for score in scores]
    rows = crowd.read_csv(trainer.get(f"{RESULTS}.csv?q={person.email}"))
    wanted = policy.counting(counts, made)
    assert [row["score_percent"] for row in rows] == ["" if wanted is None else f"{wanted:g}"]


def cast(course: Course) -> Quiz:
    quiz = quiz_of(course, pass_mark=70)
    take(course, quiz, [RIGHT, RIGHT], factories.person("Able"))
    take(course, quiz, [RIGHT, WRONG], factories.person("Bora"), started_at=crowd.NOON)
    take(course, quiz, [None, HALF], factories.person("Chan"), submitted_at=crowd.NOON + timedelta(days=9))
    take(course, quiz, [RIGHT, None], factories.person("Dara"), score_percent=None, ungraded=1)
    return quiz


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("order=name", ["Able", "Bora", "Chan", "Dara"]),
        ("", ["Chan", "Dara", "Bora", "Able"]),
        ("q=bor", ["Bora"]),
        ("status=passed", ["Able"]),
        ("status=not_passed&order=name", ["Bora", "Chan"]),
        ("status=waiting", ["Dara"]),
        ("order=-score_percent", ["Able", "Bora", "Chan", "Dara"]),
        ("order=score_percent", ["Chan", "Bora", "Able", "Dara"]),
        ("order=-minutes", ["Chan", "Bora", "Dara", "Able"]),
        ("question=1&below=100&order=name", ["Chan"]),
        ("question=2&below=50&order=name", ["Bora", "Dara"]),
        ("question=2&below=51&order=name", ["Bora", "Chan", "Dara"]),
        ("question=2&below=៥០,៥&order=name", ["Bora", "Chan", "Dara"]),
        ("question=2", ["Chan", "Dara", "Bora", "Able"]),
        ("cohort=kampot", ["Able"]),
    ],
)
def test_filters_and_orders(query: str, names: list[str], trainer: Visitor, course: Course) -> None:
    cast(course)
    able = db.session.scalars(select(Person).where(Person.name == "Able")).one()
    factories.cohort("kampot", members=[able], courses=[course])
    assert shown(trainer.get(f"{RESULTS}?{query}").text) == names


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("below=50", "choose the question"),
        ("question=9&below=50", "Not a valid choice"),
        ("question=1&below=many", "from 0 to 100"),
        ("question=1&below=101", "from 0 to 100"),
        ("question=1&below=NaN", "from 0 to 100"),
        ("status=odd", "Not a valid choice"),
        ("attempts=some", "Not a valid choice"),
        ("cohort=none", "Not a valid choice"),
        ("order=fractions", "cannot be put in this order"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(query: str, message: str, trainer: Visitor, course: Course) -> None:
    cast(course)
    page = trainer.get(f"{RESULTS}?{query}")
    assert page.status_code == 422
    assert message in page.text
    assert shown(page.text) == []
    assert trainer.get(f"{RESULTS}.csv?{query}").status_code == 422


def test_files_have_a_column_for_each_question(trainer: Visitor, course: Course) -> None:
    cast(course)
    (row,) = crowd.read_csv(trainer.get(f"{RESULTS}.csv?q=Chan"))
    assert (row["q1 one"], row["q2 two"]) == ("0", "0.5")
    assert (row["name"], row["attempt"], row["status"]) == ("Chan", "1", "not_passed")
    assert (row["score_percent"], row["mark"], row["out_of"]) == ("25", "0.5", "2")
    assert row["submitted_at"] == "2026-03-10T12:00:00+07:00"
    assert float(row["minutes"]) == 8 * 24 * 60


def test_files_hold_the_rows_of_the_page(trainer: Visitor, course: Course) -> None:
    quiz_crowd.crowd(course, quiz_of(course), 60, Random(3))
    for filters in ({}, {"order": "-minutes"}, {"status": "passed"}, {"question": "2", "below": "60"}):
        query = urlencode({**filters, "attempts": "all"})
        pages = [trainer.get(f"{RESULTS}?{query}&page={number}").text for number in (1, 2, 3)]
        names = list(dict.fromkeys(name for page in pages for name in shown(page)))
        csv = crowd.read_csv(trainer.get(f"{RESULTS}.csv?{query}"))
        assert [row["name"] for row in csv] == names
        assert crowd.read_xlsx(trainer.get(f"{RESULTS}.xlsx?{query}")) == csv


def test_an_essay_that_waits_has_no_mark_yet(trainer: Visitor, course: Course) -> None:
    essay = kinds.Question("why", kinds.Kind.essay, "Why?")
    quiz = factories.quiz(course, [choice("one"), essay])
    first, second = questions(quiz)
    attempt = take(course, quiz, [RIGHT], asked=[first], question_ids=[first.id, second.id], score_percent=None)
    keys = {"attempt_id": attempt.id, "question_id": second.id}
    factories._kept(Response(**keys, value={"given": "Because."}, saved_at=crowd.NOON))
    assert "Waits to be graded" in trainer.get(RESULTS).text
    (row,) = crowd.read_csv(trainer.get(f"{RESULTS}.csv"))
    assert (row["q1 one"], row["q2 why"], row["status"]) == ("1", "", "waiting")
    assert shown(trainer.get(f"{RESULTS}?question=2&below=100").text) == []


def test_wordings_of_one_question_share_a_column(trainer: Visitor, course: Course) -> None:
    quiz = quiz_of(course)
    first, second = questions(quiz)
    take(course, quiz, [RIGHT, WRONG], factories.person("Able"))
    with db.transaction():
        second.retired = True
    body = {"en": choice("two").to_json()}
    newer = factories._kept(Question(quiz_id=quiz.lesson_id, name="two", position=2, body=body))
    take(course, quiz, [WRONG, HALF], factories.person("Bora"), asked=[first, newer])
    rows = crowd.read_csv(trainer.get(f"{RESULTS}.csv?order=name"))
    assert [(row["q1 one"], row["q2 two"]) for row in rows] == [("1", "0"), ("0", "0.5")]
    assert shown(trainer.get(f"{RESULTS}?question=2&below=40").text) == ["Able"]


def drawn(course: Course, quiz: Quiz, name: str) -> Question:
    """A question of the bank that the quiz has asked."""
    drawer = db.session.scalar(select(BankCategory)) or factories._kept(BankCategory(course_id=course.id, path="All"))
    values = {"course_id": course.id, "category_id": drawer.id, "name": name, "folded": name}
    entry = factories._kept(BankQuestion(**values))
    body = {"en": choice(name).to_json()}
    version = {"bank_question_id": entry.id, "number": 1, "kind": "single", "body": body, "at": clock.now()}
    made = factories._kept(BankVersion(**version))
    asked = {"quiz_id": quiz.lesson_id, "name": name, "position": 0, "body": body, "bank_version_id": made.id}
    return factories._kept(Question(**asked))


def test_a_question_that_was_not_drawn_for_a_learner_is_not_asked(trainer: Visitor, course: Course) -> None:
    quiz = factories.quiz(course, [choice("own")])
    own = questions(quiz)
    first, second = drawn(course, quiz, "x"), drawn(course, quiz, "y")
    take(course, quiz, [RIGHT, WRONG], factories.person("Able"), asked=[*own, first])
    take(course, quiz, [WRONG, HALF], factories.person("Bora"), asked=[second, *own])
    rows = crowd.read_csv(trainer.get(f"{RESULTS}.csv?order=name"))
    assert [(row["q1 own"], row["q2 x"], row["q3 y"]) for row in rows] == [("1", "0", ""), ("0.5", "", "0")]
    assert "Not asked" in trainer.get(RESULTS).text
    assert shown(trainer.get(f"{RESULTS}?question=2&below=100").text) == ["Able"]


def test_a_title_cannot_make_a_formula_of_a_heading(trainer: Visitor, course: Course) -> None:
    take(course, factories.quiz(course, [choice("=1+1")]), [RIGHT])
    assert "q1 =1+1" in trainer.get(f"{RESULTS}.csv").text.splitlines()[0]


def test_queries_do_not_grow_with_the_learners(trainer: Visitor, course: Course) -> None:
    def queries(address: str) -> int:
        reread()
        with counted_queries() as seen:
            assert trainer.get(address).status_code == 200
        return len(seen)

    quiz = quiz_of(course)
    quiz_crowd.crowd(course, quiz, 10, Random(1))
    filtered = f"{RESULTS}?attempts=all&order=minutes&question=1&below=100"
    addresses = [RESULTS, filtered, f"{RESULTS}.csv", f"{RESULTS}.xlsx"]
    few = [queries(address) for address in addresses]
    quiz_crowd.crowd(course, quiz, 990, Random(2))
    assert [queries(address) for address in addresses] == few
    assert max(few) <= 9
