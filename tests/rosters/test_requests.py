"""What trainers answer to those who ask to be let in."""

import pytest
from sqlalchemy import select

from lms import db
from lms.courses.models import Course, Enrolment, EnrolmentMode, EnrolmentRequest
from lms.mail.models import Mail
from tests import factories
from tests.conftest import Visitor, counted_queries, reread

PAGE = "/manage/courses/innovation/requests"


@pytest.fixture
def course(client: Visitor) -> Course:
    """One whose trainer is signed in."""
    made = factories.course(enrolment=EnrolmentMode.request)
    client.sign_in(factories.trainer(of=made))
    return made


def waiting(course: Course, *names: str) -> list[EnrolmentRequest]:
    return [factories.request(factories.person(name), course, f"I am {name}.") for name in names]


def statuses() -> list[str]:
    reread()
    return list(db.session.scalars(select(EnrolmentRequest.status).order_by(EnrolmentRequest.id)))


def test_the_longest_waiting_come_first_with_what_they_wrote(client: Visitor, course: Course) -> None:
    waiting(course, "Bopha", "Arun")
    page = client.get(PAGE).text
    assert page.index("I am Bopha.") < page.index("I am Arun.")
    assert "2 people wait" in client.get("/manage/courses/innovation/access").text


def test_one_is_approved_and_told(client: Visitor, course: Course) -> None:
    first, _second = waiting(course, "Bopha", "Arun")
    email = first.person.email
    assert client.submit(PAGE, approve=first.id).location == PAGE
    assert statuses() == ["approved", "waiting"]
    assert [(one.person_id, one.source) for one in db.session.query(Enrolment)] == [(first.person_id, "request")]
    mail = db.session.query(Mail).one()
    assert (mail.recipient, mail.subject) == (email, "You can begin: Innovation")
    assert "/courses/innovation/" in mail.text


def test_several_are_approved_at_once(client: Visitor, course: Course) -> None:
    first, _second, third = waiting(course, "Bopha", "Arun", "Chea")
    client.submit(PAGE, approve="chosen", chosen=[first.id, third.id])
    assert statuses() == ["approved", "waiting", "approved"]
    assert db.session.query(Enrolment).count() == db.session.query(Mail).count() == 2


def test_one_is_declined_with_the_reason(client: Visitor, course: Course) -> None:
    first, _second = waiting(course, "Bopha", "Arun")
    client.submit(PAGE, decline=first.id, **{f"{first.id}-reason": "The course is for Kampot."})
    assert statuses() == ["declined", "waiting"]
    assert "The course is for Kampot." in db.session.query(Mail).one().text
    assert db.session.query(Enrolment).count() == 0
    assert "The course is for Kampot." in client.get(PAGE).text
    client.sign_in(first.person)
    page = client.get("/courses/innovation/").text
    assert "The course is for Kampot." in page
    assert "Ask the trainers" in page


def test_several_are_declined_with_one_reason(client: Visitor, course: Course) -> None:
    ids = [one.id for one in waiting(course, "Bopha", "Arun")]
    client.submit(PAGE, decline="chosen", chosen=ids, **{"chosen-reason": "No place is left."})
    assert statuses() == ["declined"] * 2
    assert db.session.query(Mail).count() == 2


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_no_needs_a_reason_that_can_be_read(client: Visitor, course: Course, reason: str) -> None:
    first, second = (one.id for one in waiting(course, "Bopha", "Arun"))
    answer = client.submit(PAGE, decline="chosen", chosen=[second], **{"chosen-reason": reason})
    assert answer.status_code == 422
    assert reason in answer.text
    assert f'id="chosen-{second}" checked' in answer.text
    assert f'id="chosen-{first}" checked' not in answer.text
    assert statuses() == ["waiting"] * 2


@pytest.mark.parametrize("data", [{}, {"approve": "chosen"}, {"approve": "x"}, {"decline": ""}])
def test_where_nobody_is_meant_nothing_happens(client: Visitor, course: Course, data: dict[str, str]) -> None:
    waiting(course, "Bopha")
    answer = client.submit(PAGE, **data)
    assert "Tick those first" in client.get(answer.location).text
    assert statuses() == ["waiting"]


def test_what_another_has_decided_stays_and_is_said(client: Visitor, course: Course) -> None:
    first, second = waiting(course, "Bopha", "Arun")
    client.submit(PAGE, decline=first.id, **{f"{first.id}-reason": "No."})
    client.get(PAGE)
    client.submit(PAGE, approve="chosen", chosen=[first.id, second.id])
    page = client.get(PAGE).text
    assert "1 was decided or taken back a moment ago" in page
    assert statuses() == ["declined", "approved"]


def test_a_request_of_another_course_is_not_decided_here(client: Visitor, course: Course) -> None:
    other = factories.request(factories.learner(), factories.course("other"))
    client.submit(PAGE, approve=other.id)
    assert statuses() == ["waiting"]


def test_an_archived_course_lets_nobody_in_but_can_say_no(client: Visitor, course: Course) -> None:
    (one,) = waiting(course, "Bopha")
    with db.transaction():
        db.session.get_one(Course, course.id).archived = True
    assert client.submit(PAGE, approve=one.id).status_code == 409
    assert statuses() == ["waiting"]
    client.submit(PAGE, decline=one.id, **{f"{one.id}-reason": "The course is over."})
    assert statuses() == ["declined"]


def test_the_page_asks_no_more_for_more_requests(client: Visitor, course: Course) -> None:
    counts = []
    for number in (1, 30):
        waiting(course, *(f"Person {at}" for at in range(number)))
        with counted_queries() as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6


def test_what_was_decided_is_shown_page_by_page(client: Visitor, course: Course) -> None:
    ids = [one.id for one in waiting(course, *(f"Person {at}" for at in range(55)))]
    page = client.get(PAGE).text
    assert "More requests come up" in page
    client.submit(PAGE, approve="chosen", chosen=ids)
    assert "page=2" in client.get(PAGE).text
    assert client.get(f"{PAGE}?page=2").text.count("Approved on") == 5
