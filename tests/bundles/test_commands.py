"""`flask lms import-course` and `export-course`."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from lms import db
from lms.bundles import archive
from lms.bundles.read import read
from lms.bundles.write import save, to_files
from lms.courses import services as courses
from tests import factories
from tests.bundles.samples import LIMITS, PAGE, market
from tests.conftest import reread


def run(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(args=["lms", *map(str, words)])


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    save(to_files(read(market())), tmp_path / "market")
    return tmp_path / "market"


def test_a_folder_is_imported_and_the_second_time_nothing_changes(app: Flask, bundle: Path) -> None:
    first = run(app, "import-course", bundle)
    assert first.exit_code == 0
    assert "market – courses added: 1, files added: 2, lessons added: 3, " in first.stdout
    assert run(app, "import-course", bundle).stdout == "market – nothing changed\n"
    reread()
    assert courses.by_slug("market").title["en"] == "A market"


def test_what_is_wrong_is_told_a_line_each_on_standard_error_and_nothing_is_stored(app: Flask, bundle: Path) -> None:
    (bundle / "01-stalls" / "01-who-sells.en.md").write_text(PAGE.replace("map.png", "gone.png"))
    (bundle / "01-stalls" / "unit.toml").unlink()
    result = run(app, "import-course", bundle)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "01-stalls/01-who-sells.en.md:8: There is no picture “images/gone.png” in the unit's folder.",
        "01-stalls/unit.toml: The file is missing.",
    ]
    reread()
    assert courses.by_slug("market") is None


def test_a_bundle_larger_than_the_setting_allows_is_refused(
    app: Flask, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "LMS_MAX_BUNDLE_BYTES", 1000)
    result = run(app, "import-course", bundle)
    assert (result.exit_code, result.stderr) == (1, "market: Unpacked, the files are larger than this site accepts.\n")


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_a_course_is_exported_and_comes_back_without_a_change(
    app: Flask, bundle: Path, tmp_path: Path, name: str
) -> None:
    run(app, "import-course", bundle)
    assert run(app, "export-course", "market", tmp_path / name).exit_code == 0
    assert archive.read(tmp_path / name, LIMITS) == archive.read(bundle, LIMITS)
    assert run(app, "import-course", tmp_path / name).stdout == "market – nothing changed\n"


def test_an_export_needs_a_course_and_a_free_place(app: Flask, bundle: Path) -> None:
    assert run(app, "export-course", "market", bundle).stderr == "Error: There is no course “market”.\n"
    with db.transaction():
        factories.course("market")
    result = run(app, "export-course", "market", bundle)
    assert result.exit_code == 1
    assert "exists already, and it is no empty folder" in result.stderr
