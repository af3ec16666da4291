"""A site for the public does not start on an unsafe setting, and says which."""

from pathlib import Path

import pytest
from flask import Flask

from lms import create_app, db
from lms.site import UnsafeSettingError
from tests import factories
from tests.conftest import Visitor

SAFE = {"ENV": "production", "SECRET_KEY": "k" * 32, "LMS_BASE_URL": "https://learn.example.org"}


def start(path: Path, **settings: object) -> Flask:
    return create_app(**{**SAFE, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{path / 'site.sqlite'}", **settings})


@pytest.mark.parametrize(
    ("setting", "value"),
    [("SECRET_KEY", None), ("SECRET_KEY", "short"), ("LMS_BASE_URL", ""), ("LMS_BASE_URL", "http://x.example")],
)
def test_an_unsafe_setting_is_named(tmp_path: Path, setting: str, value: object) -> None:
    with pytest.raises(UnsafeSettingError, match=setting):
        start(tmp_path, **{setting: value})


def test_all_unsafe_settings_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnsafeSettingError, match=r"SECRET_KEY.*LMS_BASE_URL"):
        start(tmp_path, SECRET_KEY="", LMS_BASE_URL="")


def test_demo_accounts_are_refused(app: Flask) -> None:
    settings = {**SAFE, "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"]}
    factories.learner(demo=True)
    with pytest.raises(UnsafeSettingError, match="demo"):
        create_app(**settings)


def test_a_safe_site_starts_before_its_first_migration(tmp_path: Path) -> None:
    app = start(tmp_path)
    assert app.config["SESSION_COOKIE_SECURE"]
    with app.app_context():
        db.session.get_bind().dispose()


def test_every_answer_carries_the_security_headers(client: Visitor) -> None:
    for address in ("/", "/no-such-page", "/static/lms/lms.css"):
        headers = client.get(address).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_static_files_are_named_by_their_content_and_kept(client: Visitor) -> None:
    page = client.get("/").text
    address = next(part for part in page.split('"') if part.startswith("/static/lms/lms.css"))
    assert "?v=" in address
    assert "max-age=31536000" in client.get(address).headers["Cache-Control"]


def test_pages_are_compressed(client: Visitor) -> None:
    answer = client.get("/", headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers["Content-Encoding"] == "br"
