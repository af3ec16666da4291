"""Courses as ZIP, in and out, with the same errors as the command."""

import io
import zipfile
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms import db
from lms.authoring.services import publishing
from lms.courses import services as courses
from lms.quizzes import kinds, moodle
from lms.quizzes.imported import Item
from lms.quizzes.services import bank
from tests import factories, world
from tests.authoring.people import EDIT, PUBLISH, Desk
from tests.bundles.samples import LIMITS, edited, market, zipped
from tests.conftest import Visitor, reread

NEW = "/manage/courses/import"
INTO = "/manage/courses/innovation/import"


def send(visitor: Visitor, address: str, data: bytes, name: str = "course.zip") -> tuple[int, str]:
    fields = {"csrf_token": visitor.token(), "file": FileStorage(io.BytesIO(data), name)}
    boundary, body = encode_multipart(fields)
    answer = visitor.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    return answer.status_code, answer.location or answer.text


def exported(visitor: Visitor, slug: str, query: str = "") -> bytes:
    answer = visitor.get(f"/manage/courses/{slug}/bundle.zip{query}")
    assert answer.mimetype == "application/zip"
    return answer.data


def publish(visitor: Visitor, slug: str, person: factories.Person) -> None:
    reread()
    course = courses.by_slug(slug)
    assert course
    stamp = publishing.stamp(Desk(course.id, person).draft)
    assert visitor.submit(f"/manage/courses/{slug}/publish", seen=stamp).status_code == 302


def test_a_zip_becomes_a_course_that_is_not_published(trainer: Visitor) -> None:
    assert send(trainer, NEW, zipped(market())) == (302, "/manage/courses/market/edit")
    course = courses.by_slug("market")
    assert course
    assert not course.published
    page = trainer.get("/manage/courses/market/edit").text
    assert "Who sells here?" in page


def test_a_course_made_in_the_browser_exports_and_imports_byte_for_byte(trainer: Visitor, at: Desk) -> None:
    trainer.submit("/manage/courses/new", **{"title-en": "Shops", "title-km": "ហាង"})
    trainer.submit("/manage/courses/shops/edit/add", kind="unit", **{"title-en": "Stalls", "title-km": "តូប"})
    trainer.submit("/manage/courses/shops/edit/add", kind="page", unit="stalls", **{"title-en": "Prices"})
    trainer.submit("/manage/courses/shops/edit/add", kind="quiz", unit="stalls", **{"title-en": "Check"})
    reread()
    shops = courses.by_slug("shops")
    assert shops
    made = Desk(shops.id, at.trainer)
    made.write("prices", body={"en": "Rice is dear.\n\n\\* Fish is not."}, minutes=5)
    made.write("check", gift={"en": "// A comment\n::rice:: Is rice dear? {T}\n\n::fee:: A fee? {=Yes ~No}"})
    publish(trainer, "shops", at.trainer)
    first = exported(trainer, "shops")
    assert send(trainer, "/manage/courses/shops/import", first)[0] == 302
    publish(trainer, "shops", at.trainer)
    second = exported(trainer, "shops")
    assert second == first
    assert exported(trainer, "shops", "?of=draft") == second


def test_a_zip_into_a_draft_is_looked_at_before_it_is_published(trainer: Visitor, at: Desk) -> None:
    assert send(trainer, INTO, zipped(market())) == (302, PUBLISH)
    page = trainer.get(PUBLISH).text
    assert "Unit “Stalls”: new" in page
    assert "“Lesson 1”: no longer in the course" in page
    assert at.course.title["en"] == "Innovation"
    publish(trainer, "innovation", at.trainer)
    assert at.course.title["en"] == "A market"
    assert "2 archived parts" in trainer.get(EDIT).text


@pytest.mark.parametrize("address", [NEW, INTO])
def test_what_is_wrong_is_listed_by_file_and_line_and_nothing_changes(trainer: Visitor, at: Desk, address: str) -> None:
    assert at.draft
    before = world.everything()
    files = edited("01-stalls/01-who-sells.en.md", "minutes = 10", "minutes = -1")
    status, page = send(trainer, address, zipped(files))
    assert status == 422
    assert "01-stalls/01-who-sells.en.md:3" in page
    assert world.everything() == before


@pytest.mark.parametrize("data", [b"", b"no zip at all", zipped({"../course.toml": b"x"})])
def test_a_hostile_file_is_refused(trainer: Visitor, at: Desk, data: bytes) -> None:
    assert at.draft
    before = world.everything()
    assert send(trainer, NEW, data)[0] == 422
    assert world.everything() == before


def test_a_zip_that_unpacks_to_too_much_is_refused(trainer: Visitor, at: Desk) -> None:
    bomb = zipped({"course.toml": b"\0" * (LIMITS.file - 1)})
    status, page = send(trainer, NEW, bomb)
    assert status == 422
    assert "out of all proportion" in page


def test_no_file_is_asked_for_in_words(trainer: Visitor) -> None:
    answer = trainer.submit(NEW)
    assert answer.status_code == 422
    assert "Please choose a ZIP file." in answer.text


def test_the_name_of_another_course_is_refused(trainer: Visitor) -> None:
    send(trainer, NEW, zipped(market()))
    status, page = send(trainer, NEW, zipped(market()))
    assert status == 422
    assert "There is a course with the name “market” already." in page


