"""Answers reach the server: without a script page by page, with it one by one, and through broken connections."""

import time
from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import select

from lms import clock, db
from lms.accounts.models import Person
from lms.courses import services as courses
from lms.courses.models import Course, Lesson
from lms.quizzes import kinds
from lms.quizzes.models import Attempt, Question
from tests import factories
from tests.browser.answers import answer_rightly, group, shown, stored
from tests.browser.conftest import Phone
from tests.plugins.site import Site

Phones = Callable[..., Phone]
SAVED, LOST = "Saved", "No connection. Your answer is kept on this device, and sent as soon as you are back."
SIGNED_OUT = "You are signed out. Your answer is kept on this device: sign in again and open this quiz to send it."


def quiz_course(slug: str, questions: list[kinds.Question] | None = None, **quiz: object) -> Course:
    course = factories.course(slug, lessons=1)
    factories.quiz(course, questions, **quiz)
    return course


def enrolled(course: Course) -> Person:
    person = factories.learner()
    with db.transaction():
        courses.enrol(person, course)
    return person


def at_quiz(phone: Phone, course: Course, person: Person) -> None:
    phone.sign_in(person)
    phone.go(f"/courses/{course.slug}/lessons/quiz/")
    start = phone.button("Start the quiz")
    if start.count():
        start.click()


def written() -> kinds.Question:
    return kinds.Question("capital", kinds.Kind.short_answer, "Which town?", (kinds.Option("Kampot", 100),))


def answer_without_a_line(phone: Phone, rows: Iterable[Question]) -> None:
    phone.page.route("**/answers", lambda route: route.abort())
    for row in rows:
        answer_rightly(phone.page, row, "en")
        expect(group(phone.page, row).get_by_text(LOST)).to_be_visible()


def until(holds: Callable[[], bool], phone: Phone) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        phone.page.wait_for_timeout(50)


@pytest.mark.parametrize("language", ["en", "km"])
def test_without_a_script_a_quiz_is_answered_page_by_page(site: Site, phone: Phones, language: str) -> None:
    questions = [*[factories.choice(f"q{number}") for number in range(3)], written()]
    course = quiz_course(f"plain-{language}", questions, per_page=2)
    own = phone(language, java_script_enabled=False)
    at_quiz(own, course, enrolled(course))
    for onwards in ("Save and go on", "Save and look over"):
        for row in shown(own.page):
            answer_rightly(own.page, row, language)
        own.button(onwards).click()
    expect(own.heading("All questions are answered")).to_be_visible()
    own.button("Submit the answers").click()
    expect(own.heading("Passed")).to_be_visible()


def test_an_answer_is_on_the_server_before_any_button_is_pressed(site: Site, phone: Phones) -> None:
    course = quiz_course("by-itself")
    own = phone()
    at_quiz(own, course, enrolled(course))
    first, second = shown(own.page)[:2]
    answer_rightly(own.page, first, "en")
    expect(group(own.page, first).get_by_text(SAVED, exact=True)).to_be_visible()
    assert stored(first) == [0]
    assert stored(second) == []
    expect(group(own.page, second).get_by_text(SAVED, exact=True)).to_have_count(0)


def test_what_is_typed_is_saved_without_leaving_the_field(site: Site, phone: Phones) -> None:
    course = quiz_course("typed", [written()])
    own = phone()
    at_quiz(own, course, enrolled(course))
    (row,) = shown(own.page)
    group(own.page, row).get_by_role("textbox").press_sequentially("Kam", delay=20)
    until(lambda: stored(row) == ["Kam"], own)
    group(own.page, row).get_by_role("textbox").press_sequentially("pot", delay=20)
    expect(group(own.page, row).get_by_text(SAVED, exact=True)).to_be_visible()
    until(lambda: stored(row) == ["Kampot"], own)


def test_answers_given_without_a_connection_arrive_when_it_is_back(site: Site, phone: Phones) -> None:
    course = quiz_course("offline")
    own = phone()
    at_quiz(own, course, enrolled(course))
    first, second, third = shown(own.page)
    answer_rightly(own.page, first, "en")
    expect(group(own.page, first).get_by_text(SAVED, exact=True)).to_be_visible()

    own.context.set_offline(True)
    for row in (second, third):
        answer_rightly(own.page, row, "en")
        expect(group(own.page, row).get_by_text(LOST)).to_be_visible()
    expect(own.page.get_by_text(SAVED, exact=True)).to_have_count(1)
    assert stored(second) == stored(third) == []

    own.context.set_offline(False)
    expect(own.page.get_by_text(SAVED, exact=True)).to_have_count(3)
    assert [stored(row) for row in (first, second, third)] == [[0], [0], [0]]
    own.complaints.clear()  # the console notes what could not be sent


