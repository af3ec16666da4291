"""The one clock. Everything that asks for the time asks here, so that tests and the demo can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_set: ContextVar[datetime | None] = ContextVar("lms_clock", default=None)


def now() -> datetime:
    """The current moment: aware, in UTC, to the second."""
    return _set.get() or datetime.now(UTC).replace(microsecond=0)


def exact() -> datetime:
    """The same with its fraction of a second, for what follows each other closely."""
    return _set.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block it is this moment, for this thread alone."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
