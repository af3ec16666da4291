"""One learner's page: the whole history, and what a trainer may do about it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms import clock, db
from lms.courses import services as courses
from lms.courses.models import Course, Enrolment
from lms.courses.services import reminding
from lms.mail.models import Mail
from lms.quizzes import services as quizzes
from lms.quizzes.models import Quiz
from tests import factories
from tests.conftest import Visitor, counted_queries, reread

NOON = datetime(2026, 11, 2, 5, tzinfo=UTC)
"""In Phnom Penh."""
DAY = timedelta(days=1)


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course(lessons=1)


@pytest.fixture
def quiz(course: Course) -> Quiz:
    return factories.quiz(course)


@pytest.fixture
def enrolment(course: Course) -> Enrolment:
    with db.transaction():
        return courses.enrol(factories.learner(), course)


def address(enrolment: Enrolment) -> str:
    return f"/manage/courses/innovation/learners/{enrolment.id}"


def test_who_may_see_and_who_may_change(client: Visitor, course: Course, enrolment: Enrolment) -> None:
    others = factories.trainer(factories.course("another"))
    people = (enrolment.person, others, factories.officer(), factories.trainer(course), factories.admin())
    at = address(enrolment)
    assert [client.sign_in(one).get(at).status_code for one in people] == [403, 403, 200, 200, 200]
    changes = [client.sign_in(one).submit(at, do="withdraw").status_code for one in people[:3]]
    assert changes == [403, 403, 403]


def test_somebody_of_another_course_is_not_found_here(client: Visitor, course: Course) -> None:
    with db.transaction():
        elsewhere = courses.enrol(factories.learner(), factories.course("another"))
    assert client.sign_in(factories.trainer(course)).get(address(elsewhere)).status_code == 404


def test_it_tells_what_was_done(client: Visitor, course: Course, quiz: Quiz, enrolment: Enrolment) -> None:
    first, _last = courses.outline(course).lessons
    with db.transaction():
        courses.complete_lesson(course, enrolment, first)
        attempt = quizzes.start(enrolment, quiz)
        quizzes.submit(quiz, attempt)
    page = client.sign_in(factories.trainer(course)).get(address(enrolment)).text
    for words in ("Lina Learner", enrolment.person.email, "Done: Lesson 1", "Handed in attempt 1", "Attempt 1: 0"):
        assert words in page
    answers = client.get(f"{address(enrolment)}/attempts/{attempt.id}")
    assert "What of q1?" in answers.text
    assert client.get(f"{address(enrolment)}/attempts/{attempt.id + 1}").status_code == 404


def test_it_tells_of_reminders_and_of_no_one_else_s(client: Visitor, course: Course, enrolment: Enrolment) -> None:
    with db.transaction():
        other = courses.enrol(factories.learner(), course)
        for one in (enrolment, other):
            db.session.get_one(Enrolment, one.id).last_act_at = NOON - 8 * DAY
    with clock.at(NOON), db.transaction():
        assert reminding.remind(idle_days=7) == 2
    for one in (enrolment, other):
        page = client.sign_in(factories.trainer(course)).get(address(one)).text
        subject = db.session.scalars(select(Mail.subject).where(Mail.recipient == one.person.email)).one()
        assert page.count(f"Mail: {subject}") == 1


def test_a_trainer_withdraws_and_enrols_again(client: Visitor, course: Course, enrolment: Enrolment) -> None:
    client.sign_in(factories.trainer(course))
    for do, status in (("withdraw", "withdrawn"), ("enrol", "active")):
        assert client.submit(address(enrolment), do=do).status_code == 302
        reread()
        assert db.session.get_one(Enrolment, enrolment.id).status == status
    assert client.submit(address(enrolment), do="dance").status_code == 422


def test_queries_do_not_grow_with_the_history(
    client: Visitor, course: Course, quiz: Quiz, enrolment: Enrolment
) -> None:
    client.sign_in(factories.trainer(course))

    def queries() -> int:
        with counted_queries() as seen:
            assert client.get(address(enrolment)).status_code == 200
        return len(seen)

    few = queries()
    for _turn in range(3):
        with db.transaction():
            attempt = quizzes.start(enrolment, quiz)
            quizzes.submit(quiz, attempt)
    assert queries() == few <= 12


def test_a_trainer_approves_where_the_rule_asks_for_it(app: Flask, client: Visitor) -> None:
    course = factories.course("innovation", completion={"approval": True})
    with db.transaction():
        enrolment = courses.enrol(factories.learner(), course)
    trainer = factories.trainer(course)
    page = client.sign_in(trainer).get(address(enrolment)).text
    assert "Be approved by a trainer" in page
    assert 'value="approve"' in page
    client.submit(address(enrolment), do="approve")
    reread()
    now = db.session.get_one(Enrolment, enrolment.id)
    assert (now.approved_by_id, now.status) == (trainer.id, "completed")
    assert 'value="approve"' not in client.get(address(enrolment)).text
