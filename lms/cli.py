"""`flask lms …`: what an administrator or a developer does from the shell."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from flask import current_app
from flask.cli import AppGroup

from lms.errors import DomainError
from lms.i18n import in_language

if TYPE_CHECKING:
    from lms.accounts.models import Person

T = TypeVar("T")
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


@database.command("downgrade")
@click.option("--to", "revision", required=True, help="The revision to go back to; base removes the lms_* tables.")
@click.confirmation_option(prompt="What the later revisions hold is lost. Go on?")
def downgrade(revision: str) -> None:
    """Takes the lms_* tables back to an earlier version."""
    from lms import migrate

    migrate.downgrade(revision)
    click.echo(f"The lms tables are at {revision}.")


@group.command("create-person")
@click.option("--name", required=True)
@click.option("--email")
@click.option("--phone")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(["learner", "trainer", "officer", "admin"]),
    help="May be repeated; everyone is a learner.",
)
@click.option("--password-stdin", is_flag=True, help="Reads the password from standard input.")
def create_person(
    name: str, email: str | None, phone: str | None, roles: tuple[str, ...], password_stdin: bool
) -> None:
    """Makes an account; asks for its password."""
    from lms import db
    from lms.accounts import services, sign_in
    from lms.accounts.models import Role

    if not current_app.extensions["lms"].has_own_sign_in:
        raise click.ClickException("People have their accounts at the host of this site: make one there.")
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _asked_password()
    with _plain_errors(), db.transaction():
        services.create_person(
            name=name,
            email=email,
            phone=phone,
            password_hash=sign_in.hash_password(services.good_password(password)),
            roles=[Role(role) for role in roles if role != "learner"],
            language=current_app.config["LMS_LOCALES"][0],
            country=current_app.config["LMS_COUNTRY"],
        )
    click.echo(f"{name} can sign in.")


def _asked_password() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@group.command("set-password")
@click.argument("sign_in")
@click.option("--password-stdin", is_flag=True, help="Reads the password from standard input.")
def set_password(sign_in: str, password_stdin: bool) -> None:
    """Gives whoever signs in with this number or address a new password, and ends their sessions."""
    from lms import db
    from lms.accounts import services, sign_in as accounts

    person = _person(sign_in)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _asked_password()
    with _plain_errors(), db.transaction():
        services.set_password(person, accounts.hash_password(services.good_password(password)))
    click.echo(f"{person.name} has a new password.")


@group.command("appoint")
@click.argument("sign_in")
@click.option("--course", "courses", multiple=True, help="The slug of a course; may be repeated.")
@click.option("--event", "events", multiple=True, help="The slug of an event; may be repeated.")
def appoint(sign_in: str, courses: tuple[str, ...], events: tuple[str, ...]) -> None:
    """Makes a person the trainer of courses and events; they keep what they look after already."""
    from lms import db
    from lms.accounts import services as accounts
    from lms.courses import services as course_services
    from lms.events import services as event_services

    person = _person(sign_in)
    with _plain_errors(), db.transaction():
        accounts.make_trainer(person)
        for slug in courses:
            course_services.add_trainer(_found(course_services.by_slug(slug), slug), person)
        for slug in events:
            event_services.add_trainer(_found(event_services.by_slug(slug), slug), person)
    click.echo(f"{person.name} looks after {', '.join((*courses, *events)) or 'nothing new'}.")


@group.command("import-series")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--start", "starts", multiple=True, required=True, type=click.DateTime(["%Y-%m-%dT%H:%M"]))
@click.option("--join-url", "join_urls", multiple=True, help="The address of each meeting, in the same order.")
def import_series(path: Path, starts: tuple[datetime, ...], join_urls: tuple[str, ...]) -> None:
    """Announces the webinars of a folder; one --start for each, e.g. 2027-01-21T09:00, in the site's time zone."""
    from lms import db, i18n
    from lms.events import services

    moments = [start.replace(tzinfo=i18n.zone()) for start in starts]
    if len(moments) != len(services.event_files(path)):
        raise click.ClickException(f"{path} has {len(services.event_files(path))} events: give as many --start.")
    with _plain_errors(), db.transaction():
        series = services.load_series(path, moments)
        for event, address in zip(sorted(series.events, key=lambda event: event.position), join_urls, strict=False):
            event.join_url = address
    click.echo(f"{series.slug} is announced.")


def _person(sign_in: str) -> "Person":
    from lms.accounts import services

    person = services.by_sign_in_name(sign_in, current_app.config["LMS_COUNTRY"])
    if person is None:
        raise click.ClickException(f"Nobody signs in with {sign_in}.")
    return person


def _found(row: T | None, slug: str) -> T:
    if row is None:
        raise click.ClickException(f"There is no {slug}.")
    return row


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What the domain refuses is said on one line, in English, and ends the command."""
    with in_language("en"):
        try:
            yield
        except DomainError as error:
            raise click.ClickException(str(error)) from None


@group.command("demo")
@click.option("--accounts", is_flag=True, help="Only prints the accounts to look around with.")
@click.option("--remove", is_flag=True, help="Takes the demo's people and all that they did out again.")
def demo(accounts: bool, remove: bool) -> None:
    """Loads the shipped content and the programme's case; what is there already stays."""
    from lms import db
    from lms.demo import case

    if accounts:
        click.echo(case.account_list())
        return
    with db.transaction():
        case.remove() if remove else case.load()
    click.echo("The demo is removed." if remove else "The demo is loaded.")


@group.command("work")
@click.option("--once", is_flag=True, help="One round, then end.")
def work(once: bool) -> None:
    """The worker: mail, quizzes whose time is up, certificates of attendance, sweeping up."""
    from lms import worker

    worker.work(once)


@group.command("import-course")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def import_course(path: Path) -> None:
    """Takes the course in PATH, a folder or a ZIP: all of it, or nothing and a list of what is wrong."""
    from flask import current_app

    from lms import db
    from lms.bundles import limits, read, services
    from lms.errors import RefusedError
    from lms.i18n import DEFAULT, in_language

    try:
        with in_language(DEFAULT), db.transaction():
            stored = services.store(read.read_path(path, limits.of_site(current_app.config)))
            changes = ", ".join(f"{what}: {number}" for what, number in sorted(stored.changes.items()))
            click.echo(f"{stored.course.slug} – {changes or 'nothing changed'}")
    except RefusedError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        raise click.exceptions.Exit(1) from None


@group.command("export-course")
@click.argument("slug")
@click.argument("path", type=click.Path(path_type=Path))
def export_course(slug: str, path: Path) -> None:
    """Writes the course SLUG to PATH: a ZIP if that ends in .zip, else a new folder."""
    from lms.bundles import load, write
    from lms.courses import services as courses
    from lms.errors import DomainError
    from lms.i18n import DEFAULT, in_language

    course = courses.by_slug(slug)
    if course is None:
        raise click.ClickException(f"There is no course “{slug}”.")
    try:
        with in_language(DEFAULT):
            write.save(write.to_files(load.whole(course)), path)
    except DomainError as error:
        raise click.ClickException(str(error)) from None
