"""Alembic for our own tables alone: version table `lms_alembic_version`, everything else is the host's."""

from collections.abc import Callable
from typing import Any

from alembic import command
from alembic.config import Config

from lms import db
from lms.paths import MIGRATIONS

VERSION_TABLE = "lms_alembic_version"


def is_ours(name: str | None, kind: str = "table", _parents: object = None) -> bool:
    return kind != "table" or (name or "").startswith("lms_")


def migration_filter(name: str | None, kind: str, parents: Any) -> bool:
    """For a host's own `include_name`: keeps its autogenerate from dropping our tables."""
    return not (kind == "table" and (name or "").startswith("lms_"))


def config() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return settings


def upgrade(revision: str = "head") -> None:
    """Needs an application context; runs in one transaction where the engine can."""
    _run(command.upgrade, revision)


def downgrade(revision: str = "base") -> None:
    """The way back. At `base` nothing of ours is left but the empty version table. Needs an application context."""
    _run(command.downgrade, revision)


def _run(step: Callable[[Config, str], None], revision: str) -> None:
    settings = config()
    with db.session.get_bind().begin() as connection:
        settings.attributes["connection"] = connection
        step(settings, revision)
