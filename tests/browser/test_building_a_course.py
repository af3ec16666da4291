"""From nothing to a certificate in a learner's hand: a trainer makes a course by forms, a learner takes it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.accounts.sign_in import hash_password
from lms.authoring.models import Draft, DraftPart
from lms.certificates.models import Certificate
from lms.courses.models import Course
from lms.i18n import pick_version
from lms.quizzes.kinds import Kind, Question
from tests import factories
from tests.browser.answers import group, shown
from tests.browser.conftest import PATIENCE_MS, Phone
from tests.browser.test_keyboard import FOCUS_SHOWS
from tests.plugins.site import Site

Phones = Callable[..., Phone]
DESKTOP = {"viewport": {"width": 1200, "height": 800}, "is_mobile": False, "has_touch": False}
MOST_STOPS = 120
PASSWORD = "a sentence of mine"


@dataclass
class Hand:
    """Somebody at a page: with a mouse or a finger."""

    phone: Phone

    def press(self, what: Locator) -> None:
        what.click()

    def write(self, name: str, text: str) -> None:
        self._field(name).fill(text)

    def choose(self, radio: Locator) -> None:
        """The given one of several radio buttons, or a box to tick."""
        radio.check()

    def pick(self, select: Locator, value: str) -> None:
        select.select_option(value)

    def _field(self, name: str) -> Locator:
        return self.phone.page.locator(f"[name='{name}']:not([type=hidden])")


class Keys(Hand):
    """Somebody who has a keyboard and nothing else."""

    def press(self, what: Locator) -> None:
        self._reach(what)
        self.phone.page.keyboard.press("Enter")

    def write(self, name: str, text: str) -> None:
        self._reach(self._field(name))
        self.phone.page.keyboard.press("Control+A")
        self.phone.page.keyboard.insert_text(text)

    def choose(self, radio: Locator) -> None:
        """Tab leads to a group of radio buttons, the arrows lead on within it."""
        name = radio.get_attribute("name")
        self._reach(self.phone.page.locator(f"[name='{name}']"))
        self.phone.page.keyboard.press("Space")
        while not radio.is_checked():
            self.phone.page.keyboard.press("ArrowDown")

    def pick(self, select: Locator, value: str) -> None:
        self._reach(select)
        while select.input_value() != value:
            self.phone.page.keyboard.press("ArrowDown")

    def _reach(self, wanted: Locator) -> None:
        """Each stop on the way shows that it has the focus."""
        expect(wanted.first).to_be_visible()
        for _ in range(MOST_STOPS):
            self.phone.page.keyboard.press("Tab")
            assert self.phone.page.evaluate(FOCUS_SHOWS), self.phone.page.evaluate("document.activeElement.outerHTML")
            if any(one.evaluate("element => element === document.activeElement") for one in wanted.all()):
                return
        raise AssertionError(f"Tab does not reach {wanted}")


WAYS: dict[str, tuple[type[Hand], str, dict[str, Any]]] = {
    "a phone": (Hand, "km", {}),
    "a desktop": (Hand, "en", DESKTOP),
    "a phone without JavaScript": (Hand, "en", {"java_script_enabled": False}),
    "a desktop without JavaScript": (Hand, "en", {**DESKTOP, "java_script_enabled": False}),
    "the keyboard alone": (Keys, "en", DESKTOP),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_trainer_makes_a_course_and_a_learner_earns_its_certificate(site: Site, phone: Phones, way: str) -> None:
    kind, language, options = WAYS[way]
    tola, lina = member(factories.trainer(language=language)), member(factories.learner(language=language))
    title = f"Rice and water, by {way}"

    hand = kind(phone(language, **options))
    sign_in(hand, tola)
    make_course(hand, title)
    write_page(hand)
    write_quiz(hand)
    set_rule(hand)
    publish(hand)

    hand = kind(phone(language, **options))
    sign_in(hand, lina)
    enrol(hand, title)
    hand.press(hand.phone.button("Mark as read and go on"))
    take_quiz(hand)
    hand.press(hand.phone.link("Your certificate"))
    expect(hand.phone.text("Valid.")).to_be_visible()
    db.session.rollback()
    assert db.session.scalars(select(Certificate).where(Certificate.person_id == lina.id)).one()


def member(person: Person) -> Person:
    with db.transaction():
        person.password = hash_password(PASSWORD)
    return person


def sign_in(hand: Hand, person: Person) -> None:
    hand.phone.go("/login")
    hand.write("sign_in", person.email or "")
    hand.write("password", PASSWORD)
    hand.press(hand.phone.page.get_by_role("main").get_by_role("button", name=hand.phone.say("Sign in")))
    expect(hand.phone.link("Sign out").or_(hand.phone.link("My page")).first).to_be_visible()


def stored(hand: Hand, entity: type[Draft] | type[DraftPart]) -> dict[str, Any]:
    """What the draft says now, or its page that is open."""
    db.session.rollback()
    course, _, part = hand.phone.path.removeprefix("/manage/courses/").partition("/edit")
    wanted = select(entity.content).join(Course, Course.id == entity.course_id).where(Course.slug == course)
    if entity is DraftPart:
        wanted = wanted.where(DraftPart.slug == part.removeprefix("/pages/"))
    return db.session.scalars(wanted).one()


def until(happens: Callable[[], bool]) -> None:
    """A script may save without leaving the page."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not happens():
        assert time.monotonic() < end, "it has not happened"
        time.sleep(0.05)


