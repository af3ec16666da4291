"""The files of courses: pictures, attachments, films."""

import hashlib
from collections.abc import Collection, Iterator
from typing import BinaryIO

from sqlalchemy import case, func, select, update

from lms import clock, db
from lms.courses import pictures
from lms.courses.models import Course, CourseFile, FileData
from lms.courses.pictures import Size
from lms.courses.pieces import PIECE, Pieces

_sizes: dict[str, Size | None] = {}
"""Of pictures, by digest, in pixels: what a digest stands for never changes."""
_last_seen: dict[tuple[int, str], str] = {}
"""By a course's id and the path of a picture, the digest that was there: while it is, the size is known."""
_MOST_SIZES = 10_000


def file(course: Course, path: str) -> CourseFile | None:
    return db.session.scalar(select(CourseFile).where(CourseFile.course_id == course.id, CourseFile.path == path))


def keep(data: bytes) -> str:
    """Keeps the bytes, once, and returns their digest."""
    digest = hashlib.sha256(data).hexdigest()
    values = {"kept_at": clock.now()}
    new = db.insert(FileData).values(digest=digest, size=len(data), data=data, **values)
    db.session.execute(new.on_conflict_do_update(index_elements=["digest"], set_=values))
    return digest


def keep_stream(stream: BinaryIO) -> str:
    """The same for what is too large to be in memory at once; read twice."""
    hashed, size = hashlib.sha256(), 0
    for piece in _pieces(stream):
        hashed.update(piece)
        size += len(piece)
    digest, values = hashed.hexdigest(), {"kept_at": clock.now()}
    if not db.changed(update(FileData).where(FileData.digest == digest).values(values)):
        db.write_large(FileData, "data", size, _pieces(stream), digest=digest, size=size, **values)
    return digest


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    return iter(lambda: stream.read(PIECE), b"")


def data(digest: str) -> bytes:
    """The bytes that `keep` was given."""
    return db.session.scalars(select(FileData.data).where(FileData.digest == digest)).one()


def size(digest: str) -> int:
    """In bytes."""
    return db.session.scalars(select(FileData.size).where(FileData.digest == digest)).one()


def pieces(digest: str, size: int) -> Pieces:
    """The same, to be read in pieces, each with a query of its own."""
    return Pieces(size, lambda at, count: db.read_piece(FileData, "data", at, count, FileData.digest == digest))


def picture_sizes(course: Course, folder: str, paths: Collection[str]) -> dict[str, Size]:
    """Width and height of the pictures of a unit, by their paths below it, so that a page keeps room for them.

    One query, which reads the beginning only of those that are new here.
    """
    if not paths:
        return {}
    _make_room()
    whole = {f"{folder}/{path}": path for path in paths}
    known = {_last_seen.get((course.id, path), "") for path in whole} & _sizes.keys()
    beginning = case((CourseFile.digest.not_in(known), func.substr(FileData.data, 1, pictures.HEAD)))
    wanted = select(CourseFile.path, CourseFile.digest, beginning).join(FileData, FileData.digest == CourseFile.digest)
    rows = db.session.execute(wanted.where(CourseFile.course_id == course.id, CourseFile.path.in_(whole))).all()
    _sizes.update({digest: pictures.size(bytes(head)) for _path, digest, head in rows if head is not None})
    _last_seen.update({(course.id, path): digest for path, digest, _head in rows})
    return _known({whole[path]: digest for path, digest, _head in rows})


def sizes_of(digests: dict[str, str]) -> dict[str, Size]:
    """Of pictures given by any name and their digest; those that say none, and what is no picture, are left out."""
    _make_room()
    unknown = {digest for digest in digests.values() if digest not in _sizes}
    if unknown:
        beginning = func.substr(FileData.data, 1, pictures.HEAD)
        rows = db.session.execute(select(FileData.digest, beginning).where(FileData.digest.in_(unknown)))
        _sizes.update({digest: pictures.size(bytes(head)) for digest, head in rows})
    return _known(digests)


def _make_room() -> None:
    if len(_sizes) > _MOST_SIZES or len(_last_seen) > _MOST_SIZES:
        _sizes.clear()
        _last_seen.clear()


def _known(digests: dict[str, str]) -> dict[str, Size]:
    found = {name: _sizes.get(digest) for name, digest in digests.items()}
    return {name: size for name, size in found.items() if size}
