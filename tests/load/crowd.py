"""Many people at once, as clients of a server that may be killed under them."""

import os
import signal
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from time import monotonic, sleep
from urllib.parse import urlencode

import psutil
import pytest

from lms import db
from lms.accounts.models import Person
from tests.plugins.sessions import session_cookie
from tests.plugins.site import Site

TRIES = 20


def post(port: int, cookie: str, address: str, fields: Mapping[str, object], **headers: str) -> int:
    """The status of the answer; when a killed process has dropped the connection, one tries again."""
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"session={cookie}"}
    for _ in range(TRIES):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("POST", address, urlencode(fields), form | headers)
            return connection.getresponse().status
        except (OSError, HTTPException):
            sleep(0.2)
        finally:
            connection.close()
    return 0


def cookies(site: Site, crowd: list[Person]) -> list[str]:
    return [session_cookie(site.app, person) for person in crowd]


def until_there_are(count: Callable[[], int], enough: int) -> None:
    end = monotonic() + 30
    while monotonic() < end:
        db.session.rollback()
        if count() > enough:
            return
        sleep(0.02)
    pytest.fail("nothing arrived")


def kill_one_of(site: Site) -> None:
    """One of gunicorn's children."""
    here = psutil.Process()
    masters = [child for child in here.children() if f"127.0.0.1:{site.server.port}" in child.cmdline()]
    os.kill(int(masters[0].children()[0].pid), signal.SIGKILL)
