"""A course with a film goes in and out with little memory, by the commands and in the browser."""

import filecmp
import hashlib
import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import db
from lms.authoring.services import drafts, publishing
from lms.bundles import archive, content, write
from lms.bundles.read import read, read_path
from lms.bundles.services import store
from lms.courses import services as courses
from lms.courses.models import Course, FileData
from lms.errors import NotFoundError, RefusedError
from tests import factories, world
from tests.bundles.samples import COURSE, LIMITS, PAGE, box, film, market, zipped
from tests.conftest import Visitor, counted_queries, reread

MEGABYTES = 60
FILM = "01-stalls/videos/market.mp4"
SHOWN = {"01-stalls/01-who-sells.en.md": PAGE.replace("minutes = 10", 'minutes = 10\nvideo = "videos/market.mp4"')}
BUNDLE = "/manage/courses/market/bundle.zip"
IMPORT = "/manage/courses/import"


@contextmanager
def less_than(megabytes: int) -> Iterator[None]:
    """Of memory, at any moment of the block."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1_000_000
    finally:
        tracemalloc.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course with a film of sixty megabytes, whose frames nothing makes much smaller."""
    root = tmp_path / "market"
    write.save(market(SHOWN), root)
    (root / FILM).parent.mkdir()
    with (root / FILM).open("wb") as stream:
        stream.write(box(b"ftyp", b"isom" + bytes(4)) + box(b"moov", bytes(8)))
        stream.write((8 + MEGABYTES * 1_000_000).to_bytes(4, "big") + b"mdat")
        for number in range(MEGABYTES):
            stream.write(hashlib.shake_128(bytes([number])).digest(1_000_000))
    return root


@pytest.fixture
def packed(folder: Path, tmp_path: Path) -> Path:
    """The same as a ZIP, as an export writes it."""
    path = tmp_path / "packed.zip"
    write.save(write.to_files(read_path(folder, LIMITS)), path)
    return path


