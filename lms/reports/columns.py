"""What a list is made of: its columns, and how a text is put in order on every engine alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, ColumnExpressionArgument, FromClause, String, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Value = ColumnElement[Any] | InstrumentedAttribute[Any]


class Kind(StrEnum):
    text = "text"
    number = "number"
    moment = "moment"


def unchanged(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column: `name` heads it in files, `heading` on screen."""

    name: str
    heading: LazyString | str
    value: Value | None
    """Where it comes from; None for an answer to the question whose key is the name."""
    order: Value | None = None
    """What the list is ordered by when it is ordered by this column; empty values come last, whichever way."""
    kind: Kind = Kind.text
    reach: int = 0
    """How many of the list's joins the value needs."""
    in_file: Callable[[Any], Any] = unchanged
    """From what the database holds to what a file says."""
    can_be_empty: bool = True
    width: int = 14
    """In the spreadsheet, in characters."""


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """A list of people who take one course or come to one event: the page and the files are made from this alone."""

    name: str
    key: InstrumentedAttribute[int]
    """One row each; the last thing by which rows are put in order, so that the order is total."""
    belongs: ColumnElement[bool]
    """Which rows are the list's."""
    joins: Sequence[tuple[FromClause | type[Any], ColumnExpressionArgument[bool]]]
    """Outer ones to at most one row each, so that a statement which needs none of them may leave them out."""
    columns: Sequence[Column]
    conditions: Mapping[str, Callable[[str], ColumnElement[bool]]] = field(default_factory=dict)
    """What it can be filtered by beside its columns: by name, which rows have a value. They need no join."""
    answers: InstrumentedAttribute[Any] | None = None
    also: Sequence[ColumnElement[Any]] = ()
    """What the page shows beside the columns."""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


class _ByCodePoint(FunctionElement[str]):
    """Text by code point, A to Z like a to z: the same on SQLite and, whatever the database's locale, on PostgreSQL."""

    inherit_cache = True
    type = String()


@compiles(_ByCodePoint)
def _elsewhere(element: _ByCodePoint, compiler: SQLCompiler, **options: Any) -> str:
    return f"lower({compiler.process(element.clauses, **options)})"


@compiles(_ByCodePoint, "postgresql")
def _on_postgresql(element: _ByCodePoint, compiler: SQLCompiler, **options: Any) -> str:
    return f'lower({compiler.process(element.clauses, **options)} COLLATE "C")'


def by_code_point(text: ColumnExpressionArgument[Any]) -> ColumnElement[str]:
    return _ByCodePoint(text)


def filled(text: ColumnExpressionArgument[Any]) -> ColumnElement[str]:
    """In order, an empty text being no text."""
    return by_code_point(func.nullif(text, ""))
