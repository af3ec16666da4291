"""A list is checked, then taken whole or not at all; the same list again changes nothing."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms import db, i18n
from lms.accounts import codes
from lms.accounts.models import OneTimeCode, Person, Role
from lms.courses.models import Cohort, CohortCourse, CohortMember, CohortTrainer, Course, Enrolment, EnrolmentStatus
from lms.mail.models import Mail
from lms.rosters.lists import checking, taking
from lms.rosters.lists.checking import Outcome
from lms.rosters.lists.reading import Table
from tests import factories, world
from tests.conftest import Visitor, counted_queries, reread
from tests.reports import crowd
from tests.rosters.conftest import Reads

LIST = "name,phone,email,province\nសុខ ដារ៉ា,012345678,,កំពត\nChan Thy,,thy@example.org,\n"
AT = "/manage/courses/innovation/enrol-list"


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course()


@pytest.fixture
def trainer(client: Visitor, course: Course) -> Visitor:
    return client.sign_in(factories.trainer(of=course))


def outcomes(table: Table, group: Any) -> list[str]:
    return [line.outcome for line in checking.plan(table, group).lines]


def why(table: Table, group: Any) -> str:
    with i18n.in_language("en"):
        lines = checking.plan(table, group).lines
    return " ".join(problem.message for line in lines for problem in line.problems)


def checked(trainer: Visitor, content: str | bytes = LIST, at: str = AT) -> str:
    """The address of the page that says what would happen."""
    data = content.encode() if isinstance(content, str) else content
    return trainer.submit(at, file=(BytesIO(data), "list.csv")).location


def left(course: Course, *people: Person) -> None:
    with db.transaction():
        for person in people:
            world.courses.withdraw(world.courses.enrol(person, course))


def count(kind: Any) -> int:
    reread()
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_list_is_shown_before_anything_is_changed(trainer: Visitor) -> None:
    page = trainer.get(checked(trainer))
    assert "Enrol these 2 people" in page.text
    assert "Line 2" in page.text
    assert (count(Enrolment), count(Person)) == (0, 1)


def test_a_checked_list_makes_accounts_and_enrols(trainer: Visitor, course: Course) -> None:
    answer = trainer.submit(checked(trainer))
    assert answer.location == AT
    reread()
    dara = db.session.scalars(select(Person).where(Person.phone == "+85512345678")).one()
    assert (dara.name, dara.province, dara.language, dara.password, dara.consent_at) == (
        "សុខ ដារ៉ា",
        "KH-7",
        "km",
        None,
        None,
    )
    thy = db.session.scalars(select(Person).where(Person.email == "thy@example.org")).one()
    assert thy.name_latin == "Chan Thy"
    assert set(db.session.scalars(select(Enrolment.source))) == {"list"}
    assert count(Enrolment) == 2


def test_a_pasted_list_is_taken_too(trainer: Visitor) -> None:
    trainer.submit(trainer.submit(AT, text=LIST.replace(",", "\t")).location)
    assert count(Enrolment) == 2


def rows() -> dict[str, Any]:
    """Everything but when an upload was last kept."""
    return {table: found for table, found in world.everything().items() if table != "lms_file_data"}


def test_the_same_list_again_changes_nothing(trainer: Visitor) -> None:
    address = checked(trainer)
    trainer.submit(address)
    before = rows()
    assert trainer.submit(address).status_code == 302
    trainer.submit(checked(trainer))
    assert rows() == before


def test_one_wrong_line_keeps_everybody_out(trainer: Visitor) -> None:
    address = checked(trainer, LIST + "Nobody,12,,\n")
    page = trainer.get(address)
    assert "This is not a phone number." in page.text
    assert "Enrol these" not in page.text
    assert trainer.submit(address).status_code == 409
    assert (count(Enrolment), count(Person)) == (0, 1)


def test_what_is_no_list_is_refused_beside_the_field_and_changes_nothing(trainer: Visitor) -> None:
    before = world.everything()
    answer = trainer.submit(AT, text="a,b\n1,2\n")
    assert answer.status_code == 422
    assert "No line names the columns" in answer.text
    assert "a,b\n1,2" in answer.text
    assert trainer.submit(AT).status_code == 422
    assert world.everything() == before


def test_what_has_changed_since_the_check_is_seen(trainer: Visitor) -> None:
    address = checked(trainer, "name,phone,email\nDara,012345678,dara@example.org\n")
    factories.person(phone="+85512345678")
    factories.person(email="dara@example.org")
    answer = trainer.submit(address)
    assert answer.status_code == 409
    assert "two different people" in answer.text
    assert count(Enrolment) == 0


def test_a_checked_list_is_good_for_this_trainer_and_course_alone(trainer: Visitor, course: Course) -> None:
    address = checked(trainer)
    other = factories.course("other")
    colleague = factories.trainer(of=course)
    factories.looks_after(colleague, other)
    trainer.sign_in(colleague)
    assert trainer.submit(address).location == AT
    assert trainer.submit(address.replace("innovation", "other")).location == AT.replace("innovation", "other")
    assert count(Enrolment) == 0


def test_known_people_are_found_by_either_and_keep_their_account(reads: Reads, course: Course) -> None:
    factories.person("Dara", phone="+85512345678", email="old@example.org")
    table = reads("name,phone,email,sex\nAnother,012345678,new@example.org,nonsense\nX,,old@example.org,\n")
    line = checking.plan(reads("name,phone,email,sex\nAnother,012345678,new@example.org,nonsense\n"), course).lines[0]
    assert line.outcome == Outcome.joins
    assert len(line.notes) == 2
    assert outcomes(table, course) == ["joins", "wrong"]
    assert "Line 2 is the same person" in why(table, course)


def test_who_is_enrolled_or_has_left_stays_as_they_are(reads: Reads, course: Course) -> None:
    for number, status in enumerate((EnrolmentStatus.active, EnrolmentStatus.withdrawn)):
        person = factories.person(phone=f"+8551234567{number}")
        world.courses.enrol(person, course)
        db.session.execute(update(Enrolment).where(Enrolment.person_id == person.id).values(status=status))
    assert outcomes(reads("phone\n012345670\n012345671\n"), course) == ["already", "left"]


def test_a_list_of_those_who_left_says_so_and_leads_on(trainer: Visitor, course: Course) -> None:
    left(course, factories.person(phone="+85512345678"))
    page = trainer.get(checked(trainer, "phone\n012345678\n"))
    assert "This person has left the course, and stays away" in page.text
    assert "is there already, or has left" in page.text
    assert f'href="{AT}">Take another list' in page.text


def test_a_cohorts_list_says_who_comes_back_into_a_course_and_who_stays_away(reads: Reads, course: Course) -> None:
    comes, stays = factories.person(phone="+85512345671"), factories.person(phone="+85512345672")
    cohort = factories.cohort(members=[stays], courses=[course])
    left(course, comes, stays)
    table = reads("phone\n012345671\n012345672\n")
    with i18n.in_language("en"):
        back, away = checking.plan(table, cohort).lines
    assert (back.outcome, away.outcome) == ("joins", "already")
    assert [" ".join(line.notes) for line in (back, away)] == [
        "This person has left a course that the cohort takes, and comes back into it.",
        "This person has left a course that the cohort takes, and stays away from it.",
    ]
    with db.transaction():
        taking.take(table, cohort)
    reread()
    assert [
        db.session.scalar(select(Enrolment.status).where(Enrolment.person_id == person.id)) for person in (comes, stays)
    ] == ["active", "withdrawn"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("Dara,,", "Give a phone number or an e-mail address"),
        (",012345678,", "A new person needs a name"),
        ("Dara,012345678,\nSok,012345678,", "Line 2 has the same phone number"),
        ("Dara,012345678,a@example.org\nDara,,a@example.org", "Line 2 has the same phone number"),
    ],
)
def test_a_line_that_cannot_be_taken_says_why(reads: Reads, course: Course, rows: str, reason: str) -> None:
    assert reason in why(reads(f"name,phone,email\n{rows}\n"), course)


def test_a_line_that_stands_there_twice_is_taken_once(reads: Reads, course: Course) -> None:
    table = reads("name,phone\nDara,012345678\nDara,+855 12 345 678\n")
    assert outcomes(table, course) == ["new", "repeated"]
    with db.transaction():
        taking.take(table, course)
    assert count(Enrolment) == 1


def test_a_closed_account_is_not_enrolled(reads: Reads, course: Course) -> None:
    factories.person(phone="+85512345678", active=False)
    assert outcomes(reads("phone\n012345678\n"), course) == ["wrong"]


def test_where_accounts_are_the_hosts_nobody_new_is_made(reads: Reads, course: Course) -> None:
    plan = checking.plan(reads("name,phone\nDara,012345678\n"), course, may_create=False)
    assert plan.lines[0].outcome == Outcome.wrong


def test_nobody_is_enrolled_in_an_archived_course(trainer: Visitor, course: Course) -> None:
    with db.transaction():
        course.archived = True
    assert "archived" in trainer.get(AT).text
    assert trainer.submit(AT, text=LIST).status_code == 409


def test_a_cohorts_list_makes_members_and_enrols_them_in_its_courses(client: Visitor, course: Course) -> None:
    cohort = factories._kept(Cohort(slug="kampot", name="Kampot", created_at=course_time()))
    factories._kept(CohortCourse(cohort_id=cohort.id, course_id=course.id))
    tola = factories.trainer()
    at = "/manage/cohorts/kampot/enrol-list"
    client.sign_in(tola)
    assert client.get(at).status_code == 404
    factories._kept(CohortTrainer(cohort_id=cohort.id, person_id=tola.id))
    client.submit(checked(client, at=at))
    assert (count(CohortMember), count(Enrolment)) == (2, 2)
    before = rows()
    client.submit(checked(client, at=at))
    assert rows() == before


def course_time() -> Any:
    from lms import clock

    return clock.now()


def test_the_list_to_fill_in_is_read_in_every_language(trainer: Visitor, reads: Reads) -> None:
    import openpyxl

    for language in ("en", "km"):
        trainer.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        with db.transaction():
            db.session.execute(update(Person).values(language=language))
        book = openpyxl.load_workbook(BytesIO(trainer.get(f"{AT}.xlsx").data))
        book.worksheets[0].append(["សុខ ដារ៉ា", "Sok Dara", "ស្រី", "កំពត", "", "", "", "012345678", "", 1985])
        book.save(made := BytesIO())
        assert reads(made.getvalue()).rows[0].values == {
            "name": "សុខ ដារ៉ា", "name_latin": "Sok Dara", "sex": "female", "province": "KH-7", "phone": "+85512345678",
            "birth_year": 1985,
        }  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_our_own_completion_list_loads_back_and_changes_nothing(trainer: Visitor, course: Course, ending: str) -> None:
    chance = Random(7)
    crowd.enrol(course, crowd.add_people(60, chance), chance)
    mine = trainer.get(f"/manage/courses/innovation/learners.{ending}").data
    address = checked(trainer, mine)
    assert "nothing to do" in trainer.get(address).text
    before = world.everything()
    assert trainer.submit(address).status_code == 302
    assert world.everything() == before


# --- Many at once


def test_two_trainers_with_the_same_new_people_at_once_make_them_once(app: Flask, course: Course) -> None:
    addresses = []
    visitors = []
    for _ in range(4):
        visitor = app.test_client().sign_in(factories.trainer(of=course))
        addresses.append(checked(visitor))
        visitors.append(visitor)
    with ThreadPoolExecutor(8) as at_once:
        answers = list(at_once.map(lambda at: visitors[at % 4].submit(addresses[at % 4]).status_code, range(8)))
    assert set(answers) <= {302, 409}
    assert 302 in answers
    assert (count(Person), count(Enrolment), count(Mail)) == (6, 2, 1)


def many(number: int) -> str:
    rows = (f"Person {n},01{n:07},p{n}@example.org,Kampot,Office {n % 40}" for n in range(number))
    return "name,phone,email,province,organisation\n" + "\n".join(rows)


def test_the_check_asks_once_for_every_five_hundred_rows(reads: Reads, course: Course) -> None:
    course.id  # noqa: B018  # read before it is counted
    with counted_queries() as few:
        checking.plan(reads(many(10)), course)
    with counted_queries() as more:
        checking.plan(reads(many(1_500)), course)
    assert (len(few), len(more)) == (1, 3)


def test_taking_asks_no_more_for_a_thousand_than_for_two_pieces(reads: Reads, course: Course) -> None:
    with counted_queries() as asked, db.transaction():
        taking.take(reads(many(1_000)), course)
    assert len(asked) <= 2 + 2 * 10 + 2
    assert count(Enrolment) == 1_000


# --- Codes


@pytest.fixture
def newcomers(trainer: Visitor) -> Visitor:
    trainer.submit(checked(trainer))
    return trainer


def person(**values: str) -> Person:
    reread()
    return db.session.scalars(select(Person).filter_by(**values)).one()


def test_who_has_an_address_is_mailed_a_code_that_works(newcomers: Visitor) -> None:
    reread()
    mail = db.session.scalars(select(Mail)).one()
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", mail.text)[0]
    assert mail.recipient == "thy@example.org"
    newcomers.sign_out()
    answer = newcomers.submit("/login", sign_in="thy@example.org", password=code)
    assert "/password/reset/" in answer.location


def test_slips_are_for_those_who_have_never_signed_in(newcomers: Visitor) -> None:
    answer = newcomers.submit(f"{AT}/slips")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "សុខ ដារ៉ា" in answer.text
    assert "Chan Thy" not in answer.text
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", answer.text)[0]
    with db.transaction():
        assert codes.take(person(phone="+85512345678"), code)
    assert "Chan Thy" in newcomers.submit(f"{AT}/slips", who="everybody").text


def test_nobody_with_rights_or_a_password_gets_a_slip(newcomers: Visitor) -> None:
    with db.transaction():
        db.session.execute(update(Person).where(Person.phone == "+85512345678").values(roles=frozenset({Role.officer})))
        db.session.execute(update(Person).where(Person.email == "thy@example.org").values(password="chosen"))
    assert 'class="slip"' not in newcomers.submit(f"{AT}/slips", who="everybody").text


def test_codes_are_mailed_once_a_day(newcomers: Visitor) -> None:
    kept = count(OneTimeCode)
    newcomers.submit(f"{AT}/mails")
    assert (count(Mail), count(OneTimeCode)) == (1, kept)


def test_slips_are_not_for_outsiders(newcomers: Visitor) -> None:
    newcomers.sign_in(factories.trainer())
    assert newcomers.submit(f"{AT}/slips").status_code == 403
