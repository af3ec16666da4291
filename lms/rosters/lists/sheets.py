"""From bytes to the lines of the first sheet of an XLSX file.

A file is looked over before it is opened: what is small when packed may fill the memory when it is read.
"""

import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from math import isfinite
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from lms.i18n import gettext
from lms.rosters.lists.lines import MOST_LINES, Cell, Line, UnreadableError

MOST_PARTS = 1_000
MOST_OF_SHEET, MOST_OF_STRINGS, MOST_OF_OTHER = 100_000_000, 16_000_000, 4_000_000
"""Bytes, unpacked: of a sheet, which is read piece by piece; of its texts; of every other part."""
MOST_OF_ROW = 1_000_000
MOST_CELLS = 1_000
"""Of a row, the empty ones too."""
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CHUNK = 1_000_000
_OVERLAP = 40


def lines(data: bytes) -> Iterator[Line]:
    """The rows with their cells, as they come. Raises UnreadableError."""
    try:
        _look_over(data)
        yield from _rows(data)
    except UnreadableError:
        raise
    except Exception as error:  # a broken file breaks openpyxl in ways that nobody has listed
        raise UnreadableError(
            gettext(
                "This is no Excel workbook that can be read. In Excel choose “Save as” and “Excel workbook (.xlsx)”."
            )
        ) from error


def _rows(data: bytes) -> Iterator[Line]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that are not read here
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a sheet says of its size may be anything
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > MOST_LINES:
                raise too_many_lines()
            if len(row) > MOST_CELLS:
                raise UnreadableError(gettext("This row has too many columns."), number)
            yield Line(number, [_cell(value) for value in row])


def too_many_lines() -> UnreadableError:
    return UnreadableError(
        gettext("The list has too many lines, or too many empty ones: delete those below the last row.")
    )


def _cell(value: Any) -> Cell:
    """A number as it would be typed: a phone number without its zero, not one with a decimal point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and isfinite(value) and value.is_integer():
        return str(int(value))
    return str(value)


def _look_over(data: bytes) -> None:
    try:
        book = ZipFile(BytesIO(data))
    except BadZipFile:
        raise UnreadableError(gettext("This file is damaged. Save it anew and try again.")) from None
    parts = book.infolist()
    if len(parts) > MOST_PARTS or any(part.file_size > _most(part) for part in parts):
        raise UnreadableError(gettext("Unpacked, this file is far too large for a list of people."))
    for part in parts:
        if _SHEET.fullmatch(part.filename):
            _look_over_sheet(book, part)
        elif part.filename.lower().endswith((".xml", ".rels")):
            with book.open(part) as content:
                _refuse_definitions(content.read(65_536))


def _most(part: ZipInfo) -> int:
    """Pictures and the like are never unpacked."""
    name = part.filename.lower()
    if _SHEET.fullmatch(name):
        return MOST_OF_SHEET
    if name.endswith("sharedstrings.xml"):
        return MOST_OF_STRINGS
    return MOST_OF_OTHER if name.endswith((".xml", ".rels", ".vml")) else MOST_OF_SHEET


def _look_over_sheet(book: ZipFile, part: ZipInfo) -> None:
    """Counts the rows and measures the largest, for one row at a time is what reading it holds in memory."""
    rows = since = 0
    rest = b""
    with book.open(part) as content:
        for chunk in iter(lambda: content.read(_CHUNK), b""):
            if not rows and not rest:
                _refuse_definitions(chunk[:65_536])
            piece, last = rest + chunk, -len(rest)
            for found in _ROW.finditer(piece, len(rest)):
                rows, since, last = rows + 1, 0, found.start() - len(rest)
            since += len(chunk) - max(last, 0)
            rest = b""
            if rows > MOST_LINES:
                raise too_many_lines()
            if since > MOST_OF_ROW + _CHUNK:
                raise UnreadableError(gettext("Unpacked, this file is far too large for a list of people."))


def _refuse_definitions(head: bytes) -> None:
    """Entities can unfold to anything, and a workbook has none; every one that exists is in UTF-8."""
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\0" in head:
        raise UnreadableError(
            gettext(
                "This is no Excel workbook that can be read. In Excel choose “Save as” and “Excel workbook (.xlsx)”."
            )
        )
