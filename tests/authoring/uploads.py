"""Files that people send: sound ones, and those of somebody who means ill."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.conftest import Visitor


def picture(kind: str = "PNG", size: tuple[int, int] = (80, 60), mode: str = "RGB", **options: Any) -> bytes:
    kept = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(kept, kind, **options)
    return kept.getvalue()


def photo(size: tuple[int, int] = (300, 200), orientation: int = 6) -> bytes:
    """As a phone takes it: lying on its side, with the place, a comment and a drawing program's notes."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "PhoneMaker"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (11.0, 33.0, 21.0), "E", (104.0, 55.0, 17.0)
    return picture("JPEG", size, exif=exif, comment=b"SECRET-COMMENT", xmp=b"<x>SECRET-XMP</x>", quality=90)


def moving(kind: str = "GIF", frames: int = 3, size: tuple[int, int] = (40, 30)) -> bytes:
    colours = ["red", "green", "blue"]
    drawn = [Image.new("RGB", size, colours[at % 3]) for at in range(frames)]
    kept = io.BytesIO()
    options: dict[str, Any] = {"comment": b"SECRET-COMMENT"} if kind == "GIF" else {"lossless": True}
    drawn[0].save(kept, kind, save_all=True, append_images=drawn[1:], duration=120, loop=0, **options)
    return kept.getvalue()


def huge(width: int = 30_000, height: int = 30_000) -> bytes:
    """A small file whose picture would fill the memory: one bit for each pixel, all the same."""
    row = b"\0" + bytes((width + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def svg(inside: str = "", attributes: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30" {attributes}>{inside}</svg>'.encode()


def pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def docx(**more: bytes) -> bytes:
    kept = io.BytesIO()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml", f'<Types><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
        )
        archive.writestr("word/document.xml", "<w:document/>")
        for name, data in more.items():
            archive.writestr(name, data)
    return kept.getvalue()


def zip_bomb() -> bytes:
    """A document whose list of parts is five hundred megabytes of blanks."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("[Content_Types].xml", "w", force_zip64=True) as part:
            for _ in range(500):
                part.write(b" " * 1_000_000)
        archive.writestr("word/document.xml", "<w:document/>")
    return kept.getvalue()


def mp4(place: bool = True, length: int = 1000) -> bytes:
    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", 8 + len(body)) + kind + body

    where = box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+11.5564+104.9282/")) if place else b""
    described = box(b"moov", box(b"mvhd", bytes(100)) + box(b"trak", box(b"tkhd", bytes(84)) + where) + where)
    return box(b"ftyp", b"isom\0\0\2\0isommp41") + described + box(b"mdat", b"\x07" * length)


def webm() -> bytes:
    return b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\x80"


def send(visitor: Visitor, address: str, data: bytes, name: str, **fields: str) -> TestResponse:
    """Posts a file as a form of ours would."""
    form = {"csrf_token": visitor.token(), **fields, "file": FileStorage(io.BytesIO(data), name)}
    boundary, body = encode_multipart(form)
    return visitor.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")
