"""What a learner is led to first, on the start page and on their own."""

from datetime import timedelta

import pytest

from lms import db
from lms.accounts.models import Person
from lms.courses import services as courses
from tests import factories
from tests.conftest import Visitor

PAGES = ["/", "/me/"]


@pytest.mark.parametrize("address", PAGES)
def test_a_course_goes_on_at_the_lesson_where_one_left_off(client: Visitor, address: str) -> None:
    client.sign_in(_taking("innovation"))
    client.get("/courses/innovation/lessons/lesson-2/")
    page = client.get(address).text
    assert "Next: Lesson 2" in page
    assert 'href="/courses/innovation/lessons/lesson-2/"' in page


@pytest.mark.parametrize("address", PAGES)
def test_a_meeting_that_is_open_comes_before_a_course(client: Visitor, address: str) -> None:
    person = _taking("innovation")
    factories.registration(factories.event(starts_in=timedelta(minutes=5)), person)
    page = client.sign_in(person).get(address).text
    assert "The meeting is open: Systems thinking" in page
    assert page.index("/events/systems-thinking/join") < page.index("Innovation")


@pytest.mark.parametrize("address", PAGES)
def test_a_meeting_whose_way_in_is_closed_is_not_offered(client: Visitor, address: str) -> None:
    person = factories.learner()
    factories.registration(factories.event(starts_in=timedelta(hours=2)), person)
    assert "/join" not in client.sign_in(person).get(address).text


@pytest.mark.parametrize("address", PAGES)
def test_a_course_that_one_has_left_is_not_gone_on_with(client: Visitor, address: str) -> None:
    client.sign_in(_taking("innovation"))
    client.submit("/courses/innovation/withdraw")
    assert "Go on with the course" not in client.get(address).text


def test_my_page_offers_the_other_courses_below_the_first(client: Visitor) -> None:
    person = _taking("first", title={"en": "First course"})
    with db.transaction():
        courses.enrol(person, factories.course("second", title={"en": "Second course"}))
    page = client.sign_in(person).get("/me/").text
    assert page.count("Go on with the course") == 2


def test_my_page_keeps_events_that_are_over_apart(client: Visitor) -> None:
    person = factories.learner()
    factories.registration(factories.event("soon", title={"en": "Soon"}), person)
    factories.registration(factories.event("over", starts_in=-timedelta(days=9), title={"en": "Long over"}), person)
    page = client.sign_in(person).get("/me/").text
    assert page.index("Soon") < page.index("1 earlier event") < page.index("Long over")
    assert "/events/soon.ics" in page
    assert "/events/over.ics" not in page


def _taking(slug: str, **values: object) -> Person:
    person, course = factories.learner(), factories.course(slug, **values)
    with db.transaction():
        courses.enrol(person, course)
    return person
