"""Sending files: whole, in parts, and in pieces however large they are."""

import hashlib
import io
import tracemalloc

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import db
from lms.courses import pictures, services
from lms.courses.models import CourseFile, FileData
from lms.courses.services import files
from tests import factories
from tests.conftest import Visitor

FILM = bytes(range(256)) * 10_000
ADDRESS = "/courses/innovation/files/unit-1/files/talk.mp4"


@pytest.fixture
def film(app: Flask) -> str:
    """Its digest."""
    course = factories.course()
    with db.transaction():
        digest = services.keep_stream(io.BytesIO(FILM))
        row = {"course_id": course.id, "path": "unit-1/files/talk.mp4", "content_type": "video/mp4"}
        db.session.add(CourseFile(**row, digest=digest))
    return digest


def test_a_film_is_sent_whole_and_says_that_it_can_be_sought_in(client: Visitor, film: str) -> None:
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.data) == (200, FILM)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == str(len(FILM))
    assert answer.headers["Content-Type"] == "video/mp4"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=1000000-", 1_000_000, len(FILM)),
        ("bytes=1048570-1048590", 1_048_570, 1_048_591),
        ("bytes=-7", len(FILM) - 7, len(FILM)),
        ("bytes=5-99999999", 5, len(FILM)),
    ],
)
def test_a_part_is_sent_where_one_is_asked_for(client: Visitor, film: str, asked: str, begin: int, end: int) -> None:
    answer = client.get(ADDRESS, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (206, FILM[begin:end])
    assert answer.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{len(FILM)}"
    assert answer.headers["Content-Length"] == str(end - begin)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0", "bytes=7-3", "bytes=x"])
def test_a_part_that_there_is_not_is_refused_with_the_length(client: Visitor, film: str, asked: str) -> None:
    answer = client.get(ADDRESS, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(FILM)}"


def test_a_part_of_what_has_changed_is_not_sent_but_the_whole(client: Visitor, film: str) -> None:
    same = client.get(ADDRESS, headers={"Range": "bytes=0-1", "If-Range": f'"{film}"'})
    other = client.get(ADDRESS, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert other.data == FILM


def test_several_parts_at_once_are_answered_by_the_whole(client: Visitor, film: str) -> None:
    assert client.get(ADDRESS, headers={"Range": "bytes=0-1,5-6"}).status_code == 200


def test_what_the_browser_has_is_not_sent_again(client: Visitor, film: str) -> None:
    answer = client.get(ADDRESS, headers={"If-None-Match": f'"{film}"', "Range": "bytes=0-1"})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_question_about_the_head_reads_nothing(client: Visitor, film: str) -> None:
    answer = client.head(ADDRESS)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(FILM))


def test_an_attachment_is_downloaded_under_its_name(client: Visitor) -> None:
    course = factories.course()
    row = factories.course_file(course, "unit-1/files/guide.pdf", b"%PDF-1.7 ...")
    with db.transaction():
        row.content_type = "application/pdf"
    answer = client.get("/courses/innovation/files/unit-1/files/guide.pdf")
    assert answer.headers["Content-Disposition"] == "attachment; filename=guide.pdf"
    assert answer.data == b"%PDF-1.7 ..."


def test_a_drawing_is_compressed_whole_and_never_in_part(client: Visitor) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg">' + b" " * 5000 + b"</svg>"
    factories.course_file(factories.course(), "unit-1/images/map.svg", drawing)
    at = "/courses/innovation/files/unit-1/images/map.svg"
    answer = client.get(at, headers={"Range": "bytes=0-9", "Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
    again = client.get(at, headers={"If-None-Match": answer.headers["ETag"], "Accept-Encoding": "gzip"})
    assert again.status_code == 304


class Sausage(io.RawIOBase):
    """A film of any length that is nowhere."""

    def __init__(self, length: int) -> None:
        self.length, self.at = length, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset
        return offset

    def read(self, count: int = -1) -> bytes:
        count = min(count, self.length - self.at)
        self.at += count
        return b"\x07" * count


def test_a_film_of_sixty_megabytes_takes_only_a_few_to_keep_and_to_send(app: Flask, client: Visitor) -> None:
    length = 60_000_000
    course = factories.course()
    tracemalloc.start()
    try:
        with db.transaction():
            digest = services.keep_stream(Sausage(length))  # type: ignore[arg-type]
            row = {"course_id": course.id, "path": "unit-1/files/talk.mp4", "content_type": "video/mp4"}
            db.session.add(CourseFile(**row, digest=digest))
        answer = client.get(ADDRESS, buffered=False)
        got, hashed = 0, hashlib.sha256()
        for piece in answer.response:
            got += len(piece)
            hashed.update(piece)
        answer.close()
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (got, hashed.hexdigest()) == (length, digest)
    assert most < 12_000_000


def test_the_same_bytes_are_kept_once_however_they_come(app: Flask) -> None:
    with db.transaction():
        digests = {services.keep_stream(io.BytesIO(FILM)), services.keep_stream(io.BytesIO(FILM)), services.keep(FILM)}
    assert len(digests) == 1
    assert db.session.scalar(select(func.count()).select_from(FileData)) == 1
    assert services.data(digests.pop()) == FILM


def test_nothing_is_left_of_a_film_whose_transaction_failed(app: Flask) -> None:
    with pytest.raises(OSError, match="gone"), db.transaction():
        services.keep_stream(Gone())  # type: ignore[arg-type]
    assert db.session.scalar(select(func.count()).select_from(FileData)) == 0


class Gone(Sausage):
    """A film that can be read but once and a half."""

    def __init__(self) -> None:
        super().__init__(3 * files.PIECE)
        self.reads = 0

    def read(self, count: int = -1) -> bytes:
        self.reads += 1
        if self.reads == 6:
            raise OSError("gone")
        return super().read(count)


def picture(kind: str, **options: object) -> bytes:
    from PIL import Image

    kept = io.BytesIO()
    Image.new("RGB", (70, 30)).save(kept, kind, **options)
    return kept.getvalue()


SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 70 30.2"></svg>'


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "data",
    [
        picture("PNG"),
        picture("JPEG"),
        picture("JPEG", progressive=True),
        picture("GIF"),
        picture("WEBP"),
        picture("WEBP", lossless=True),
        picture("WEBP", exif=b"Exif\0\0"),
        SVG,
    ],
    ids=["png", "jpeg", "progressive", "gif", "webp", "lossless", "extended", "svg"],
)
def test_the_size_of_a_picture_is_in_its_first_bytes(app: Flask, data: bytes) -> None:
    assert pictures.size(data[: pictures.HEAD]) == (70, 30)


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG", b"RIFF", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff", b"<svg>", b"GIF8", b"x"]
)
def test_what_says_no_size_has_none(app: Flask, data: bytes) -> None:
    assert pictures.size(data) is None


def test_room_is_kept_for_the_pictures_of_a_lesson_with_one_query_more_at_most(app: Flask) -> None:
    course = factories.course()
    factories.course_file(course, "unit-1/images/map.svg", SVG)
    for _ in range(2):
        found = services.picture_sizes(course, "unit-1", ["images/map.svg", "images/none.png"])
        assert found == {"images/map.svg": (70, 30)}
    assert files.sizes_of({}) == {}
