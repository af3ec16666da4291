"""Who may take a course, and who looks after it, as its trainers say."""

import re

import pytest
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person, Role
from lms.courses.models import Course, CourseTrainer, Enrolment
from lms.courses.services.enrolling import is_key
from tests import factories
from tests.conftest import Visitor, counted_queries, reread

ACCESS = "/manage/courses/innovation/access"
PEOPLE, TRAINERS = "/manage/courses/innovation/people", "/manage/courses/innovation/trainers"


def the_course() -> Course:
    reread()
    return db.session.scalars(select(Course).where(Course.slug == "innovation")).one()


def enrolled() -> list[tuple[int, str]]:
    reread()
    return [(one.person_id, one.source) for one in db.session.query(Enrolment)]


def trainers() -> set[int]:
    reread()
    return {one.person_id for one in db.session.query(CourseTrainer)}


@pytest.mark.parametrize("mode", ["open", "request", "closed"])
def test_the_way_in_is_chosen(client: Visitor, mode: str) -> None:
    client.sign_in(factories.trainer(of=factories.course()))
    assert client.submit(ACCESS, mode=mode).location == ACCESS
    assert the_course().enrolment == mode
    assert re.search(rf'<input checked [^>]*value="{mode}"', client.get(ACCESS).text)


def test_a_key_is_made_that_can_be_read_out(client: Visitor) -> None:
    client.sign_in(factories.trainer(of=factories.course()))
    client.submit(ACCESS, mode="key", key="", make="1")
    first = the_course().enrolment_key
    assert len(first) == 9
    assert f'value="{first}"' in client.get(ACCESS).text
    client.submit(ACCESS, mode="key", key=first, make="1")
    second = the_course()
    assert second.enrolment_key != first
    assert not is_key(second, first)


@pytest.mark.parametrize("key", ["", "abc", "a b c", "\u200b" * 9])
def test_a_key_that_is_easily_guessed_is_refused_beside_the_field(client: Visitor, key: str) -> None:
    client.sign_in(factories.trainer(of=factories.course()))
    answer = client.submit(ACCESS, mode="key", key=key)
    assert answer.status_code == 422
    assert "at least 4 letters" in answer.text
    assert the_course().enrolment == "open"


def test_a_mode_that_does_not_exist_is_refused(client: Visitor) -> None:
    client.sign_in(factories.trainer(of=factories.course()))
    assert client.submit(ACCESS, mode="anyhow").status_code == 422
    assert the_course().enrolment == "open"


@pytest.mark.parametrize("spelling", ["012 345 678", "+855 12 345 678", "LINA@example.org "])
def test_one_person_is_enrolled_by_number_or_address(client: Visitor, spelling: str) -> None:
    client.sign_in(factories.trainer(of=factories.course(enrolment="closed", requires=["basics"])))
    factories.course("basics")
    person = factories.learner(phone="+85512345678", email="lina@example.org")
    assert client.submit(PEOPLE, person=spelling).location == ACCESS
    assert enrolled() == [(person.id, "trainer")]


@pytest.mark.parametrize("name", ["", "nobody@example.org", "012", "gone@example.org"])
def test_nobody_is_enrolled_by_a_name_that_nobody_has(client: Visitor, name: str) -> None:
    client.sign_in(factories.trainer(of=factories.course()))
    factories.learner(email="gone@example.org", active=False)
    answer = client.submit(PEOPLE, person=name)
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    assert enrolled() == []


def test_an_archived_course_takes_nobody_from_its_trainers_either(client: Visitor) -> None:
    client.sign_in(factories.trainer(of=factories.course(archived=True)))
    assert client.submit(PEOPLE, person=factories.learner().email).status_code == 409
    assert enrolled() == []


def test_a_trainer_is_added_and_removed(client: Visitor) -> None:
    course = factories.course()
    me, other = factories.trainer(of=course), factories.trainer()
    client.sign_in(me)
    assert client.submit(TRAINERS, trainer=other.email).location == ACCESS
    assert trainers() == {me.id, other.id}
    assert client.submit(f"{TRAINERS}/{me.id}/remove").location == "/manage/"
    assert trainers() == {other.id}
    assert client.get(ACCESS).status_code == 403


def test_only_a_trainer_becomes_one_of_the_course(client: Visitor) -> None:
    client.sign_in(factories.trainer(of=factories.course()))
    answer = client.submit(TRAINERS, trainer=factories.learner().email)
    assert answer.status_code == 422
    assert "no trainer yet" in answer.text
    assert len(trainers()) == 1


def test_the_last_trainer_stays(client: Visitor) -> None:
    me = factories.trainer(of=factories.course())
    client.sign_in(me)
    assert client.submit(f"{TRAINERS}/{me.id}/remove").status_code == 409
    assert trainers() == {me.id}


@pytest.mark.parametrize("role", [None, Role.trainer, Role.officer])
def test_who_does_not_look_after_the_course_changes_nothing(client: Visitor, role: Role | None) -> None:
    course = factories.course()
    number = factories.request(factories.learner(), course).id
    client.sign_in(factories.person(roles=[role] if role else []))
    other = factories.trainer()
    assert client.get(ACCESS).status_code == 403
    assert client.get("/manage/courses/innovation/requests").status_code == 403
    assert client.submit(ACCESS, mode="closed").status_code == 403
    assert client.submit(PEOPLE, person=other.email).status_code == 403
    assert client.submit(TRAINERS, trainer=other.email).status_code == 403
    assert client.submit("/manage/courses/innovation/requests", approve=number).status_code == 403
    assert (the_course().enrolment, enrolled(), trainers()) == ("open", [], set())


def test_the_page_asks_no_more_for_more_cohorts_and_trainers(client: Visitor) -> None:
    course = factories.course()
    me = factories.trainer(of=course)
    client.sign_in(me)
    counts = []
    for number in (1, 8):
        for at in range(number):
            factories.cohort(f"c-{number}-{at}", trainers=[me], courses=[course])
            factories.looks_after(factories.trainer(), course)
        with counted_queries() as queries:
            assert client.get(ACCESS).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


def test_the_list_of_cohorts_links_those_that_one_looks_after(client: Visitor) -> None:
    course = factories.course()
    me: Person = factories.trainer(of=course)
    factories.cohort("mine", trainers=[me], courses=[course])
    factories.cohort("theirs", courses=[course])
    client.sign_in(me)
    page = client.get(ACCESS).text
    assert "/manage/cohorts/mine/" in page
    assert "District theirs" in page
    assert "/manage/cohorts/theirs/" not in page
