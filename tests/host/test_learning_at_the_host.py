"""What a member of the foreign site meets."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms import LMS, db, migrate
from lms.courses.models import Enrolment, EnrolmentStatus
from tests import factories
from tests.conftest import reread
from tests.host.conftest import Browser, member

COURSE = "/learn/courses/innovation/"


def test_a_member_signs_in_at_the_host_takes_the_course_and_completes_it(browser: Browser) -> None:
    factories.course(lessons=2)
    member("Dara")
    asked = browser.get(f"{COURSE}lessons/lesson-1/")
    assert asked.location == "/account/sign-in?next=%2Flearn%2Fcourses%2Finnovation%2Flessons%2Flesson-1%2F"
    assert browser.sign_in("Dara", asked.location).location == f"{COURSE}lessons/lesson-1/"
    browser.fill_in(COURSE, f"{COURSE}enrol")
    for number in (1, 2):
        lesson = f"{COURSE}lessons/lesson-{number}/"
        assert f"Text of lesson {number}" in browser.get(lesson).text
        browser.fill_in(lesson, f"{lesson}read")
    reread()
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert enrolment.status == EnrolmentStatus.completed
    assert enrolment.person.name == "Dara"


def test_a_visitor_is_sent_to_the_hosts_sign_in_wherever_the_host_is_mounted(browser: Browser) -> None:
    factories.course()
    answer = browser.get(f"{COURSE}lessons/lesson-1/", base_url="http://localhost/portal")
    assert answer.location.startswith("/portal/account/sign-in?next=%2Fportal%2Flearn%2Fcourses%2F")


@pytest.mark.parametrize(
    "address", ["/login", "/register", "/logout", "/learn/login", "/learn/register", "/learn/logout"]
)
def test_there_is_no_sign_in_of_ours(browser: Browser, address: str) -> None:
    assert browser.get(address).status_code == 404


def test_the_hosts_login_manager_stays_the_only_one(host: Flask) -> None:
    assert "security" not in host.extensions
    assert host.login_manager.user_callback is not None


def test_every_page_wears_the_hosts_layout(browser: Browser) -> None:
    factories.course()
    for address in ("/learn/", COURSE, "/learn/courses/no-such-course/"):
        assert "Village portal</a>" in browser.get(address).text


def test_the_hosts_own_pages_are_as_they_were(browser: Browser) -> None:
    member("Dara")
    browser.sign_in("Dara")
    answer = browser.get("/")
    assert "<p>Dara</p>" in answer.text
    assert "Content-Security-Policy" not in answer.headers


def test_the_hosts_error_page_stays_for_its_own_addresses(browser: Browser) -> None:
    for address in ("/no-such-page", "/learn/no-such-page"):
        answer = browser.get(address)
        assert (answer.status_code, answer.text) == (404, "<h1>The host has no such page</h1>")
    assert "There is no such page" in browser.get("/learn/courses/no-such-course/").text


def test_static_files_lie_below_the_mount_point(browser: Browser) -> None:
    assert browser.get("/learn/static/lms/lms.css").mimetype == "text/css"
    assert browser.get("/static/lms/lms.css").status_code == 404


def test_the_hosts_language_wins(browser: Browser) -> None:
    factories.course()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "km"
    assert '<html lang="en">' in browser.get(COURSE).text
    browser.get("/tongue/km")
    page = browser.get(COURSE).text
    assert '<html lang="km">' in page
    assert "នវានុវត្តន៍" in page


def test_where_the_host_has_languages_none_is_chosen_here(browser: Browser) -> None:
    page = COURSE
    factories.course()
    assert browser.fill_in(page, "/learn/language", language="km").status_code == 404


def test_a_language_that_the_plugin_does_not_have_gives_its_first_one(browser: Browser) -> None:
    factories.course()
    browser.get("/tongue/fr")
    assert '<html lang="km">' in browser.get(COURSE).text


@pytest.mark.parametrize("with_csrf_protection", [True, False])
def test_forgery_is_refused_with_and_without_the_hosts_protection(
    host: Flask, host_url: str, mount: Callable[..., Flask], with_csrf_protection: bool
) -> None:
    factories.course()
    member("Dara")
    browser: Browser = mount(host_url, with_csrf_protection=with_csrf_protection).test_client()
    browser.sign_in("Dara")
    assert browser.post(f"{COURSE}enrol").status_code in (400, 409)
    assert db.session.scalars(select(Enrolment)).all() == []
    assert browser.fill_in(COURSE, f"{COURSE}enrol").status_code == 302
    reread()
    assert len(db.session.scalars(select(Enrolment)).all()) == 1


def test_one_instance_serves_two_sites_with_a_database_each(tmp_path: Path, mount: Callable[..., Flask]) -> None:
    lms = LMS()
    sites = {name: mount(f"sqlite:///{tmp_path / name}.sqlite", lms=lms) for name in ("east", "west")}
    for name, app in sites.items():
        with app.app_context():
            migrate.upgrade()
            factories.course(f"of-the-{name}")
    pages = {name: app.test_client().get("/learn/courses/").text for name, app in sites.items()}
    assert "of-the-east" in pages["east"]
    assert "of-the-west" not in pages["east"]
    assert "of-the-west" in pages["west"]
