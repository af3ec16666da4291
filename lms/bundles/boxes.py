"""The boxes that an MP4 is made of (ISO 14496-12, 4.2)."""

from collections.abc import Iterator

from lms.courses.pieces import Data

_MOST = 100_000
"""Of one level; films have fewer, even those that are cut into fragments of a second."""


def boxes(data: Data, at: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """The kind of each box, where it begins, where its body does, and where it ends; as far as they are sound."""
    for _ in range(_MOST):
        if at + 8 > end:
            return
        head = data[at : at + 16]
        size, body = int.from_bytes(head[:4], "big"), at + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16], "big"), at + 16
        elif size == 0:
            size = end - at
        if at + size > end or at + size < body:
            return
        yield head[4:8], at, body, at + size
        at += size
