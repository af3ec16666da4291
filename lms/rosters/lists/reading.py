"""From an uploaded file or a pasted text to rows of people, each with what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field as made
from typing import Any

from lms.accounts import names
from lms.i18n import gettext, ngettext
from lms.rosters.lists import cells, headings, sheets, texts
from lms.rosters.lists.lines import (
    HEADING_WITHIN,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_LINES,
    MOST_ROWS,
    Cell,
    Line,
    UnreadableError,
)

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
"""How a sheet of LibreOffice begins, after the first header of its archive."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell, or in the line as a whole where `field` is empty."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list; `values` has what is given, in one spelling, by the fields of `headings.LABELS`."""

    line: int
    values: dict[str, Any]
    problems: list[Problem] = made(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    rows: list[Row]
    ignored: list[str]
    """The headings of columns that are not read."""


def read(data: bytes, country: str) -> Table:
    """Raises UnreadableError for what is refused whole."""
    if len(data) > MOST_BYTES:
        raise UnreadableError(gettext("The file is larger than %(num)s megabytes.", num=MOST_BYTES // 1_000_000))
    if data.startswith(_OLD_EXCEL):
        raise UnreadableError(
            gettext(
                "This file has the old Excel format, or a password. Save it as “Excel workbook (.xlsx)” without one."
            )
        )
    if _OPEN_DOCUMENT in data[:100]:
        raise UnreadableError(
            gettext("This is a sheet of LibreOffice (.ods). Save it as “Excel 2007–365 (.xlsx)”, and send that.")
        )
    found = sheets.lines(data) if data.startswith(b"PK\x03\x04") else texts.lines(data)
    return _table(_filled(found), country)


def _filled(found: Iterator[Line]) -> Iterator[Line]:
    """Without the lines in which nothing stands; at most so many of the others."""
    rows = 0
    for line in found:
        if line.number > MOST_LINES:
            raise sheets.too_many_lines()
        if any(not _is_empty(cell) for cell in line.cells):
            rows += 1
            if rows > MOST_ROWS + HEADING_WITHIN:
                raise _too_many_rows()
            if any(not _is_empty(cell) for cell in line.cells[MOST_COLUMNS:]):
                raise UnreadableError(
                    ngettext("A list has at most %(num)s column.", "A list has at most %(num)s columns.", MOST_COLUMNS),
                    line.number,
                )
            yield line


def _too_many_rows() -> UnreadableError:
    return UnreadableError(
        ngettext(
            "A list has at most %(num)s row. Divide it into several.",
            "A list has at most %(num)s rows. Divide it into several.",
            MOST_ROWS,
        )
    )


def _is_empty(cell: Cell) -> bool:
    return isinstance(cell, str) and not names.tidy(cell)


def _table(lines: Iterator[Line], country: str) -> Table:
    heading = _heading(lines)
    columns = dict(headings.fields(heading.cells))
    _refuse_doubles(columns, heading)
    width = max((at for at, cell in enumerate(heading.cells) if not _is_empty(cell)), default=0) + 1
    reader = cells.reader(country)
    rows: list[Row] = []
    for line in lines:
        rows.append(_row(line, columns, width, reader))
        if len(rows) > MOST_ROWS:
            raise _too_many_rows()
    if not rows:
        raise UnreadableError(gettext("Below the heading there is nobody in this list."))
    unread = [cell for at, cell in enumerate(heading.cells) if at not in columns and not _is_empty(cell)]
    return Table(rows, [names.tidy(str(cell))[:60] for cell in unread])


def _heading(lines: Iterator[Line]) -> Line:
    """The first line that names a column for phone numbers or addresses; what stands above it is a title."""
    seen = []
    for line in lines:
        if headings.is_heading(line.cells):
            return line
        seen.append(line)
        if len(seen) == HEADING_WITHIN:
            break
    if not seen:
        raise UnreadableError(gettext("This list is empty."))
    lost = next((line.number for line in seen if any(map(_is_lost, line.cells))), 0)
    if lost:
        raise UnreadableError(cells.lost_letters(), lost)
    raise UnreadableError(
        gettext("No line names the columns. One must be called “phone” or “email”, as in the list to fill in.")
    )


def _is_lost(cell: Cell) -> bool:
    return isinstance(cell, str) and cells.is_lost(names.tidy(cell))


def _refuse_doubles(columns: dict[int, str], heading: Line) -> None:
    fields = list(columns.values())
    for field in fields:
        if fields.count(field) > 1:
            raise UnreadableError(
                gettext("Two columns are called “%(name)s”. Rename or delete one.", name=headings.label(field)),
                heading.number,
            )


def _row(line: Line, columns: dict[int, str], width: int, reader: cells.Reader) -> Row:
    row = Row(line.number, {})
    for at, cell in enumerate(line.cells[:width]):
        if at in columns and not _is_empty(cell):
            _take(row, columns[at], cell, reader)
    if any(not _is_empty(cell) for cell in line.cells[width:]):
        row.problems.append(Problem("", gettext("This line has more cells than the heading.")))
    _complete_names(row.values)
    return row


def _take(row: Row, field: str, cell: Cell, reader: cells.Reader) -> None:
    try:
        row.values[field] = reader.read(field, cell)
    except cells.CellError as error:
        row.problems.append(Problem(field, str(error)))


def _complete_names(values: dict[str, Any]) -> None:
    """Who is given one name alone has it in both ways, where the letters allow it."""
    if "name" not in values and "name_latin" in values:
        values["name"] = values["name_latin"]
    elif "name_latin" not in values and names.is_latin(values.get("name", "")):
        values["name_latin"] = values["name"]