def test_an_upload_larger_than_a_form_is_taken_from_trainers_alone(app: Flask, client: Visitor, at: Desk) -> None:
    """Random bytes, which no archive can make smaller, of more than any form may have."""
    import random

    noise = random.Random(1).randbytes(3_000_000)
    data = zipped({**market(), "01-stalls/images/noise.png": noise})
    assert send(client.sign_in(at.trainer), NEW, data)[0] == 422
    assert send(client.sign_in(factories.learner()), NEW, data)[0] in (403, 413)


def test_only_who_looks_after_a_course_takes_it_out_or_in(client: Visitor, at: Desk) -> None:
    client.sign_in(factories.trainer())
    assert client.get("/manage/courses/innovation/bundle.zip").status_code == 403
    assert send(client, INTO, zipped(market()))[0] == 403
    with db.transaction():
        at.course.published = False
    assert client.get("/manage/courses/innovation/bundle.zip").status_code == 404


# The question bank


def with_bank(*questions: kinds.Question, more: str = "") -> bytes:
    written = moodle.write_items(Item(0, one, ("Budget",)) for one in questions)
    settings = market()["01-stalls/03-check.quiz.toml"].decode() + more
    return zipped(market({"bank.en.xml": written, "01-stalls/03-check.quiz.toml": settings}))


DRAW = '\n[[draw]]\ncategory = "Budget"\nnumber = 1\n'


def test_questions_of_the_bank_are_taken_at_once_and_the_page_says_so(trainer: Visitor, at: Desk) -> None:
    assert "they are taken at once" in trainer.get(INTO).text
    tax, fee = factories.choice("tax"), factories.choice("fee")
    send(trainer, INTO, with_bank(tax))
    assert "Taken into the question bank of the course: 1 new question." in trainer.get(PUBLISH).text
    send(trainer, INTO, with_bank(replace(tax, text="Any tax?"), fee))
    assert "Taken into the question bank of the course: 1 new question, 1 changed." in trainer.get(PUBLISH).text
    send(trainer, INTO, with_bank(fee))
    assert "Taken into the question bank of the course: 1 archived." in trainer.get(PUBLISH).text
    send(trainer, INTO, with_bank(fee))
    assert "has all questions of the ZIP already" in trainer.get(PUBLISH).text
    assert [entry.row.name for entry in bank.everything(at.course)] == ["fee"]


def test_publishing_leaves_the_bank_alone(trainer: Visitor, at: Desk) -> None:
    send(trainer, INTO, with_bank(factories.choice("tax"), more=DRAW))
    with db.transaction():
        bank.add(at.course, "Budget", {"en": factories.choice("fee")}, None)
    publish(trainer, "innovation", at.trainer)
    assert [entry.row.name for entry in bank.everything(at.course)] == ["fee", "tax"]
    for query in ("", "?of=draft"):
        with zipfile.ZipFile(io.BytesIO(exported(trainer, "innovation", query))) as packed:
            assert b"fee" in packed.read("bank.en.xml")


def test_what_no_bank_has_keeps_a_draft_from_being_published(trainer: Visitor, at: Desk) -> None:
    send(trainer, INTO, with_bank(factories.choice("tax"), more=DRAW.replace("Budget", "Law")))
    page = trainer.get(PUBLISH).text
    assert "The question bank of the course has nothing in “Law”." in page
    assert "There is no question yet." not in page
    answer = trainer.submit(PUBLISH, seen=publishing.stamp(at.draft))
    assert answer.status_code == 422
    assert at.course.title["en"] == "Innovation"


def test_a_draft_of_all_settings_and_kinds_exports_to_what_it_came_from(trainer: Visitor, at: Desk) -> None:
    """Settings that few quizzes have, and questions that GIFT cannot hold."""
    order = kinds.Question("order", kinds.Kind.ordering, "Sort.", (kinds.Option("a", 0), kinds.Option("b", 0)))
    files = market({f"01-stalls/03-check.{code}.gift": None for code in ("en", "km")})
    files["01-stalls/03-check.en.xml"] = moodle.write([order]).encode()
    files["01-stalls/03-check.quiz.toml"] += b'closes_at = 2027-01-01T00:00:00Z\ntime_limit = 5\naccess_word = "rice"\n'
    assert send(trainer, NEW, zipped(files))[0] == 302
    publish(trainer, "market", at.trainer)
    first = exported(trainer, "market")
    assert first == exported(trainer, "market", "?of=draft")
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        for path in ("01-stalls/03-check.quiz.toml", "01-stalls/03-check.en.xml"):
            assert packed.read(path) == files[path]


def test_a_copy_of_a_course_has_its_bank(trainer: Visitor, at: Desk) -> None:
    send(trainer, INTO, with_bank(factories.choice("tax"), more=DRAW))
    trainer.submit("/manage/courses/innovation/copy", **{"title-en": "A copy", "title-km": "ច្បាប់ចម្លង"})
    copy = courses.by_slug("a-copy")
    assert copy
    assert [entry.row.name for entry in bank.everything(copy)] == ["tax"]
    publish(trainer, "a-copy", at.trainer)
