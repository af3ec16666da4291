import pytest
from flask import Flask
from sqlalchemy import inspect, select

from lms import db
from lms.accounts.models import Person
from lms.accounts.sign_in import hash_password
from lms.mail.models import Mail
from tests import factories
from tests.conftest import Visitor, counted_queries, reread
from tests.pages import Page

FIELDS = {
    "name": "ចាន់ សុភា",
    "name_latin": "Chan Sophea",
    "sex": "other",
    "province": "KH-16",
    "organisation": "A school",
    "stakeholder_type": "academia",
    "position": "Teacher",
    "language": "km",
    "email": "sophea@example.org",
    "phone": "012 345 678",
    "birth_year": "1985",
    "disability": "yes",
}


@pytest.fixture
def person(client: Visitor) -> Person:
    made = factories.person()
    client.sign_in(made)
    return made


def stored(person: Person) -> Person:
    reread()
    return db.session.get_one(Person, person.id)


def test_everything_in_the_profile_can_be_changed(client: Visitor, person: Person) -> None:
    assert client.submit("/me/profile", **FIELDS).status_code == 302
    kept = stored(person)
    assert (kept.name, kept.sex, kept.province, kept.phone) == ("ចាន់ សុភា", "other", "KH-16", "+85512345678")
    assert (kept.organisation and kept.organisation.name, kept.birth_year, kept.disability) == ("A school", 1985, True)
    assert "ចាន់ សុភា" in client.get("/me/profile").text


@pytest.mark.parametrize(
    "changed", [{}, {"disability": "no"}, {"disability": "", "birth_year": "", "organisation": ""}]
)
def test_saving_the_page_as_it_stands_changes_nothing(client: Visitor, person: Person, changed: dict[str, str]) -> None:
    client.submit("/me/profile", **{**FIELDS, **changed})
    kept = {column.key: getattr(stored(person), column.key) for column in inspect(Person).columns}
    shown = Page("/me/profile", client.get("/me/profile").text).forms[-1].fields
    assert shown["organisation"] == [changed.get("organisation", "A school")]
    assert client.post("/me/profile", data=shown).status_code == 302
    assert {column.key: getattr(stored(person), column.key) for column in inspect(Person).columns} == kept


def test_what_is_optional_can_be_taken_back(client: Visitor, person: Person) -> None:
    client.submit("/me/profile", **FIELDS)
    client.submit("/me/profile", **{**FIELDS, "birth_year": "", "disability": "", "organisation": ""})
    kept = stored(person)
    assert (kept.birth_year, kept.disability, kept.organisation) == (None, None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "123"),
        ("email", "nobody"),
        ("birth_year", "3000"),
        ("birth_year", "x"),
        ("sex", "x"),
        ("province", "KH-99"),
    ],
)
def test_bad_input_changes_nothing(client: Visitor, person: Person, field: str, value: str) -> None:
    assert client.submit("/me/profile", **{**FIELDS, field: value}).status_code == 422
    assert stored(person).position == ""


def test_one_name_to_sign_in_with_must_stay(client: Visitor, person: Person) -> None:
    assert client.submit("/me/profile", **{**FIELDS, "email": "", "phone": ""}).status_code == 422
    assert stored(person).email


def test_the_number_of_another_person_cannot_be_taken(client: Visitor, person: Person) -> None:
    factories.person(phone="+85512345678")
    assert "There is another account with this." in client.submit("/me/profile", **FIELDS).text
    assert stored(person).position == "", "not even the other fields"


def test_consent_is_recorded_with_its_version(client: Visitor, app: Flask) -> None:
    made = factories.person(consent_at=None, consent_version="", password=hash_password("long enough"))
    client.sign_in(made)
    assert "I have read it and agree" in client.get("/privacy").text
    client.submit("/me/consent")
    assert stored(made).consent_version
    assert "I have read it and agree" not in client.get("/privacy").text


def test_the_command_makes_an_account_that_can_sign_in(app: Flask, client: Visitor) -> None:
    run = app.test_cli_runner()
    command = ["lms", "create-person", "--name", "Ary", "--phone", "012 345 678", "--role", "admin", "--password-stdin"]
    assert run.invoke(args=command, input="short\n").exit_code == 1
    assert "at most 1,000" in run.invoke(args=command, input="x" * 1001 + "\n").output
    done = run.invoke(args=command, input="long enough\n")
    assert done.exit_code == 0, done.output
    assert client.submit("/login", sign_in="012345678", password="long enough").status_code == 302
    again = run.invoke(args=command, input="long enough\n")
    assert again.exit_code == 1
    assert "another account" in again.output


