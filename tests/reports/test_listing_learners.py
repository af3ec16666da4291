"""The completion list on screen: who may see it, what it shows, how it is filtered and put in order."""

import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from flask import Flask

from lms import db
from lms.accounts.models import Organisation, Person
from lms.courses.models import Course, Enrolment, EnrolmentStatus
from tests import factories
from tests.conftest import Visitor, counted_queries
from tests.reports import crowd

LIST = "/manage/courses/innovation/learners"
ENROLLED = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
"""In Phnom Penh it is 1 April already."""


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course()


@pytest.fixture
def trainer(client: Visitor, course: Course) -> Visitor:
    """Signed in, and looks after the course."""
    return client.sign_in(factories.trainer(course))


def enrolled(course: Course, person: Person, **values: object) -> Enrolment:
    defaults = {"enrolled_at": ENROLLED, "progress_percent": 0, "status": EnrolmentStatus.active}
    return factories._kept(Enrolment(course_id=course.id, person_id=person.id, **{**defaults, **values}))


def shown(page: str) -> list[str]:
    """Names in the order of the rows."""
    return [name.strip() for name in re.findall(r'<th scope="row">\s*(?:<a[^>]*>)?([^<]+)', page)]


@pytest.mark.parametrize("file", ["", ".csv", ".xlsx"])
def test_who_may_see_it(file: str, client: Visitor, course: Course) -> None:
    assert "/login" in client.get(LIST + file).location
    statuses = [
        client.sign_in(person).get(LIST + file).status_code
        for person in (
            factories.learner(),
            factories.trainer(factories.course("another")),
            factories.trainer(course),
            factories.officer(),
            factories.admin(),
        )
    ]
    assert statuses == [403, 403, 200, 200, 200]


def test_a_course_in_preparation_does_not_exist_for_others(client: Visitor) -> None:
    course = factories.course("draft", published=False)
    people = (factories.learner(), factories.trainer(), factories.officer(), factories.trainer(course))
    address = "/manage/courses/draft/learners"
    assert [client.sign_in(one).get(address).status_code for one in people] == [404, 404, 200, 200]
    assert client.get("/manage/courses/none/learners").status_code == 404


def test_a_row_tells_of_a_learner_in_words(trainer: Visitor, course: Course) -> None:
    office = factories._kept(Organisation(name="រដ្ឋបាលខេត្តកំពត", folded_name="x"))
    person = factories.person("សុខ ដារ៉ា", name_latin="Sok Dara", phone="+85512345678", organisation_id=office.id)
    done = {"status": EnrolmentStatus.completed, "completed_at": ENROLLED + timedelta(days=2)}
    enrolled(course, person, progress_percent=100, best_score_percent=87.654, **done)
    with db.transaction():
        crowd.certify([person.id], course_id=course.id)
    page = trainer.get(LIST).text
    for words in (
        "សុខ ដារ៉ា", "Sok Dara", "Female", "Kampong Cham", "រដ្ឋបាលខេត្តកំពត", "Government", "+85512345678", "Completed",
        "87.7\u00a0%", "1 April 2026", "3 April 2026", "TEST-", "1 of 1", "Phnom Penh time",
    ):  # fmt: skip
        assert words in page


def test_it_speaks_khmer_to_who_reads_khmer(client: Visitor, course: Course) -> None:
    enrolled(course, factories.learner())
    page = client.sign_in(factories.trainer(course, language="km")).get(LIST).text
    assert "កំពង់ចាម" in page
    assert "១ មេសា ២០២៦" in page


def test_a_name_is_shown_as_text(trainer: Visitor, course: Course) -> None:
    enrolled(course, factories.person("<script>alert(1)</script>"))
    assert "<script>alert" not in trainer.get(LIST).text


def test_an_empty_list_says_so(trainer: Visitor) -> None:
    page = trainer.get(LIST).text
    assert "Nobody has enrolled in this course yet" in page
    assert "<table" not in page


def test_a_filter_that_nobody_matches_says_so(trainer: Visitor, course: Course) -> None:
    enrolled(course, factories.learner())
    page = trainer.get(LIST, query_string={"sex": "male"}).text
    assert "Nobody in the list matches these filters" in page
    assert "0 of 1" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sex=male", ["Dara"]),
        ("province=KH-7", ["Dara"]),
        ("status=withdrawn", ["Dara"]),
        ("organisation=WOMEN", ["Dara"]),
        ("organisation=50%25", []),
        ("q=dara", ["Dara"]),
        ("q=SOK", ["Dara"]),
        ("q=dara+sok", ["Dara"]),
        ("q=dara+lina", []),
        ("q=dara@", ["Dara"]),
        ("q=012+345+678", ["Dara"]),
        ("q=012-345-678", ["Dara"]),
        ("q=%2B855+12345678", ["Dara"]),
        ("q=០១២៣៤៥", ["Dara"]),
        ("q=_", []),
        ("q=%25", []),
        ("enrolled_from=2026-04-01", ["Lina Learner"]),
        ("enrolled_to=2026-03-31", ["Dara"]),
        ("enrolled_from=2026-03-31&enrolled_to=2026-03-31", ["Dara"]),
        ("completed_from=2020-01-01", []),
        ("order=name", ["Dara", "Lina Learner"]),
        ("order=-name", ["Lina Learner", "Dara"]),
        ("order=enrolled_at", ["Dara", "Lina Learner"]),
        ("", ["Lina Learner", "Dara"]),
        ("utm_source=mail", ["Lina Learner", "Dara"]),
    ],
)
def test_filters_and_orders(query: str, names: list[str], trainer: Visitor, course: Course) -> None:
    network = factories._kept(Organisation(name="Women's Network", folded_name="women's network"))
    unlike = {"sex": "male", "province": "KH-7", "email": "dara@example.org", "phone": "+85512345678"}
    dara = factories.person("Dara", name_latin="Sok D", organisation_id=network.id, **unlike)
    left = {"status": EnrolmentStatus.withdrawn, "enrolled_at": ENROLLED - timedelta(hours=2)}
    enrolled(course, dara, **left)
    enrolled(course, factories.learner(email="lina@example.org"))
    assert shown(trainer.get(f"{LIST}?{query}").text) == names


