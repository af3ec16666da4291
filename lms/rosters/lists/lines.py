"""What both kinds of file are read into."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lms.errors import DomainError

Cell = str | date
MOST_BYTES = 10_000_000
MOST_ROWS = 10_000
MOST_LINES = 100_000
"""With the empty ones, which spreadsheets may have below the last row."""
MOST_COLUMNS = 100
HEADING_WITHIN = 20
"""Lines that may stand before the heading, such as a title, and the heading itself."""


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    """As the file counts, from 1."""
    cells: Sequence[Cell]


class UnreadableError(DomainError):
    """A list that is refused as a whole; `line` is where, 0 for nowhere in particular."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line
