"""The models' base, the session they live in, and the one place that commits.

`session` is whatever session the application's Flask-SQLAlchemy instance has, so that the plugin and its
host share one transaction. Tables are all called `lms_*`, and no foreign key leaves them.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    Update,
    cast as cast_to,
    event,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session
from sqlalchemy.types import TypeDecorator
from werkzeug.local import LocalProxy

from lms.errors import NotFoundError

T = TypeVar("T")
AT_ONCE = 500
"""Rows that one statement writes or looks up, and that are in memory while a list is read."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC, on engines with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


Translated = dict[str, str]
"""A text by language, e.g. `{"km": "…", "en": "…"}`; replaced whole, never changed in place."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: Moment,
        Translated: JSON,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        str: String,
    }


def _session() -> "scoped_session[Session]":
    return cast("scoped_session[Session]", current_app.extensions["sqlalchemy"].session)


session: "scoped_session[Session]" = cast("scoped_session[Session]", LocalProxy(_session))


@contextmanager
def transaction() -> Iterator[None]:
    """All of the block, or none of it. On SQLite the write lock is taken first, so that reads within it are current."""
    if session.get_bind().dialect.name == "sqlite":
        _begin_immediate()
    try:
        yield
        _commit(session())
    except BaseException:
        session.rollback()
        raise


def _commit(real: Session) -> None:
    """Without forgetting what was read, which would be asked for again, row by row, to show the page."""
    forgets, real.expire_on_commit = real.expire_on_commit, False
    try:
        real.commit()
    finally:
        real.expire_on_commit = forgets


def _begin_immediate() -> None:
    if not _sqlite().in_transaction:
        session.connection().exec_driver_sql("BEGIN IMMEDIATE")


def insert(entity: type[Base]) -> "postgresql.Insert | sqlite.Insert":
    """An INSERT of the engine's own kind, which knows ON CONFLICT."""
    of_engine = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return of_engine(entity)


def insert_once(entity: type[Base], **values: Any) -> bool:
    """Adds a row, unless a unique key already holds one like it: True if this call added it. Safe in a race."""
    statement = insert(entity).values(**values).on_conflict_do_nothing()
    return session.execute(statement.returning(*inspect(entity).primary_key)).first() is not None


def batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """The rows in order, `AT_ONCE` together at most: engines limit the values of one statement."""
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def changed(statement: Update) -> bool:
    """Runs a conditional UPDATE: True if its condition held for a row. This is how races are decided."""
    result = session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount > 0


def locked(entity: type[T], key: object) -> T:
    """The row as it is now, and nobody else may change it before this transaction ends. Raises NotFoundError."""
    row = session.get(entity, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError
    return row


def register(app: Flask) -> None:
    """Gives the application a database, if it has none of its own."""
    if "sqlalchemy" not in app.extensions:
        SQLAlchemy(app)
        with app.app_context():
            tune(app.extensions["sqlalchemy"].engine)


def tune(engine: Engine) -> None:
    """Foreign keys, write-ahead log and patience on SQLite; nothing on other engines."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_connection)


def _tune_connection(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL", "busy_timeout = 30000"):
        connection.execute(f"PRAGMA {pragma}")


# --- Large values: in pieces, so that a film is never in memory as a whole


def write_large(entity: type[Base], column: str, size: int, pieces: Iterable[bytes], /, **values: Any) -> None:
    """Adds a row whose column holds these pieces, `size` bytes in all; a row with its key may be there already."""
    if session.get_bind().dialect.name == "postgresql":
        number = session.scalar(select(func.lo_create(0)))
        at = 0
        for piece in pieces:
            session.execute(select(func.lo_put(number, cast_to(at, BigInteger), piece)))
            at += len(piece)
        session.execute(insert(entity).values({**values, column: func.lo_get(number)}).on_conflict_do_nothing())
        session.execute(select(func.lo_unlink(number)))
    else:
        session.execute(insert(entity).values({**values, column: func.zeroblob(size)}))
        row = session.scalar(select(text("last_insert_rowid()")))
        with _sqlite().blobopen(entity.__tablename__, column, cast("int", row)) as blob:
            for piece in pieces:
                blob.write(piece)


def read_piece(entity: type[Base], column: str, at: int, count: int, *where: ColumnElement[bool]) -> bytes:
    """So many bytes of a row's column, from the byte `at`. Raises NotFoundError where there is no such row."""
    if session.get_bind().dialect.name == "postgresql":
        piece = session.scalar(select(func.substr(getattr(entity, column), at + 1, count)).where(*where))
        if piece is None:
            raise NotFoundError
        return bytes(piece)
    row = session.scalar(select(text("rowid")).select_from(entity).where(*where))
    if row is None:
        raise NotFoundError
    with _sqlite().blobopen(entity.__tablename__, column, row, readonly=True) as blob:
        blob.seek(min(at, len(blob)))
        return blob.read(count)


def _sqlite() -> sqlite3.Connection:
    return cast("sqlite3.Connection", session.connection().connection.driver_connection)
