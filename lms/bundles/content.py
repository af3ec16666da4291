"""What is in a file of a bundle: told from another by its digest, and read only where it is wanted."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lms.courses.pieces import PIECE, Pieces
from lms.courses.services import files


@dataclass(frozen=True)
class Content(Pieces):
    digest: str
    """SHA-256, in hexadecimal."""
    is_stored: bool = field(default=False, compare=False)
    """It lies in the database, and was found sound before it was taken."""

    def keep(self) -> str:
        """Stores it, unless it is; returns its digest."""
        if self.is_stored:
            return self.digest
        return files.keep(self[:]) if self.size <= PIECE else files.keep_stream(self.stream())


def of(data: bytes | Content) -> Content:
    if isinstance(data, Content):
        return data
    return Content(len(data), lambda at, count: data[at : at + count], hashlib.sha256(data).hexdigest())


def stored(digest: str, size: int) -> Content:
    return Content(size, files.pieces(digest, size).piece, digest, is_stored=True)


def of_file(path: Path, pieces: Iterable[bytes]) -> Content:
    """Of a file on the disk, which is read once to know its digest: in these pieces."""
    size, digest = _measured(pieces)

    def piece(at: int, count: int) -> bytes:
        with path.open("rb") as stream:
            stream.seek(at)
            return stream.read(count)

    return Content(size, piece, digest)


def _measured(pieces: Iterable[bytes]) -> tuple[int, str]:
    size, hashed = 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        hashed.update(piece)
    return size, hashed.hexdigest()


class Shelf:
    """A file without a name that contents are put into one after the other; it goes with the last of them."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when nothing refers to it any more

    def __del__(self) -> None:
        self._file.close()

    def put(self, pieces: Iterable[bytes]) -> Content:
        begin = self._file.seek(0, os.SEEK_END)
        size, digest = _measured(self._written(pieces))
        self._file.flush()
        return Content(size, lambda at, count: os.pread(self._file.fileno(), count, begin + at), digest)

    def _written(self, pieces: Iterable[bytes]) -> Iterable[bytes]:
        for piece in pieces:
            self._file.write(piece)
            yield piece
