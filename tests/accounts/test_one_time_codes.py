"""Who was given an account comes in with a code, once, and chooses a password."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import clock, db
from lms.accounts import codes
from lms.accounts.models import OneTimeCode, Person
from lms.accounts.sign_in import hash_password
from tests import factories
from tests.conftest import Visitor, reread

PASSWORD = "pepper of Kampot"


@pytest.fixture
def dara(app: Flask) -> Person:
    return factories.person("Dara", phone="+85512345678", consent_at=None, consent_version="")


@pytest.fixture
def code(dara: Person) -> str:
    with db.transaction():
        return codes.make_code(dara)


def sign_in(client: Visitor, typed: str) -> str:
    """Where it leads; empty when it was refused."""
    return client.submit("/login", sign_in="012 345 678", password=typed).location or ""


def kept() -> int:
    reread()
    return db.session.scalar(select(func.count()).select_from(OneTimeCode)) or 0


def test_a_code_leads_to_a_password_and_that_to_the_privacy_notice(client: Visitor, code: str) -> None:
    page = sign_in(client, code)
    assert "/password/reset/" in page
    answer = client.submit(page, password=PASSWORD)
    assert answer.location == "/privacy?next=/me/"
    assert 'name="next" value="/me/"' in client.get(answer.location).text
    assert client.submit("/me/consent", next="/me/").location == "/me/"
    client.sign_out()
    assert sign_in(client, PASSWORD) == "/"


def test_a_code_is_not_kept_as_it_is(code: str) -> None:
    assert code not in db.session.scalars(select(OneTimeCode.code_hash)).one()


def test_blanks_hyphens_and_case_do_not_matter(client: Visitor, code: str) -> None:
    assert sign_in(client, f" {code[:4].lower()} - {code[4:].lower()} ")


def test_a_code_works_once(client: Visitor, code: str) -> None:
    assert sign_in(client, code)
    assert not sign_in(client, code)


def test_of_many_at_once_one_gets_in(app: Flask, code: str) -> None:
    with ThreadPoolExecutor(6) as devices:
        ways = list(devices.map(lambda _: sign_in(app.test_client(), code), range(6)))
    assert len([way for way in ways if way]) == 1


def test_a_newer_code_makes_the_older_worthless(client: Visitor, dara: Person, code: str) -> None:
    with db.transaction():
        newer = codes.make_code(dara)
    assert not sign_in(client, code)
    assert sign_in(client, newer)


def test_a_code_ends_after_thirty_days_and_is_swept_away(
    client: Visitor, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = clock.now() + timedelta(days=30)
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert not sign_in(client, code)
    with db.transaction():
        codes.sweep()
    assert kept() == 0


def test_choosing_a_password_makes_an_old_code_worthless(client: Visitor, dara: Person, code: str) -> None:
    from lms.accounts import services

    with db.transaction():
        services.set_password(dara, hash_password(PASSWORD))
    assert not sign_in(client, code)
    assert kept() == 0


def test_a_closed_account_does_not_open(client: Visitor, dara: Person, code: str) -> None:
    with db.transaction():
        dara.active = False
    assert not sign_in(client, code)


def test_somebody_elses_code_does_not_open(client: Visitor, dara: Person) -> None:
    with db.transaction():
        code = codes.make_code(factories.person())
    assert not sign_in(client, code)


def test_wrong_codes_are_counted_like_wrong_passwords(client: Visitor, code: str) -> None:
    for _ in range(10):
        sign_in(client, "ACDE-FGHJ")
    assert not sign_in(client, code)
    assert kept() == 1, "it waits, and is not used up"


def test_a_code_has_no_signs_that_are_taken_for_each_other() -> None:
    assert not set(codes.ALPHABET) & set("B8IL1O0S5Z2")
    assert len(codes.new_code()) == codes.SIGNS
