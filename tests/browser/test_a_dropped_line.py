"""A trainer who writes questions or settings loses nothing when the connection goes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, expect

from tests.authoring.people import Desk, desk
from tests.browser.conftest import Phone
from tests.plugins.site import Site

Phones = Callable[..., Phone]
SLOW = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
LOST = "Not saved yet: no connection. Leave this page open: your text is sent as soon as you are back."


@pytest.fixture(scope="module")
def _slugs() -> list[str]:
    return []


@pytest.fixture
def at(site: Site, _slugs: list[str]) -> Desk:
    _slugs.append(f"dropped-{len(_slugs)}")
    return desk(slug=_slugs[-1])


def line(own: Phone) -> CDPSession:
    """What the network of the phone is told by."""
    session = own.context.new_cdp_session(own.page)
    session.send("Network.enable")
    return session


def put_line(session: CDPSession, is_there: bool) -> None:
    """A slow one, or none."""
    session.send("Network.emulateNetworkConditions", {"offline": not is_there, **SLOW})


@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("/quizzes/quiz/text", "[name=gift-en]"),
        ("/quizzes/quiz/questions/1", "[name=text-en]"),
        ("/settings", "[name=description-en]"),
    ],
)
def test_what_is_typed_stays_and_is_sent_when_the_line_is_back(phone: Phones, at: Desk, page: str, field: str) -> None:
    own = phone()
    own.sign_in(at.trainer)
    network = line(own)
    put_line(network, is_there=True)
    own.go(f"/manage/courses/{at.course.slug}/edit{page}")
    before = own.page.locator(field).input_value()
    typed = "// Typed on a bad line.\n" + before if "gift" in field else "Typed on a bad line."
    own.page.locator(field).fill(typed)
    put_line(network, is_there=False)
    own.button("Save").click()
    expect(own.page.locator("[data-send]")).to_have_text(LOST)
    expect(own.page.locator(field)).to_have_value(typed)
    with own.page.expect_navigation():
        put_line(network, is_there=True)
    own.complaints[:] = [said for said in own.complaints if "ERR_INTERNET_DISCONNECTED" not in said]
    expect(own.page.locator(".alert-success")).to_be_visible()
    own.go(f"/manage/courses/{at.course.slug}/edit{page}")
    expect(own.page.locator(field)).to_have_value(typed)


def test_the_button_that_was_pressed_is_the_one_that_is_sent(phone: Phones, at: Desk) -> None:
    own = phone()
    own.sign_in(at.trainer)
    own.go(f"/manage/courses/{at.course.slug}/edit/quizzes/quiz/questions/new?kind=single")
    own.page.locator("[name=text-en]").fill("How many?")
    own.button("Room for more answers").click()
    expect(own.page.locator("[name=option-5-en]")).to_be_visible()
    expect(own.page.locator("[name=text-en]")).to_have_value("How many?")
