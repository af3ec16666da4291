"""How large a picture is, from its first bytes: so that a page keeps room for it while it loads. Pure functions."""

import re
import struct
from collections.abc import Callable

Size = tuple[int, int]
"""Width and height, in pixels or in a drawing's units."""
HEAD = 4096
"""So many bytes are enough for what was uploaded here; a picture that says it later has none."""
_VIEW_BOX = re.compile(rb"""<svg\b[^>]*\bviewBox\s*=\s*["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)""")
_START_OF_FRAME = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def size(head: bytes) -> Size | None:
    """Of a PNG, GIF, WebP, JPEG or SVG picture."""
    for begins, read in _READERS.items():
        if head.startswith(begins):
            try:
                found = read(head)
            except (struct.error, IndexError):
                return None
            return found if found and all(found) else None
    return _svg(head)


def _png(head: bytes) -> Size:
    """PNG (third edition), 11.2.1: IHDR is the first chunk."""
    return struct.unpack(">II", head[16:24])


def _gif(head: bytes) -> Size:
    return struct.unpack("<HH", head[6:10])


def _webp(head: bytes) -> Size | None:
    """RFC 9649, sections 2.5 to 2.7."""
    kind = head[12:16]
    if kind == b"VP8X":
        return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    if kind == b"VP8L":
        bits = _little(head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
    return None


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _jpeg(head: bytes) -> Size | None:
    """ITU-T T.81, B.2.2: the size is in the start of the frame, after segments that are passed over."""
    at = 2
    while head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if marker in _START_OF_FRAME:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _svg(head: bytes) -> Size | None:
    found = _VIEW_BOX.search(head)
    if not found:
        return None
    try:
        width, height = (round(float(side)) for side in found.groups())
    except (ValueError, OverflowError):
        return None
    return (width, height) if width and height else None


_READERS: dict[bytes, Callable[[bytes], Size | None]] = {
    b"\x89PNG": _png,
    b"GIF8": _gif,
    b"RIFF": _webp,
    b"\xff\xd8": _jpeg,
}