# The trainer


def make_course(hand: Hand, title: str) -> None:
    hand.phone.go("/manage/")
    hand.press(hand.phone.link("New course"))
    hand.write("title-km", "ស្រូវ និងទឹក")
    hand.write("title-en", title)
    hand.press(hand.phone.button("Make the course"))
    hand.press(hand.phone.link("Add a unit"))
    hand.write("title-km", "ឯកតាទីមួយ")
    hand.write("title-en", "Unit one")
    hand.press(hand.phone.button("Add"))
    expect(hand.phone.link("Add a page")).to_be_visible()


def write_page(hand: Hand) -> None:
    hand.press(hand.phone.link("Add a page"))
    hand.write("title-km", "ទឹកមកពីណា?")
    hand.write("title-en", "Where water comes from")
    hand.press(hand.phone.button("Add"))
    hand.write("body-km", "ទឹកមកពី **ភ្នំ**។")
    hand.write("body-en", "Water comes from the **hills**.")
    hand.press(hand.phone.button("Save"))
    until(lambda: "Water comes from the **hills**." in stored(hand, DraftPart).get("body", {}).values())
    hand.press(hand.phone.link("Content").first)


def write_quiz(hand: Hand) -> None:
    hand.press(hand.phone.link("Add a quiz"))
    hand.write("title-km", "សំណួរ")
    hand.write("title-en", "What do you know?")
    hand.press(hand.phone.button("Add"))
    hand.press(hand.phone.button("Write it"))
    hand.write("text-km", "ទឹកមកពីណា?")
    hand.write("text-en", "Where does water come from? {~=}")
    hand.choose(hand.phone.page.locator("[name=right][value='0']"))
    for at, (khmer, english) in enumerate([("ភ្នំ", "From the hills"), ("ទីក្រុង", "From town")]):
        hand.write(f"option-{at}-km", khmer)
        hand.write(f"option-{at}-en", english)
    hand.press(hand.phone.button("Save"))

    hand.pick(hand.phone.page.locator("[name=kind]"), "numerical")
    hand.press(hand.phone.button("Write it"))
    hand.write("text-km", "មានប៉ុន្មានខេត្ត?")
    hand.write("text-en", "How many provinces are there?")
    hand.write("number-0", "២៥")
    hand.press(hand.phone.button("Save"))
    expect(hand.phone.page.get_by_text("How many provinces are there?")).to_be_visible()
    expect(hand.phone.text("The quiz cannot be published yet:")).not_to_be_visible()
    hand.press(hand.phone.link("Content").first)


def set_rule(hand: Hand) -> None:
    """The usual one, and a score over the whole course."""
    hand.press(hand.phone.link("Completion rule"))
    hand.write("score", "50")
    hand.press(hand.phone.button("Save"))
    until(lambda: stored(hand, Draft)["completion"].get("score") == 50)


def publish(hand: Hand) -> None:
    hand.press(hand.phone.link("Content").first)
    hand.press(hand.phone.link("Look at the changes and publish").or_(hand.phone.link("Publishing")))
    hand.press(hand.phone.button("Publish the course"))
    expect(hand.phone.text("The course is published: learners see it as it stands here.")).to_be_visible()


# The learner


def enrol(hand: Hand, title: str) -> None:
    hand.phone.go("/courses/")
    shown_as = "ស្រូវ និងទឹក" if hand.phone.language == "km" else title
    hand.press(hand.phone.page.get_by_role("link", name=shown_as, exact=True).last)
    hand.press(hand.phone.button("Enrol"))
    hand.press(hand.phone.link("Start the first lesson"))
    text = "ទឹកមកពី ភ្នំ។" if hand.phone.language == "km" else "Water comes from the hills."
    expect(hand.phone.page.get_by_text(text)).to_be_visible()


def take_quiz(hand: Hand) -> None:
    hand.press(hand.phone.button("Start the quiz"))
    for row in shown(hand.phone.page):
        question = Question.from_json(pick_version(row.body, hand.phone.language))
        if question.kind == Kind.numerical:
            hand.write(f"q{row.id}", "25")
        else:
            right = next(at for at, option in enumerate(question.options) if option.weight > 0)
            hand.choose(group(hand.phone.page, row).locator(f"[type=radio][value='{right}']"))
    hand.press(hand.phone.button("Save and look over"))
    hand.press(hand.phone.button("Submit the answers"))
    expect(hand.phone.heading("Passed")).to_be_visible()
