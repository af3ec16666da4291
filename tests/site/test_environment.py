"""What the ready-made site reads from its environment."""

import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest

CONFIG = Path(__file__).parents[2] / "config.py"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy, whose `instance/` is not the checkout's; the environment is empty but for what a test sets."""
    for name in ("DATABASE_URL", "SECRET_KEY", "SMTP_URL", "LMS_ENV"):
        monkeypatch.delenv(name, raising=False)
    shutil.copy(CONFIG, tmp_path)
    return tmp_path


def read(folder: Path) -> dict[str, Any]:
    return runpy.run_path(str(folder / "config.py"))


def test_without_any_variable_there_is_a_database_and_a_secret_that_is_kept(folder: Path) -> None:
    first, second = read(folder), read(folder)
    assert first["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{folder / 'instance' / 'lms.sqlite'}"
    assert len(first["SECRET_KEY"]) == 64
    assert second["SECRET_KEY"] == first["SECRET_KEY"]
    assert (folder / "instance" / "secret_key").stat().st_mode & 0o077 == 0


def test_in_production_no_secret_is_made_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_ENV", "production")
    assert read(folder)["SECRET_KEY"] is None


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("LMS_SITE_NAME", "Village school", "Village school"),
        ("LMS_SITE_NAME", '{"en": "Village school", "km": "សាលាភូមិ"}', {"en": "Village school", "km": "សាលាភូមិ"}),
        ("LMS_LOCALES", "en, km", ["en", "km"]),
        ("LMS_JOIN_OPENS_MINUTES", "30", 30),
        ("LMS_CERTIFICATE_SIGNATORIES", '[{"name": {"en": "A. B."}}]', [{"name": {"en": "A. B."}}]),
    ],
)
def test_a_setting_is_read_as_what_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object
) -> None:
    monkeypatch.setenv(name, text)
    assert read(folder)[name] == value
