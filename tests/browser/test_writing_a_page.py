"""A trainer writes a page: sees at once what it becomes, and loses nothing, whatever the connection does."""

import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, expect

from lms import db
from lms.accounts.models import Person
from lms.authoring.models import DraftPart
from lms.authoring.services import drafts
from lms.courses.models import Course
from tests import factories
from tests.authoring import uploads
from tests.browser.conftest import Phone
from tests.conftest import reread
from tests.plugins.site import Site

Phones = Callable[..., Phone]
DESK = {"viewport": {"width": 1200, "height": 900}, "has_touch": False, "is_mobile": False}
LOST = "Not saved yet: no connection. Your text is kept on this device, and is sent again as soon as you are back."
_numbers: Iterator[int] = count(1)


@pytest.fixture
def written(site: Site) -> Course:
    return factories.course(f"written-{next(_numbers)}")


@pytest.fixture
def trainer(written: Course) -> Person:
    return factories.trainer(of=written)


@pytest.fixture
def writer(phone: Phones, written: Course, trainer: Person) -> Phone:
    return at_page(phone(**DESK), written, trainer)


def at_page(own: Phone, course: Course, trainer: Person) -> Phone:
    own.sign_in(trainer)
    own.go(f"/manage/courses/{course.slug}/edit/pages/lesson-1")
    return own


def page(course: Course) -> DraftPart:
    reread()
    draft = drafts.draft_of(course)
    assert draft
    found = drafts.part(draft, "lesson-1")
    assert found
    return found


def text(own: Phone, code: str = "English") -> Locator:
    return own.page.get_by_label(f"Text ({code})", exact=True)


def status(own: Phone) -> Locator:
    return own.page.locator("[data-status]")


def disconnected(own: Phone) -> None:
    own.context.set_offline(True)


def connected(own: Phone) -> None:
    """The browser's own complaints about the lost line are no fault of the page."""
    own.context.set_offline(False)
    own.complaints[:] = [said for said in own.complaints if "ERR_INTERNET_DISCONNECTED" not in said]


def test_the_preview_follows_what_is_typed(writer: Phone) -> None:
    text(writer).fill("## Ask first\n\n> [!TIP]\n> Listen **well**.\n\n<script>alert(1)</script>")
    shown = writer.page.locator("[data-shown=en]")
    expect(shown.get_by_role("heading", name="Ask first")).to_be_visible()
    expect(shown.locator(".callout-tip")).to_contain_text("Listen well.")
    expect(shown.locator("script")).to_have_count(0)
    expect(writer.page.get_by_role("button", name="Show the preview")).to_be_hidden()


def test_a_page_is_saved_where_one_is_without_leaving_it(writer: Phone, written: Course) -> None:
    text(writer).fill("New text")
    expect(status(writer)).to_have_text("Not saved yet.")
    writer.button("Save").click()
    expect(status(writer)).to_have_text(re.compile("^Saved at "))
    assert page(written).content["body"] == {"en": "New text"}
    text(writer).fill("Newer text")
    writer.page.keyboard.press("Control+s")
    expect(status(writer)).to_have_text(re.compile("^Saved at "))
    assert page(written).content["body"] == {"en": "Newer text"}


def test_what_is_saved_while_the_line_is_cut_is_sent_when_it_is_back(writer: Phone, written: Course) -> None:
    text(writer).fill("Written on the ferry")
    disconnected(writer)
    writer.button("Save").click()
    expect(status(writer)).to_have_text(LOST)
    text(writer).fill("Written on the ferry, and more")
    assert page(written).content["body"] == {"en": "Text of lesson 1."}
    connected(writer)
    expect(status(writer)).to_have_text(re.compile("^Saved at "))
    assert page(written).content["body"] == {"en": "Written on the ferry, and more"}
    connected(writer)


def test_what_was_not_saved_is_offered_when_the_page_is_opened_again(
    writer: Phone, written: Course, trainer: Person
) -> None:
    writer.page.on("dialog", Dialog.accept)
    text(writer).fill("Lost and found")
    writer.page.close()
    writer.page = writer.context.new_page()
    at_page(writer, written, trainer)
    offer = writer.page.locator("[data-offer]")
    expect(offer).to_contain_text(re.compile(r"You have text from .*\d\d:\d\d.* that was not saved"))
    expect(text(writer)).to_have_value("Text of lesson 1.")
    writer.button("Put it back").click()
    expect(text(writer)).to_have_value("Lost and found")
    expect(offer).to_be_hidden()
    writer.button("Save").click()
    expect(status(writer)).to_have_text(re.compile("^Saved at "))
    writer.page.reload()
    expect(offer).to_be_hidden()
    assert page(written).content["body"] == {"en": "Lost and found"}


