"""What an administrator does from the shell."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from lms import db
from lms.accounts.models import Person, Role
from lms.accounts.sign_in import hash_password
from lms.events.models import Event
from lms.paths import CONTENT
from tests import factories
from tests.conftest import Visitor, reread

SERIES = str(CONTENT / "series" / "inspiration-for-social-innovation")
STARTS = [f"--start=2031-0{month}-10T09:00" for month in (1, 2, 3)]


def run(app: Flask, *arguments: str, stdin: str | None = None) -> Result:
    done = app.test_cli_runner().invoke(args=["lms", *arguments], input=stdin)
    reread()
    return done


@pytest.fixture
def dara(app: Flask) -> Person:
    return factories.person("Dara", email=None, phone="+85512345678", password=hash_password("forgotten long ago"))


def test_someone_without_e_mail_gets_a_new_password(app: Flask, client: Visitor, dara: Person) -> None:
    client.sign_in(dara)
    assert run(app, "set-password", "012 345 678", "--password-stdin", stdin="short\n").exit_code == 1
    assert client.get("/me/").status_code == 200
    assert run(app, "set-password", "012 345 678", "--password-stdin", stdin="a new password\n").exit_code == 0
    assert client.get("/me/").status_code == 302, "older sessions have ended"
    assert client.submit("/login", sign_in="012345678", password="a new password").status_code == 302


def test_a_person_is_put_in_charge_of_courses_and_events(app: Flask, client: Visitor, dara: Person) -> None:
    factories.course()
    factories.event()
    client.sign_in(dara)
    lists = ("/manage/courses/innovation/learners", "/manage/events/systems-thinking/attendees")
    assert [client.get(address).status_code for address in lists] == [403, 403]
    for _ in range(2):
        done = run(app, "appoint", "012345678", "--course", "innovation", "--event", "systems-thinking")
        assert done.exit_code == 0, done.output
    assert [client.get(address).status_code for address in lists] == [200, 200]


def test_appointing_is_all_or_nothing(app: Flask, dara: Person) -> None:
    factories.course()
    assert (
        "There is no other." in run(app, "appoint", "012345678", "--course", "innovation", "--course", "other").output
    )
    assert Role.trainer not in db.session.get_one(Person, dara.id).roles


@pytest.mark.parametrize("command", [["appoint"], ["set-password", "--password-stdin"]])
def test_an_unknown_person_is_said(app: Flask, command: list[str]) -> None:
    done = run(app, *command, "012999999", stdin="a new password\n")
    assert (done.exit_code, "Nobody signs in with 012999999." in done.output) == (1, True)


def test_a_series_is_announced_once_at_its_moments(app: Flask) -> None:
    for _ in range(2):
        done = run(app, "import-series", SERIES, *STARTS, "--join-url", "https://meet.example.org/1")
        assert done.exit_code == 0, done.output
    first = db.session.scalars(select(Event).order_by(Event.starts_at)).first()
    assert db.session.scalar(select(func.count()).select_from(Event)) == 3
    assert first is not None
    assert first.starts_at.isoformat() == "2031-01-10T02:00:00+00:00", "nine o'clock in Phnom Penh"
    assert first.join_url == "https://meet.example.org/1"


def test_each_event_needs_a_start(app: Flask) -> None:
    done = run(app, "import-series", SERIES, STARTS[0])
    assert "has 3 events" in done.output
    assert db.session.scalar(select(func.count()).select_from(Event)) == 0
