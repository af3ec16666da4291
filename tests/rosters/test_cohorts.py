"""Cohorts: groups that take courses together."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.courses import services as courses
from lms.courses.models import Cohort, CohortCourse, CohortMember, CohortTrainer, Course, Enrolment
from lms.rosters import services
from tests import factories
from tests.conftest import Visitor, counted_queries, reread

ALL, ONE = "/manage/cohorts/", "/manage/cohorts/cohort-1/"


@pytest.fixture
def me(client: Visitor) -> Person:
    """A trainer, who is signed in."""
    made = factories.trainer()
    client.sign_in(made)
    return made


def taught(me: Person, slug: str = "innovation", **values: Any) -> Course:
    course = factories.course(slug, **values)
    factories.looks_after(me, course)
    return course


def members() -> set[int]:
    reread()
    return {one.person_id for one in db.session.query(CohortMember)}


def enrolled() -> set[tuple[int, int, str]]:
    reread()
    return {(one.course_id, one.person_id, one.source) for one in db.session.query(Enrolment)}


def test_whoever_makes_a_cohort_looks_after_it(client: Visitor, me: Person) -> None:
    assert "You have no cohort yet" in client.get(ALL).text
    at = client.submit(ALL, name="  Kampot   2026 ").location
    assert "<h1>Kampot 2026</h1>" in client.get(at).text
    assert "Kampot 2026" in client.get(ALL).text
    assert at in client.get("/manage/cohorts/").text
    assert "/manage/cohorts/" in client.get("/manage/").text


@pytest.mark.parametrize("name", ["", " ", "x" * 201])
def test_a_cohort_needs_a_name_that_fits(client: Visitor, me: Person, name: str) -> None:
    assert client.submit(ALL, name=name).status_code == 422
    factories.cohort(trainers=[me])
    assert client.submit(f"{ONE}name", name=name).status_code == 422
    reread()
    assert [one.name for one in db.session.query(Cohort)] == ["District cohort-1"]


def test_it_is_renamed_archived_and_taken_up_again(client: Visitor, me: Person) -> None:
    factories.cohort(trainers=[me])
    client.submit(f"{ONE}name", name="Kep")
    assert client.submit(f"{ONE}archive").location == ALL
    assert "Kep" not in client.get(ALL).text.split("<h2 id")[0]
    assert "Kep" in client.get(f"{ALL}?archived=1").text
    assert client.submit(f"{ONE}members", person=factories.learner().email).status_code == 409
    assert client.submit(f"{ONE}archive", back="1").location == ONE
    assert "Kep" in client.get(ALL).text


def test_a_course_enrols_all_members_with_its_dates(client: Visitor, me: Person) -> None:
    course, people = taught(me), [factories.learner() for _ in range(3)]
    factories.cohort(trainers=[me], members=people)
    assert client.submit(f"{ONE}courses", course="innovation", opens="2026-12-01", due="2026-12-31").location == ONE
    assert enrolled() == {(course.id, one.id, "cohort") for one in people}
    taken = db.session.query(CohortCourse).one()
    assert taken.opens_at == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert taken.due_at == datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)
    page = client.get(ONE).text
    assert "Opens on 1 December 2026" in page
    assert "Deadline: end of 31 December 2026" in page
    assert 'value="2026-12-31"' in page


@pytest.mark.parametrize(
    ("opens", "due", "says"),
    [
        ("2026-12-02", "2026-12-01", "before the opening"),
        ("0001-01-01", "", "check the year"),
        ("", "9999-12-31", "check the year"),
        ("soon", "", "Not a valid date"),
    ],
)
def test_dates_that_cannot_be_are_refused_and_kept(
    client: Visitor, me: Person, opens: str, due: str, says: str
) -> None:
    course, other = taught(me), taught(me, "other")
    factories.cohort(trainers=[me], courses=[course])
    added = client.submit(f"{ONE}courses", course="other", opens=opens, due=due)
    changed = client.submit(f"{ONE}courses/innovation/dates", **{"innovation-opens": opens, "innovation-due": due})
    for answer in (added, changed):
        assert answer.status_code == 422
        assert says in answer.text
        assert f'value="{opens or due}"' in answer.text
    reread()
    assert [(one.course_id, one.opens_at, one.due_at) for one in db.session.query(CohortCourse)] == [
        (course.id, None, None)
    ]
    assert other.id != course.id


def test_one_day_can_be_both_opening_and_deadline(client: Visitor, me: Person) -> None:
    factories.cohort(trainers=[me], courses=[taught(me)])
    data = {"innovation-opens": "2026-12-01", "innovation-due": "2026-12-01"}
    assert client.submit(f"{ONE}courses/innovation/dates", **data).location == ONE
    data = {"innovation-opens": "", "innovation-due": ""}
    assert client.submit(f"{ONE}courses/innovation/dates", **data).location == ONE
    reread()
    assert db.session.query(CohortCourse).one().due_at is None


def test_only_courses_that_one_looks_after_and_that_take_people_can_be_added(client: Visitor, me: Person) -> None:
    factories.course("theirs")
    taught(me, "old", archived=True)
    taught(me, "secret", published=False)
    factories.cohort(trainers=[me], members=[factories.learner()])
    for slug in ("theirs", "old", "secret", "no-such-thing", ""):
        assert client.submit(f"{ONE}courses", course=slug).status_code == 422
    assert enrolled() == set()


def test_a_course_is_added_once_and_taken_away_without_loss(client: Visitor, me: Person) -> None:
    course, person = taught(me), factories.learner()
    factories.cohort(trainers=[me], members=[person])
    client.submit(f"{ONE}courses", course="innovation")
    assert client.submit(f"{ONE}courses", course="innovation").status_code == 422
    assert client.submit(f"{ONE}courses/innovation/remove").location == ONE
    assert client.submit(f"{ONE}courses/innovation/remove").status_code == 404
    assert db.session.query(CohortCourse).count() == 0
    assert enrolled() == {(course.id, person.id, "cohort")}
    assert client.submit(f"{ONE}courses/innovation/dates").status_code == 404


def test_a_member_takes_all_of_its_courses(client: Visitor, me: Person) -> None:
    two = [taught(me), taught(me, "second"), taught(me, "old", archived=True)][:2]
    factories.cohort(trainers=[me], courses=[*two, *db.session.query(Course).filter_by(slug="old")])
    factories.cohort("cohort-2", trainers=[me], courses=two)
    person = factories.learner(phone="+85512345678")
    assert client.submit(f"{ONE}members", person="012345678").location == ONE
    assert client.submit("/manage/cohorts/cohort-2/members", person="012345678").status_code == 302
    assert enrolled() == {(one.id, person.id, "cohort") for one in two}
    assert db.session.query(CohortMember).count() == 2


def test_a_member_who_is_removed_keeps_their_courses(client: Visitor, me: Person) -> None:
    course, person = taught(me), factories.learner()
    factories.cohort(trainers=[me], courses=[course])
    client.submit(f"{ONE}members", person=person.email)
    assert client.submit(f"{ONE}members/{person.id}/remove").location == ONE
    assert members() == set()
    assert enrolled() == {(course.id, person.id, "cohort")}


def test_nobody_comes_in_by_a_name_that_nobody_has(client: Visitor, me: Person) -> None:
    factories.cohort(trainers=[me])
    for name in ("", "nobody@example.org"):
        assert client.submit(f"{ONE}members", person=name).status_code == 422
    assert members() == set()


def test_members_are_found_by_parts_of_names_and_numbers(client: Visitor, me: Person) -> None:
    people = [
        factories.person("Sok Dara", phone="+85512345678"),
        factories.person("សុខ ដារ៉ា", name_latin="Sok Dararith"),
        factories.person("100% Vanna", email="vanna@kampot.example.org"),
    ]
    cohort = factories.cohort(trainers=[me], members=people)
    wanted = {"dara": 2, "SOK dararith": 1, "សុខ": 1, "012345": 1, "kampot": 1, "%": 1, "_": 0, "": 3}
    assert {q: services.members(cohort, q).matching for q in wanted} == wanted
    page = client.get(f"{ONE}?q=kampot").text
    assert "100% Vanna" in page
    assert "Sok Dara" not in page
    assert "No member matches" in client.get(f"{ONE}?q=zzz").text


def test_members_are_shown_page_by_page(client: Visitor, me: Person) -> None:
    factories.cohort(trainers=[me], members=[factories.person(f"Person {at:02}") for at in range(53)])
    first, second = client.get(ONE).text, client.get(f"{ONE}?page=2").text
    assert "Page 1 of 2" in first
    assert "Person 00" in first
    assert "Person 52" not in first
    assert "Person 52" in second


def test_progress_counts_the_members_alone(client: Visitor, me: Person) -> None:
    course = taught(me, lessons=2)
    people = [factories.learner() for _ in range(6)]
    cohort = factories.cohort(trainers=[me], members=people, courses=[course])
    with db.transaction():
        places = [courses.enrol(one, course) for one in [*people[:5], factories.learner()]]
        first, last = courses.outline(course).lessons
        courses.visit(places[1], first)
        for place in (*places[2:4], places[5]):
            courses.complete_lesson(course, place, first)
        for place in (places[3], places[5]):
            courses.complete_lesson(course, place, last)
        courses.withdraw(places[4])
    (found,) = services.courses_of(cohort)
    assert (found.not_begun, found.on_the_way, found.completed, found.left) == (1, 2, 1, 1)
    assert found.percent == 25
    page = client.get(ONE).text
    for words in ("1 has not begun", "2 are on the way", "1 has completed it", "1 has left it", "25"):
        assert words in page
    links = re.findall(r'href="(/manage/courses/innovation/[^"]*cohort=[^"]*)"', page)
    listed = [client.get(link.replace("&amp;", "&")).text for link in links if "learners" in link]
    assert [re.search(r"<strong>(\d+) of 6</strong>", text)[1] for text in listed] == ["1", "1", "1"]
    assert "/manage/courses/innovation/progress?cohort=cohort-1" in links


def test_the_page_asks_no_more_for_more_members_and_courses(client: Visitor, me: Person) -> None:
    counts = []
    for number in (1, 12):
        taken = [taught(me, f"course-{number}-{at}", lessons=0) for at in range(number)]
        people = [factories.learner() for _ in range(number)]
        factories.cohort(f"c-{number}", trainers=[me], members=people, courses=taken)
        with counted_queries() as queries:
            assert client.get(f"/manage/cohorts/c-{number}/").status_code == 200
        counts.append(len(queries))
        with counted_queries() as queries:
            client.get(ALL)
        assert len(queries) <= 2
    assert counts[0] == counts[1] <= 9


def test_a_course_enrols_any_number_of_members_in_the_same_number_of_queries(client: Visitor, me: Person) -> None:
    counts = []
    for number in (1, 40):
        course = taught(me, f"course-{number}", lessons=0)
        cohort = factories.cohort(f"c-{number}", members=[factories.learner() for _ in range(number)])
        with counted_queries() as queries, db.transaction():
            services.add_course(cohort, course, None, None)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_trainers_come_and_go_but_never_the_last(client: Visitor, me: Person) -> None:
    cohort, other = factories.cohort(trainers=[me]), factories.trainer()
    assert client.submit(f"{ONE}trainers", trainer=factories.learner().email).status_code == 422
    assert client.submit(f"{ONE}trainers/{me.id}/remove").status_code == 409
    assert client.submit(f"{ONE}trainers", trainer=other.email).location == ONE
    assert client.submit(f"{ONE}trainers/{me.id}/remove").location == ALL
    reread()
    wanted = select(CohortTrainer.person_id).where(CohortTrainer.cohort_id == cohort.id)
    assert list(db.session.scalars(wanted)) == [other.id]
    assert client.get(ONE).status_code == 404


@pytest.mark.parametrize("who", ["trainer", "officer", "learner"])
def test_a_cohort_is_unknown_to_those_who_do_not_look_after_it(client: Visitor, who: str) -> None:
    person = factories.learner()
    factories.cohort(trainers=[factories.trainer()], members=[person], courses=[factories.course()])
    client.sign_in(person if who == "learner" else getattr(factories, who)())
    posts: dict[str, dict[str, Any]] = {
        "name": {"name": "Mine"},
        "archive": {},
        "members": {"person": factories.learner().email},
        f"members/{person.id}/remove": {},
        "courses": {"course": "innovation"},
        "courses/innovation/dates": {"innovation-due": "2026-12-01"},
        "courses/innovation/remove": {},
        "trainers": {"trainer": factories.trainer().email},
    }
    assert client.get(ONE).status_code == 404
    assert {client.submit(ONE + path, **data).status_code for path, data in posts.items()} == {404}
    assert client.get(ALL).status_code == (200 if who == "trainer" else 403)
    assert "District" not in client.get(ALL).text
    assert members() == {person.id}
    assert enrolled() == set()


def test_administrators_look_after_all(client: Visitor) -> None:
    factories.cohort(trainers=[factories.trainer()])
    client.sign_in(factories.admin())
    assert ONE in client.get(ALL).text
    assert client.get(ONE).status_code == 200
