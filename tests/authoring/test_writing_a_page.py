"""The editor of a page, as a trainer's browser meets it, with and without its script."""

import io
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from lms import db
from lms.accounts.models import Person
from lms.authoring.models import DraftPart
from lms.authoring.services import drafts
from lms.courses.models import Course, Lesson
from tests import factories
from tests.authoring import uploads
from tests.conftest import Visitor, reread

EDIT = "/manage/courses/innovation/edit/pages/lesson-1"
FILES = "/manage/courses/innovation/edit/units/unit-1/files"


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course()


@pytest.fixture
def trainer(course: Course) -> Person:
    return factories.trainer(of=course)


@pytest.fixture
def writer(client: Visitor, trainer: Person) -> Visitor:
    return client.sign_in(trainer)


def page(course: Course) -> DraftPart:
    reread()
    draft = drafts.draft_of(course)
    assert draft
    found = drafts.part(draft, "lesson-1")
    assert found
    return found


def typed(seen: int = 1, do: str = "save", **texts: Any) -> dict[str, Any]:
    given = {"title-en": "Lesson 1", "title-km": "", "body-en": "Text of lesson 1.", "body-km": ""}
    given |= {"video-en": "", "video-km": "", "minutes": "5"}
    return {**given, **{key.replace("_", "-"): value for key, value in texts.items()}, "seen": seen, "do": do}


def test_the_page_shows_both_languages_and_says_which_is_missing(writer: Visitor) -> None:
    text = writer.get(EDIT).text
    assert "Text of lesson 1.</textarea>" in text
    assert {"Text (English)", "Text (ភាសាខ្មែរ)"} <= set(re.findall(r">(Text \(.*?\))", text))
    assert "ភាសាខ្មែរ is missing" in text


def test_what_is_saved_stands_in_the_draft_and_not_yet_before_learners(writer: Visitor, course: Course) -> None:
    writer.get(EDIT)
    sent = typed(title_km="មេរៀន", body_km="\r\n\r\nអត្ថបទ\r\nបន្ទាត់ពីរ  \r\n", video_en=" https://example.org/film ")
    assert writer.submit(EDIT, **sent).status_code == 302
    content = page(course).content
    assert content["title"] == {"en": "Lesson 1", "km": "មេរៀន"}
    assert content["body"] == {"en": "Text of lesson 1.", "km": "អត្ថបទ\nបន្ទាត់ពីរ"}
    assert content["video"] == {"en": "https://example.org/film"}
    assert content["minutes"] == 5
    assert db.session.query(Lesson).filter_by(slug="lesson-1").one().body == {"en": "Text of lesson 1."}


def test_what_the_script_saves_is_answered_with_the_new_version(writer: Visitor, course: Course) -> None:
    writer.get(EDIT)
    answer = writer.post(EDIT, data={"csrf_token": writer.token(), **typed(body_en="New")}, headers={"X-Edit": "1"})
    assert answer.json["version"] == page(course).version == 2
    assert answer.json["said"].startswith("Saved at ")


def test_a_save_whose_answer_was_lost_can_be_sent_again(writer: Visitor, course: Course) -> None:
    writer.get(EDIT)
    for _ in range(2):
        assert writer.submit(EDIT, **typed(body_en="New")).status_code == 302
    assert page(course).version == 2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title_en": " "}, "Please fill this in, in one language at least."),
        ({"video_en": "javascript:alert(1)"}, "Please give an address that begins with https://"),
        ({"video_en": "videos/none.mp4"}, "Please give an address that begins with https://"),
        ({"minutes": "-1"}, "This must be a whole number from 0 up."),
        ({"minutes": "soon"}, "Not a valid integer value."),
        ({"body_en": "x" * 100_001}, "Please write less than this."),
    ],
    ids=["title", "script", "film", "minutes", "word", "length"],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    writer: Visitor, course: Course, wrong: dict[str, str], message: str
) -> None:
    writer.get(EDIT)
    answer = writer.submit(EDIT, **typed(**{"body_km": "ខ្ញុំសរសេរ", **wrong}))
    assert answer.status_code == 422
    assert message in unescape(answer.text)
    assert "ខ្ញុំសរសេរ</textarea>" in answer.text
    assert "data-unsaved" in answer.text
    assert page(course).version == 1


def test_the_preview_without_a_script_shows_what_was_typed_and_saves_nothing(writer: Visitor, course: Course) -> None:
    writer.get(EDIT)
    answer = writer.submit(EDIT, **typed(do="preview", body_en="> [!TIP]\n> **Ask**"))
    assert answer.status_code == 200
    assert "<strong>Ask</strong>" in answer.text
    assert page(course).version == 1


def test_the_script_gets_the_same_html_as_learners_see(writer: Visitor) -> None:
    writer.get(EDIT)
    sent = {"language": "en", "text": "## Ask\n\n<script>alert(1)</script>\n\n![Map](images/map.svg)"}
    answer = writer.submit(f"{EDIT}/preview", **sent)
    assert "<h2>Ask</h2>" in answer.text
    assert "<script>" not in answer.text
    assert 'src="/manage/courses/innovation/edit/files/unit-1/images/map.svg"' in answer.text


