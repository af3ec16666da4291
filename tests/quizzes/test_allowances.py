"""What a trainer allows one person beyond others."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms import db
from lms.courses import services as courses
from lms.courses.models import Course, Enrolment
from lms.quizzes import services
from lms.quizzes.models import Allowance, Attempt
from tests import factories
from tests.conftest import Visitor, counted_queries, reread

PAGE = "/manage/courses/innovation/quizzes/quiz/allowances"


@pytest.fixture
def course(app: Flask) -> Course:
    course = factories.course(lessons=0)
    factories.quiz(course, attempts=1, time_limit=20)
    return course


@pytest.fixture
def enrolment(course: Course) -> Enrolment:
    return enrolled(course, "dara@example.org")


@pytest.fixture
def trainer(client: Visitor, course: Course) -> Visitor:
    return client.sign_in(factories.trainer(of=course))


def enrolled(course: Course, email: str) -> Enrolment:
    with db.transaction():
        return courses.enrol(factories.person("Dara Late", email=email), course)


def allowances() -> list[Allowance]:
    reread()
    return list(db.session.scalars(select(Allowance)))


def test_more_is_given_changed_and_taken_back(trainer: Visitor, enrolment: Enrolment) -> None:
    given = trainer.submit(PAGE, person="dara@example.org", extra_attempts="2", extra_minutes="", reason="Was ill.")
    assert given.location == PAGE
    page = trainer.get(PAGE).text
    assert "2 attempts more" in page
    assert "Was ill." in page
    own = f"{PAGE}/{enrolment.id}"
    assert 'value="2"' in trainer.get(own).text
    trainer.submit(own, extra_attempts="0", extra_minutes="15", closes="2031-05-04T10:30", reason="")
    (found,) = allowances()
    assert (found.extra_attempts, found.extra_minutes, found.reason) == (0, 15, "")
    assert found.closes_at.isoformat() == "2031-05-04T03:30:00+00:00", "in the zone of the site"
    assert 'value="2031-05-04T10:30"' in trainer.get(own).text
    assert trainer.submit(f"{own}/remove").location == PAGE
    assert allowances() == []
    assert trainer.submit(f"{own}/remove").status_code == 404
    assert trainer.get(own).status_code == 404


def test_giving_again_takes_the_place_of_what_was_given(trainer: Visitor, enrolment: Enrolment) -> None:
    for number in ("1", "3"):
        trainer.submit(PAGE, person="dara@example.org", extra_attempts=number)
    assert [found.extra_attempts for found in allowances()] == [3]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"person": "", "extra_attempts": "1"}, "Please fill this in."),
        ({"person": "nobody@example.org", "extra_attempts": "1"}, "Nobody who takes this course"),
        ({"person": "dara@example.org"}, "Please say what the person has beyond others."),
        ({"person": "dara@example.org", "extra_attempts": "-1"}, "from 0 to 100"),
        ({"person": "dara@example.org", "extra_minutes": "5000"}, "from 0 to 1440"),
        ({"person": "dara@example.org", "extra_minutes": "many"}, "Not a valid integer value"),
        ({"person": "dara@example.org", "closes": "soon"}, "Not a valid datetime value"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field(
    trainer: Visitor, enrolment: Enrolment, fields: dict[str, str], words: str
) -> None:
    answer = trainer.submit(PAGE, **fields)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert allowances() == []


def test_somebody_else_of_another_course_is_not_found(trainer: Visitor, course: Course) -> None:
    factories.person(email="outside@example.org")
    answer = trainer.submit(PAGE, person="outside@example.org", extra_attempts="1")
    assert "Nobody who takes this course" in answer.text


def test_more_minutes_hold_for_the_attempt_that_goes_on(trainer: Visitor, enrolment: Enrolment) -> None:
    quiz = services.find("innovation", "quiz")
    assert quiz
    with db.transaction():
        due_at = services.start(enrolment, quiz[2]).due_at
    assert due_at
    trainer.submit(PAGE, person="dara@example.org", extra_minutes="15")
    reread()
    assert db.session.scalars(select(Attempt.due_at)).one() == due_at + timedelta(minutes=15)
    trainer.submit(f"{PAGE}/{enrolment.id}/remove")
    reread()
    assert db.session.scalars(select(Attempt.due_at)).one() == due_at


@pytest.mark.parametrize("who", ["learner", "trainer", "officer"])
def test_only_trainers_of_the_course_allow_anything(
    client: Visitor, course: Course, enrolment: Enrolment, who: str
) -> None:
    client.sign_in(getattr(factories, who)())
    assert client.get(PAGE).status_code == 403
    assert client.submit(PAGE, person="dara@example.org", extra_attempts="1").status_code == 403
    assert allowances() == []


def test_the_list_takes_the_same_queries_for_any_number(trainer: Visitor, course: Course) -> None:
    for number in range(2):
        enrolled(course, f"p{number}@example.org")
        trainer.submit(PAGE, person=f"p{number}@example.org", extra_attempts="1")
    with counted_queries() as few:
        trainer.get(PAGE)
    for number in range(2, 9):
        enrolled(course, f"p{number}@example.org")
        trainer.submit(PAGE, person=f"p{number}@example.org", extra_attempts="1")
    with counted_queries() as many:
        trainer.get(PAGE)
    assert len(many) == len(few) <= 6, many


def test_the_preview_of_a_quiz_leads_there(trainer: Visitor) -> None:
    assert PAGE in trainer.get("/courses/innovation/lessons/quiz/").text
