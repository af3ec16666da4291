"""Registering for an event without an account: one form makes both."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms import db
from lms.accounts import privacy
from lms.accounts.models import Person
from lms.accounts.sign_in import is_password
from lms.events.models import Registration, RegistrationStatus, Series
from lms.mail.models import Mail
from tests import factories
from tests.conftest import Visitor, reread
from tests.events.test_pages import QUESTIONS

REGISTER = "/events/systems-thinking/register"
FORM = {
    "name": "គំរូ ដារ៉ា",
    "name_latin": "Kumru Dara",
    "sex": "male",
    "province": "KH-3",
    "stakeholder_type": "cso",
    "organisation": "Lotus Hub",
    "position": "Coordinator",
    "sign_in": "dara@example.org",
    "password": "a short sentence",
    "consent": "y",
}


def count(entity: type) -> int:
    reread()
    return db.session.scalar(select(func.count()).select_from(entity)) or 0


def test_one_form_makes_the_account_signs_in_and_registers(client: Visitor) -> None:
    event = factories.event(questions=QUESTIONS)
    assert REGISTER in client.get("/events/systems-thinking/").text
    assert client.get(REGISTER).status_code == 200
    answer = client.submit(REGISTER, **FORM, **{f"question-{event.id}-hope": "Ideas"})
    assert answer.location == "/events/systems-thinking/"
    reread()
    registration = db.session.scalars(select(Registration)).one()
    person = registration.person
    assert (registration.status, registration.answers) == (RegistrationStatus.confirmed, {"hope": "Ideas"})
    assert (person.name, person.email, person.language) == ("គំរូ ដារ៉ា", "dara@example.org", "en")
    assert (person.consent_at, person.consent_version) == (person.created_at, privacy.version())
    assert is_password(person, "a short sentence")
    assert db.session.scalars(select(Mail.recipient)).all() == ["dara@example.org"]
    assert "You are registered" in client.get("/events/systems-thinking/").text


def test_someone_with_a_phone_alone_registers_and_finds_it_on_the_page(client: Visitor) -> None:
    factories.event()
    client.submit(REGISTER, **{**FORM, "sign_in": "012 345 678"})
    assert count(Registration) == 1
    assert count(Mail) == 0
    assert "Add to my calendar" in client.get("/events/systems-thinking/").text


@pytest.mark.parametrize(
    ("known", "typed"),
    [({"email": "dara@example.org"}, "Dara@Example.org"), ({"phone": "+85512345678"}, "012-345-678")],
)
def test_someone_known_already_is_shown_the_way_to_sign_in_and_loses_nothing(
    client: Visitor, known: dict[str, str], typed: str
) -> None:
    event = factories.event(questions=QUESTIONS)
    factories.person(**known)
    hope = f"question-{event.id}-hope"
    answer = client.submit(REGISTER, **{**FORM, "sign_in": typed}, **{hope: "Ideas <b>"})
    assert answer.status_code == 422
    (message,) = re.findall(r'id="sign_in-error">(.*?)</div>', answer.text, re.DOTALL)
    assert "There is an account with this already." in message
    assert 'href="/login?next=%2Fevents%2Fsystems-thinking%2Fregister' in message
    for text in ("Kumru Dara", "Lotus Hub", typed, "Ideas &lt;b&gt;"):
        assert text in answer.text
    assert FORM["password"] not in answer.text
    assert count(Person) == 1
    assert count(Registration) == 0


def test_signing_in_from_the_form_comes_back_to_it(client: Visitor) -> None:
    factories.event()
    person = factories.learner()
    assert 'href="/login?next=%2Fevents%2Fsystems-thinking%2Fregister"' in client.get(REGISTER).text
    text = client.sign_in(person).get(REGISTER).text
    assert "Systems thinking" in text
    assert 'name="password"' not in text
    client.submit(REGISTER)
    assert count(Registration) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name_latin", "គំរូ"),
        ("province", ""),
        ("sign_in", "nobody"),
        ("password", "short"),
        ("consent", ""),
    ],
)
def test_a_value_that_cannot_be_taken_changes_nothing(client: Visitor, field: str, value: str) -> None:
    factories.event()
    data = {name: text for name, text in {**FORM, field: value}.items() if text}
    answer = client.submit(REGISTER, **data)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert count(Person) == 0
    assert count(Registration) == 0


def test_no_account_is_made_for_an_event_that_takes_nobody(client: Visitor) -> None:
    factories.event(starts_in=timedelta(days=-1))
    assert client.get(REGISTER).location == "/events/systems-thinking/"
    assert client.submit(REGISTER, **FORM).status_code == 409
    assert count(Person) == 0


def test_someone_new_registers_for_a_series_in_one_form(client: Visitor) -> None:
    with db.transaction():
        series = Series(slug="inspiration", title={"en": "Inspiration"}, summary={}, description={})
        db.session.add(series)
    for number in (1, 2):
        factories.event(f"part-{number}", series_id=series.id, position=number, questions=QUESTIONS[1:])
    assert "/series/inspiration/register" in client.get("/series/inspiration/").text
    assert client.get("/series/inspiration/register").text.count("How well do you know it?") == 2
    assert client.submit("/series/inspiration/register", **FORM).location == "/series/inspiration/"
    assert (count(Person), count(Registration)) == (1, 2)


def test_where_the_host_has_the_accounts_a_visitor_is_sent_to_sign_in_there(
    client: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.event()
    monkeypatch.setattr(client.application.extensions["lms"], "has_own_sign_in", False)
    assert client.get(REGISTER).location == "/login?next=%2Fevents%2Fsystems-thinking%2Fregister"
    assert client.submit(REGISTER, **FORM).status_code == 302
    assert count(Person) == 0
