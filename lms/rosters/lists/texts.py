"""From bytes to the lines of a CSV file: its encoding is told from the content, its separator from the heading."""

import codecs
import csv
import re
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from itertools import islice

from lms.i18n import gettext
from lms.rosters.lists import headings
from lms.rosters.lists.lines import HEADING_WITHIN, Line, UnreadableError

SEPARATORS = ",;\t"
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_HINT = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
"""A first line with which Excel is told the separator."""
_MARKED_HARMLESS = re.compile(r"'(?='*[=+\-@\t\r\n＝＋－＠])")
"""The apostrophe that our own files put before what a spreadsheet would calculate."""


def lines(data: bytes) -> Iterator[Line]:
    """The lines of the file with their cells, as they come. Raises UnreadableError."""
    encoding = _encoding(data)
    return _parsed(data, encoding, _separator(data, encoding))


def _encoding(data: bytes) -> str:
    """UTF-8 or UTF-16, with or without a byte-order mark: only in UTF-16 has a text bytes that are zero."""
    found = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    if found is None:
        head = data[:65_536]
        found = "utf-8" if b"\0" not in head else _without_mark(head)
    _decodable(data, found)
    return found


def _without_mark(head: bytes) -> str:
    """The high byte of a separator is the one that is zero."""
    return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"


def _decodable(data: bytes, encoding: str) -> None:
    """Piece by piece, so that no second copy of the text is made."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), 65_536):
            decoder.decode(data[start : start + 65_536], final=start + 65_536 >= len(data))
    except UnicodeError:
        raise UnreadableError(
            gettext(
                "The letters of this file cannot be told: it is not saved as Unicode. In Excel choose “Save as” and "
                "then “Excel workbook (.xlsx)” or “CSV UTF-8”."
            )
        ) from None


def _separator(data: bytes, encoding: str) -> str:
    """The one with which a heading has the most columns that we know."""

    def known(separator: str) -> int:
        try:
            head = list(islice(_parsed(data[:131_072], encoding, separator, strict=False), HEADING_WITHIN))
        except UnreadableError:
            return 0
        return max((len(headings.fields(line.cells)) for line in head), default=0)

    return max(SEPARATORS, key=known)


def _parsed(data: bytes, encoding: str, separator: str, strict: bool = True) -> Iterator[Line]:
    text = TextIOWrapper(BytesIO(data), encoding, errors="strict" if strict else "ignore", newline="")
    reader = csv.reader(text, delimiter=separator, strict=strict)
    line = 1
    try:
        for cells in reader:
            if not (line == 1 and _HINT.fullmatch(separator.join(cells))):
                yield Line(
                    line, [_MARKED_HARMLESS.sub("", cell, count=1) if cell[:1] == "'" else cell for cell in cells]
                )
            line = reader.line_num + 1
    except csv.Error:
        raise UnreadableError(
            gettext("The quotation marks do not fit together. Does one open here that is never closed?"), line
        ) from None
