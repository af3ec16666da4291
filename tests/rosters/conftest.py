"""What tests of lists share."""

from collections.abc import Callable

import pytest
from flask import Flask

from lms.rosters.lists.reading import Table, read

Reads = Callable[..., Table]


@pytest.fixture
def reads(app: Flask) -> Reads:
    """Reads a text or bytes as a list, on a page in English."""
    from lms import i18n

    def read_it(content: str | bytes) -> Table:
        with i18n.in_language("en"):
            return read(content.encode() if isinstance(content, str) else content, "KH")

    return read_it
