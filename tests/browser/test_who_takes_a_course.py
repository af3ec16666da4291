"""Trainers on a phone say who takes a course: what is wrong is in sight, and a cut line takes nothing typed away."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import Phone
from tests.plugins.site import Site

Phones = Callable[..., Phone]
LIST = "ឈ្មោះ\tលេខទូរសព្ទ\nសុខ ដារ៉ា\t012770001"


def trainers_phone(phone: Phones, slug: str) -> Phone:
    own = phone("km")
    own.sign_in(factories.trainer(of=factories.course(slug)))
    return own


def test_what_is_wrong_with_a_form_far_down_is_in_sight_and_what_went_well_too(site: Site, phone: Phones) -> None:
    own = trainers_phone(phone, "far-down")
    learner = factories.person(phone="+85512770009")
    own.go("/manage/courses/far-down/access")
    own.page.locator("#person").fill("012 999 999")
    own.button("Enrol").click()
    expect(own.page.locator("#person-error")).to_be_in_viewport()
    own.page.locator("#person").fill(learner.phone or "")
    own.button("Enrol").click()
    expect(own.text("%(name)s takes the course now.", name=learner.name)).to_be_in_viewport()
    own.complaints.clear()  # of the answer 422


def test_a_list_that_was_pasted_is_there_again_after_the_line_was_cut(site: Site, phone: Phones) -> None:
    own = trainers_phone(phone, "cut-line")
    own.go("/manage/courses/cut-line/enrol-list")
    own.page.locator("summary").first.click()
    own.page.locator("#text").fill(LIST)
    own.context.set_offline(True)
    with own.page.expect_event("requestfailed"):
        own.button("Check the list").click(no_wait_after=True)
    own.page.wait_for_load_state()  # of the browser's own page, which says that there is no line
    own.context.set_offline(False)
    own.page.go_back()
    expect(own.page.locator("#text")).to_have_value(LIST)
    own.button("Check the list").click()
    expect(own.heading("What would happen")).to_be_visible()
    own.complaints.clear()  # of the line
