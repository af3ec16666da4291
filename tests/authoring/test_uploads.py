"""Files come into a draft: made safe and small, or refused with the reason, and then nothing has changed."""

import io
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, update

from lms import clock, db, worker
from lms.authoring import pictures
from lms.authoring.models import Draft, DraftFile, DraftPart
from lms.authoring.services import drafts, files
from lms.bundles.limits import Limits
from lms.courses import services as courses
from lms.courses.models import CourseFile, FileData
from lms.errors import ConflictError, InvalidError, NotFoundError
from lms.i18n import in_language
from tests import factories
from tests.authoring import uploads
from tests.conftest import reread

LIMITS = Limits(20_000_000, 100_000_000, 0)
IN_ANY_DATABASE = pytest.mark.parametrize("engine", ["sqlite"])


class Desk:
    """A trainer who adds files to the first unit of a draft."""

    def __init__(self) -> None:
        self.course = factories.course()
        self.trainer = factories.trainer(of=self.course)
        with db.transaction():
            drafts.open_draft(self.course, self.trainer)

    @property
    def draft(self) -> Draft:
        found = drafts.draft_of(self.course)
        assert found
        return found

    @property
    def unit(self) -> DraftPart:
        found = drafts.part(self.draft, "unit-1", is_unit=True)
        assert found
        return found

    def add(self, name: str, data: bytes | io.IOBase, limits: Limits = LIMITS) -> DraftFile:
        stream: Any = io.BytesIO(data) if isinstance(data, bytes) else data
        with db.transaction():
            return files.add_file(self.draft, self.unit, name, stream, self.trainer, limits)

    def refuse(self, name: str, data: bytes, limits: Limits = LIMITS) -> str:
        """Why it is refused; then nothing is there that was not before."""
        before = self.rows()
        with pytest.raises(InvalidError) as refusal:
            self.add(name, data, limits)
        reread()
        assert self.rows() == before
        assert refusal.value.field == "file"
        return str(refusal.value)

    def rows(self) -> tuple[int | None, ...]:
        return tuple(db.session.scalar(select(func.count()).select_from(table)) for table in (DraftFile, FileData))

    def write(self, text: str) -> None:
        page = drafts.part(self.draft, "lesson-1")
        assert page
        with db.transaction():
            drafts.save(page, page.version, {**page.content, "body": {"en": text}}, self.trainer)


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with in_language("en"):
        yield Desk()


# Pictures


def test_a_photo_loses_its_place_and_stands_upright(desk: Desk) -> None:
    row = desk.add("IMG 2024.JPG", uploads.photo((300, 200), orientation=6))
    data = courses.data(row.digest)
    assert (row.path, row.content_type) == ("unit-1/images/img-2024.jpg", "image/jpeg")
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (200, 300)
        assert dict(image.getexif()) == {}
    assert not [word for word in (b"Exif", b"GPS", b"PhoneMaker", b"SECRET") if word in data]


@IN_ANY_DATABASE
@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "png")])
def test_a_large_picture_is_made_smaller_and_stays_of_its_kind(desk: Desk, kind: str, ending: str) -> None:
    row = desk.add("map", uploads.picture(kind, (2000, 1000)))
    with Image.open(io.BytesIO(courses.data(row.digest))) as image:
        assert image.size == (1600, 800)
    assert row.path == f"unit-1/images/map.{ending}"


@IN_ANY_DATABASE
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_pictures_of_all_kinds_of_colours_are_taken(desk: Desk, mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    if mode in ("I;16", "P"):
        data = io.BytesIO()
        Image.new(mode, (50, 50)).save(data, kind)
        row = desk.add("x.png", data.getvalue())
    else:
        row = desk.add("x.png", uploads.picture(kind, mode=mode))
    with Image.open(io.BytesIO(courses.data(row.digest))) as image:
        image.load()


@IN_ANY_DATABASE
@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_keeps_moving_and_loses_its_comment(desk: Desk, kind: str) -> None:
    row = desk.add("wave.gif", uploads.moving(kind))
    data = courses.data(row.digest)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, getattr(image, "n_frames", 1)) == (kind, 3)
        image.seek(1)
        assert image.convert("RGB").getpixel((5, 5))[1] > 100
    assert b"SECRET" not in data


