"""Answers survive the devices that they are given on: clocks that are wrong, storage that is full, pages that close,
lines that break, and two people at one phone.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import select

from lms import clock, db
from lms.courses.models import Course, Lesson
from lms.quizzes import kinds
from lms.quizzes.models import Attempt
from tests import factories
from tests.browser.answers import answer_rightly, group, shown, stored
from tests.browser.conftest import Phone
from tests.browser.test_answering import LOST, SAVED, SIGNED_OUT, at_quiz, due_in, enrolled, quiz_course, until, written
from tests.plugins.site import Site

Phones = Callable[..., Phone]
HOURS = 3 * 3600 * 1000
ESSAY = kinds.Question("essay", kinds.Kind.essay, "Tell of your village.")
NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
FULL_STORAGE = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
UNSENT = "Some answers are still on this device only"


def set_clock(own: Phone, milliseconds: int) -> None:
    """Somebody, or the network, sets the clock of the device."""
    own.page.evaluate("by => { const now = Date.now; Date.now = () => now() + by; }", milliseconds)


def typed(own: Phone, text: str) -> None:
    own.page.locator("fieldset.question").get_by_role("textbox").fill(text)


def saved(own: Phone) -> None:
    expect(own.page.get_by_text(own.say(SAVED), exact=True)).to_be_visible()


def lost(own: Phone) -> None:
    expect(own.page.get_by_text(own.say(LOST))).to_be_visible()


def quiet(own: Phone) -> None:
    """The console notes what could not be sent."""
    own.complaints[:] = [said for said in own.complaints if "Failed to load resource" not in said]


def attempt(course: Course) -> Attempt:
    db.session.rollback()
    wanted = select(Attempt).join(Lesson, Lesson.id == Attempt.quiz_id).where(Lesson.course_id == course.id)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


# Clocks


@pytest.mark.parametrize("by", [HOURS, -HOURS])
def test_an_answer_given_offline_counts_though_the_clock_of_the_device_is_set(
    site: Site, phone: Phones, by: int
) -> None:
    course = quiz_course(f"clock-set-{by}", [written()])
    own = phone()
    at_quiz(own, course, enrolled(course))
    (row,) = shown(own.page)
    typed(own, "Kam")
    saved(own)
    own.context.set_offline(True)
    typed(own, "Kampot")
    lost(own)
    set_clock(own, by)
    own.context.set_offline(False)
    saved(own)
    assert stored(row) == ["Kampot"]
    quiet(own)


def test_an_attempt_is_not_handed_in_because_the_device_thinks_it_is_late(site: Site, phone: Phones) -> None:
    course = quiz_course("too-early", [written()], time_limit=30)
    own = phone()
    at_quiz(own, course, enrolled(course))
    (row,) = shown(own.page)
    typed(own, "Kampot")
    saved(own)
    with own.page.expect_navigation():
        set_clock(own, HOURS)
    expect(own.page.get_by_role("timer")).to_contain_text("29:")
    assert attempt(course).submitted_at is None
    assert stored(row) == ["Kampot"]


def test_a_clock_that_is_set_back_gives_no_time(site: Site, phone: Phones) -> None:
    course = quiz_course("set-back", [written()])
    own = phone()
    at_quiz(own, course, enrolled(course))
    due_in(course, 5)
    own.page.reload()
    set_clock(own, -HOURS)
    expect(own.heading("Not yet passed")).to_be_visible(timeout=15_000)


def test_when_the_time_is_up_without_a_line_it_is_handed_in_when_the_line_is_back(site: Site, phone: Phones) -> None:
    course = quiz_course("up-offline", [written()])
    own = phone()
    at_quiz(own, course, enrolled(course))
    (row,) = shown(own.page)
    due_in(course, 4)
    own.page.reload()
    own.context.set_offline(True)
    typed(own, "Kampot")
    expect(own.page.get_by_role("timer")).to_contain_text("0:00", timeout=8_000)
    own.context.set_offline(False)
    expect(own.heading("Passed")).to_be_visible(timeout=15_000)
    assert stored(row) == ["Kampot"]
    quiet(own)


def test_an_answer_that_travels_long_does_not_outlive_the_one_after_it(site: Site, phone: Phones) -> None:
    course = quiz_course("slow-first", [written()])
    own = phone()
    at_quiz(own, course, enrolled(course))
    (row,) = shown(own.page)
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        held.append(route)
        if len(held) > 1:
            route.continue_()

    own.page.route("**/answers", hold_first)
    typed(own, "Kam")
    until(lambda: len(held) == 1, own)
    typed(own, "Kampot")
    own.page.wait_for_timeout(1000)
    held[0].continue_()
    saved(own)
    assert stored(row) == ["Kampot"]


def test_what_was_answered_before_the_script_had_come_is_saved(site: Site, phone: Phones) -> None:
    course = quiz_course("late-script", [written(), factories.choice("q")], shuffle=False)
    own = phone()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    own.page.route("**/quiz.js*", hold)
    own.sign_in(enrolled(course))
    own.page.goto(f"{site.server.address}/courses/{course.slug}/lessons/quiz/")
    own.page.get_by_role("button", name="Start the quiz").click(no_wait_after=True)
    text, choice = shown(own.page)
    group(own.page, text).get_by_role("textbox").fill("Kampot")
    answer_rightly(own.page, choice, "en")
    held[0].continue_()
    expect(own.page.get_by_text(SAVED, exact=True)).to_have_count(2)
    assert (stored(text), stored(choice)) == (["Kampot"], [0])


# Long texts, and places that are full


@pytest.mark.parametrize("language", ["en", "km"])
def test_an_essay_as_long_as_may_be_is_saved_while_it_is_written(site: Site, phone: Phones, language: str) -> None:
    course = quiz_course(f"long-{language}", [ESSAY])
    own = phone(language)
    at_quiz(own, course, enrolled(course))
    (row,) = shown(own.page)
    typed(own, text := "ភូមិខ្ញុំ" * 2222)
    saved(own)
    assert stored(row) == [text]
    own.button("Save and look over").click()
    expect(own.heading("All questions are answered")).to_be_visible()


@pytest.mark.parametrize("storage", [NO_STORAGE, FULL_STORAGE])
def test_no_page_is_left_while_answers_are_on_it_alone(site: Site, phone: Phones, storage: str) -> None:
    course = quiz_course(f"storage-{len(storage)}")
    own = phone()
    own.page.add_init_script(storage)
    at_quiz(own, course, enrolled(course))
    rows = shown(own.page)
    own.context.set_offline(True)
    for row in rows:
        answer_rightly(own.page, row, "en")
    own.button("Save and look over").click()
    expect(own.text(UNSENT)).to_be_visible()
    expect(group(own.page, rows[0]).get_by_label("Right")).to_be_checked()
    own.context.set_offline(False)
    own.button("Save and look over").click()
    expect(own.heading("All questions are answered")).to_be_visible()
    assert [stored(row) for row in rows] == [[0], [0], [0]]
    quiet(own)


# Pages that close, and that one comes back to


def test_an_order_outlives_the_page_that_it_was_given_on(site: Site, phone: Phones) -> None:
    options = tuple(kinds.Option(text, 0) for text in ("one", "two", "three"))
    course = quiz_course("order-closed", [kinds.Question("order", kinds.Kind.ordering, "In order?", options)])
    own = phone()
    at_quiz(own, course, enrolled(course))
    (row,) = shown(own.page)
    own.page.route("**/answers", lambda route: route.abort())
    for item in ("three", "two", "one"):
        for _ in options:
            group(own.page, row).get_by_role("button", name=f"Move up: {item}").click()
    lost(own)
    address = own.page.url
    own.page.close()
    own.page = own.context.new_page()
    own.page.goto(address)
    saved(own)
    assert [one.input_value() for one in group(own.page, row).get_by_role("combobox").all()] == ["0:1", "1:2", "2:3"]
    own.button("Save and look over").click()
    expect(own.heading("All questions are answered")).to_be_visible()
    assert stored(row) == [[0, 1, 2]]
    quiet(own)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_way_back_shows_what_is_stored_now(site: Site, phone: Phones, scripts: bool) -> None:
    course = quiz_course(f"way-back-{scripts}", per_page=1)
    own = phone(java_script_enabled=scripts)
    at_quiz(own, course, enrolled(course))
    (row,) = shown(own.page)
    answer_rightly(own.page, row, "en")
    own.button("Save and go on").click()
    expect(own.text("Page 2 of 3")).to_be_visible()
    own.page.go_back()
    expect(group(own.page, row).get_by_label("Right")).to_be_checked()


def test_enter_in_a_field_checks_no_other_question(site: Site, phone: Phones) -> None:
    hinted = [replace(written(), name=name, hints=("Think.",)) for name in ("first", "second")]
    course = quiz_course("enter", hinted, tries=True)
    own = phone()
    at_quiz(own, course, enrolled(course))
    first, second = shown(own.page)
    group(own.page, first).get_by_role("textbox").fill("Takeo")
    group(own.page, second).get_by_role("textbox").fill("Kampot")
    with own.page.expect_navigation():
        group(own.page, second).get_by_role("textbox").press("Enter")
    expect(own.page.get_by_text("2 tries left")).to_have_count(2)
    assert (stored(first), stored(second)) == (["Takeo"], ["Kampot"])


# Two people, and trainers meanwhile


def test_what_one_person_left_on_a_device_is_neither_shown_to_nor_sent_for_the_next(site: Site, phone: Phones) -> None:
    course = quiz_course("shared-phone", [written()])
    first, second = enrolled(course), enrolled(course)
    own = phone()
    at_quiz(own, course, first)
    (row,) = shown(own.page)
    own.page.route("**/answers", lambda route: route.abort())
    typed(own, "Mine alone")
    lost(own)
    own.page.unroute("**/answers")
    left, own.page = own.page, own.context.new_page()
    own.context.clear_cookies()
    at_quiz(own, course, second)
    expect(group(own.page, row).get_by_role("textbox")).to_have_value("")
    expect(left.get_by_text(SIGNED_OUT)).to_be_visible(timeout=15_000)
    assert stored(row) == []
    typed(own, "Kampot")
    saved(own)
    own.context.clear_cookies()
    at_quiz(own, course, first)
    until(lambda: sorted(map(str, stored(row))) == ["Kampot", "Mine alone"], own)
    quiet(own)


def test_a_quiz_that_was_taken_away_is_not_called_a_lost_line(site: Site, phone: Phones) -> None:
    course = quiz_course("taken-away", [written()])
    own = phone()
    at_quiz(own, course, enrolled(course))
    lesson = db.session.get_one(Lesson, attempt(course).quiz_id)
    with db.transaction():
        lesson.retired = True
    typed(own, "Kampot")
    expect(own.text("Not saved. Use the button below to see why.")).to_be_visible()
    own.button("Save and look over").click()
    expect(own.heading("Page not found")).to_be_visible()
    quiet(own)


def test_more_time_that_was_given_meanwhile_holds_when_the_old_time_is_up(site: Site, phone: Phones) -> None:
    course = quiz_course("more-time", [written()])
    own = phone()
    at_quiz(own, course, enrolled(course))
    due_in(course, 4)
    own.page.reload()
    found = attempt(course)
    with db.transaction():
        found.due_at = clock.now() + timedelta(minutes=10)
    with own.page.expect_navigation():
        pass
    expect(own.page.get_by_role("timer")).to_contain_text("9:")
    assert attempt(course).submitted_at is None
