"""What a page costs on a phone: bytes over the wire and requests, as Chromium counts them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from lms import db
from lms.accounts.sign_in import hash_password
from lms.courses import services as courses
from lms.courses.models import Course, LessonKind
from lms.i18n import pick_version
from lms.quizzes import services as quizzes
from tests import factories
from tests.browser.answers import answer_rightly, group, shown
from tests.browser.conftest import Phone
from tests.plugins.site import Site

Phones = Callable[..., Phone]
KB = 1000
PAUSE_MS, MOST_PAUSES = 50, 200
NO_CONTENT = 204


class Meter:
    """Counts from now on; what the phone has kept costs nothing."""

    def __init__(self, phone: Phone) -> None:
        self.bytes = 0
        self.requests: list[str] = []
        self._page = phone.page
        wire = phone.context.new_cdp_session(phone.page)
        wire.on("Network.requestWillBeSent", self._sent)
        wire.on("Network.responseReceived", self._received)
        wire.on("Network.requestServedFromCache", lambda event: self._kept(event["requestId"]))
        wire.on("Network.loadingFinished", self._finished)
        wire.send("Network.enable")
        self._addresses: dict[str, str] = {}

    def _sent(self, event: dict[str, Any]) -> None:
        if "redirectResponse" in event:
            self.bytes += int(event["redirectResponse"]["encodedDataLength"])
            self.requests.append(self._addresses[event["requestId"]])
        self._addresses[event["requestId"]] = event["request"]["url"]

    def _received(self, event: dict[str, Any]) -> None:
        response = event["response"]
        if response.get("fromDiskCache"):
            self._kept(event["requestId"])
        elif response["status"] == NO_CONTENT:  # its end is not told of a request that may outlive the page
            self._finished({"requestId": event["requestId"], "encodedDataLength": response["encodedDataLength"]})

    def _kept(self, request_id: str) -> None:
        self._addresses.pop(request_id, None)

    def _finished(self, event: dict[str, Any]) -> None:
        address = self._addresses.pop(event["requestId"], None)
        if address and event["encodedDataLength"]:  # else the phone had it, in its memory
            self.bytes += int(event["encodedDataLength"])
            self.requests.append(address)

    def settle(self) -> None:
        """Until nothing more is under way."""
        self._page.wait_for_load_state("load")
        self._page.wait_for_timeout(PAUSE_MS)
        for _ in range(MOST_PAUSES):
            if not self._addresses:
                return
            self._page.wait_for_timeout(PAUSE_MS)
        raise AssertionError(f"still under way: {self._addresses}")

    def take(self) -> tuple[int, list[str]]:
        """What has been counted since the last time."""
        taken = self.bytes, self.requests
        self.bytes, self.requests = 0, []
        return taken


def view(phone: Phone, meter: Meter, path: str) -> tuple[int, list[str]]:
    phone.go(path)
    meter.settle()
    return meter.take()


PUBLIC = [
    "/",
    "/courses/",
    "/courses/innovation-for-local-administration/",
    "/events/",
    "/login",
    "/register",
    "/verify/",
]


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("path", PUBLIC)
def test_a_first_view(site: Site, phone: Phones, course: Course, path: str, language: str) -> None:
    own = phone(language)
    size, requests = view(own, Meter(own), path)
    print(f"{path} {language}: {size / KB:.1f} KB, {len(requests)} requests")
    assert requests
    assert (size <= 60 * KB, len(requests) <= 6) == (True, True), (size, requests)


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_first_view_of_a_quiz_under_way(site: Site, phone: Phones, course: Course, language: str) -> None:
    learner = factories.learner(language=language)
    lesson = next(lesson for lesson in courses.outline(course).lessons if lesson.kind == LessonKind.quiz)
    with db.transaction():
        quizzes.start(courses.enrol(learner, course), quizzes.of_lesson(lesson))
    own = phone(language)
    own.sign_in(learner)
    size, requests = view(own, Meter(own), f"/courses/{course.slug}/lessons/{lesson.slug}/")
    print(f"quiz {language}: {size / KB:.1f} KB, {len(requests)} requests")
    assert shown(own.page)
    assert (size <= 60 * KB, len(requests) <= 6) == (True, True), (size, requests)


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_next_page(site: Site, phone: Phones, course: Course, language: str) -> None:
    own = phone(language)
    learner = factories.learner()
    with db.transaction():
        enrolment = courses.enrol(learner, course)
    pages = {f"/courses/{course.slug}/lessons/{lesson.slug}/": lesson for lesson in courses.outline(course).lessons}
    own.sign_in(learner)
    meter = Meter(own)
    view(own, meter, "/courses/")
    heavy = {}
    for path in [*PUBLIC, "/me/", "/me/profile", *pages]:
        size, requests = view(own, meter, path)
        print(f"{path} {language}: {size / KB:.1f} KB, {len(requests)} requests")
        if size > 10 * KB or len(requests) > 2:
            heavy[path] = (size, requests)
    assert heavy == {}
    assert enrolment.status == "active"


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_path_from_signing_in_to_an_answer(site: Site, phone: Phones, course: Course, language: str) -> None:
    with db.transaction():
        learner = factories.learner(language=language)
        learner.password = hash_password("a sentence of mine")
        courses.enrol(learner, course)
    quiz = next(lesson for lesson in courses.outline(course).lessons if lesson.kind == LessonKind.quiz)
    own = phone(language)
    meter = Meter(own)
    own.go(f"/login?next=/courses/{course.slug}/")
    meter.settle()
    own.field("Phone number or e-mail").fill(learner.email or "")
    own.field("Password").fill("a sentence of mine")
    own.button("Sign in").click()
    own.link("Start the first lesson").click()
    meter.settle()
    own.go(f"/courses/{course.slug}/lessons/{quiz.slug}/")
    own.button("Start the quiz").click()
    row = next(row for row in shown(own.page) if pick_version(row.body)["kind"] == "single")
    answer_rightly(own.page, row, language)
    expect(group(own.page, row).get_by_text(own.say("Saved"), exact=True)).to_be_visible()
    meter.settle()
    size, requests = meter.take()
    print(f"sign in to answer {language}: {size / KB:.1f} KB, {len(requests)} requests")
    assert any(address.endswith("/answers") for address in requests), requests
    assert (size <= 110 * KB, len(requests) <= 14) == (True, True), "\n".join([str(size), *requests])
