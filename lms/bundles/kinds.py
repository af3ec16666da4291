"""What a file is, told by its content: its name must agree, and nothing is taken that could run.

Formats: PDF (ISO 32000-2, 7.5), Office Open XML (ISO 29500-2), OpenDocument (ISO 26300-3), MP4 and M4A (ISO 14496-12),
MP3 (ISO 11172-3, 2.4.1; ID3v2.4, section 3.1), WebM (RFC 8794 and the WebM container guidelines).
"""

import re
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath

from lms.bundles import pictures
from lms.bundles.boxes import boxes
from lms.bundles.sips import DAMAGED, Sips
from lms.courses.pieces import Data, stream
from lms.i18n import gettext

Complain = Callable[[int, str], None]
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
PICTURES = pictures.CONTENT_TYPES
VIDEOS = {".mp4": "video/mp4", ".webm": "video/webm"}
DOCUMENTS = {
    ".pdf": "application/pdf",
    ".docx": f"{_OOXML}wordprocessingml.document",
    ".xlsx": f"{_OOXML}spreadsheetml.sheet",
    ".pptx": f"{_OOXML}presentationml.presentation",
    ".odt": f"{_ODF}text",
    ".ods": f"{_ODF}spreadsheet",
    ".odp": f"{_ODF}presentation",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
}
CONTENT_TYPES = {**PICTURES, **VIDEOS, **DOCUMENTS}
"""By the name's ending; everything that is taken anywhere."""
_MAIN_PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
_BEGINNING = 10_000
"""Bytes in which a web page gives itself away."""
_PADDING = 1 << 16
_MAX_MEMBERS = 5_000
_MAX_LIST = 1 << 20
"""Bytes of the list of an office document's parts that are read."""
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"#!")
_ARCHIVES = (b"PK", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF", b"\x28\xb5\x2f\xfd")
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|!--|html|head|body|script|iframe|svg|\?)", re.IGNORECASE)
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f]")
_BRANDS = {b"isom", b"mp41", b"mp42", b"dash", *(b"iso%d" % number for number in range(2, 10))}
_FILM_BRANDS = {*_BRANDS, b"avc1", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"hvc1", b"av01"}
_SOUND_BRANDS = {*_BRANDS, b"M4A ", b"M4B "}


def content_type(name: str) -> str:
    """By the name's ending; empty for what is not taken."""
    return CONTENT_TYPES.get(_ending(name), "")


def is_film(name: str) -> bool:
    return _ending(name) in VIDEOS


def faults(data: Data, name: str) -> list[str]:
    """Why the file is not taken, in words for whoever sent it; empty if it is."""
    found: list[str] = []
    check(data, name, lambda _line, message: found.append(message))
    return found


def check(data: Data, name: str, complain: Complain) -> None:
    """Complains, with the line where there is one, of everything for which the file is not taken."""
    ending = _ending(name)
    if ending in PICTURES:
        pictures.check(data, PICTURES[ending], complain)
    elif not len(data):
        complain(0, gettext("The file is empty."))
    elif ending not in CONTENT_TYPES:
        complain(0, _forbidden(data) or _not_taken())
    elif not _CHECKS[ending](data, ending):
        complain(0, _macros(data) or _forbidden(data) or _not_what_it_says(ending))


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _forbidden(data: Data) -> str:
    """What it is, if it is something that nobody may send."""
    if data.startswith(_PROGRAMS):
        return gettext("This is a program; programs are not taken.")
    if data.startswith(_ARCHIVES) or data[257:262] == b"ustar":
        return gettext("This is an archive; send the files that are in it one by one.")
    if _WEB_PAGE.match(data[:_BEGINNING]):
        return gettext("This is a web page; web pages are not taken, because they can run programs.")
    return ""


def _not_taken() -> str:
    return gettext(
        "Files of this kind are not taken. Taken are pictures (PNG, JPEG, GIF, WebP, SVG), documents (PDF, DOCX, "
        "XLSX, PPTX, ODT, ODS, ODP, TXT, CSV), sound (MP3, M4A) and films (MP4, WebM)."
    )


def _not_what_it_says(ending: str) -> str:
    return gettext("This is no sound %(kind)s file, though its name says so.", kind=ending[1:].upper())


def _is_pdf(data: Data, _ending: str) -> bool:
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]


