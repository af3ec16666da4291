"""Bytes that lie somewhere else – in a row, in a file on the disk – and are read a piece at a time."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias, cast

PIECE = 2**20
_BEGINNING = 64


@dataclass(frozen=True)
class Pieces:
    """Looked at like `bytes`, of which no more is in memory than was asked for."""

    size: int
    piece: Callable[[int, int], bytes] = field(compare=False, repr=False)
    """So many of the bytes from the one at the first number; fewer at the end."""

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, part: slice) -> bytes:
        begin, end, _step = part.indices(self.size)
        return self.piece(begin, end - begin) if end > begin else b""

    def startswith(self, beginning: bytes | tuple[bytes, ...]) -> bool:
        return self[:_BEGINNING].startswith(beginning)

    def stream(self) -> BinaryIO:
        return cast("BinaryIO", _Reader(self))


class _Reader(io.RawIOBase):
    """The same as a stream."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._pieces)}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, count: int | None = -1) -> bytes:
        end = len(self._pieces) if count is None or count < 0 else self._at + count
        piece = self._pieces[self._at : end]
        self._at += len(piece)
        return piece


Data: TypeAlias = bytes | Pieces


def stream(data: Data) -> BinaryIO:
    return io.BytesIO(data) if isinstance(data, bytes) else data.stream()


def of_stream(stream: BinaryIO) -> Pieces:
    """Of a stream that nobody else reads meanwhile."""

    def piece(at: int, count: int) -> bytes:
        stream.seek(at)
        return stream.read(count)

    return Pieces(stream.seek(0, io.SEEK_END), piece)
