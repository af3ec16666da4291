import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlencode

import argon2.low_level
import pytest
from flask import Flask, template_rendered
from passlib.context import CryptContext
from sqlalchemy import event, func, select, update

from lms import clock, db
from lms.accounts import codes, services
from lms.accounts.models import Organisation, Person
from lms.accounts.sign_in import DEFAULTS, hash_password, own_path
from lms.errors import ConflictError
from lms.mail.models import Mail
from tests import factories
from tests.conftest import FAST_HASHING, Visitor, counted_queries, reread

PASSWORD = "pepper of Kampot"
NEW = {
    "name": "ចាន់ សុភា",
    "name_latin": "Chan Sophea",
    "sex": "female",
    "province": "KH-7",
    "stakeholder_type": "government",
    "organisation": "Kampot Administration",
    "position": "Clerk",
    "sign_in": "012 345 678",
    "password": PASSWORD,
    "consent": "y",
}


@pytest.fixture
def dara(app: Flask) -> Person:
    """Has an address, a number and a password."""
    return factories.person("Dara", email="dara@example.org", phone="+85512345678", password=hash_password(PASSWORD))


def is_signed_in(client: Visitor) -> bool:
    return client.get("/me/profile").status_code == 200


def people() -> int:
    reread()
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_registering_makes_an_account_and_signs_in(client: Visitor) -> None:
    assert client.submit("/register?next=/courses/", **NEW).location == "/courses/"
    person = db.session.scalars(select(Person)).one()
    assert (person.phone, person.email, person.province) == ("+85512345678", None, "KH-7")
    assert person.password.startswith("$argon2id$")
    assert person.consent_at is not None
    assert person.consent_version
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", " ", "Please fill this in."),
        ("name_latin", "ចាន់", "Latin letters"),
        ("province", "", "Please choose one."),
        ("sign_in", "hello", "neither a phone number nor an e-mail"),
        ("password", "short", "at least 8 characters"),
        ("consent", "", "Please agree"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_kept(client: Visitor, field: str, value: str, message: str) -> None:
    answer = client.submit("/register", **{**NEW, field: value})
    assert answer.status_code == 422
    assert message in answer.text
    assert "Kampot Administration" in answer.text
    assert people() == 0


def test_an_empty_field_gets_one_message(client: Visitor) -> None:
    text = client.submit("/register", **{**NEW, "password": "", "name_latin": ""}).text
    assert text.count("Please fill this in.") == 2
    assert "Use at least 8 characters." not in text
    assert "Please write this name in Latin letters" not in text


def test_a_number_that_is_taken_leads_to_signing_in(client: Visitor, dara: Person) -> None:
    answer = client.submit("/register", **{**NEW, "sign_in": "+855 12 345 678"})
    assert answer.status_code == 422
    assert "There is an account with this already." in answer.text
    assert 'href="/login?next=' in answer.text
    assert people() == 1


def test_two_registrations_at_once_make_one_account(app: Flask) -> None:
    def register(_device: int) -> int:
        return app.test_client().submit("/register", **NEW).status_code

    with ThreadPoolExecutor(4) as devices:
        assert sorted(devices.map(register, range(4))) == [302, 422, 422, 422]
    assert people() == 1


def test_two_spellings_of_an_organisation_are_one(client: Visitor, app: Flask) -> None:
    client.submit("/register", **NEW)
    other = {"sign_in": "x@example.org", "organisation": " kampot  administration "}
    app.test_client().submit("/register", **{**NEW, **other})
    reread()
    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 1


@pytest.mark.parametrize("name", ["dara@example.org", "DARA@example.org", "012345678", "+855 12 345 678"])
def test_one_signs_in_with_number_or_address(client: Visitor, dara: Person, name: str) -> None:
    assert client.submit("/login?next=/me/profile", sign_in=name, password=PASSWORD).location == "/me/profile"
    assert is_signed_in(client)


def without_what_was_typed(page: str, name: str) -> str:
    return re.sub(r'name="csrf_token"[^>]*>', "", page.replace(name, "NAME"))


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: Visitor, dara: Person) -> None:
    factories.person(phone="+85510222333", password=None)
    names = ("dara@example.org", "nobody@example.org", "010222333")
    pages = {
        without_what_was_typed(client.submit("/login", sign_in=name, password="wrong password").text, name)
        for name in names
    }
    assert len(pages) == 1
    assert "The name or the password is not right." in pages.pop()
    assert not is_signed_in(client)


