"""From a name on a form to a certificate in somebody else's hand."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import zxingcpp
from playwright.sync_api import expect
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.courses import services as courses
from lms.courses.models import Course, LessonKind
from lms.i18n import pick
from tests.browser.answers import answer_rightly, shown
from tests.browser.conftest import Phone
from tests.browser.people import fill_in
from tests.plugins.site import Site

Phones = Callable[..., Phone]


def take_quiz(phone: Phone) -> None:
    phone.button("Start the quiz").click()
    while phone.heading("All questions are answered").count() == 0:
        for row in shown(phone.page):
            answer_rightly(phone.page, row, phone.language)
        with phone.page.expect_navigation():
            phone.button("Save and go on").or_(phone.button("Save and look over")).click()
    phone.button("Submit the answers").click()
    expect(phone.heading("Passed")).to_be_visible()


def code_on(pdf: Path) -> str:
    """Where the QR code on the printed page leads."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        picture = page.render(scale=3).to_pil()
        page.close()
    (code,) = zxingcpp.read_barcodes(picture)
    return code.text


def test_someone_new_takes_the_course_and_shows_the_certificate(
    site: Site, phone: Phones, course: Course, tmp_path: Path
) -> None:
    name, latin = "គំរូ ស្រីល័ក្ខ", "Kumru Sreyleak"
    own = phone("km")
    own.go("/courses/")
    own.page.get_by_role("link", name=pick(course.title, "km")).first.click()
    own.link("Sign in to enrol").click()
    own.link("Create an account").click()
    fill_in(own, name, latin, "012 900 302")
    own.button("Create the account").click()

    own.button("Enrol").click()
    own.link("Start the first lesson").click()
    lessons = courses.outline(course).lessons
    for at, lesson in enumerate(lessons):
        expect(own.page.get_by_role("heading", level=1)).to_have_text(pick(lesson.title, "km"))
        last = at + 1 == len(lessons)
        if lesson.kind == LessonKind.quiz:
            take_quiz(own)
            own.link("Your certificate").or_(own.link("Next lesson").first).first.click()
        else:
            own.button("Mark as read" if last else "Mark as read and go on").click()

    expect(own.text("Valid.")).to_be_visible()
    pdf = own.download(own.link("Download the certificate (PDF)"), tmp_path)
    visitor = phone("en")
    visitor.page.goto(code_on(pdf))
    expect(visitor.text("Valid.")).to_be_visible()
    expect(visitor.page.get_by_text(name)).to_be_visible()
    expect(visitor.page.get_by_text(latin)).to_be_visible()
    assert db.session.scalar(select(Person.name_latin).where(Person.name == name)) == latin
