"""Two hundred people at once for fifty places, through four processes of the server, on both engines."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlencode

import psutil
import pytest
from sqlalchemy import func, select

from lms import db
from lms.accounts.models import Person
from lms.events.models import Event, Registration, RegistrationStatus
from lms.mail.models import Mail
from tests import factories
from tests.conftest import database_beside
from tests.plugins.sessions import form_token, session_cookie
from tests.plugins.site import Site, site as served_site

PEOPLE, PLACES = 200, 50
TRIES = 20


@pytest.fixture(params=["sqlite", "postgresql"])
def crowded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The site in four processes, with an application context open in the test."""
    url = f"sqlite:///{tmp_path / 'site.sqlite'}"
    if request.param == "postgresql":
        url = database_beside(request.getfixturevalue("postgres_url"), request.function.__name__[5:20])
    with served_site(url, workers=4) as site, site.app.app_context():
        yield site


def register(port: int, cookie: str, token: str) -> int:
    """The status of the answer; when a killed process has dropped the connection, one tries again."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"session={cookie}",
    }
    for _ in range(TRIES):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("POST", "/events/crowded/register", urlencode({"csrf_token": token}), headers)
            return connection.getresponse().status
        except (OSError, HTTPException):
            sleep(0.2)
        finally:
            connection.close()
    return 0


def cookies(site: Site, crowd: list[Person]) -> list[str]:
    return [session_cookie(site.app, person) for person in crowd]


def all_register(site: Site, sessions: list[str]) -> Counter[int]:
    """How many got which status."""
    token = form_token(site.app)
    with ThreadPoolExecutor(PEOPLE) as threads:
        return Counter(threads.map(lambda cookie: register(site.server.port, cookie, token), sessions))


def assert_right(crowd: list[Person]) -> None:
    """Every one has one registration; the first have the places; one mail each tells them so."""
    db.session.rollback()
    rows = db.session.execute(select(Registration.status, Registration.person_id).order_by(Registration.id)).all()
    assert Counter(person_id for _status, person_id in rows) == Counter(person.id for person in crowd)
    confirmed, waiting = RegistrationStatus.confirmed, RegistrationStatus.waitlisted
    assert [status for status, _ in rows] == [confirmed] * PLACES + [waiting] * (PEOPLE - PLACES)
    assert db.session.scalars(select(Event.seats_taken)).one() == PLACES
    mails = Counter(db.session.scalars(select(Mail.recipient)))
    assert mails == Counter(person.email for person in crowd)


def test_fifty_are_confirmed_and_the_others_wait_in_order(crowded: Site) -> None:
    factories.event("crowded", capacity=PLACES)
    crowd = [factories.person() for _ in range(PEOPLE)]
    sessions, began = cookies(crowded, crowd), monotonic()
    assert all_register(crowded, sessions) == {302: PEOPLE}
    print(f"{PEOPLE / (monotonic() - began):.0f} registrations a second")
    assert_right(crowd)


def test_a_process_killed_in_the_middle_loses_nothing_and_doubles_nothing(crowded: Site) -> None:
    factories.event("crowded", capacity=PLACES)
    crowd = [factories.person() for _ in range(PEOPLE)]
    with ThreadPoolExecutor(1) as other:
        done = other.submit(all_register, crowded, cookies(crowded, crowd))
        _wait_for_some()
        os.kill(_a_server_process(crowded.server.port), signal.SIGKILL)
        statuses = done.result()
    assert set(statuses) == {302}
    assert_right(crowd)


def _wait_for_some() -> None:
    end = monotonic() + 30
    while monotonic() < end:
        db.session.rollback()
        if (db.session.scalar(select(func.count()).select_from(Registration)) or 0) > PLACES // 2:
            return
        sleep(0.02)
    pytest.fail("nobody could register")


def _a_server_process(port: int) -> int:
    """One of gunicorn's children."""
    here = psutil.Process()
    masters = [child for child in here.children() if f"127.0.0.1:{port}" in child.cmdline()]
    return int(masters[0].children()[0].pid)