def test_an_unknown_name_costs_the_same_work_as_a_wrong_password(
    client: Visitor, dara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(name: str) -> tuple[int, int]:
        done = 0

        def counted(real: Callable[..., object]) -> Callable[..., object]:
            def call(*args: object, **options: object) -> object:
                nonlocal done
                done += 1
                return real(*args, **options)

            return call

        with monkeypatch.context() as patch, counted_queries() as queries:
            for function in ("hash_secret", "verify_secret"):
                patch.setattr(argon2.low_level, function, counted(getattr(argon2.low_level, function)))
            client.submit("/login", sign_in=name, password="wrong password")
        return done, len(queries)

    assert work("dara@example.org") == work("nobody@example.org")
    assert work("dara@example.org")[0] == 1


def hashed(**changed: int) -> str:
    """As a site with other parameters would."""
    return str(CryptContext(schemes=["argon2"], **{**FAST_HASHING, **changed}).hash(PASSWORD))


def kept_hash() -> str:
    reread()
    return str(db.session.scalars(select(Person.password)).one())


@pytest.mark.parametrize("changed", [{"argon2__memory_cost": 128}, {"argon2__rounds": 2}, {"argon2__parallelism": 2}])
def test_a_hash_with_other_parameters_is_renewed_at_sign_in(client: Visitor, changed: dict[str, int]) -> None:
    factories.person(email="dara@example.org", password=hashed(**changed))
    client.submit("/login", sign_in="dara@example.org", password=PASSWORD)
    assert kept_hash().startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert is_signed_in(client)
    assert client.submit("/password", current=PASSWORD, password="a new password").status_code == 302


def test_a_hash_with_the_parameters_of_today_stays(client: Visitor) -> None:
    factories.person(email="dara@example.org", password=hashed())
    before = kept_hash()
    client.submit("/login", sign_in="dara@example.org", password=PASSWORD)
    assert kept_hash() == before


def test_a_wrong_password_or_a_code_renews_nothing(client: Visitor) -> None:
    person = factories.person(email="dara@example.org", password=hashed(argon2__rounds=2))
    with db.transaction():
        code = codes.make_code(person)
    before = kept_hash()
    for typed in ("wrong password", code):
        client.submit("/login", sign_in="dara@example.org", password=typed)
    assert kept_hash() == before


def test_a_password_that_was_changed_meanwhile_is_not_put_back(app: Flask, dara: Person) -> None:
    with db.transaction():
        newer = update(Person).values(password="of another device")
        db.session.execute(newer.execution_options(synchronize_session=False))
    with db.transaction():
        services.renew_hash(dara, hash_password(PASSWORD))
    assert kept_hash() == "of another device"


def test_the_site_names_every_parameter_of_its_hashes() -> None:
    """One that was left to the library would not be compared."""
    assert DEFAULTS["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"].keys() == FAST_HASHING.keys()


def test_an_account_that_is_switched_off_cannot_sign_in(client: Visitor, dara: Person) -> None:
    with db.transaction():
        db.session.get_one(Person, dara.id).active = False
    client.submit("/login", sign_in="dara@example.org", password=PASSWORD)
    assert not is_signed_in(client)


def test_signing_out_ends_the_session(client: Visitor, dara: Person) -> None:
    client.submit("/login", sign_in="012345678", password=PASSWORD)
    assert client.get("/logout").status_code == 200
    assert is_signed_in(client), "a link or a picture must not be able to sign someone out"
    client.submit("/logout")
    assert not is_signed_in(client)


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(
    client: Visitor, app: Flask, dara: Person
) -> None:
    other = app.test_client()
    for device in (client, other):
        device.submit("/login", sign_in="012345678", password=PASSWORD)
    assert client.submit("/password", current="wrong", password="a new password").status_code == 422
    assert client.submit("/password", current=PASSWORD, password="a new password").status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(other)
    other.submit("/login", sign_in="012345678", password="a new password")
    assert is_signed_in(other)


def reset_link() -> str:
    reread()
    text = db.session.scalars(select(Mail.text)).one()
    return next(line for line in text.splitlines() if "/password/reset/" in line).removeprefix("http://localhost")


def test_a_reset_link_works_once(client: Visitor, dara: Person) -> None:
    client.submit("/password/forgot", sign_in="dara@example.org")
    link = reset_link()
    assert client.submit(link, password="short").status_code == 422
    assert client.submit(link, password="a new password").status_code == 302
    assert is_signed_in(client)
    client.submit("/logout")
    assert client.get(link).location == "/password/forgot"


def test_a_reset_link_grows_old(client: Visitor, dara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    client.submit("/password/forgot", sign_in="dara@example.org")
    an_hour_later = time.time() + 3700
    monkeypatch.setattr(time, "time", lambda: an_hour_later)
    assert client.get(reset_link()).location == "/password/forgot"


def test_asking_for_a_reset_does_not_tell_who_has_an_account(client: Visitor, dara: Person) -> None:
    pages = {client.submit("/password/forgot", sign_in=name).text for name in ("dara@example.org", "no@example.org")}
    assert len(pages) == 1
    client.submit("/password/forgot", sign_in="dara@example.org")
    reread()
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 1, "not a second one within minutes"


def test_asking_for_a_reset_is_the_same_work_for_whomever(client: Visitor, dara: Person) -> None:
    factories.person(email=None, phone="+85510222333")
    factories.person(email="gone@example.org", active=False)

    def work(name: str) -> tuple[list[str], list[str], bool]:
        """The kinds of statements, the templates, and whether there was something to commit."""
        rendered: list[str] = []
        taken_back = 0

        def note_template(_app: Flask, template: Any, **_rest: object) -> None:
            rendered.append(template.name)

        def note_rows(_connection: object, cursor: Any, statement: str, *_rest: object) -> None:
            nonlocal taken_back
            taken_back += cursor.rowcount if statement.startswith("DELETE") else 0

        engine = db.session.get_bind()
        event.listen(engine, "after_cursor_execute", note_rows)
        with template_rendered.connected_to(note_template), counted_queries() as queries:
            client.submit("/password/forgot", sign_in=name)
        event.remove(engine, "after_cursor_execute", note_rows)
        return [query.split()[0] for query in queries], rendered, taken_back > 0

    names = ("dara@example.org", "dara@example.org", "nobody@example.org", "010222333", "gone@example.org")
    first, *others = map(work, names)
    assert others == [first] * 4
    assert first[0] == ["SELECT", "INSERT", "DELETE"]
    assert first[2]
    reread()
    assert db.session.scalars(select(Mail.recipient)).all() == ["dara@example.org"]


def test_a_reset_link_used_many_times_at_once_works_once(client: Visitor, app: Flask, dara: Person) -> None:
    client.submit("/password/forgot", sign_in="dara@example.org")
    link = reset_link()

    def reset(device: int) -> str | None:
        return app.test_client().submit(link, password=f"new password {device}").location

    with ThreadPoolExecutor(8) as devices:
        assert list(devices.map(reset, range(8))).count("/") == 1


@pytest.mark.parametrize("token", ["x", "WzEsMV0.x.y", "\u00e9", "." * 400])
def test_a_made_up_reset_link_leads_back(client: Visitor, dara: Person, token: str) -> None:
    assert client.get(f"/password/reset/{token}").location == "/password/forgot"


def test_a_link_of_before_another_change_is_worth_nothing(client: Visitor, app: Flask, dara: Person) -> None:
    client.submit("/password/forgot", sign_in="dara@example.org")
    link = reset_link()
    client.submit("/login", sign_in="012345678", password=PASSWORD)
    client.submit("/password", current=PASSWORD, password="a new password")
    assert app.test_client().get(link).location == "/password/forgot"


def test_never_more_than_three_mails_in_an_hour(client: Visitor, dara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    start = datetime(2026, 11, 24, 8, 29, 50, tzinfo=UTC)
    for minute in range(0, 60, 2):
        monkeypatch.setattr(clock, "now", lambda minute=minute: start + timedelta(minutes=minute))
        client.submit("/password/forgot", sign_in="dara@example.org")
    reread()
    assert db.session.scalar(select(func.count()).select_from(Mail)) in (2, 3)


def test_those_without_an_address_are_told_whom_to_ask(client: Visitor, app: Flask) -> None:
    factories.person(email=None, phone="+85510222333", password=hash_password(PASSWORD))
    assert "Ask your trainer or the administrator" in client.get("/password/forgot").text
    assert "Ask your trainer or the administrator" in client.submit("/password/forgot", sign_in="010222333").text
    reread()
    assert db.session.scalars(select(Mail)).all() == []


HOSTILE = [
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "https:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/a\\..\\evil.example",
    "javascript:alert(1)",
    "evil.example",
    " //evil.example",
    "/\t/evil.example",
    "/a\nb",
    "",
]


@pytest.mark.parametrize("target", HOSTILE)
def test_signing_in_leads_nowhere_else(client: Visitor, dara: Person, target: str) -> None:
    assert own_path(target) is None
    query = urlencode({"next": target})
    page = client.get(f"/login?{query}").text
    assert "evil.example" not in page.split("<main")[1]
    assert client.submit(f"/login?{query}", sign_in="012345678", password=PASSWORD).location == "/"
    assert client.submit("/me/consent", next=target).location == "/privacy"


@pytest.mark.parametrize("target", ["/courses/?page=2&q=a b", "/me/", "/verify/#top"])
def test_signing_in_leads_on_to_a_page_of_this_site(client: Visitor, dara: Person, target: str) -> None:
    answer = client.submit(f"/login?{urlencode({'next': target})}", sign_in="012345678", password=PASSWORD)
    assert unquote(answer.location) == target


def test_the_session_is_renewed_and_lasts_as_long_as_the_person_is_remembered(client: Visitor, dara: Person) -> None:
    with client.session_transaction() as session:
        session["planted"] = "by someone else"
    client.submit("/login", sign_in="012345678", password=PASSWORD)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.permanent


def test_a_page_left_open_while_signing_out_and_in_can_still_be_sent(client: Visitor, dara: Person) -> None:
    client.submit("/login", sign_in="012345678", password=PASSWORD)
    token = client.token()
    client.post("/logout", data={"csrf_token": token})
    client.post("/login", data={"csrf_token": token, "sign_in": "012345678", "password": PASSWORD})
    factories.course()
    assert client.post("/courses/innovation/enrol", data={"csrf_token": token}).status_code == 302


@pytest.mark.parametrize("page", ["/login", "/register", "/password/forgot"])
def test_a_visitors_page_needs_no_query(client: Visitor, page: str) -> None:
    with counted_queries() as queries:
        assert client.get(page).status_code == 200
    assert not queries, str(queries)


def test_a_password_that_changed_since_it_was_read_is_not_changed_again(app: Flask, dara: Person) -> None:
    with db.transaction():
        renewed = update(Person).values(fs_uniquifier="of another device")
        db.session.execute(renewed.execution_options(synchronize_session=False))
    with pytest.raises(ConflictError), db.transaction():
        services.set_password(dara, hash_password("a second password"))
    reread()
    assert db.session.scalars(select(Person.fs_uniquifier)).one() == "of another device"
