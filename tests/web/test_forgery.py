"""Requests that change something carry a token of the session's."""

import time

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import db
from lms.courses.models import Enrolment
from tests import factories
from tests.conftest import Visitor

ENROL = "/courses/innovation/enrol"


@pytest.fixture
def learner(client: Visitor) -> Visitor:
    factories.course()
    return client.sign_in(factories.learner())


def enrolments() -> int:
    return db.session.scalar(select(func.count()).select_from(Enrolment)) or 0


@pytest.mark.parametrize("token", ["", "made-up"])
def test_without_a_valid_token_nothing_changes_and_the_page_says_how_to_go_on(learner: Visitor, token: str) -> None:
    answer = learner.post(ENROL, data={"csrf_token": token})
    assert answer.status_code == 409
    assert "reload it" in answer.text
    assert enrolments() == 0


def test_the_token_of_another_session_is_worth_nothing(learner: Visitor, app: Flask) -> None:
    foreign = learner.token()
    with learner.session_transaction() as session:
        session["csrf_token"] = "of another session"
    assert learner.post(ENROL, data={"csrf_token": foreign}).status_code == 409


def test_a_script_may_send_the_token_in_a_header(learner: Visitor) -> None:
    assert learner.post(ENROL, headers={"X-CSRFToken": learner.token()}).status_code == 302
    assert enrolments() == 1


def test_a_page_that_lay_open_for_a_day_still_works(learner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    token, tomorrow = learner.token(), time.time() + 24 * 3600
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: tomorrow)
    assert learner.post(ENROL, data={"csrf_token": token}).status_code == 302
    assert enrolments() == 1
