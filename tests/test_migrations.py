"""The migrations make what the models say, on both engines, and can take it away again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import CheckConstraint, Connection, inspect, text

from lms import create_app, db, migrate
from lms.models import Base
from tests.conftest import database_beside


@pytest.fixture
def bare(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The ready-made site on a database without any table."""
    app = create_app(SECRET_KEY="test", SQLALCHEMY_DATABASE_URI=_empty_database(engine, tmp_path, request))
    with app.app_context():
        yield app
        db.session.remove()
        db.session.get_bind().dispose()


def _empty_database(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if engine == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.sqlite'}"
    return database_beside(request.getfixturevalue("postgres_url"), "bare")


def connect() -> Connection:
    connection: Connection = db.session.get_bind().connect()
    return connection


def tables() -> set[str]:
    with connect() as connection:
        return set(inspect(connection).get_table_names())


def version() -> str | None:
    with connect() as connection:
        return connection.scalar(text(f"SELECT version_num FROM {migrate.VERSION_TABLE}"))


def test_the_migrations_make_exactly_what_the_models_say(bare: Flask) -> None:
    migrate.upgrade()
    with connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": migrate.is_ours, "version_table": migrate.VERSION_TABLE, "compare_type": True},
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_of_the_models_are_in_the_database(bare: Flask) -> None:
    """Which a comparison leaves out."""
    migrate.upgrade()
    with connect() as connection:
        inspector = inspect(connection)
        for table in Base.metadata.sorted_tables:
            made = {check["name"] for check in inspector.get_check_constraints(table.name)}
            assert made == {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}


def test_every_table_is_ours_by_name_and_the_version_too(bare: Flask) -> None:
    migrate.upgrade()
    assert tables() == {*Base.metadata.tables, "lms_alembic_version"}
    assert all(name.startswith("lms_") for name in tables())


def test_upgrading_twice_changes_nothing(bare: Flask) -> None:
    migrate.upgrade()
    before = (tables(), version())
    migrate.upgrade()
    assert (tables(), version()) == before


def test_the_command_upgrades_to_the_newest_version(bare: Flask) -> None:
    done = bare.test_cli_runner().invoke(args=["lms", "db", "upgrade"])
    assert done.exit_code == 0, done.output
    assert version() == ScriptDirectory.from_config(migrate.config()).get_current_head()


def test_going_back_to_the_base_leaves_nothing_of_ours(bare: Flask) -> None:
    migrate.upgrade()
    done = bare.test_cli_runner().invoke(args=["lms", "db", "downgrade", "--to", "base", "--yes"])
    assert done.exit_code == 0, done.output
    assert (tables(), version()) == ({"lms_alembic_version"}, None)


def test_there_is_one_line_of_versions() -> None:
    assert len(ScriptDirectory.from_config(migrate.config()).get_heads()) == 1
