from datetime import UTC, datetime, timedelta
from io import BytesIO

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import db
from lms.accounts.models import Person
from lms.certificates import services
from lms.certificates.models import Certificate
from lms.courses import services as courses
from lms.courses.models import Course
from lms.mail.models import Mail
from tests import factories
from tests.conftest import Visitor, counted_queries, reread


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course(lessons=1, statement={"en": "can map stakeholders"})


@pytest.fixture
def graduate(client: Visitor, course: Course) -> Visitor:
    """Signed in, and through with the course."""
    client.sign_in(factories.person("ស្រីនាង សុភា", name_latin="Sophea Sreyneang"))
    client.submit("/courses/innovation/enrol")
    client.submit("/courses/innovation/lessons/lesson-1/read")
    return client


def issued() -> Certificate:
    reread()
    return db.session.scalars(select(Certificate)).one()


def test_completing_a_course_issues_one_certificate_and_one_mail(graduate: Visitor) -> None:
    graduate.submit("/courses/innovation/lessons/lesson-1/read")
    certificate = issued()
    assert certificate.name == "ស្រីនាង សុភា"
    assert certificate.number in db.session.scalars(select(Mail.text)).one()


def test_its_page_shows_everything_that_is_printed(graduate: Visitor) -> None:
    stranger = graduate.application.test_client()
    page = stranger.get(f"/certificates/{issued().number}/", headers={"Accept-Language": "en"}).text
    for printed in ("ស្រីនាង សុភា", "Sophea Sreyneang", "Innovation", "can map stakeholders", "2 hours", "Valid."):
        assert printed in page


def test_the_document_is_a_pdf_of_one_page(graduate: Visitor) -> None:
    answer = graduate.get(f"/certificates/{issued().number}.pdf")
    assert answer.mimetype == "application/pdf"
    with pypdfium2.PdfDocument(BytesIO(answer.data)) as document:
        assert len(document) == 1


def test_the_learner_gets_to_it_from_the_course(graduate: Visitor) -> None:
    assert graduate.get("/courses/innovation/certificate").location == f"/certificates/{issued().number}/"
    graduate.sign_in(factories.learner())
    assert graduate.get("/courses/innovation/certificate").status_code == 404


def test_a_number_typed_in_any_spelling_is_found(graduate: Visitor) -> None:
    typed = issued().number.lower().replace("-", " ")
    assert graduate.get("/verify/", query_string={"number": typed}).location == f"/certificates/{issued().number}/"


def test_an_unknown_number_is_said_beside_the_field_and_kept(client: Visitor) -> None:
    answer = client.get("/verify/", query_string={"number": "<b>0000-0000-0000"})
    assert answer.status_code == 404
    assert "There is no certificate with this number" in answer.text
    assert 'value="&lt;b&gt;0000-0000-0000"' in answer.text
    assert client.get("/certificates/0000-0000-0000/").status_code == 404
    assert client.get("/certificates/0000-0000-0000.pdf").status_code == 404


def test_a_later_change_of_course_or_name_changes_no_certificate(graduate: Visitor, course: Course) -> None:
    with db.transaction():
        db.session.get_one(Course, course.id).title = {"en": "Renamed"}
    assert issued().title["en"] == "Innovation"


def test_a_trainer_revokes_with_a_reason_and_its_page_says_so(graduate: Visitor, course: Course) -> None:
    number = issued().number
    graduate.sign_in(factories.trainer(of=course))
    assert graduate.submit(f"/certificates/{number}/revoke", reason=" ").status_code == 422
    assert issued().revoked_at is None
    graduate.submit(f"/certificates/{number}/revoke", reason="Issued to the wrong person")
    graduate.sign_out()
    page = graduate.get(f"/certificates/{number}/").text
    assert "Issued to the wrong person" in page
    assert "Valid." not in page
    assert graduate.get(f"/certificates/{number}.pdf").status_code == 409


def test_others_cannot_revoke(graduate: Visitor) -> None:
    number = issued().number
    for person in (factories.learner(), factories.trainer(), factories.officer()):
        graduate.sign_in(person)
        assert graduate.submit(f"/certificates/{number}/revoke", reason="x").status_code == 403
    assert issued().revoked_at is None


def test_attendance_earns_a_certificate_once(app: Flask) -> None:
    event = factories.event()
    registration = factories.registration(event, factories.learner())
    for _ in range(2):
        with db.transaction():
            services.issue_for_attendance(registration)
    assert issued().hours == 1.5


def test_whoever_completes_without_a_mail_address_is_not_written_to(app: Flask, course: Course) -> None:
    person = factories.person(email=None, phone="+85512345678")
    with db.transaction():
        enrolment = courses.enrol(person, course)
        courses.complete_lesson(course, enrolment, courses.outline(course).lessons[0])
    assert issued().person_id == person.id
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 0


def attended(person: Person, slug: str = "far-away") -> None:
    """In New York on the afternoon of the 24th, when it is the 25th in Phnom Penh."""
    start = datetime(2025, 11, 24, 20, 0, tzinfo=UTC)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1), "timezone": "America/New_York"}
    with db.transaction():
        services.issue_for_attendance(factories.registration(factories.event(slug, **times), person))


def test_the_day_of_an_event_is_that_of_its_own_zone(client: Visitor) -> None:
    person = factories.learner()
    attended(person)
    client.sign_in(person)
    address = f"/certificates/{issued().number}"
    with pypdfium2.PdfDocument(BytesIO(client.get(f"{address}.pdf").data)) as document:
        printed = document[0].get_textpage().get_text_range()
    for text in (client.get(f"{address}/").text, client.get("/me/").text, printed):
        assert "24 November 2025" in text
        assert "25 November 2025" not in text


def test_queries_of_ones_own_page_do_not_grow_with_certificates(client: Visitor) -> None:
    person, counts = factories.learner(), []
    client.sign_in(person)
    for many in (1, 5):
        for number in range(many):
            attended(person, f"event-{many}-{number}")
        with counted_queries() as queries:
            client.get("/me/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
