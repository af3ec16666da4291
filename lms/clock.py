"""The one clock. Everything that asks for the time asks here, so that tests can set it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment: aware, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
