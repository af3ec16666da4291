"""How people come into a course: at once, with a key, by asking; or not at all."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import literal, select

from lms import clock, db
from lms.accounts.models import Person, SignInFailure
from lms.courses import services
from lms.courses.models import Course, Enrolment, EnrolmentMode, EnrolmentRequest, EnrolmentStatus
from lms.courses.services.enrolling import is_key
from lms.errors import ConflictError, DomainError
from lms.mail.models import Mail
from tests import factories
from tests.conftest import Visitor, counted_queries, reread

COURSE = "/courses/innovation/"
ENROL, ASK, TAKE_BACK = f"{COURSE}enrol", f"{COURSE}request", f"{COURSE}request/take-back"


def sources(person: Person) -> list[str]:
    """How the person came into courses."""
    reread()
    return list(db.session.scalars(select(Enrolment.source).where(Enrolment.person_id == person.id)))


def statuses() -> list[str]:
    reread()
    return list(db.session.scalars(select(EnrolmentRequest.status).order_by(EnrolmentRequest.id)))


def keyed(key: str = "Mekong 24") -> Course:
    return factories.course(enrolment=EnrolmentMode.key, enrolment_key=key)


def asked_for() -> Course:
    return factories.course(enrolment=EnrolmentMode.request)


def completed(person: Person, course: Course) -> None:
    with db.transaction():
        enrolment = services.enrol(person, course)
        for lesson in services.outline(course).lessons:
            services.complete_lesson(course, enrolment, lesson)


def test_an_open_course_is_entered_at_once(client: Visitor) -> None:
    factories.course()
    person = factories.learner()
    client.sign_in(person)
    assert client.submit(ENROL).location == COURSE
    assert sources(person) == ["self"]


@pytest.mark.parametrize("typed", ["Mekong 24", "mekong24", "  MEKONG  ២៤ ", "Mekong\u200b 2\u00a04"])
def test_a_key_is_right_in_every_spelling(client: Visitor, typed: str) -> None:
    keyed()
    person = factories.learner()
    client.sign_in(person)
    assert "Key of the course" in client.get(COURSE).text
    assert client.submit(ENROL, key=typed).location == COURSE
    assert sources(person) == ["key"]


@pytest.mark.parametrize("typed", ["Mekong 25", "Mekong", "Mekong 24 24", "", " "])
def test_a_wrong_key_is_said_beside_the_field_and_kept(client: Visitor, typed: str) -> None:
    keyed()
    person = factories.learner()
    client.sign_in(person)
    answer = client.submit(ENROL, key=typed)
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    assert f'value="{typed}"' in answer.text
    assert sources(person) == []


@pytest.mark.parametrize("typed", ["", " ", "\u200b"])
def test_a_course_without_a_key_opens_to_none(app: Flask, typed: str) -> None:
    assert not is_key(keyed(""), typed)


def test_guesses_are_limited_for_each_person_and_course(client: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(client.application.config, "LMS_SIGN_IN_ATTEMPTS", 3)
    keyed()
    factories.course("other", enrolment=EnrolmentMode.key, enrolment_key="Tonle Sap")
    guesser, other = factories.learner(), factories.learner()
    client.sign_in(guesser)
    assert [client.submit(ENROL, key="wrong").status_code for _ in range(3)] == [422] * 3
    answer = client.submit(ENROL, key="Mekong 24")
    assert "Please wait 15 minutes" in answer.text
    assert sources(guesser) == []
    assert client.submit("/courses/other/enrol", key="tonlesap").status_code == 302
    client.sign_in(other)
    assert client.submit(ENROL, key="Mekong 24").status_code == 302
    later = clock.now() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    client.sign_in(guesser)
    assert client.submit(ENROL, key="Mekong 24").status_code == 302


def test_a_right_key_forgets_the_wrong_ones(client: Visitor) -> None:
    keyed()
    client.sign_in(factories.learner())
    client.submit(ENROL, key="wrong")
    client.submit(ENROL, key="mekong 24")
    reread()
    assert db.session.query(SignInFailure).count() == 0


def test_whoever_has_left_comes_back_without_the_key(client: Visitor) -> None:
    course, person = keyed(), factories.learner()
    with db.transaction():
        services.withdraw(services.enrol(person, course))
    client.sign_in(person)
    assert "Key of the course" not in client.get(COURSE).text
    assert client.submit(ENROL).location == COURSE
    reread()
    assert db.session.query(Enrolment).one().status == EnrolmentStatus.active


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"enrolment": EnrolmentMode.closed}, "enrol people themselves"),
        ({"archived": True}, "takes nobody new"),
    ],
)
def test_a_closed_or_archived_course_is_entered_by_nobody(
    client: Visitor, values: dict[str, object], says: str
) -> None:
    factories.course(**values)
    person = factories.learner()
    client.sign_in(person)
    assert says in client.get(COURSE).text
    assert ENROL not in client.get(COURSE).text
    assert client.submit(ENROL).status_code in (403, 409)
    assert client.submit(ASK).status_code == 409
    assert sources(person) == []


def test_an_unpublished_course_takes_nobody(app: Flask) -> None:
    course, person = factories.course(published=False), factories.learner()
    with pytest.raises(ConflictError), db.transaction():
        services.enrol_self(person, course)


def test_a_required_course_comes_first_and_is_linked(client: Visitor) -> None:
    first = factories.course("basics", title={"en": "The basics"})
    factories.course(requires=["basics", "gone-long-ago"])
    person = factories.learner()
    client.sign_in(person)
    page = client.get(COURSE).text
    assert 'href="/courses/basics/"' in page
    assert ENROL not in page
    refused = client.submit(ENROL)
    assert refused.status_code == 409
    assert "The basics" in refused.text
    completed(person, first)
    assert client.submit(ENROL).location == COURSE
    assert sources(person) == ["self", "self"]


def test_the_course_page_asks_no_more_for_more_required_courses(client: Visitor) -> None:
    slugs = [factories.course(f"part-{number}", lessons=0).slug for number in range(6)]
    few, many = factories.course("few", requires=slugs[:1]), factories.course("many", requires=slugs)
    client.sign_in(factories.learner())
    client.get(f"/courses/{few.slug}/")
    counts = []
    for course in (few, many):
        with counted_queries() as queries:
            client.get(f"/courses/{course.slug}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_somebody_asks_waits_and_takes_it_back(client: Visitor) -> None:
    asked_for()
    person = factories.learner()
    client.sign_in(person)
    assert client.submit(ASK, message="I work in Battambang.").location == COURSE
    page = client.get(COURSE).text
    assert "I work in Battambang." in page
    assert "have not answered yet" in page
    assert client.submit(TAKE_BACK).location == COURSE
    assert statuses() == []
    assert client.submit(TAKE_BACK).status_code == 404
    assert sources(person) == []


def test_asking_again_changes_nothing(client: Visitor) -> None:
    asked_for()
    client.sign_in(factories.learner())
    for text in ("first", "second"):
        assert client.submit(ASK, message=text).status_code == 302
    reread()
    assert [one.message for one in db.session.query(EnrolmentRequest)] == ["first"]


def test_too_long_a_message_is_kept_and_refused(client: Visitor) -> None:
    asked_for()
    client.sign_in(factories.learner())
    answer = client.submit(ASK, message="x" * 501)
    assert answer.status_code == 422
    assert "x" * 501 in answer.text
    assert statuses() == []


def test_asking_is_not_enrolling(client: Visitor) -> None:
    asked_for()
    person = factories.learner()
    client.sign_in(person)
    assert client.submit(ENROL).status_code == 409
    assert sources(person) == []


def test_its_trainers_are_told_of_the_first_who_waits(client: Visitor) -> None:
    course = asked_for()
    trainer = factories.trainer(of=course)
    for _ in range(2):
        client.sign_in(factories.learner())
        client.submit(ASK)
    reread()
    assert list(db.session.scalars(select(Mail.recipient))) == [trainer.email]
    assert "/manage/courses/innovation/requests" in db.session.query(Mail).one().text


def test_a_request_is_settled_when_the_person_comes_in_otherwise(app: Flask) -> None:
    course, person = asked_for(), factories.learner()
    factories.request(person, course)
    with db.transaction():
        db.session.get_one(Course, course.id).enrolment = EnrolmentMode.open
    with db.transaction():
        services.enrol_self(person, course)
    assert statuses() == ["approved"]


def test_everyone_at_once_are_enrolled_and_those_who_left_come_back(app: Flask) -> None:
    course = factories.course(lessons=1)
    new, there, left, done = (factories.learner() for _ in range(4))
    with db.transaction():
        services.enrol(there, course)
        services.withdraw(services.enrol(left, course))
    completed(done, course)
    with db.transaction():
        services.enrol_many(select(literal(course.id), Person.id), "cohort")
    reread()
    found = {one.person_id: (one.source, str(one.status)) for one in db.session.query(Enrolment)}
    assert found == {
        new.id: ("cohort", "active"),
        there.id: ("self", "active"),
        left.id: ("self", "active"),
        done.id: ("self", "completed"),
    }


def test_who_left_with_everything_read_completes_the_course_on_coming_back(app: Flask) -> None:
    course, person = factories.course(lessons=2), factories.learner()
    with db.transaction():
        enrolment = services.enrol(person, course)
        first, last = services.outline(course).lessons
        services.complete_lesson(course, enrolment, first)
        services.withdraw(enrolment)
    with db.transaction():
        db.session.merge(last).retired = True
    with db.transaction():
        services.enrol_many(select(literal(course.id), Person.id), "cohort")
    reread()
    assert db.session.query(Enrolment).one().status == EnrolmentStatus.completed


def test_no_way_in_but_the_mode_lets_anybody_in(app: Flask) -> None:
    for mode in EnrolmentMode:
        course, person = factories.course(str(mode), enrolment=mode, enrolment_key="right"), factories.learner()
        try:
            with db.transaction():
                services.enrol_self(person, course, "wrong")
        except DomainError:
            assert mode != EnrolmentMode.open
        assert bool(sources(person)) == (mode == EnrolmentMode.open)