def test_a_khmer_name_is_found_by_a_part_of_it(trainer: Visitor, course: Course) -> None:
    enrolled(course, factories.person("សុខ ដារ៉ា"))
    enrolled(course, factories.person("ចាន់ធី"))
    assert shown(trainer.get(LIST, query_string={"q": "ដារ៉ា\u200b"}).text) == ["សុខ ដារ៉ា"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("sex=everyone", "Not a valid choice"),
        ("province=KH-99", "Not a valid choice"),
        ("status=%27%20OR%201=1", "Not a valid choice"),
        ("order=password", "cannot be put in this order"),
        ("order=--name", "cannot be put in this order"),
        ("enrolled_from=yesterday", "year, month and day"),
        ("enrolled_from=0001-01-01", "between 2000 and 2100"),
        ("completed_to=9999-12-31", "between 2000 and 2100"),
        ("enrolled_from=2026-04-02&enrolled_to=2026-04-01", "before the first one"),
        ("q=" + "x" * 101, "write less"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named_and_shows_nobody(
    query: str, message: str, trainer: Visitor, course: Course
) -> None:
    enrolled(course, factories.learner())
    page = trainer.get(f"{LIST}?{query}")
    assert page.status_code == 422
    assert message in page.text
    assert shown(page.text) == []
    assert '<details class="mt-3" open>' in page.text
    for file in (".csv", ".xlsx"):
        refused = trainer.get(f"{LIST}{file}?{query}")
        assert refused.status_code == 422
        assert message in refused.text


def test_bytes_that_are_no_text_are_harmless(trainer: Visitor, course: Course) -> None:
    for query in (
        "q=%ff%fe",
        "organisation=%07",
        "sex[]=female",
        "sex=female&sex=male",
        "order=",
    ):
        assert trainer.get(f"{LIST}?{query}").status_code == 200


def test_twenty_five_stand_on_a_page(trainer: Visitor, course: Course) -> None:
    crowd.enrol(course, crowd.add_people(60, Random(1)), Random(1))
    pages = [trainer.get(LIST, query_string={"page": number, "order": "phone"}).text for number in (1, 2, 3)]
    assert [len(shown(page)) for page in pages] == [25, 25, 10]
    assert "Page 2 of 3" in pages[1]
    assert 'rel="prev"' not in pages[0]
    assert 'rel="next"' not in pages[2]
    assert "order=phone&amp;page=3" in pages[1]
    assert len(set(crowd.phones_on_screen(iter(pages)))) == 60


@pytest.mark.parametrize(("page", "number"), [("99", 3), ("0", 1), ("-1", 1), ("x", 1), ("9" * 5000, 1), ("9" * 30, 3)])
def test_a_page_that_is_not_there_is_the_nearest(page: str, number: int, trainer: Visitor, course: Course) -> None:
    crowd.enrol(course, crowd.add_people(60, Random(1)), Random(1))
    assert f"Page {number} of 3" in trainer.get(LIST, query_string={"page": page}).text


def test_links_to_files_carry_the_filters(trainer: Visitor, course: Course) -> None:
    enrolled(course, factories.learner())
    page = trainer.get(LIST, query_string={"sex": "female", "order": "-name", "page": 1}).text
    assert f"{LIST}.csv?sex=female&amp;order=-name" in page
    assert f"{LIST}.xlsx?sex=female&amp;order=-name" in page


def test_queries_do_not_grow_with_the_learners(trainer: Visitor, course: Course) -> None:
    def queries(address: str) -> int:
        with counted_queries() as seen:
            assert trainer.get(address).status_code == 200
        return len(seen)

    people = crowd.add_people(500, Random(2))
    crowd.enrol(course, people[:10], Random(2))
    addresses = [LIST, f"{LIST}?sex=female&order=organisation&q=a", f"{LIST}.csv", f"{LIST}.xlsx"]
    few = [queries(address) for address in addresses]
    crowd.enrol(course, people[10:], Random(3))
    assert [queries(address) for address in addresses] == few
    assert max(few) <= 8
    assert few[2] <= 3
