"""Takes out of a film what the camera wrote in it: above all the place where it was taken.

An MP4 is boxes in boxes (ISO 14496-12, 4.2); cameras write the place into `udta` or `meta` boxes. Such a box is made a
`free` one (8.1.2), which players pass over, filled with zeros; so nothing else of the file moves.
"""

from typing import BinaryIO

from lms.bundles.boxes import boxes
from lms.courses.pieces import Pieces, of_stream

_INSIDE = {b"": b"moov", b"moov": b"trak"}
"""What is looked into: in the film itself, and in the box of this kind."""
_TELLS = {b"udta", b"meta"}
_PIECE = 1 << 16


def forget_place(stream: BinaryIO) -> None:
    """Changes the film in place. Of what is no MP4 nothing is changed."""
    film = of_stream(stream)
    _forget(stream, film, b"", 0, len(film))
    stream.seek(0)


def _forget(stream: BinaryIO, film: Pieces, inside: bytes, begin: int, end: int) -> None:
    for kind, at, body, after in boxes(film, begin, end):
        if kind in _TELLS:
            stream.seek(at + 4)
            stream.write(b"free")
            stream.seek(body)
            _write_zeros(stream, after - body)
        elif kind == _INSIDE.get(inside):
            _forget(stream, film, kind, body, after)


def _write_zeros(stream: BinaryIO, count: int) -> None:
    stream.writelines(bytes(min(_PIECE, count - done)) for done in range(0, count, _PIECE))
