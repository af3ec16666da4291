"""The site as it is served, and Chromium as a phone that reads it. Served once for each engine and process of pytest;
a test makes people, courses and events of its own in it, and so depends on no other.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Course
from lms.demo.case import shipped_course
from lms.i18n import gettext, in_language
from tests.conftest import database_beside
from tests.plugins.browsing import chromium
from tests.plugins.sessions import session_cookie
from tests.plugins.site import Site, site as served_site

WIDTH, HEIGHT = 360, 740
PATIENCE_MS = 10_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as started:
        yield started


@pytest.fixture(scope="session")
def sites() -> Iterator[Callable[[str, str], Site]]:
    """The site at a database, begun when it is first asked for."""
    made: dict[str, Site] = {}
    with ExitStack() as stack:

        def get(engine: str, url: str) -> Site:
            if engine not in made:
                made[engine] = stack.enter_context(served_site(url))
                with made[engine].app.app_context(), db.transaction():
                    shipped_course()
            return made[engine]

        yield get


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """SQLite, unless the test asks for others."""
    return getattr(request, "param", "sqlite")


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('site') / 'lms.sqlite'}"


@pytest.fixture
def site(engine: str, sites: Callable[[str, str], Site], request: pytest.FixtureRequest) -> Iterator[Site]:
    """The served site; its application's context is open in the test."""
    served = sites(engine, _url(engine, request))
    with served.app.app_context():
        yield served
        db.session.rollback()


def _url(engine: str, request: pytest.FixtureRequest) -> str:
    if engine == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    return database_beside(request.getfixturevalue("postgres_url"), "browser")


@pytest.fixture
def course(site: Site) -> Course:
    """The shipped one."""
    with db.transaction():
        return shipped_course()


@dataclass
class Phone:
    """A page in a browser of its own, and the language in which its reader looks for words."""

    site: Site
    context: BrowserContext
    page: Page
    language: str
    complaints: list[str] = field(default_factory=list)
    """What the browser's console said was wrong."""

    def say(self, words: str, **values: object) -> str:
        with in_language(self.language):
            return gettext(words, **values)

    def go(self, path: str) -> None:
        self.page.goto(self.site.server.address + path)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.site.server.address)

    def button(self, words: str, **values: object) -> Locator:
        return self.page.get_by_role("button", name=self.say(words, **values), exact=True)

    def link(self, words: str, **values: object) -> Locator:
        return self.page.get_by_role("link", name=self.say(words, **values), exact=True)

    def heading(self, words: str, **values: object) -> Locator:
        return self.page.get_by_role("heading", name=self.say(words, **values))

    def text(self, words: str, **values: object) -> Locator:
        return self.page.get_by_text(self.say(words, **values))

    def field(self, words: str) -> Locator:
        return self.page.get_by_label(self.say(words), exact=True)

    def sign_in(self, person: Person | None) -> None:
        """At once, by a session like the one that the page makes; for None, one that only knows the language."""
        cookie = {"name": "session", "value": session_cookie(self.site.app, person, lms_language=self.language)}
        self.context.add_cookies([{**cookie, "url": self.site.server.address}])

    def download(self, what: Locator, folder: Path) -> Path:
        """Taps what begins a download. Returns the file, under the name it is given."""
        with self.page.expect_download() as begun:
            what.click()
        path = folder / begun.value.suggested_filename
        begun.value.save_as(path)
        return path


@pytest.fixture
def phone(site: Site, browser: Browser) -> Iterator[Callable[..., Phone]]:
    """Makes phones; at the end, none of their consoles has complained, of a blocked script for one."""
    made: list[Phone] = []

    def make(language: str = "en", **options: Any) -> Phone:
        size = {"viewport": {"width": WIDTH, "height": HEIGHT}, "has_touch": True, "is_mobile": True}
        context = browser.new_context(locale=language, reduced_motion="reduce", **{**size, **options})
        context.set_default_timeout(PATIENCE_MS)
        reader = Phone(site, context, context.new_page(), language)
        reader.page.on("pageerror", lambda error: reader.complaints.append(str(error)))
        reader.page.on("console", lambda said: reader.complaints.extend([said.text] if said.type == "error" else []))
        made.append(reader)
        return reader

    yield make
    for reader in made:
        reader.context.close()
    assert [complaint for reader in made for complaint in reader.complaints] == []
