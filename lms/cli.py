"""`flask lms …`: what an administrator or a developer does from the shell."""

import click
from flask.cli import AppGroup

group = AppGroup("lms", help="The learning-management plugin.")


@group.group("db")
def database() -> None:
    """The tables of the plugin."""


@database.command("upgrade")
@click.option("--to", "revision", default="head", show_default=True, help="The revision to stop at.")
def upgrade(revision: str) -> None:
    """Brings the lms_* tables to the newest version."""
    from lms import migrate

    migrate.upgrade(revision)
    click.echo("The lms tables are up to date.")
