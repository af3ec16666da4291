"""Everything by Tab, Space, Enter and the arrows alone."""

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from lms import db
from lms.accounts.sign_in import hash_password
from lms.courses.models import Course
from tests import factories
from tests.browser.answers import group, shown, stored
from tests.browser.conftest import Phone
from tests.plugins.site import Site

Phones = Callable[..., Phone]
MOST_STOPS = 60


def tab_to(phone: Phone, wanted: Locator) -> None:
    """Presses Tab until it is reached; each stop on the way shows that it has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_STOPS):
        phone.page.keyboard.press("Tab")
        assert phone.page.evaluate(FOCUS_SHOWS), phone.page.evaluate("document.activeElement.outerHTML")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {wanted}")


FOCUS_SHOWS = """() => {
  const element = document.activeElement, style = getComputedStyle(element);
  if (element === document.body) return true;
  return element.matches(":focus-visible") && (style.outlineStyle !== "none" || style.boxShadow !== "none");
}"""


def quiz_course() -> Course:
    course = factories.course("keys", lessons=1)
    factories.quiz(course)
    return course


def test_signing_in_enrolling_and_answering(site: Site, phone: Phones) -> None:
    course = quiz_course()
    with db.transaction():
        person = factories.learner()
        person.password = hash_password("a sentence of mine")
    keys = phone(viewport={"width": 1000, "height": 700}, is_mobile=False, has_touch=False)
    keys.go(f"/courses/{course.slug}/")
    tab_to(keys, keys.link("Sign in to enrol"))
    keys.page.keyboard.press("Enter")
    tab_to(keys, keys.field("Phone number or e-mail"))
    keys.page.keyboard.type(person.email or "")
    tab_to(keys, keys.field("Password"))
    keys.page.keyboard.type("a sentence of mine")
    keys.page.keyboard.press("Enter")

    tab_to(keys, keys.button("Enrol"))
    keys.page.keyboard.press("Space")
    tab_to(keys, keys.link("Start the first lesson"))
    keys.page.keyboard.press("Enter")
    tab_to(keys, keys.button("Mark as read and go on"))
    keys.page.keyboard.press("Space")
    tab_to(keys, keys.button("Start the quiz"))
    keys.page.keyboard.press("Enter")

    row = shown(keys.page)[0]
    tab_to(keys, group(keys.page, row).get_by_role("radio").first)
    keys.page.keyboard.press("Space")
    expect(group(keys.page, row).get_by_text("Saved", exact=True)).to_be_visible()
    keys.page.keyboard.press("ArrowDown")
    expect(group(keys.page, row).get_by_role("radio").nth(1)).to_be_checked()
    value = int(group(keys.page, row).get_by_role("radio").nth(1).get_attribute("value") or "")
    expect(group(keys.page, row).get_by_text("Saved", exact=True)).to_be_visible()
    assert stored(row) == [value]


def test_the_first_stop_leads_past_the_menu(site: Site, phone: Phones) -> None:
    keys = phone()
    keys.go("/courses/")
    keys.page.keyboard.press("Tab")
    keys.page.keyboard.press("Enter")
    expect(keys.page.get_by_role("main")).to_be_focused()
