import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import clock, db
from lms.accounts.models import Organisation, Person
from lms.accounts.sign_in import hash_password, own_path
from lms.mail.models import Mail
from tests import factories
from tests.conftest import Visitor, reread

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


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: Visitor, dara: Person) -> None:
    pages = [
        client.submit("/login", sign_in=name, password="wrong password").text.replace(name, "NAME")
        for name in ("dara@example.org", "nobody@example.org")
    ]
    assert "The name or the password is not right." in pages[0]
    assert pages[0].split("<form", 1)[1].split("NAME")[0] != ""
    assert [page.count("not right") for page in pages] == [1, 1]
    assert not is_signed_in(client)


def test_an_account_that_is_switched_off_cannot_sign_in(client: Visitor, dara: Person) -> None:
    with db.transaction():
        db.session.get_one(Person, dara.id).active = False
    client.submit("/login", sign_in="dara@example.org", password=PASSWORD)
    assert not is_signed_in(client)


def test_after_ten_wrong_passwords_the_right_one_waits_too(client: Visitor, dara: Person) -> None:
    for _ in range(10):
        client.submit("/login", sign_in="dara@example.org", password="wrong password")
    answer = client.submit("/login", sign_in="dara@example.org", password=PASSWORD)
    assert "Too many wrong passwords" in answer.text
    assert not is_signed_in(client)


def test_the_pause_ends_after_a_quarter_of_an_hour(
    client: Visitor, dara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(10):
        client.submit("/login", sign_in="dara@example.org", password="wrong password")
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    client.submit("/login", sign_in="dara@example.org", password=PASSWORD)
    assert is_signed_in(client)


def test_wrong_passwords_are_counted_by_network_address_too(
    client: Visitor, dara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "LMS_SIGN_IN_ATTEMPTS_PER_ADDRESS", 3)
    for number in range(3):
        client.submit("/login", sign_in=f"guess{number}@example.org", password="wrong password")
    assert "Too many" in client.submit("/login", sign_in="dara@example.org", password=PASSWORD).text


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


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:x", "/a\nb", ""],
)
def test_signing_in_leads_nowhere_else(target: str) -> None:
    assert own_path(target) is None


def test_a_page_left_open_while_signing_out_and_in_can_still_be_sent(client: Visitor, dara: Person) -> None:
    client.submit("/login", sign_in="012345678", password=PASSWORD)
    token = client.token()
    client.post("/logout", data={"csrf_token": token})
    client.post("/login", data={"csrf_token": token, "sign_in": "012345678", "password": PASSWORD})
    factories.course()
    assert client.post("/courses/innovation/enrol", data={"csrf_token": token}).status_code == 302
