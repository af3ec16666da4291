from collections.abc import Iterator

import pytest

from lms.i18n import in_language


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Problems are told in English, also where there is no application to ask for its languages."""
    with in_language("en"):
        yield
