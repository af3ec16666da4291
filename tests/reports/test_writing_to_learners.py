"""A letter to those that a list shows: to each once, in their language, answered to the trainer."""

from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import db
from lms.courses import services as courses
from lms.courses.models import Course
from lms.mail.deliver import message as as_sent
from lms.mail.models import Mail
from tests import factories
from tests.conftest import Visitor, counted_queries, reread
from tests.reports import crowd

WRITE = "/manage/courses/innovation/message"
LETTER = {"letter": "letter-1", "subject_en": "Dear {name}", "text_en": "Where are you, {name}?"}


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course()


@pytest.fixture
def trainer(client: Visitor, course: Course) -> Visitor:
    return client.sign_in(factories.trainer(course, email="tola@example.org"))


def enrolled(course: Course, *people: object) -> None:
    for person in people:
        with db.transaction():
            courses.enrol(person, course)


def mails() -> list[Mail]:
    reread()
    return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def test_only_who_looks_after_the_course_writes(client: Visitor, course: Course) -> None:
    enrolled(course, factories.learner())
    others = factories.trainer(factories.course("another"))
    people = (factories.learner(), others, factories.officer(), factories.trainer(course))
    assert [client.sign_in(one).get(WRITE).status_code for one in people] == [403, 403, 403, 200]
    assert [client.sign_in(one).submit(WRITE, do="send", **LETTER).status_code for one in people] == [
        403,
        403,
        403,
        302,
    ]
    assert len(mails()) == 1


def test_it_says_how_many_it_reaches_before_it_is_sent(trainer: Visitor, course: Course) -> None:
    enrolled(course, factories.person("Dara"), factories.person("Sok", email=None, phone="+85512345678"))
    page = trainer.get(WRITE).text
    assert "1 person gets this message" in page
    assert "1 person has no e-mail address" in page
    assert "learners?has_email=no" in page
    preview = trainer.submit(WRITE, do="preview", **LETTER)
    assert "Where are you, Dara?" in preview.text
    assert "tola@example.org" in preview.text
    assert mails() == []


def test_each_gets_their_own_language_and_answers_the_trainer(trainer: Visitor, course: Course) -> None:
    enrolled(course, factories.person("Dara", language="en"), factories.person("សុខ", language="km"))
    both = {**LETTER, "subject_km": "ជូន {name}", "text_km": "សួស្តី {name}"}
    trainer.submit(WRITE, do="send", **both)
    dara, sok = mails()
    assert (dara.subject, sok.subject) == ("Dear Dara", "ជូន សុខ")
    assert "Where are you, Dara?" in dara.text
    assert "Tola Trainer" in dara.text
    assert as_sent(dara, "lms@example.org")["Reply-To"] == "tola@example.org"


def test_who_reads_another_language_gets_the_one_there_is(trainer: Visitor, course: Course) -> None:
    enrolled(course, factories.person("សុខ", language="km"))
    trainer.submit(WRITE, do="send", **LETTER)
    assert [mail.subject for mail in mails()] == ["Dear សុខ"]


def test_a_double_click_sends_once_and_another_letter_again(trainer: Visitor, course: Course) -> None:
    enrolled(course, factories.learner())
    for _click in range(2):
        assert trainer.submit(WRITE, do="send", **LETTER).status_code == 302
    assert len(mails()) == 1
    trainer.submit(WRITE, do="send", **{**LETTER, "letter": "letter-2"})
    assert len(mails()) == 2


def test_only_those_that_the_filter_shows_get_it(trainer: Visitor, course: Course) -> None:
    enrolled(course, factories.person("Dara", sex="male"), factories.person("Lina"))
    trainer.submit(f"{WRITE}?sex=male", do="send", **LETTER)
    assert [mail.subject for mail in mails()] == ["Dear Dara"]
    assert trainer.submit(f"{WRITE}?sex=odd", do="send", **LETTER).status_code == 422


@pytest.mark.parametrize("missing", ["subject_en", "text_en"])
def test_half_a_letter_is_not_sent(missing: str, trainer: Visitor, course: Course) -> None:
    enrolled(course, factories.learner())
    half = trainer.submit(WRITE, do="send", **{**LETTER, missing: " "})
    assert half.status_code == 422
    assert "Please fill this in" in half.text
    assert mails() == []


def test_five_thousand_get_it_in_batches(trainer: Visitor, course: Course) -> None:
    people = crowd.add_people(5000, Random(1))
    crowd.enrol(course, people, Random(1))
    with counted_queries() as seen:
        trainer.submit(WRITE, do="send", **LETTER)
    assert len(seen) <= 20
    reread()
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 3333


def test_a_letter_that_is_shown_is_not_called_a_preview_of_the_draft(trainer: Visitor) -> None:
    assert "preview of the draft" not in trainer.submit(WRITE, do="preview", **LETTER).text