def test_a_server_that_fails_for_a_while_is_asked_again(site: Site, phone: Phones) -> None:
    course = quiz_course("failing")
    own = phone()
    at_quiz(own, course, enrolled(course))
    refused: list[Route] = []

    def fail_once(route: Route) -> None:
        refused.append(route)
        route.fulfill(status=503) if len(refused) == 1 else route.continue_()

    own.page.route("**/answers", fail_once)
    row = shown(own.page)[0]
    answer_rightly(own.page, row, "en")
    expect(group(own.page, row).get_by_text(LOST)).to_be_visible()
    expect(group(own.page, row).get_by_text(SAVED, exact=True)).to_be_visible()
    assert stored(row) == [0]
    own.complaints.clear()  # the console notes the answer 503


def test_a_changed_answer_is_not_called_saved_before_it_is(site: Site, phone: Phones) -> None:
    course = quiz_course("changed")
    own = phone()
    at_quiz(own, course, enrolled(course))
    row = shown(own.page)[0]
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    own.page.route("**/answers", hold)
    group(own.page, row).get_by_label("Wrong").check()
    until(lambda: len(held) == 1, own)
    answer_rightly(own.page, row, "en")
    held[0].continue_()
    until(lambda: len(held) == 2, own)
    expect(group(own.page, row).get_by_text(SAVED, exact=True)).to_have_count(0)
    held[1].continue_()
    expect(group(own.page, row).get_by_text(SAVED, exact=True)).to_be_visible()
    assert stored(row) == [0]


def test_an_answer_to_a_submitted_attempt_is_not_called_saved(site: Site, phone: Phones) -> None:
    course = quiz_course("submitted")
    person = enrolled(course)
    own, other = phone(), phone()
    for each in (own, other):
        at_quiz(each, course, person)
    other.go(f"/courses/{course.slug}/lessons/quiz/?page=review")
    other.button("Submit the answers").click()
    row = shown(own.page)[0]
    answer_rightly(own.page, row, "en")
    expect(group(own.page, row).get_by_text("Not saved. Use the button below to see why.")).to_be_visible()
    own.button("Save and look over").click()
    expect(own.text("This attempt had been submitted before; answers given later do not count.")).to_be_visible()
    own.complaints.clear()  # the console notes the answer 409


def test_what_was_answered_is_there_on_another_device(site: Site, phone: Phones) -> None:
    course = quiz_course("two-devices")
    person = enrolled(course)
    own, other = phone("km"), phone("en")
    at_quiz(own, course, person)
    row = shown(own.page)[0]
    group(own.page, row).get_by_label("Wrong").check()
    expect(group(own.page, row).get_by_text(own.say(SAVED), exact=True)).to_be_visible()
    at_quiz(other, course, person)
    expect(group(other.page, row).get_by_label("Wrong")).to_be_checked()


def test_a_page_that_one_comes_back_to_saves_what_it_shows(site: Site, phone: Phones) -> None:
    course = quiz_course("back")
    own = phone()
    at_quiz(own, course, enrolled(course))
    row = shown(own.page)[0]
    answer_without_a_line(own, [row])
    own.page.once("dialog", lambda dialog: dialog.accept())
    own.go("/courses/")
    own.page.unroute("**/answers")
    own.page.go_back()
    expect(group(own.page, row).get_by_text(SAVED, exact=True)).to_be_visible()
    assert stored(row) == [0]
    own.complaints.clear()  # the console notes what could not be sent


def test_an_answer_outlives_the_page_that_it_was_given_on(site: Site, phone: Phones) -> None:
    course = quiz_course("closed-page")
    own = phone()
    at_quiz(own, course, enrolled(course))
    row = shown(own.page)[0]
    answer_without_a_line(own, [row])
    address = own.page.url
    own.page.close()
    own.page = own.context.new_page()
    own.page.goto(address)
    expect(group(own.page, row).get_by_text(SAVED, exact=True)).to_be_visible()
    expect(group(own.page, row).get_by_label("Right")).to_be_checked()
    assert stored(row) == [0]
    own.complaints.clear()  # the console notes what could not be sent