def test_two_trainers_who_write_the_same_see_both_texts_and_lose_nothing(
    app: Flask, writer: Visitor, course: Course
) -> None:
    writer.get(EDIT)
    other: Visitor = app.test_client()
    other.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    reread()
    other.sign_in(factories.trainer(of=course)).get(EDIT)
    assert other.submit(EDIT, **typed(body_en="one\ntheirs\nthree", title_en="Their title")).status_code == 302

    answer = writer.submit(EDIT, **typed(body_en="one\nmine\nthree", body_km="ខ្មែរ"))
    assert answer.status_code == 409
    assert "one\nmine\nthree</textarea>" in answer.text
    assert "readonly>one\ntheirs\nthree</textarea>" in answer.text
    assert re.search(r"<del>theirs</del>", answer.text)
    assert re.search(r"<ins>mine</ins>", answer.text)
    assert "Their title" in answer.text
    assert "Tola Trainer saved it" in answer.text
    assert page(course).content["body"] == {"en": "one\ntheirs\nthree"}

    seen = re.search(r'name="seen"[^>]*value="(\d+)"', answer.text)
    assert seen
    assert writer.submit(EDIT, **typed(int(seen[1]), body_en="one\nmine\ntheirs")).status_code == 302
    assert page(course).content["body"] == {"en": "one\nmine\ntheirs"}


@pytest.mark.parametrize("seen", ["", "x", "99999999999", "-1", "7"])
def test_a_form_that_does_not_say_what_it_began_from_writes_over_nothing(
    writer: Visitor, course: Course, seen: str
) -> None:
    writer.get(EDIT)
    answer = writer.submit(EDIT, **{**typed(body_en="New"), "seen": seen})
    assert answer.status_code == 409
    assert page(course).version == 1


# Files


def sent(data: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_a_file_is_added_with_the_text_saved(writer: Visitor, course: Course) -> None:
    writer.get(EDIT)
    answer = writer.submit(EDIT, **typed(do="add", body_en="New"), file=sent(uploads.photo(), "Map.jpg"))
    assert answer.location.endswith("lesson-1#files")
    assert page(course).content["body"] == {"en": "New"}
    text = writer.get(EDIT).text
    assert "map.jpg" in text
    assert "![What the picture shows](images/map.jpg)" in text
    shown = writer.get("/manage/courses/innovation/edit/files/unit-1/images/map.jpg")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert writer.get("/courses/innovation/files/unit-1/images/map.jpg").status_code == 404


def test_a_file_that_is_refused_leaves_the_text_in_the_form_and_nothing_saved(writer: Visitor, course: Course) -> None:
    writer.get(EDIT)
    file = sent(uploads.svg("<script>alert(1)</script>"), "x.svg")
    answer = writer.submit(EDIT, **typed(do="add", body_en="New"), file=file)
    assert answer.status_code == 422
    assert "<script> is not allowed in a picture." in unescape(answer.text)
    assert "New</textarea>" in answer.text
    assert page(course).version == 1


def test_without_a_file_there_is_nothing_to_add(writer: Visitor, course: Course) -> None:
    writer.get(EDIT)
    assert "Please choose a file." in writer.submit(EDIT, **typed(do="add")).text
    assert "Please choose a file." in writer.submit(FILES).text


def test_an_uploaded_film_is_chosen_and_shown(writer: Visitor, course: Course) -> None:
    writer.get(EDIT)
    writer.submit(FILES, file=sent(uploads.mp4(), "Talk.mp4"))
    assert writer.submit(EDIT, **typed(video_en="videos/talk.mp4")).status_code == 302
    assert '<video class="film" controls' in writer.get(EDIT).text
    part = writer.get("/manage/courses/innovation/edit/files/unit-1/videos/talk.mp4", headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.data[4:]) == (206, b"ftyp")


def test_files_are_deleted_only_where_they_are_not_used(writer: Visitor, course: Course) -> None:
    writer.get(EDIT)
    writer.submit(FILES, file=sent(uploads.svg(), "map.svg"))
    writer.submit(EDIT, **typed(body_en="![Map](images/map.svg)"))
    answer = writer.submit(f"{FILES}/delete", path="images/map.svg")
    assert "The file is used in Lesson 1" in writer.get(answer.location).text
    writer.submit(EDIT, **typed(2, body_en="None"))
    answer = writer.submit(f"{FILES}/delete", path="images/map.svg")
    assert "The unit has no files yet." in writer.get(answer.location).text


class Flood(io.RawIOBase):
    """More bytes than anybody may send; counts how many were taken."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.taken = self.at = 0

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset if whence == io.SEEK_SET else self.length
        return self.at

    def tell(self) -> int:
        return self.at

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self.length - self.taken)
        buffer[:count] = b"x" * count
        self.taken += count
        return count


@pytest.mark.parametrize("address", [EDIT, FILES])
def test_a_huge_upload_is_refused_unread(writer: Visitor, course: Course, address: str) -> None:
    flood = Flood(300_000_000)
    kind = "multipart/form-data; boundary=x"
    answer = writer.post(address, input_stream=flood, content_type=kind, headers={"Content-Length": str(flood.length)})
    assert answer.status_code == 413
    assert flood.taken < 1_000_000


def test_only_those_who_may_upload_may_send_more_than_a_form(client: Visitor, course: Course) -> None:
    flood = Flood(5_000_000)
    kind = "multipart/form-data; boundary=x"
    for person in (None, factories.learner()):
        if person:
            client.sign_in(person)
        headers = {"Content-Length": str(flood.length)}
        assert client.post(FILES, input_stream=flood, content_type=kind, headers=headers).status_code == 413
    assert flood.taken < 1_000_000


@pytest.mark.parametrize("address", [EDIT, FILES, "/manage/courses/innovation/edit/files/unit-1/images/map.svg"])
def test_the_draft_is_closed_to_everybody_else(client: Visitor, course: Course, address: str) -> None:
    assert client.get(address).status_code == 302
    for person in (factories.learner(), factories.trainer(), factories.officer()):
        client.sign_in(person)
        assert client.get(address).status_code == 403
