"""Guessing is slowed down: by name in every spelling, by network address, over all processes, and for a while only."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import clock, db
from lms.accounts import services
from lms.accounts.models import Person, SignInFailure
from lms.accounts.sign_in import hash_password
from tests import factories
from tests.conftest import Visitor, reread

PASSWORD = "pepper of Kampot"


@pytest.fixture
def dara(app: Flask) -> Person:
    return factories.person("Dara", email="dara@example.org", phone="+85512345678", password=hash_password(PASSWORD))


def is_signed_in(client: Visitor) -> bool:
    return client.get("/me/profile").status_code == 200


def fail(client: Visitor, times: int, name: str = "012345678") -> None:
    for _ in range(times):
        client.submit("/login", sign_in=name, password="wrong password")


def failures() -> int:
    reread()
    return db.session.scalar(select(func.count()).select_from(SignInFailure)) or 0


def later(monkeypatch: pytest.MonkeyPatch, **time: int) -> None:
    moment = clock.now() + timedelta(**time)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_after_ten_wrong_passwords_the_right_one_waits_too(client: Visitor, dara: Person) -> None:
    fail(client, 10)
    answer = client.submit("/login", sign_in="012345678", password=PASSWORD)
    assert answer.status_code == 422
    assert "Too many wrong passwords" in answer.text
    assert not is_signed_in(client)


def test_nine_wrong_passwords_do_no_harm(client: Visitor, dara: Person) -> None:
    fail(client, 9)
    client.submit("/login", sign_in="012345678", password=PASSWORD)
    assert is_signed_in(client)


def test_another_spelling_of_the_number_is_no_way_around(client: Visitor, dara: Person) -> None:
    for spelling in ("012345678", "012 345 678", "012-345-678", "+855 12 345 678", "85512345678", "០១២៣៤៥៦៧៨"):
        fail(client, 2, spelling)
    assert "Too many" in client.submit("/login", sign_in="(0)12 345 678", password=PASSWORD).text


def test_a_name_without_an_account_is_limited_in_the_same_way(client: Visitor) -> None:
    fail(client, 10, "nobody@example.org")
    assert "Too many" in client.submit("/login", sign_in="nobody@example.org", password=PASSWORD).text


def test_what_is_neither_number_nor_address_is_limited_too(client: Visitor) -> None:
    fail(client, 10, "admin")
    assert "Too many" in client.submit("/login", sign_in=" ADMIN", password=PASSWORD).text


def test_the_page_says_how_long_to_wait(client: Visitor, dara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    fail(client, 10)
    assert "wait 15 minutes" in client.submit("/login", sign_in="012345678", password=PASSWORD).text
    later(monkeypatch, minutes=14, seconds=20)
    assert "wait 1 minute " in client.submit("/login", sign_in="012345678", password=PASSWORD).text


def test_the_pause_ends_after_a_quarter_of_an_hour(
    client: Visitor, dara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(client, 10)
    later(monkeypatch, minutes=15, seconds=1)
    client.submit("/login", sign_in="012345678", password=PASSWORD)
    assert is_signed_in(client)


def test_trying_while_waiting_makes_the_wait_no_longer(
    client: Visitor, dara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(client, 10)
    later(monkeypatch, minutes=10)
    fail(client, 20)
    later(monkeypatch, minutes=6)
    client.submit("/login", sign_in="012345678", password=PASSWORD)
    assert is_signed_in(client)


def test_a_right_password_clears_the_wrong_ones_of_its_name_alone(client: Visitor, dara: Person) -> None:
    fail(client, 2, "nobody@example.org")
    fail(client, 9)
    client.submit("/login", sign_in="+855 12 345 678", password=PASSWORD)
    assert failures() == 2


def test_wrong_passwords_are_counted_by_network_address_too(
    client: Visitor, dara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "LMS_SIGN_IN_ATTEMPTS_PER_ADDRESS", 3)
    for number in range(3):
        fail(client, 1, f"guess{number}@example.org")
    assert "Too many" in client.submit("/login", sign_in="012345678", password=PASSWORD).text
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    client.submit("/login", sign_in="012345678", password=PASSWORD)
    assert is_signed_in(client), "only that address waits"


def test_guesses_at_once_are_no_way_around(app: Flask, dara: Person) -> None:
    def guess(_device: int) -> bool:
        device = app.test_client()
        device.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return "Too many" in device.submit("/login", sign_in="012345678", password="wrong password").text

    with ThreadPoolExecutor(8) as devices:
        waits = list(devices.map(guess, range(40)))
    assert waits.count(False) <= 10
    assert failures() <= 10


def test_old_failures_are_swept_away_and_fresh_ones_stay(
    client: Visitor, dara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(client, 3)
    later(monkeypatch, minutes=16)
    fail(client, 1)
    with db.transaction():
        services.sweep_failures()
    assert failures() == 1


def guess(client: Visitor, typed: str) -> str:
    return client.submit("/password", current=typed, password="a new password").text


def test_a_password_is_not_guessed_by_changing_it(client: Visitor, dara: Person) -> None:
    client.sign_in(dara)
    for _ in range(10):
        assert "This is not your current password." in guess(client, "wrong password")
    assert "Too many wrong passwords" in guess(client, PASSWORD)


def test_the_profile_and_the_password_page_count_together(client: Visitor, dara: Person) -> None:
    client.sign_in(dara)
    profile = {"name": "Dara", "name_latin": "Dara", "sex": "male", "province": "KH-7", "stakeholder_type": "cso"}
    for _ in range(10):
        client.submit("/me/profile", **profile, language="en", email="new@example.org", phone="", current="wrong")
    assert "Too many wrong passwords" in guess(client, PASSWORD)


def test_the_right_password_clears_the_wrong_ones_before_it(client: Visitor, dara: Person) -> None:
    client.sign_in(dara)
    for _ in range(9):
        guess(client, "wrong password")
    client.submit("/password", current=PASSWORD, password="a new password")
    assert failures() == 0


def test_guesses_at_sign_in_keep_nobody_from_changing_their_password(client: Visitor, app: Flask, dara: Person) -> None:
    fail(app.test_client(), 10)
    client.sign_in(dara)
    assert client.submit("/password", current=PASSWORD, password="a new password").status_code == 302
