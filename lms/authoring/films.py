"""Takes out of a film what the camera wrote in it: above all the place where it was taken.

An MP4 is boxes in boxes (ISO 14496-12, 4.2); cameras write the place into `udta` or `meta` boxes. Such a box is made a
`free` one (8.1.2), which players pass over, filled with zeros; so nothing else of the file moves.
"""

from collections.abc import Iterator
from typing import BinaryIO

_HOLDS = {b"moov", b"trak"}
_TELLS = {b"udta", b"meta"}
_PIECE = 1 << 16


def forget_place(stream: BinaryIO) -> None:
    """Changes the film in place. Of what is no MP4 nothing is changed."""
    end = stream.seek(0, 2)
    _forget(stream, 0, end)
    stream.seek(0)


def _forget(stream: BinaryIO, begin: int, end: int) -> None:
    for kind, at, body, after in list(_boxes(stream, begin, end)):
        if kind in _HOLDS:
            _forget(stream, body, after)
        elif kind in _TELLS:
            stream.seek(at + 4)
            stream.write(b"free")
            stream.seek(body)
            _write_zeros(stream, after - body)


def _write_zeros(stream: BinaryIO, count: int) -> None:
    stream.writelines(bytes(min(_PIECE, count - done)) for done in range(0, count, _PIECE))


def _boxes(stream: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """The kind of each box, where it begins, where its body does, and where it ends; as far as they are sound."""
    while at + 8 <= end:
        stream.seek(at)
        head = stream.read(16)
        size, body = int.from_bytes(head[:4], "big"), at + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16], "big"), at + 16
        elif size == 0:
            size = end - at
        if at + size > end or at + size < body:
            return
        yield head[4:8], at, body, at + size
        at += size
