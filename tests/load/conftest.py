from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import database_beside
from tests.plugins.site import Site, site as served_site


@pytest.fixture(params=["sqlite", "postgresql"])
def crowded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The site in four processes, with an application context open in the test."""
    url = f"sqlite:///{tmp_path / 'site.sqlite'}"
    if request.param == "postgresql":
        url = database_beside(request.getfixturevalue("postgres_url"), request.function.__name__[5:20])
    with served_site(url, workers=4) as site, site.app.app_context():
        yield site
