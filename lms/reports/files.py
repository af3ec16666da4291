"""A list as CSV and as a spreadsheet, written while the rows are read, so that memory does not grow with them."""

import csv
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo
from io import StringIO
from typing import IO, Any

import xlsxwriter
from sqlalchemy import Row

from lms import i18n
from lms.reports.columns import Column, Kind, Listing

Cell = str | float | datetime | None
CHUNK = 32_000
"""Characters that are sent at once."""
BOM = "\ufeff"
FONT = "Leelawadee UI"
"""On every Windows since version 8, and has Khmer; elsewhere Excel and LibreOffice take what they have."""
_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def row_reader(listing: Listing, zone: tzinfo) -> Callable[[Row[Any]], list[Cell]]:
    """Makes of a row what files have of it: moments in the site's zone, shares to one decimal as on screen."""
    values = [column for column in listing.columns if column.value is not None]
    readers = [_reader(column, zone) for column in values]
    keys = [column.name for column in listing.columns if column.value is None]

    def read(row: Row[Any]) -> list[Cell]:
        cells = [
            None if value is None or value == "" else said(value) for said, value in zip(readers, row, strict=False)
        ]
        return [*cells, *(row.answers.get(key) or None for key in keys)] if keys else cells

    return read


def _reader(column: Column, zone: tzinfo) -> Callable[[Any], Cell]:
    if column.kind == Kind.moment:
        return lambda value: value.astimezone(zone)
    if column.kind == Kind.number:
        return lambda value: round(value, 1)
    return column.in_file


def harmless(text: str) -> str:
    """Marked with an apostrophe if a spreadsheet would calculate it. Taking one apostrophe away from a text that begins
    so gives the original back, whatever it was.
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def csv_chunks(listing: Listing, rows: Iterable[Row[Any]]) -> Iterator[str]:
    """RFC 4180, after a byte-order mark. The heading is sent before the first row is asked for."""
    out, read = StringIO(), row_reader(listing, i18n.zone())
    writer = csv.writer(out)
    writer.writerow(column.name for column in listing.columns)
    yield BOM + _taken(out)
    for row in rows:
        writer.writerow(map(_text, read(row)))
        if out.tell() > CHUNK:
            yield _taken(out)
    yield _taken(out)


def _taken(out: StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return "" if cell is None else f"{cell:.10g}"


def spreadsheet(*sheets: tuple[Listing, Iterable[Any]]) -> IO[bytes]:
    """An XLSX file with a sheet for each list, in a temporary file that is gone when it is closed."""
    made = tempfile.TemporaryFile()  # noqa: SIM115  # whoever sends it closes it
    options = {"constant_memory": True, "default_format_properties": {"font_name": FONT, "font_size": 11}}
    with xlsxwriter.Workbook(made, options) as book:
        for listing, rows in sheets:
            _Sheet(book, listing).fill(rows)
    made.seek(0)
    return made


class _Sheet:
    def __init__(self, book: xlsxwriter.Workbook, listing: Listing) -> None:
        self.listing = listing
        self.sheet = book.add_worksheet(listing.name)
        self.heading = book.add_format({"bold": True, "bottom": 1})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self.harmless = book.add_format({"quote_prefix": True})

    def fill(self, rows: Iterable[Row[Any]]) -> None:
        read, last = row_reader(self.listing, i18n.zone()), 0
        self._head()
        for last, row in enumerate(rows, 1):
            for at, cell in enumerate(read(row)):
                self._write(last, at, cell)
        self.sheet.autofilter(0, 0, last, len(self.listing.columns) - 1)

    def _head(self) -> None:
        for at, column in enumerate(self.listing.columns):
            self.sheet.set_column(at, at, column.width)
            self.sheet.write_string(0, at, column.name, self.heading)
        self.sheet.freeze_panes(1, 1)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)

    def _write(self, row: int, column: int, cell: Cell) -> None:
        """Never through `write`, which guesses: a text stays a text, also when someone edits its cell."""
        if isinstance(cell, str):
            self.sheet.write_string(row, column, cell, self.harmless if _DANGEROUS.match(cell) else None)
        elif isinstance(cell, datetime):
            self.sheet.write_datetime(row, column, cell.replace(tzinfo=None), self.moment)
        elif cell is not None:
            self.sheet.write_number(row, column, cell)
