"""A trainer writes questions by their forms in a browser: with the keyboard, with pictures, and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from lms.quizzes import formats
from lms.quizzes.kinds import Kind, Question
from tests.authoring import uploads
from tests.authoring.people import Desk, desk
from tests.browser.conftest import Phone
from tests.plugins.site import Site

Phones = Callable[..., Phone]


@pytest.fixture(scope="module")
def _slugs() -> list[str]:
    return []


@pytest.fixture
def at(site: Site, _slugs: list[str]) -> Desk:
    _slugs.append(f"questions-{len(_slugs)}")
    return desk(slug=_slugs[-1])


def write(own: Phone, at: Desk, kind: Kind, **fields: str) -> None:
    """Opens the form and fills it in."""
    own.sign_in(at.trainer)
    own.go(f"/manage/courses/{at.course.slug}/edit/quizzes/quiz/questions/new?kind={kind}")
    fill(own, **fields)


def fill(own: Phone, **fields: str) -> None:
    for name, value in fields.items():
        own.page.locator(f"[name={name.replace('_', '-')}]").fill(value)


def saved(own: Phone, at: Desk) -> Question:
    expect(own.page.locator(".alert-success")).to_be_visible()
    return formats.read_text(at.part("quiz").content["gift"]["en"])[-1]


def test_the_enter_key_saves(phone: Phones, at: Desk) -> None:
    own = phone()
    write(own, at, Kind.numerical, text_en="How many?", number_0="25")
    own.page.locator("[name=margin-0]").press("Enter")
    assert saved(own, at).options[0].text == "25"


def test_a_picture_is_added_and_put_where_one_writes(phone: Phones, at: Desk) -> None:
    own = phone()
    write(own, at, Kind.ordering, text_en="In order?", option_0_en="Plan", option_1_en="Do ")
    own.page.get_by_text("Pictures", exact=True).click()
    picture = {"name": "map.png", "mimeType": "image/png", "buffer": uploads.picture()}
    own.page.locator("[name=file]").set_input_files(picture)  # type: ignore[arg-type]  # a payload, as documented
    with own.page.expect_navigation():
        own.button("Add the picture").click()
    expect(own.page.locator("[name=option-0-en]")).to_have_value("Plan")
    own.page.locator("[name=option-1-en]").press("End")
    own.page.get_by_role("button", name="Insert map.png").click()
    expect(own.page.locator("[name=option-1-en]")).to_have_value("Do ![What the picture shows](images/map.png)")
    own.button("Save").click()
    assert [option.text for option in saved(own, at).options] == [
        "Plan",
        "Do ![What the picture shows](images/map.png)",
    ]


def test_gaps_are_written_without_scripts(phone: Phones, at: Desk) -> None:
    own = phone(java_script_enabled=False)
    write(own, at, Kind.gaps, text_en="The [[1]] has [[2]] members.")
    fill(own, gap_0_option_0_en="council", gap_0_option_1_en="clerk")
    own.page.locator("#gap-0-right-0").check()
    own.page.locator("[name=gap-kind]").select_option("numerical")
    own.button("Add a gap").click()
    fill(own, gap_1_number_0="11")
    own.button("Save").click()
    question = saved(own, at)
    assert [gap.kind for gap in question.gaps] == [Kind.single, Kind.numerical]
    assert question.gaps[1].options[0].text == "11"