def test_an_answer_given_after_the_session_ended_is_sent_after_signing_in_again(site: Site, phone: Phones) -> None:
    course = quiz_course("session")
    person = enrolled(course)
    own = phone()
    at_quiz(own, course, person)
    row = shown(own.page)[0]
    own.context.clear_cookies()
    answer_rightly(own.page, row, "en")
    expect(group(own.page, row).get_by_text(SIGNED_OUT)).to_be_visible()
    own.page.once("dialog", lambda dialog: dialog.accept())
    at_quiz(own, course, person)
    expect(group(own.page, row).get_by_text(SAVED, exact=True)).to_be_visible()
    assert stored(row) == [0]
    own.complaints.clear()  # the console notes the answer that was refused


def test_what_waits_on_the_device_is_sent_before_the_attempt_is_submitted(site: Site, phone: Phones) -> None:
    course = quiz_course("flush-first")
    own = phone()
    at_quiz(own, course, enrolled(course))
    rows = shown(own.page)
    answer_without_a_line(own, rows)
    own.page.once("dialog", lambda dialog: dialog.accept())
    own.go(f"/courses/{course.slug}/lessons/quiz/?page=review")
    own.button("Submit the answers").click()
    expect(own.text("Some answers are still on this device only")).to_be_visible()
    own.page.unroute("**/answers")
    own.button("Submit the answers").click()
    expect(own.heading("Passed")).to_be_visible()
    own.complaints.clear()  # the console notes what could not be sent


def due_in(course: Course, seconds: float) -> None:
    """Gives the open attempt so much time from now."""
    with db.transaction():
        attempt = db.session.scalars(
            select(Attempt).join(Lesson, Lesson.id == Attempt.quiz_id).where(Lesson.course_id == course.id)
        ).one()
        attempt.due_at = clock.now() + timedelta(seconds=seconds)


@pytest.mark.parametrize(("language", "shows"), [("en", "2:"), ("km", "២:")])
def test_the_time_that_is_left_is_shown_and_told_when_asked(
    site: Site, phone: Phones, language: str, shows: str
) -> None:
    course = quiz_course(f"clock-{language}")
    own = phone(language)
    at_quiz(own, course, enrolled(course))
    due_in(course, 170)
    own.page.reload()
    expect(own.page.get_by_role("timer")).to_contain_text(shows)
    own.button("How much time is left?").focus()
    own.page.keyboard.press("Enter")
    expect(own.page.locator(".countdown [role=status]")).to_contain_text("2 minutes" if language == "en" else "២")


def test_when_the_time_is_up_what_was_answered_is_submitted(site: Site, phone: Phones) -> None:
    course = quiz_course("time-up", pass_mark=30)
    own = phone()
    at_quiz(own, course, enrolled(course))
    row = shown(own.page)[0]
    due_in(course, 4)
    own.page.reload()
    answer_rightly(own.page, row, "en")
    expect(own.heading("Passed")).to_be_visible(timeout=10_000)
    assert stored(row) == [0]


@pytest.mark.parametrize("language", ["en", "km"])
def test_items_are_put_in_order_by_buttons_and_by_keys(site: Site, phone: Phones, language: str) -> None:
    options = tuple(kinds.Option(text, 0) for text in ("one", "two", "three"))
    course = quiz_course(f"order-{language}", [kinds.Question("order", kinds.Kind.ordering, "In order?", options)])
    own = phone(language)
    at_quiz(own, course, enrolled(course))
    (row,) = shown(own.page)
    for item in ("three", "two", "one"):
        for _ in options:
            up = group(own.page, row).get_by_role("button", name=f"{own.say('Move up:')} {item}")
            up.focus()
            own.page.keyboard.press("Enter")
    expect(group(own.page, row).get_by_text(own.say(SAVED), exact=True)).to_be_visible()
    until(lambda: stored(row) == [[0, 1, 2]], own)


def test_a_page_sent_later_does_not_undo_what_another_window_answered_meanwhile(site: Site, phone: Phones) -> None:
    course = quiz_course("two-windows")
    person = enrolled(course)
    own, other = phone(), phone()
    for each in (own, other):
        at_quiz(each, course, person)
    row = shown(own.page)[0]
    group(own.page, row).get_by_label("Wrong").check()
    expect(group(own.page, row).get_by_text(SAVED, exact=True)).to_be_visible()
    other.page.wait_for_timeout(2000)  # the clocks of two pages differ by how long each was on its way
    answer_rightly(other.page, row, "en")
    expect(group(other.page, row).get_by_text(SAVED, exact=True)).to_be_visible()
    own.button("Save and look over").click()
    expect(own.heading("2 questions are still open")).to_be_visible()
    assert stored(row) == [0]
