"""Host and plugin share a database and a transaction, and each keeps to its own tables."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, inspect, select, text

from lms import db, migrate, signals
from lms.courses import services
from lms.courses.models import Enrolment
from tests import factories
from tests.conftest import reread
from tests.host import foreign
from tests.host.conftest import Browser, member
from tests.host.foreign import Note, database


def tables() -> set[str]:
    return set(inspect(database.engine).get_table_names())


def drops(**filters: object) -> list[str]:
    """The tables that the host's autogenerate would drop."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=filters)
        return [
            change[1].name for change in compare_metadata(context, database.metadata) if change[0] == "remove_table"
        ]


def count(entity: type) -> int:
    reread()
    return db.session.scalar(select(func.count()).select_from(entity)) or 0


def test_each_side_keeps_its_own_version(host: Flask) -> None:
    newest = ScriptDirectory.from_config(migrate.config()).get_current_head()
    versions = {"alembic_version": "host_1", "lms_alembic_version": newest}
    with database.engine.connect() as connection:
        for table, version in versions.items():
            assert connection.scalar(text(f"SELECT version_num FROM {table}")) == version


def test_our_migrations_leave_the_hosts_tables_alone(host: Flask) -> None:
    member("Dara")
    migrate.downgrade()
    assert tables() - {"lms_alembic_version"} == {"alembic_version", "member", "note"}
    assert count(foreign.Member) == 1
    migrate.upgrade()
    assert "lms_person" in tables()


def test_the_filter_keeps_the_hosts_autogenerate_from_dropping_our_tables(host: Flask) -> None:
    assert "lms_person" in drops()
    assert drops(include_name=migrate.migration_filter) == []


def test_the_hosts_own_check_finds_nothing_to_do(host: Flask) -> None:
    with database.engine.begin() as connection:
        command.check(foreign.config(connection))


def test_no_foreign_key_of_ours_points_at_a_table_of_the_host(host: Flask) -> None:
    inspector = inspect(database.engine)
    ours = [name for name in inspector.get_table_names() if name.startswith("lms_")]
    targets = {key["referred_table"] for name in ours for key in inspector.get_foreign_keys(name)}
    assert all(target.startswith("lms_") for target in targets)


def test_the_hosts_rollback_undoes_both(host: Flask) -> None:
    course, person = factories.course(), factories.learner()
    database.session.add(Note(text="Dara takes a course"))
    services.enrol(person, course)
    database.session.flush()
    database.session.rollback()
    assert (count(Note), count(Enrolment)) == (0, 0)


def test_the_hosts_commit_keeps_both(host: Flask) -> None:
    course, person = factories.course(), factories.learner()
    database.session.add(Note(text="Dara takes a course"))
    services.enrol(person, course)
    database.session.commit()
    assert (count(Note), count(Enrolment)) == (1, 1)


def test_what_the_host_writes_on_a_signal_is_kept_together_with_the_act(browser: Browser) -> None:
    complete_by(browser, lambda _enrolment: database.session.add(Note(text="done")))
    assert (count(Note), completed()) == (1, 1)


def test_a_subscriber_of_the_host_that_fails_undoes_the_act(browser: Browser) -> None:
    def fail(_enrolment: Enrolment) -> None:
        database.session.add(Note(text="done"))
        raise RuntimeError("the host cannot")

    browser.application.config["PROPAGATE_EXCEPTIONS"] = False
    complete_by(browser, fail)
    assert (count(Note), completed()) == (0, 0)


def complete_by(browser: Browser, subscriber: object) -> None:
    """A member reads the only lesson of a course, while the host listens."""
    page = "/learn/courses/innovation/"
    factories.course(lessons=1)
    member("Dara")
    browser.sign_in("Dara")
    browser.fill_in(page, f"{page}enrol")
    with signals.course_completed.connected_to(subscriber):
        browser.fill_in(f"{page}lessons/lesson-1/", f"{page}lessons/lesson-1/read")


def completed() -> int:
    reread()
    return len(db.session.scalars(select(Enrolment).where(Enrolment.completed_at.is_not(None))).all())


@pytest.fixture(autouse=True)
def _close(host: Flask) -> None:
    """DDL of these tests needs that nobody holds the tables."""
    db.session.rollback()
