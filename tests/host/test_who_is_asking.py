"""A member of the host is one person here, and what the host knows of them holds."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import flask_babel
import pytest
from flask import Flask
from sqlalchemy import select

from lms import LMS, Identity, db, migrate
from lms.accounts.identity import from_host
from lms.accounts.models import Person, Role
from tests import factories
from tests.conftest import counted_queries, reread
from tests.host.conftest import Browser, member

PAGE = "/learn/courses/innovation/"


def only_person() -> Person:
    reread()
    return db.session.scalars(select(Person).where(Person.host_key.is_not(None))).one()


def change(of: object, **values: str) -> None:
    with db.transaction():
        for name, value in values.items():
            setattr(of, name, value)


def test_a_member_becomes_a_person_at_first_sight_in_the_language_of_the_page(browser: Browser) -> None:
    made = member("Dara", email="Dara@Village.example")
    factories.course()
    browser.sign_in("Dara")
    browser.get("/tongue/km")
    for _ in range(2):
        browser.get(PAGE)
    person = only_person()
    assert (person.host_key, person.name, person.email) == (str(made.id), "Dara", "dara@village.example")
    assert (person.roles, person.language, person.password) == (frozenset(), "km", None)


def test_the_hosts_own_pages_make_nobody_a_person(browser: Browser) -> None:
    member("Dara")
    browser.sign_in("Dara")
    browser.get("/")
    assert db.session.scalars(select(Person)).all() == []


def test_a_new_name_and_address_are_taken_over(browser: Browser) -> None:
    dara = member("Dara")
    factories.course()
    browser.sign_in("Dara")
    browser.get(PAGE)
    change(dara, name="Dara Chan", email="chan@village.example")
    browser.get(PAGE)
    assert (only_person().name, only_person().email) == ("Dara Chan", "chan@village.example")


@pytest.mark.parametrize("odd", ["Dara \0\u202eChan", "Dara\nChan", "D" * 300])
def test_a_name_and_an_address_that_cannot_be_kept_close_no_page(app: Flask, odd: str) -> None:
    who_is_it = from_host(lambda: Identity("17", odd, email=f"{odd}@village.example"))
    assert who_is_it() is not None
    with counted_queries() as queries:
        assert who_is_it() is not None
    assert len(queries) == 1, "nothing is taken over again"
    assert only_person().name in ("Dara Chan", "D" * 200)


def test_a_name_spelled_otherwise_in_the_profile_stays_until_the_host_changes_its_own(browser: Browser) -> None:
    dara = member("Dara")
    factories.course()
    browser.sign_in("Dara")
    browser.get(PAGE)
    change(only_person(), name="ដារ៉ា")
    browser.get(PAGE)
    assert only_person().name == "ដារ៉ា"
    change(dara, name="Dara Chan")
    browser.get(PAGE)
    assert only_person().name == "Dara Chan"


def test_roles_hold_from_the_next_page_on_given_or_taken(browser: Browser) -> None:
    dara = member("Dara")
    factories.course(published=False)
    browser.sign_in("Dara")
    assert browser.get(PAGE).status_code == 404
    change(dara, roles="admin gardener")
    assert browser.get(PAGE).status_code == 200
    assert only_person().roles == {Role.admin}
    change(dara, roles="")
    assert browser.get(PAGE).status_code == 404


def test_an_address_that_someone_else_has_stays_theirs(browser: Browser) -> None:
    factories.person(email="dara@village.example")
    member("Dara")
    factories.course()
    browser.sign_in("Dara")
    for _ in range(2):
        assert browser.get(PAGE).status_code == 200
    assert only_person().email is None


def test_a_person_who_is_known_costs_one_query(browser: Browser, host: Flask) -> None:
    member("Dara")
    factories.course()
    browser.sign_in("Dara")
    browser.get(PAGE)
    with counted_queries() as queries:
        browser.get(PAGE)
    assert len([query for query in queries if "FROM lms_person" in query]) == 1


def test_first_requests_at_once_make_one_person(browser: Browser, host: Flask) -> None:
    member("Dara")
    factories.course()
    browsers: list[Browser] = [host.test_client() for _ in range(8)]
    for one in browsers:
        one.sign_in("Dara")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: one.get(PAGE).status_code, browsers))
    assert answers == [200] * 8
    assert only_person().name == "Dara"


def test_a_host_with_no_extension_of_its_own_is_asked_on_our_pages_alone(tmp_path: Path) -> None:
    app = Flask("plain")
    app.config.update(SECRET_KEY="the host's", SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'plain.sqlite'}")
    LMS(app, identity=lambda: Identity("1", "Dara"), url_prefix="/learn")
    app.add_url_rule("/", "home", lambda: str(flask_babel.get_locale()))
    browser = app.test_client()
    with app.app_context():
        migrate.upgrade()
    assert browser.get("/", headers={"Accept-Language": "en"}).text == "en"
    assert people(app) == []
    assert browser.get("/learn/").status_code == 200
    assert people(app) == ["Dara"]
    with app.app_context():
        db.session.get_bind().dispose()


def people(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Person.name)))