def run(app: Flask, *words: object) -> str:
    done = app.test_cli_runner().invoke(args=["lms", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_film_comes_back_byte_for_byte_by_the_commands(
    app: Flask, folder: Path, packed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.zip"
    with less_than(8):
        run(app, "import-course", folder)
    with less_than(8):
        run(app, "export-course", "market", out)
    assert filecmp.cmp(out, packed, shallow=False)
    with less_than(8):
        assert run(app, "import-course", out) == "market – nothing changed\n"
    run(app, "export-course", "market", tmp_path / "out")
    assert filecmp.cmp(tmp_path / "out" / FILM, folder / FILM, shallow=False)


def test_a_film_comes_back_byte_for_byte_in_the_browser(client: Visitor, packed: Path, tmp_path: Path) -> None:
    trainer = factories.trainer()
    client.sign_in(trainer)
    with less_than(8):
        assert send(client, packed, tmp_path / "body") == 302
    reread()
    course = courses.by_slug("market")
    assert course
    with db.transaction():
        stamp = publishing.stamp(drafts.open_draft(course, trainer))
    with less_than(3):
        assert client.submit("/manage/courses/market/publish", seen=stamp).status_code == 302
    with packed.open("rb") as stream:
        sent = hashlib.file_digest(stream, "sha256").hexdigest()
    for query in ("", "?of=draft"):
        with less_than(8):
            assert digest_of(client, BUNDLE + query) == sent


def send(visitor: Visitor, packed: Path, body: Path) -> int:
    """As a browser sends it: from the disk."""
    parts = {'name="csrf_token"': visitor.token().encode(), 'name="file"; filename="course.zip"': b""}
    with body.open("wb") as stream:
        for head, value in parts.items():
            stream.write(b"--x\r\nContent-Disposition: form-data; %s\r\n\r\n%s" % (head.encode(), value))
            stream.write(b"\r\n" if value else b"")
        with packed.open("rb") as source:
            while piece := source.read(1 << 16):
                stream.write(piece)
        stream.write(b"\r\n--x--\r\n")
    with body.open("rb") as stream:
        answer = visitor.post(
            IMPORT,
            input_stream=stream,
            content_length=body.stat().st_size,
            content_type="multipart/form-data; boundary=x",
        )
    return answer.status_code


def digest_of(visitor: Visitor, address: str) -> str:
    answer = visitor.get(address, buffered=False)
    hashed, size = hashlib.sha256(), 0
    for piece in answer.response:
        hashed.update(piece)
        size += len(piece)
    answer.close()
    assert answer.content_length == size
    return hashed.hexdigest()


# What is not read


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called, whoever reads a stored file fails."""

    def fail(*_where: object) -> bytes:
        raise NotFoundError

    return lambda: monkeypatch.setattr(db, "read_piece", fail)


def test_publishing_reads_no_file_that_is_stored(app: Flask, client: Visitor, unread: Callable[[], None]) -> None:
    trainer = factories.trainer()
    with db.transaction():
        course = store(read(market({**SHOWN, FILM: film()}))).course
        courses.add_trainer(course, trainer)
        draft = drafts.open_draft(course, trainer)
        page = drafts.part(draft, "prices")
        assert page
        drafts.save(page, page.version, {**page.content, "body": {"en": "Dear."}}, trainer)
        stamp = publishing.stamp(draft)
    unread()
    client.sign_in(trainer)
    with counted_queries() as sent:
        assert "changed" in client.get("/manage/courses/market/publish").text
        assert client.submit("/manage/courses/market/publish", seen=stamp).status_code == 302
    assert [statement for statement in sent if "lms_file_data.data" in statement] == []


def test_a_stored_file_is_another_only_if_its_digest_is(app: Flask) -> None:
    with db.transaction():
        data = content.of(film())
        assert content.stored(data.keep(), len(data)) == data
        assert content.stored(data.digest, len(data))[4:8] == b"ftyp"
        assert content.stored(content.of(b"x").digest, 1) != data


# Limits


def told(files: dict[str, bytes]) -> list[str]:
    with pytest.raises(RefusedError) as refused:
        archive.read_zip(io.BytesIO(zipped(files)), "x.zip", LIMITS)
    return [str(problem) for problem in refused.value.problems]


def test_a_file_and_a_film_have_the_limits_of_uploads(tmp_path: Path) -> None:
    [problem] = told({"01-stalls/files/long.pdf": bytes(LIMITS.file + 1)})
    assert problem == "01-stalls/files/long.pdf: The file is larger than 20 MB."
    (tmp_path / "videos").mkdir()
    for name, size in (("videos/a.mp4", LIMITS.film + 1), ("course.toml", 1)):
        with (tmp_path / name).open("wb") as stream:
            stream.truncate(size)
    with less_than(5), pytest.raises(RefusedError, match=r"videos/a.mp4: The file is larger than 100 MB\."):
        archive.read(tmp_path, LIMITS)


def test_a_film_that_is_a_bomb_is_refused_before_it_fills_anything(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made, made.open(FILM, "w") as member:
        for _ in range(90):
            member.write(bytes(1_000_000))
    with less_than(5), pytest.raises(RefusedError, match="out of all proportion"):
        archive.read(path, LIMITS)


def unready(_course: Course) -> None:
    raise OSError("gone")


def test_nothing_is_left_of_a_bundle_that_is_refused_or_fails_after_its_film(
    client: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(factories.trainer())
    before = world.everything()
    large = film() + box(b"free", bytes(range(256)) * 8_000)
    needy = COURSE.replace("hours", 'requires = ["none"]\nhours')
    with pytest.raises(RefusedError, match=r"course\.toml:2: The course requires “none”"), db.transaction():
        store(read(market({**SHOWN, FILM: large, "course.toml": needy})))
    monkeypatch.setattr(courses, "refresh", unready)
    with pytest.raises(OSError, match="gone"), db.transaction():
        store(read(market({**SHOWN, FILM: large})))
    reread()
    assert db.session.scalar(select(func.count()).select_from(FileData)) == 0
    assert world.everything() == before