def test_a_learner_is_someone_with_no_other_role(app: Flask) -> None:
    names = ["--name", "Lina", "--email", "Lina@Example.org", "--role", "learner", "--password-stdin"]
    done = app.test_cli_runner().invoke(args=["lms", "create-person", *names], input="long enough\n")
    assert done.exit_code == 0, done.output
    reread()
    person = db.session.scalars(select(Person)).one()
    assert (person.email, person.roles, person.consent_at) == ("lina@example.org", frozenset(), None)


def test_the_language_of_the_profile_is_that_of_the_pages(client: Visitor, person: Person) -> None:
    client.submit("/me/profile", **FIELDS)
    assert '<html lang="km"' in client.get("/me/profile").text


@pytest.mark.parametrize("page", ["/me/profile", "/password", "/privacy"])
def test_a_page_asks_the_database_once_who_is_reading(client: Visitor, person: Person, page: str) -> None:
    with counted_queries() as queries:
        client.get(page)
    assert len(queries) == 1, str(queries)


PASSWORD = "pepper of Kampot"


@pytest.fixture
def dara(client: Visitor) -> Person:
    """Has an address and a password, and is signed in."""
    made = factories.person("Dara", email="dara@example.org", password=hash_password(PASSWORD))
    client.sign_in(made)
    return made


def mails() -> list[tuple[str, str]]:
    reread()
    return [(mail.recipient, mail.subject) for mail in db.session.scalars(select(Mail))]


TOLD = [("dara@example.org", "What you sign in with at Learning for local administration has changed")]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter your password to change your e-mail address or phone number."),
        ("wrong password", "This is not your current password."),
    ],
)
@pytest.mark.parametrize("change", [{"email": "new@example.org"}, {"phone": "012 345 678"}])
def test_what_one_signs_in_with_is_not_changed_without_the_password(
    client: Visitor, dara: Person, change: dict[str, str], typed: str, message: str
) -> None:
    fields = {**FIELDS, "email": "dara@example.org", "phone": "", **change}
    answer = client.submit("/me/profile", **fields, current=typed)
    assert (answer.status_code, message in answer.text) == (422, True)
    assert (stored(dara).email, stored(dara).phone, stored(dara).position) == ("dara@example.org", None, "")
    assert mails() == []


@pytest.mark.parametrize(
    "change", [{"email": "new@example.org", "phone": ""}, {"phone": "012 345 678"}, {"email": "", "phone": "012345678"}]
)
def test_with_the_password_it_is_changed_and_the_old_address_hears_of_it(
    client: Visitor, dara: Person, change: dict[str, str]
) -> None:
    fields = {**FIELDS, "language": "en", "email": "dara@example.org", **change}
    assert client.submit("/me/profile", **fields, current=PASSWORD).status_code == 302
    assert stored(dara).email == (fields["email"] or None)
    assert stored(dara).phone == ("+85512345678" if fields["phone"] else None)
    assert mails() == TOLD


def test_nobody_hears_of_a_number_that_replaces_a_number(client: Visitor) -> None:
    person = factories.person(email=None, phone="+85510222333", password=hash_password(PASSWORD))
    client.sign_in(person).submit("/me/profile", **{**FIELDS, "email": ""}, current=PASSWORD)
    assert stored(person).phone == "+85512345678"
    assert mails() == []


def test_all_else_is_saved_without_the_password(client: Visitor, dara: Person) -> None:
    with db.transaction():
        db.session.get_one(Person, dara.id).phone = "+85512345678"
    same = {"email": " DARA@example.org", "phone": "+855 12-345-678"}
    assert client.submit("/me/profile", **{**FIELDS, **same}).status_code == 302
    assert stored(dara).position == "Teacher"
    assert mails() == []


def test_who_has_no_password_is_not_asked_for_one(client: Visitor, person: Person) -> None:
    assert 'name="current"' not in client.get("/me/profile").text
    assert client.submit("/me/profile", **FIELDS).status_code == 302
