from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from lms import db
from lms.accounts.models import Person
from lms.courses import services as courses
from lms.home import services
from lms.mail import outbox
from tests import factories
from tests.conftest import Visitor, counted_queries, reread


def test_a_visitor_sees_courses_and_coming_events_and_where_to_begin(client: Visitor) -> None:
    factories.course()
    factories.event()
    factories.event("long-ago", starts_in=-timedelta(days=30), title={"en": "Long ago"})
    page = client.get("/").text
    for text in ("Innovation", "Systems thinking", "Create an account"):
        assert text in page
    assert "Long ago" not in page


def test_a_learner_is_led_on_with_the_course(client: Visitor) -> None:
    factories.course()
    client.sign_in(factories.learner())
    client.submit("/courses/innovation/enrol")
    assert "Go on with the course" in client.get("/").text


def test_an_empty_site_says_so_in_words(client: Visitor) -> None:
    page = client.get("/").text
    assert "No course is open yet." in page
    assert "No event is announced at the moment." in page


def test_my_page_shows_what_is_mine_and_nothing_else(client: Visitor) -> None:
    factories.course(lessons=1)
    other = factories.event("other", title={"en": "Not mine"})
    person = factories.learner()
    factories.registration(factories.event(), person)
    factories.registration(other, factories.person("Somebody Else"))
    client.sign_in(person)
    assert "You are not taking a course yet." in client.get("/me/").text
    client.submit("/courses/innovation/enrol")
    client.submit("/courses/innovation/lessons/lesson-1/read")
    page = client.get("/me/").text
    assert "Download (PDF)" in page
    assert "Systems thinking" in page
    assert "Not mine" not in page


def test_an_incomplete_profile_is_pointed_out(client: Visitor) -> None:
    client.sign_in(factories.person(name_latin=""))
    assert "Complete my profile" in client.get("/me/").text


def test_a_trainer_sees_what_they_look_after(client: Visitor) -> None:
    course = factories.course()
    factories.course("other", title={"en": "Not mine"})
    with db.transaction():
        courses.enrol(factories.learner(), course)
    client.sign_in(factories.trainer(of=course))
    page = client.get("/manage/").text
    assert "1 learner" in page
    assert "Not mine" not in page
    client.sign_in(factories.officer())
    assert "Not mine" in client.get("/manage/").text


def test_the_outbox_is_for_administrators(client: Visitor) -> None:
    with db.transaction():
        outbox.queue("x/1", "dara@example.org", "certificate", "en", certificate=_certificate())
    for person, status in ((factories.trainer(), 403), (factories.officer(), 403), (factories.admin(), 200)):
        client.sign_in(person)
        assert client.get("/manage/mail").status_code == status
    assert "dara@example.org" in client.get("/manage/mail").text
    assert "No mail server is set" in client.get("/manage/").text


def _certificate() -> dict[str, object]:
    return {"title": {"en": "Innovation"}, "name": "Dara", "number": "0000-0000-0000"}


def test_the_language_is_switched_and_remembered(client: Visitor) -> None:
    person = factories.person(language="en")
    client.sign_in(person)
    assert client.submit("/language", language="km", next="/courses/").location == "/courses/"
    assert '<html lang="km">' in client.get("/").text
    reread()
    assert db.session.get_one(Person, person.id).language == "km"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "\\\\evil"])
def test_switching_the_language_leads_nowhere_else(client: Visitor, target: str) -> None:
    assert client.submit("/language", language="en", next=target).location == "/"


def test_a_language_that_the_site_has_not_changes_nothing(client: Visitor) -> None:
    client.submit("/language", language="xx")
    assert '<html lang="en">' in client.get("/").text


def test_khmer_is_the_first_language(app: Flask) -> None:
    assert '<html lang="km">' in app.test_client().get("/").text


def test_health_says_whether_the_database_answers(client: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok")

    def away() -> bool:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(services, "answers", away)
    assert client.get("/healthz").status_code == 503


def test_unknown_addresses_get_a_page_in_the_site_s_looks(client: Visitor) -> None:
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert "Main menu" in answer.text
    assert client.get("/courses/innovation/withdraw").status_code == 405


def test_my_page_shows_what_i_asked_for_until_i_take_it_back(client: Visitor) -> None:
    course = factories.course(enrolment="request")
    person = factories.learner()
    factories.request(person, course)
    factories.request(factories.learner(), factories.course("another", enrolment="request"))
    client.sign_in(person)
    page = client.get("/me/").text
    assert page.count("The trainers have not answered yet.") == 1
    assert 'action="/courses/innovation/request/take-back"' in page
    assert "You are not taking a course yet." not in page
    client.submit("/courses/innovation/request/take-back")
    assert "The trainers have not answered yet." not in client.get("/me/").text


@pytest.mark.parametrize("address", ["/", "/me/", "/manage/"])
def test_queries_do_not_grow_with_rows(client: Visitor, address: str) -> None:
    person = factories.admin()
    client.sign_in(person)
    counts = []
    for number in range(2):
        for course in range(3):
            made = factories.course(f"c{number}{course}")
            with db.transaction():
                courses.enrol(person, made)
            factories.registration(factories.event(f"e{number}{course}"), person)
            factories.request(person, factories.course(f"r{number}{course}", enrolment="request"))
        with counted_queries() as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6