def test_what_is_thrown_away_is_not_offered_again_and_what_was_typed_meanwhile_stays(
    writer: Phone, written: Course, trainer: Person
) -> None:
    text(writer).fill("Old")
    writer.page.close(run_before_unload=False)
    writer.page = writer.context.new_page()
    at_page(writer, written, trainer)
    text(writer).fill("New")
    writer.button("Throw it away").click()
    writer.page.close(run_before_unload=False)
    writer.page = writer.context.new_page()
    at_page(writer, written, trainer)
    writer.button("Put it back").click()
    expect(text(writer)).to_have_value("New")


def test_text_from_before_another_trainer_saved_meets_theirs_and_does_not_write_over_it(
    writer: Phone, written: Course, trainer: Person
) -> None:
    text(writer).fill("Mine")
    writer.page.close(run_before_unload=False)
    other = factories.trainer(of=written)
    with db.transaction():
        part = page(written)
        drafts.save(part, part.version, {**part.content, "body": {"en": "Theirs"}}, other)
    writer.page = writer.context.new_page()
    at_page(writer, written, trainer)
    writer.button("Put it back").click()
    writer.button("Save").click()
    expect(writer.heading("Somebody else has saved this meanwhile")).to_be_visible()
    writer.complaints.clear()  # the browser notes the answer 409
    expect(text(writer)).to_have_value("Mine")
    expect(writer.page.get_by_label(re.compile("Text saved meanwhile by the other trainer"))).to_have_value("Theirs")
    writer.button("Save").click()
    expect(status(writer)).to_have_text(re.compile("^Saved at "))
    assert page(written).content["body"] == {"en": "Mine"}


def test_leaving_with_unsaved_text_is_asked_about(writer: Phone, written: Course) -> None:
    asked: list[str] = []
    writer.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    text(writer).press("End")
    text(writer).press_sequentially(" More")
    writer.page.close(run_before_unload=True)
    writer.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_a_picture_is_added_and_put_into_the_text(writer: Phone, written: Course, tmp_path: Path) -> None:
    picture = tmp_path / "Village map.png"
    picture.write_bytes(uploads.picture())
    writer.page.get_by_label("Add a picture, an attachment or a film").set_input_files(picture)
    text(writer).fill("Look: ")
    writer.button("Save the text and add the file").click()
    expect(writer.page.get_by_role("status").first).to_contain_text("village-map.png is added; your text is saved.")
    text(writer).press("Control+End")
    writer.page.get_by_role("button", name="Insert village-map.png").click()
    expect(text(writer)).to_have_value("Look:![What the picture shows](images/village-map.png)")
    expect(writer.page.locator("[data-shown=en] img")).to_have_js_property("naturalWidth", 80)


def test_the_whole_page_can_be_written_by_keyboard_on_a_phone(phone: Phones, written: Course, trainer: Person) -> None:
    own = at_page(phone(), written, trainer)
    text(own, "ភាសាខ្មែរ").focus()
    own.page.keyboard.type("hello")
    for _ in range(40):
        own.page.keyboard.press("Tab")
        if own.page.evaluate("document.activeElement.value") == "save":
            break
    own.page.keyboard.press("Enter")
    expect(status(own)).to_have_text(re.compile("^Saved at "))
    assert page(written).content["body"] == {"en": "Text of lesson 1.", "km": "hello"}
    assert own.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_a_script_the_buttons_show_and_save(phone: Phones, written: Course, trainer: Person) -> None:
    own = at_page(phone(java_script_enabled=False), written, trainer)
    text(own).fill("## Plain")
    own.button("Show the preview").click()
    expect(own.page.locator("[data-shown=en]").get_by_role("heading", name="Plain")).to_be_visible()
    own.button("Save").click()
    expect(own.page.get_by_role("status").first).to_contain_text("Saved.")
    assert page(written).content["body"] == {"en": "## Plain"}
