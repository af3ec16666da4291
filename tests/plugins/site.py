"""A served site with all its parts, and an application of the test's own at the same database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask

from lms import create_app, db
from tests.conftest import Visitor
from tests.plugins.server import Server, serve
from tests.plugins.smtp import Inbox, post_office


@dataclass(frozen=True, slots=True)
class Site:
    server: Server
    app: Flask
    inbox: Inbox


@contextmanager
def site(database: str, workers: int = 2) -> Iterator[Site]:
    """Served at an empty database, with its worker and a mail server; the application is for rows and sessions."""
    with post_office() as (url, inbox), serve(database, workers, smtp=url, with_worker=True) as server:
        app = create_app(
            SECRET_KEY=server.environment["SECRET_KEY"],
            SQLALCHEMY_DATABASE_URI=database,
            LMS_BASE_URL=server.address,
        )
        app.test_client_class = Visitor
        try:
            yield Site(server, app, inbox)
        finally:
            with app.app_context():
                db.session.remove()
                db.session.get_bind().dispose()
