"""What is installed from a wheel is the whole of it, and runs outside a checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TRY_IT = """
import sys
from pathlib import Path
import lms
from lms import create_app, migrate, paths

installed = Path(sys.argv[1])
for folder in (paths.TEMPLATES, paths.MIGRATIONS, paths.CONTENT, paths.TRANSLATIONS.parent):
    assert folder.is_relative_to(installed) and folder.is_dir(), folder
app = create_app(SECRET_KEY="test", SQLALCHEMY_DATABASE_URI="sqlite:///" + sys.argv[2])
with app.app_context():
    migrate.upgrade()
visitor = app.test_client()
for address in ("/", "/courses/", "/privacy", "/static/lms/lms.css"):
    assert visitor.get(address).status_code == 200, address
"""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    made = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    (path,) = out.glob("*.whl")
    return path


def test_the_wheel_holds_every_file_that_the_code_reads(wheel: Path) -> None:
    folders = ["lms", "templates", "migrations"]
    listed = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True)
    wanted = {path if path.startswith("lms/") else f"lms/{path}" for path in listed.stdout.splitlines()}
    assert wanted - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"lms", f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"}


def test_an_installed_wheel_migrates_and_serves(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    command = [sys.executable, "-c", TRY_IT, str(installed), str(tmp_path / "lms.sqlite")]
    ran = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
