"""Slips with one-time codes: whole on the paper, and eight on a sheet."""

from collections.abc import Callable
from typing import Any

from lms import db
from lms.courses import services as courses
from tests import factories
from tests.browser.conftest import Phone
from tests.plugins.site import Site

Phones = Callable[..., Phone]
OUTSIDE = """() => {
  const slips = [...document.querySelectorAll(".slip")];
  return {
    cut: slips.filter((it) => it.scrollHeight > it.clientHeight + 1 || it.scrollWidth > it.clientWidth + 1).length,
    high: Math.max(...slips.map((it) => it.getBoundingClientRect().height)),
    wide: document.scrollingElement.scrollWidth > innerWidth,
  };
}"""
A4_INSIDE = {"width": 718, "height": 1047}
"""In pixels, between margins of a centimetre."""


USUAL = ("គំរូ សុវណ្ណ ចម្រើន", "Kumru Sovann Chamroeun", "kumru.sovann.chamroeun@example.org")
LONG = ("ព្រះករុណាវរជាតិនារីរតនៈ សុវណ្ណមាលា បុប្ផាកុសុមា", "Sovannmealea Bopphakosoma Rattanak", f"{'a' * 60}@example.org")


def printed(site: Site, phone: Phones, slug: str, person: tuple[str, str, str]) -> dict[str, Any]:
    course, (name, latin, email) = factories.course(slug), person
    with db.transaction():
        courses.enrol(factories.person(name, name_latin=latin, email=email), course)
    trainer = phone("km", viewport=A4_INSIDE, is_mobile=False, has_touch=False)
    trainer.sign_in(factories.trainer(of=course))
    trainer.go(f"/manage/courses/{slug}/enrol-list")
    trainer.page.locator("button[value=everybody]").click()
    trainer.page.emulate_media(media="print")
    return trainer.page.evaluate(OUTSIDE)


def test_eight_slips_fit_on_a_sheet(site: Site, phone: Phones) -> None:
    found = printed(site, phone, "slips", USUAL)
    assert (found["cut"], found["wide"]) == (0, False)
    assert found["high"] * 4 <= A4_INSIDE["height"]


def test_of_a_long_name_and_address_nothing_is_cut(site: Site, phone: Phones) -> None:
    found = printed(site, phone, "long-slips", LONG)
    assert (found["cut"], found["wide"]) == (0, False)