@IN_ANY_DATABASE
def test_what_is_hidden_behind_a_picture_does_not_come_in(desk: Desk) -> None:
    row = desk.add("x.png", uploads.picture() + b"<script>alert(1)</script>" + uploads.docx())
    assert b"<script>" not in courses.data(row.digest)
    assert b"PK\x03\x04" not in courses.data(row.digest)


@IN_ANY_DATABASE
def test_a_picture_of_thirty_thousand_pixels_is_refused_before_it_is_read(desk: Desk) -> None:
    data = uploads.huge()
    assert len(data) < 500_000
    process = psutil.Process()
    before, began = process.memory_info().rss, time.monotonic()
    tracemalloc.start()
    reason = desk.refuse("x.png", data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "more than 25 million pixels" in reason
    assert time.monotonic() - began < 2
    assert most < 10_000_000
    assert process.memory_info().rss - before < 30_000_000


def test_a_photo_of_forty_eight_million_pixels_takes_little_memory() -> None:
    code = """
import io, resource, sys
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin
from lms.authoring import pictures
data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
done, _ending = pictures.redraw(data)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, *Image.open(io.BytesIO(done)).size)
"""
    large = io.BytesIO()
    Image.new("L", (8000, 6000), 90).save(large, "JPEG")
    done = subprocess.run([sys.executable, "-c", code], input=large.getvalue(), capture_output=True, check=True)
    kilobytes, width, height = (int(word) for word in done.stdout.split())
    assert (width, height) == (1600, 1200)
    assert kilobytes < 80_000


@IN_ANY_DATABASE
def test_an_animation_of_too_many_frames_is_refused_without_looking_at_all(desk: Desk) -> None:
    data = uploads.moving(frames=200, size=(400, 300))
    began = time.process_time()
    assert "animation is too large" in desk.refuse("x.gif", data)
    assert time.process_time() - began < 5


HOSTILE = {
    "web page as picture": ("x.png", b"<html><script>alert(1)</script></html>"),
    "web page": ("x.html", b"<!doctype html><script>alert(1)</script>"),
    "web page as text": ("x.txt", b" <HTML><script>alert(1)</script>"),
    "drawing with a script": ("x.svg", uploads.svg("<script>alert(1)</script>")),
    "drawing that runs when shown": ("x.svg", uploads.svg(attributes='onload="alert(1)"')),
    "drawing that fetches": ("x.svg", uploads.svg('<image href="https://evil.example/x.png"/>')),
    "drawing with a page": ("x.svg", uploads.svg("<foreignObject><p>x</p></foreignObject>")),
    "drawing of entities": ("x.svg", b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + uploads.svg("&a;")),
    "cut off PNG": ("x.png", uploads.picture()[:500]),
    "cut off JPEG": ("x.jpg", uploads.picture("JPEG")[:500]),
    "cut off GIF": ("x.gif", uploads.picture("GIF")[:300]),
    "cut off WebP": ("x.webp", uploads.picture("WEBP")[:100]),
    "a PNG's beginning alone": ("x.png", b"\x89PNG\r\n\x1a\n"),
    "nothing": ("x.png", b""),
    "nothing as film": ("x.mp4", b""),
    "program": ("x.pdf", b"MZ\x90\0"),
    "program by its name": ("x.exe", b"MZ\x90\0"),
    "shell script": ("x.sh", b"#!/bin/sh\nrm -rf /"),
    "archive": ("x.zip", uploads.docx()),
    "archive as document": ("x.pdf", uploads.docx()),
    "document with macros": ("x.docx", uploads.docx(**{"word/vbaProject.bin": b"x"})),
    "document that climbs": ("x.docx", uploads.docx(**{"../../evil": b"x"})),
    "text as film": ("x.mp4", b"This is no film."),
    "cut off film": ("x.mp4", uploads.mp4()[:-10]),
    "picture as film": ("x.webm", uploads.picture()),
    "name without ending": ("x", b"hello"),
}


@IN_ANY_DATABASE
@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_sound_file_is_refused_with_the_reason(desk: Desk, what: str) -> None:
    name, data = HOSTILE[what]
    assert len(desk.refuse(name, data)) > 10


@IN_ANY_DATABASE
def test_a_document_that_would_unpack_to_half_a_gigabyte_takes_little_memory(desk: Desk) -> None:
    data = uploads.zip_bomb()
    tracemalloc.start()
    desk.refuse("x.docx", data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 10_000_000


# Attachments and films


@pytest.mark.parametrize(
    ("name", "data", "path", "content_type"),
    [
        ("Guide for mayors.pdf", uploads.pdf(), "files/guide-for-mayors.pdf", "application/pdf"),
        ("FORM.DOCX", uploads.docx(), "files/form.docx", None),
        ("list.csv", "ឈ្មោះ,ភេទ\n".encode(), "files/list.csv", "text/csv"),
        ("talk.webm", uploads.webm(), "videos/talk.webm", "video/webm"),
        ("ឯកសារ.pdf", uploads.pdf(), "files/file.pdf", "application/pdf"),
        ("../../../etc/passwd.pdf", uploads.pdf(), "files/passwd.pdf", "application/pdf"),
        ("C:\\Users\\me\\a b.pdf", uploads.pdf(), "files/a-b.pdf", "application/pdf"),
        ("%00<b>x</b>.pdf", uploads.pdf(), "files/b.pdf", "application/pdf"),
        ("x" * 300 + ".pdf", uploads.pdf(), f"files/{'x' * 60}.pdf", "application/pdf"),
        ("map.svg", uploads.svg(), "images/map.svg", "image/svg+xml"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
@IN_ANY_DATABASE
def test_files_get_safe_names(desk: Desk, name: str, data: bytes, path: str, content_type: str | None) -> None:
    row = desk.add(name, data)
    assert row.path == f"unit-1/{path}"
    assert content_type in (None, row.content_type)
    assert courses.data(row.digest) == data


def test_a_film_forgets_where_it_was_taken_and_keeps_everything_else(desk: Desk, tmp_path: Path) -> None:
    film = uploads.mp4()
    path = tmp_path / "film"
    path.write_bytes(film)
    with path.open("rb+") as stream:
        row = desk.add("talk.mp4", stream)
    data = courses.data(row.digest)
    assert (row.content_type, len(data)) == ("video/mp4", len(film))
    assert b"+11.5564" not in data
    assert data.count(b"free") == 2
    assert data.endswith(b"mdat" + b"\x07" * 1000)
    assert desk.add("plain.mp4", uploads.mp4(place=False)).digest


def test_a_film_of_eighty_megabytes_is_taken_with_little_memory(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(uploads.mp4(length=80_000_000))
    tracemalloc.start()
    with path.open("rb+") as stream:
        row = desk.add("talk.mp4", stream)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert courses.files.size(row.digest) > 80_000_000
    assert most < 12_000_000


def test_two_files_of_one_name_stand_beside_each_other_and_the_same_again_is_one(desk: Desk) -> None:
    first = desk.add("map.svg", uploads.svg())
    second = desk.add("Map.SVG", uploads.svg("<g/>"))
    again = desk.add("map.svg", uploads.svg())
    once_more = desk.add("map.svg", uploads.svg("<g/>"))
    assert (first.path, second.path) == ("unit-1/images/map.svg", "unit-1/images/map-2.svg")
    assert (again.id, once_more.id) == (first.id, second.id)


@IN_ANY_DATABASE
@pytest.mark.parametrize(
    ("name", "data"), [("x.png", uploads.picture()), ("x.mp4", uploads.mp4())], ids=["file", "film"]
)
def test_a_file_over_its_limit_is_refused(desk: Desk, name: str, data: bytes) -> None:
    assert "larger than 0 MB" in desk.refuse(name, data, Limits(500, 500, 0))


# The list, deleting, sweeping


def test_the_list_says_where_a_file_is_used_with_as_many_queries_as_for_none(desk: Desk) -> None:
    from tests.conftest import counted_queries

    with counted_queries() as none:
        files.listed(desk.draft, desk.unit)
    desk.add("map.svg", uploads.svg())
    desk.add("guide.pdf", uploads.pdf())
    desk.write("![A map](images/map.svg)")
    with counted_queries() as some:
        pdf, svg = files.listed(desk.draft, desk.unit)
    assert [part.slug for part in svg.parts] == ["lesson-1"]
    assert (svg.markdown, pdf.markdown) == ("![What the picture shows](images/map.svg)", "[guide](files/guide.pdf)")
    assert pdf.parts == []
    assert len(some) == len(none)


def test_a_file_that_is_used_is_not_deleted_and_one_that_is_not_is(desk: Desk) -> None:
    desk.add("map.svg", uploads.svg())
    desk.write("![A map](images/map.svg)")
    with pytest.raises(ConflictError, match="Lesson 1"), db.transaction():
        files.remove_file(desk.draft, desk.unit, "images/map.svg", desk.trainer)
    desk.write("No map.")
    with db.transaction():
        files.remove_file(desk.draft, desk.unit, "images/map.svg", desk.trainer)
    with pytest.raises(NotFoundError), db.transaction():
        files.remove_file(desk.draft, desk.unit, "images/map.svg", desk.trainer)
    assert files.listed(desk.draft, desk.unit) == []


def test_bytes_that_nothing_refers_to_are_forgotten_a_day_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    in_draft = desk.add("map.svg", uploads.svg()).digest
    in_course = factories.course_file(desk.course, "unit-1/images/old.svg", b"old").digest
    with db.transaction():
        loose = courses.keep(b"loose")
    sweep()
    assert _digests() == {in_draft, in_course, loose}
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1, minutes=1))
    sweep()
    assert _digests() == {in_draft, in_course}


def test_bytes_that_are_given_again_live_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.transaction():
        courses.keep(b"loose")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1, minutes=1))
    with db.transaction():
        digest = courses.keep(b"loose")
        files.sweep()
    assert _digests() == {digest}


def sweep() -> None:
    with db.transaction():
        files.sweep()


LATER = count(10**9, 10**6)


def test_the_worker_sweeps_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.transaction():
        loose = courses.keep(b"loose")
        db.session.execute(update(FileData).values(kept_at=clock.now() - timedelta(days=2)))
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: next(LATER)))
    worker.work_round()
    assert loose not in _digests()


def _digests() -> set[str]:
    reread()
    return set(db.session.scalars(select(FileData.digest)))


def test_what_is_taught_keeps_its_file_when_the_draft_loses_it(desk: Desk) -> None:
    row = desk.add("map.svg", uploads.svg())
    with db.transaction():
        values = {"course_id": desk.course.id, "path": row.path, "content_type": row.content_type}
        db.session.add(CourseFile(**values, digest=row.digest))
    with db.transaction():
        files.remove_file(desk.draft, desk.unit, "images/map.svg", desk.trainer)
        files.sweep()
    found = courses.file(desk.course, "unit-1/images/map.svg")
    assert found
    assert courses.data(found.digest) == uploads.svg()


def test_what_a_picture_is_is_told_by_how_it_begins() -> None:
    assert [pictures.kind(uploads.picture(kind)) for kind in ("PNG", "JPEG", "GIF", "WEBP")] == [
        "PNG",
        "JPEG",
        "GIF",
        "WEBP",
    ]
    assert pictures.kind(b"RIFF....WAVE") == ""