def _is_text(data: Data, _ending: str) -> bool:
    whole = data[:]
    try:
        text = whole.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not _NO_TEXT.search(text) and not _WEB_PAGE.match(whole)


# Office documents: ZIP archives of which no more than the list of their parts is unpacked.


def _is_office(data: Data, ending: str) -> bool:
    parts = _parts(data)
    if not {"[Content_Types].xml", _MAIN_PARTS[ending]} <= parts or _has_macros(parts):
        return False
    listed = _part(data, "[Content_Types].xml")
    return _OOXML.encode() in listed and b"macroEnabled" not in listed


def _is_open_document(data: Data, ending: str) -> bool:
    parts = _parts(data)
    kind = _part(data, "mimetype") if {"mimetype", "content.xml"} <= parts else b""
    return kind == CONTENT_TYPES[ending].encode() and not _has_macros(parts)


def _macros(data: Data) -> str:
    if data.startswith(b"PK") and _has_macros(_parts(data)):
        return gettext("The document has macros; save it without them.")
    return ""


def _has_macros(parts: set[str]) -> bool:
    return any(part.lower().endswith("vbaproject.bin") or part.startswith(("Basic/", "Scripts/")) for part in parts)


def _parts(data: Data) -> set[str]:
    """The names in an archive; none if it is no sound archive, or holds what no document has."""
    if not data.startswith(b"PK\3\4"):
        return set()
    try:
        with zipfile.ZipFile(Sips(stream(data))) as archive:
            members = archive.infolist()
    except DAMAGED:
        return set()
    names = {member.filename for member in members}
    strange = any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names)
    encrypted = any(member.flag_bits & 0x1 for member in members)
    return set() if strange or encrypted or len(members) > _MAX_MEMBERS else names


def _part(data: Data, name: str) -> bytes:
    """The beginning of one file of an archive."""
    try:
        with zipfile.ZipFile(Sips(stream(data))) as archive, archive.open(name) as part:
            return part.read(_MAX_LIST)
    except (*DAMAGED, KeyError):
        return b""


# Sound and films


def _is_mp3(data: Data, _ending: str) -> bool:
    at = 0
    if data.startswith(b"ID3") and len(data) > 10:
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    padded = data[at : at + _PADDING]  # some writers pad the tag
    return _is_frame(padded.lstrip(b"\0")[:4])


def _is_frame(head: bytes) -> bool:
    """Whether an MPEG audio frame of layer III begins here."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer, rate, sampling = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer == 1 and rate not in (0, 15) and sampling != 3


def _is_mp4(data: Data, ending: str) -> bool:
    """It begins by naming its brand, is made of whole boxes, and one of them is the film's description."""
    brands = _SOUND_BRANDS if ending == ".m4a" else _FILM_BRANDS
    found, end = set(), 0
    for kind, _at, _body, after in boxes(data, 0, len(data)):
        found.add(kind)
        end = after
    return data[4:8] == b"ftyp" and data[8:12] in brands and b"moov" in found and end == len(data)


def _is_webm(data: Data, _ending: str) -> bool:
    """An EBML header whose document type is `webm`, and then a segment."""
    if not data.startswith(b"\x1a\x45\xdf\xa3"):
        return False
    size, at = _vint(data, 4)
    end = at + size
    header = data[at:end] if size <= 1024 else b""
    return b"\x42\x82\x84webm" in header and data[end : end + 4] == b"\x18\x53\x80\x67"


def _vint(data: Data, at: int) -> tuple[int, int]:
    """A number of variable length, and where what follows it begins (RFC 8794, section 4)."""
    first = int.from_bytes(data[at : at + 1], "big")
    length = 9 - first.bit_length()
    if length > 8:
        return 0, at
    value = int.from_bytes(data[at : at + length], "big") & ((1 << 7 * length) - 1)
    return value, at + length


_CHECKS: dict[str, Callable[[Data, str], bool]] = {
    ".pdf": _is_pdf,
    **dict.fromkeys(_MAIN_PARTS, _is_office),
    **dict.fromkeys((".odt", ".ods", ".odp"), _is_open_document),
    **dict.fromkeys((".txt", ".csv"), _is_text),
    ".mp3": _is_mp3,
    **dict.fromkeys((".m4a", ".mp4"), _is_mp4),
    ".webm": _is_webm,
}
