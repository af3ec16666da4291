"""Of a profile, the host's site keeps what one signs in with; the rest is kept here."""

from flask import Flask
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from tests.conftest import reread
from tests.host.conftest import Browser, member

PROFILE = "/learn/me/profile"
FIELDS = {
    "name": "Dara",
    "name_latin": "Dara",
    "sex": "male",
    "province": "KH-7",
    "stakeholder_type": "cso",
    "language": "en",
    "disability": "",
}


def test_the_rest_of_the_profile_can_be_changed(browser: Browser) -> None:
    member("Dara")
    browser.sign_in("Dara")
    assert browser.fill_in(PROFILE, **FIELDS).status_code == 302
    reread()
    assert db.session.scalars(select(Person.province).where(Person.host_key.is_not(None))).one() == "KH-7"


def test_what_one_signs_in_with_is_not_here(browser: Browser) -> None:
    member("Dara")
    browser.sign_in("Dara")
    page = browser.get(PROFILE).text
    assert 'name="email"' not in page
    assert "/password" not in page
    assert 'type="password"' not in page
    browser.fill_in(PROFILE, **FIELDS, email="other@village.example", phone="012345678")
    reread()
    person = db.session.scalars(select(Person).where(Person.host_key.is_not(None))).one()
    assert (person.email, person.phone) == ("dara@village.example", None)


def test_there_is_no_sign_in_of_ours_but_the_privacy_notice(browser: Browser) -> None:
    for page in ("login", "logout", "register", "password", "password/forgot", "password/reset/x"):
        assert browser.get(f"/learn/{page}").status_code == 404
    assert browser.get("/learn/privacy").status_code == 200


def test_the_command_sends_one_to_the_host(host: Flask) -> None:
    command = ["lms", "create-person", "--name", "Ary", "--email", "ary@example.org", "--password-stdin"]
    done = host.test_cli_runner().invoke(args=command, input="long enough\n")
    assert done.exit_code == 1
    assert "at the host of this site" in done.output
