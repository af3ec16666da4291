"""The house rules that no tool knows: where one is broken, the test names the place."""

import ast
import inspect
import re
import subprocess
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

import lms
from lms import settings

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SAME_IN_EVERY_LANGUAGE = {"CSV", "XLSX", "PDF", "Flask-LMS", "XXXX-XXXX-XXXX"}
SPOKEN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "label"}


def sources(folder: str, *suffixes: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)


def hits(pattern: str, paths: list[Path]) -> list[str]:
    """`file:line: what was found`, for each."""
    found = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(pattern, text, re.MULTILINE):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{path.relative_to(ROOT)}:{line}: {match[0].strip()}")
    return found


def pages() -> list[Path]:
    """The templates that a browser shows; those of mails and of papers have rules of their own."""
    return [path for path in sources("templates", ".html") if path.parent.name not in ("pdf", "mail")]


# --- Code


def test_only_the_transaction_commits() -> None:
    code = [path for path in sources("lms", ".py") if path.name != "db.py"]
    assert hits(r"\.commit\(", code) == []


def test_only_the_clock_knows_the_time() -> None:
    code = [path for path in sources("lms", ".py") if path.name != "clock.py"]
    assert hits(r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btime\.time\(", code) == []


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    assert [path.name for path in sources("lms", ".py") if path.stem in ("utils", "helpers", "common", "misc")] == []


def test_the_public_api_is_explained() -> None:
    assert [name for name in lms.__all__ if not inspect.getdoc(getattr(lms, name))] == []


def test_every_signal_is_explained_where_it_stands_and_where_a_host_reads() -> None:
    body = ast.parse((ROOT / "lms/signals.py").read_text(encoding="utf-8")).body
    guide = (ROOT / "docs/mounting.md").read_text(encoding="utf-8")
    for statement, after in zip(body, [*body[1:], ast.Pass()], strict=True):
        if not (isinstance(statement, ast.Assign) and "signal(" in ast.unparse(statement.value)):
            continue
        name = ast.unparse(statement.targets[0])
        assert isinstance(after, ast.Expr), name
        assert isinstance(after.value, ast.Constant), name
        assert f"`{name}`" in guide
        assert hits(rf"\bsignals\.{name}\.send\(", sources("lms", ".py")), name


# --- Settings


def documented_settings() -> dict[str, str]:
    """Name to description, from the first table of `docs/settings.md`."""
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    table = text.partition("\n## The ready-made site")[0]
    rows = re.findall(r"^\| `(LMS_\w+)` \| (?:.*?) \| (.*?) \|$", table, re.MULTILINE)
    return dict(rows)


def test_every_setting_is_documented_in_its_own_words_and_no_other() -> None:
    assert documented_settings() == {name: setting.doc for name, setting in settings.SETTINGS.items()}


def test_every_setting_is_used_and_every_one_that_is_used_exists() -> None:
    code = [path for path in sources("lms", ".py") if path.name != "settings.py"] + sources(
        "templates", ".html", ".txt"
    )
    read = {hit.rpartition(" ")[2] for hit in hits(r"\bLMS_[A-Z_]+\b", code)}
    from_the_environment = {"LMS_ENV"}
    assert read - from_the_environment == set(settings.SETTINGS)


def test_every_variable_of_the_environment_is_documented_and_no_other() -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8").partition("\n## The ready-made site")[2]
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))
    code = (ROOT / "config.py").read_text() + (ROOT / "bin/serve").read_text()
    read = set(re.findall(r'environ\.get\("([A-Z_]+)"', code)) | set(re.findall(r"\$\{([A-Z_]+):-", code))
    assert documented == read


# --- Templates


def test_every_template_is_used() -> None:
    everything = "\n".join(
        path.read_text(encoding="utf-8") for path in [*sources("lms", ".py"), *sources("templates", ".html", ".txt")]
    )
    unused = []
    for path in sources("templates", ".html", ".txt", ".css"):
        name = str(path.relative_to(TEMPLATES))
        by_name = f'"{name}"' in everything
        by_feature = f'"{path.stem}"' in everything and f"lms/{path.parent.name}/{{" in everything
        if not by_name and not by_feature:
            unused.append(name)
    assert unused == []


def test_pages_hold_no_script_and_no_style() -> None:
    """The Content-Security-Policy of the ready-made site refuses them."""
    inline = r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:"
    assert hits(inline, pages()) == []


class _Words(HTMLParser):
    """What a page says that does not come from a catalogue."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in SPOKEN_ATTRIBUTES:
                self.handle_data(value or "")

    def handle_data(self, data: str) -> None:
        for word in re.findall(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*", data):
            if word not in SAME_IN_EVERY_LANGUAGE:
                self.found.append((self.getpos()[0], word))


def _without_jinja(text: str) -> str:
    """In its place stand as many line breaks as it had, and a letter where it makes the name of a tag."""
    return JINJA.sub(
        lambda match: "x" * text[: match.start()].endswith(("<", "</")) + "\n" * match[0].count("\n"), text
    )


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_word_of_a_page_comes_from_the_catalogue(path: Path) -> None:
    words = _Words()
    words.feed(_without_jinja(path.read_text(encoding="utf-8")))
    assert words.found == []


def test_every_static_file_that_is_asked_for_exists() -> None:
    asked = hits(r"(?<=filename=)[\"'][^\"']+[\"']", sources("templates", ".html", ".txt"))
    names = {hit.rpartition(" ")[2].strip("\"'") for hit in asked}
    styles = hits(r"(?<=url\()[^)]+", sources("lms/static", ".css"))
    names |= {hit.rpartition(" ")[2].strip("\"'") for hit in styles if "data:" not in hit}
    assert names
    assert [name for name in names if not (ROOT / "lms/static" / name).is_file()] == []


def test_every_static_file_is_asked_for() -> None:
    shown = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*sources("templates", ".html", ".css"), *sources("lms", ".py", ".css")]
    )
    served = [path for path in (ROOT / "lms/static").rglob("*") if path.is_file() and path.name != "OFL.txt"]
    assert [path.name for path in served if path.name not in shown] == []


# --- The repository


def committed() -> Iterator[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        path = ROOT / name
        if path.is_file():
            yield path


def test_no_file_names_a_package_index_or_a_path_of_one_machine() -> None:
    folders = [r"work(?!book\b)", "home/[a-z]", "root", "Users/[A-Za-z]"]
    pattern = re.compile(
        rb"(?<![\w.:/}])/("
        + "|".join(folders).encode()
        + rb")[\w/]|--(extra-)?index-url|pypi\.org/"
        + b"simple|pythonhosted"
        + rb"\.org"
    )
    texts = (path for path in committed() if path != Path(__file__))
    assert [str(path.relative_to(ROOT)) for path in texts if pattern.search(path.read_bytes())] == []


def test_the_version_stands_in_one_line_of_the_change_log() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == lms.__version__
    assert f"\n## [{lms.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_links_in_the_documentation_lead_to_files() -> None:
    dead = []
    for path in [*ROOT.glob("*.md"), *sources("docs", ".md")]:
        prose = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        targets = [target for target in re.findall(r"\]\(([^)#\s]+)", prose) if not re.match(r"[a-z]+:", target)]
        dead += [f"{path.name}: {target}" for target in targets if not (path.parent / target).exists()]
    assert dead == []
