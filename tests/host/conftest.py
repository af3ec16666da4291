"""The foreign site with its own database on each engine, and a browser that signs in at the host."""

import re
from collections.abc import Callable, Iterator
from contextvars import Context
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import db, migrate
from lms.models import Base
from tests.conftest import database_beside
from tests.host import foreign

TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Browser(FlaskClient):
    """Takes the token for a form from the page that the form stands on."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **{"buffered": True, **kwargs})

    def fill_in(self, page: str, action: str = "", **fields: str) -> TestResponse:
        token = TOKEN.search(self.get(page).text)
        return self.post(action or page, data={**fields, "csrf_token": token[1] if token else ""})

    def sign_in(self, name: str, page: str = "/account/sign-in") -> TestResponse:
        """At the host."""
        return self.fill_in(page, name=name)


@pytest.fixture(scope="session")
def host_urls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The databases that are ready, by engine."""
    return {"sqlite": f"sqlite:///{tmp_path_factory.mktemp('host') / 'host.sqlite'}"}


@pytest.fixture
def host_url(engine: str, host_urls: dict[str, str], request: pytest.FixtureRequest) -> str:
    """A database of the host's own: the engine's default one, made once."""
    if engine not in host_urls:
        host_urls[engine] = database_beside(request.getfixturevalue("postgres_url"), "host")
    return host_urls[engine]


@pytest.fixture
def mount() -> Iterator[Callable[..., Flask]]:
    """Mounts the plugin into a foreign site on a database, and hangs up at the end of the test."""
    made: list[Flask] = []

    def mounted(url: str, **options: Any) -> Flask:
        app = foreign.mounted(url, **options)
        app.test_client_class = Browser
        made.append(app)
        return app

    yield mounted
    for app in made:
        with app.app_context():
            foreign.database.engine.dispose()


@pytest.fixture
def host(host_url: str, mount: Callable[..., Flask]) -> Iterator[Flask]:
    """The foreign site with both sides' tables, empty; its application context is open in the test."""
    app = mount(host_url)
    with app.app_context():
        foreign.migrate()
        migrate.upgrade()
        empty()
        yield app
        db.session.remove()


def empty() -> None:
    with db.transaction():
        for metadata in (foreign.database.metadata, Base.metadata):
            for table in reversed(metadata.sorted_tables):
                db.session.execute(table.delete())


@pytest.fixture
def browser(host: Flask) -> Browser:
    return host.test_client()


def member(name: str = "Dara", **values: str) -> foreign.Member:
    """Someone with an account at the host."""
    made = foreign.Member(name=name, **{"email": f"{name.lower()}@village.example", **values})
    with db.transaction():
        db.session.add(made)
    return made
