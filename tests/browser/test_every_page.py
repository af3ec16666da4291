"""Every page on a small phone, in both languages, by day and by night: axe finds nothing, all of it fits, everything
can be hit with a thumb, and the console is silent.
"""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Course
from tests.browser.conftest import Phone
from tests.browser.walk import Stop, Walk, plan
from tests.plugins.site import Site

Phones = Callable[..., Phone]
AXE = Axe().axe_script
QUICK = {"resultTypes": ["violations"], "preload": False, "iframes": False}
BY_DAY: dict[str, Any] = {**QUICK, "rules": {"target-size": {"enabled": True}}}
BY_NIGHT: dict[str, Any] = {**QUICK, "runOnly": ["color-contrast", "link-in-text-block"]}
"""At night only the colours are others."""

TOO_WIDE = "document.scrollingElement.scrollWidth > innerWidth"
TOO_SMALL = """() => {
  const least = 44, found = [], ticks = "[type=checkbox], [type=radio]", typed = `input:not([type=hidden], ${ticks})`;
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".skip");
  const tall = ".btn, button, select, textarea, summary, nav a, footer a, " + typed;
  for (const element of document.querySelectorAll(tall))
    if (shown(element) && !element.closest(".crumbs") && element.getBoundingClientRect().height < least - .5)
      found.push([element.outerHTML.slice(0, 120), element.getBoundingClientRect().height]);
  for (const tick of document.querySelectorAll(ticks))
    if (shown(tick) && tick.parentElement.getBoundingClientRect().height < least - .5)
      found.push([tick.outerHTML.slice(0, 120), tick.parentElement.getBoundingClientRect().height]);
  return found;
}"""


@pytest.fixture(scope="session")
def walks() -> dict[str, Walk]:
    """The walk in each site, found out once."""
    return {}


@pytest.fixture
def walk(site: Site, course: Course, walks: dict[str, Walk]) -> Walk:
    if site.server.address not in walks:
        walks[site.server.address] = plan(site.app, course)
    return walks[site.server.address]


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:300]}" for rule in found for node in rule["nodes"]
    ]


def look(phone: Phone, stop: Stop) -> list[object]:
    """What is wrong with a page."""
    page = phone.page
    page.emulate_media(color_scheme="light")
    phone.go(stop.path)
    if stop.sends:
        with page.expect_navigation():
            page.locator("main form[novalidate], main form[method=post]").last.get_by_role("button").last.click()
    page.evaluate(AXE)
    wrong: list[object] = violations(page, BY_DAY)
    if page.evaluate(TOO_WIDE):
        wrong.append("wider than the screen")
    wrong += page.evaluate(TOO_SMALL)
    page.emulate_media(color_scheme="dark")
    wrong += [f"at night, {one}" for one in violations(page, BY_NIGHT)]
    wrong += [said for said in phone.complaints if "Failed to load resource" not in said]
    phone.complaints.clear()
    return wrong


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_page_is_right_for_everyone(site: Site, phone: Phones, walk: Walk, language: str) -> None:
    wrong = []
    for role in dict.fromkeys(stop.role for stop in walk.stops):
        reader = phone(language)
        reader.sign_in(db.session.scalar(select(Person).where(Person.fs_uniquifier == walk.keys.get(role))))
        for stop in walk.stops:
            if stop.role == role:
                wrong += [f"{stop}: {one}" for one in look(reader, stop)]
        reader.context.close()
    assert not wrong, "\n".join(wrong)
