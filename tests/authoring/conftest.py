"""A course that is being written, and its trainer at work."""

import pytest
from flask import Flask

from tests.authoring.people import Desk, desk
from tests.conftest import Visitor


@pytest.fixture
def at(app: Flask) -> Desk:
    return desk()


@pytest.fixture
def trainer(client: Visitor, at: Desk) -> Visitor:
    return client.sign_in(at.trainer)
