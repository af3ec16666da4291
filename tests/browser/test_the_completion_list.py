"""What a trainer sees is what the files hold."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from lms import db
from lms.courses import services as courses
from lms.courses.models import Course
from tests import factories
from tests.browser.conftest import Phone
from tests.plugins.site import Site

Phones = Callable[..., Phone]
COLUMNS = [
    "name",
    "name_latin",
    "sex",
    "province",
    "organisation",
    "stakeholder_type",
    "email",
    "phone",
    "enrolled_at",
    "status",
    "progress_percent",
    "best_score_percent",
    "completed_at",
    "certificate_number",
]


def cohort(slug: str) -> Course:
    """Thirty in Kampong Cham, of whom five are done, and three in Kampot: one more than a page has room for."""
    course = factories.course(slug)
    lessons = courses.outline(course).lessons
    for number in range(33):
        province = "KH-7" if number % 11 == 0 else "KH-3"
        name = {"name": f"គំរូ {number:02}", "name_latin": f"Kumru No {number:02}"}
        person = factories.person(**name, province=province, email=f"{slug}-{number:02}@example.org")
        with db.transaction():
            enrolment = courses.enrol(person, course)
            for lesson in lessons if number % 6 == 1 else ():
                courses.complete_lesson(course, enrolment, lesson, 100)
    return course


def names_on_screen(reader: Phone) -> list[str]:
    """On all pages of the list."""
    names: list[str] = []
    while True:
        shown = reader.page.get_by_role("rowheader").all_inner_texts()
        names += [text.splitlines()[0].strip() for text in shown]
        onwards = reader.page.locator("a[rel=next]")
        if onwards.count() == 0:
            return names
        onwards.click()


def read_csv(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(path: Path) -> list[list[object]]:
    book = openpyxl.load_workbook(path)
    rows = [list(row) for row in book.active.iter_rows(values_only=True)]
    book.close()
    return rows


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_files_hold_the_rows_on_screen(site: Site, phone: Phones, tmp_path: Path, language: str) -> None:
    course = cohort(f"cohort-{language}")
    trainer = phone(language)
    trainer.sign_in(factories.trainer(of=course))
    trainer.go(f"/courses/{course.slug}/")
    trainer.link("See the learners of this course").click()
    trainer.page.locator("summary", has_text=trainer.say("More filters, and the order")).click()
    trainer.field("Province").select_option("KH-3")
    trainer.button("Show").click()
    sheet = trainer.download(trainer.link("Download for Excel"), tmp_path)
    table = trainer.download(trainer.link("Download as CSV"), tmp_path)

    on_screen = names_on_screen(trainer)
    assert len(on_screen) == 30
    in_table, in_sheet = read_csv(table), read_xlsx(sheet)
    assert in_table[0] == COLUMNS
    assert [row[0] for row in in_table[1:]] == on_screen
    assert [row[0] for row in in_sheet[1:]] == on_screen
    assert len(in_sheet[0]) == len(COLUMNS)
    done = [row[COLUMNS.index("name")] for row in in_table[1:] if row[COLUMNS.index("certificate_number")]]
    assert done == [row[0] for row in in_sheet[1:] if row[-1]]
    assert len(done) == 6


def test_the_list_can_be_searched_and_ordered_by_touch(site: Site, phone: Phones) -> None:
    course = cohort("cohort-search")
    trainer = phone()
    trainer.sign_in(factories.trainer(of=course))
    trainer.go(f"/manage/courses/{course.slug}/learners?order=-name")
    assert names_on_screen(trainer)[0] == "គំរូ 32"
    trainer.page.get_by_role("searchbox").fill("Kumru No 07")
    trainer.button("Show").click()
    expect(trainer.page.get_by_role("rowheader")).to_have_count(1)
    trainer.link("Show everyone").click()
    assert len(names_on_screen(trainer)) == 33
