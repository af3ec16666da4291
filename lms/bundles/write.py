"""From a bundle to files, always the same ones for the same course: they can be compared, and kept in git."""

import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TypeAlias

from lms.bundles import content, kinds
from lms.bundles.bank_files import write_bank
from lms.bundles.bundle import Bundle, Lesson, Page, Quiz, Unit, stem
from lms.bundles.content import Content
from lms.bundles.layout import COURSE, UNIT
from lms.bundles.lessons import FENCE
from lms.bundles.rule import canonical
from lms.courses.pieces import PIECE
from lms.errors import ConflictError
from lms.i18n import gettext
from lms.quizzes import formats
from lms.quizzes.draws import Draw
from lms.quizzes.settings import USUAL, Remark

Given: TypeAlias = Mapping[str, bytes | Content]
Value: TypeAlias = str | float | tuple[str, ...] | datetime
OLDEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP can name; when the files were written is of no interest."""
_ORDINARY_FILE = 0o100644 << 16
_UNIX = 3


def to_files(bundle: Bundle) -> dict[str, Content]:
    """By path, in order of the paths. `read.read` makes the same bundle of them."""
    files = [(COURSE, content.of(_course(bundle).encode())), *write_bank(bundle.bank)]
    for unit in bundle.units:
        files += _unit_files(unit)
    return dict(sorted(files))


def save(files: Given, path: Path) -> None:
    """Writes a ZIP if the path ends in `.zip`, else a folder; whole, or not at all.

    A ZIP of that name is replaced. Raises ConflictError where a folder is not empty: it may hold what nobody else has.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    if path.suffix.lower() == ".zip":
        with draft.open("wb") as stream:
            write_zip(files, stream)
    elif path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ConflictError(gettext("%(path)s exists already, and it is no empty folder.", path=path))
    else:
        _write_folder(files, draft)
    draft.replace(path)


def write_zip(files: Given, stream: IO[bytes]) -> None:
    """Of the same files, always the same bytes. Films, which nothing makes smaller, are stored as they are."""
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in sorted(files.items()):
            member = zipfile.ZipInfo(name, OLDEST)
            member.compress_type = zipfile.ZIP_STORED if kinds.is_film(name) else zipfile.ZIP_DEFLATED
            member.external_attr, member.create_system = _ORDINARY_FILE, _UNIX
            member.file_size = len(data)
            with archive.open(member, "w") as kept:
                _copy(data, kept)


def _write_folder(files: Given, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # of an export that was interrupted
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("wb") as stream:
            _copy(data, stream)


def _copy(data: bytes | Content, stream: IO[bytes]) -> None:
    shutil.copyfileobj(content.of(data).stream(), stream, PIECE)


# What stands in each file


def _course(bundle: Bundle) -> str:
    parts = [
        _line("slug", bundle.slug),
        _line("hours", bundle.hours),
        _line("pass_mark", bundle.pass_mark),
        *([_line("requires", bundle.requires)] if bundle.requires else []),
        *_translated("title", bundle.title),
        *_translated("summary", bundle.summary),
        *_translated("description", bundle.description),
        "\n[completion]\n",
        *(_line(part, share) for part, share in canonical(bundle.completion).items()),
    ]
    if bundle.statement:
        parts += ["\n[certificate]\n", *_translated("statement", bundle.statement)]
    return "".join(parts)


def _unit_files(unit: Unit) -> Iterator[tuple[str, Content]]:
    folder = stem(unit.number, unit.slug)
    settings = [*_translated("title", unit.title), *_translated("summary", unit.summary)]
    if unit.requires:
        settings.append(_line("requires", unit.requires))
    if unit.opens_at:
        settings.append(_line("opens_at", unit.opens_at))
    yield f"{folder}/{UNIT}", content.of("".join(settings).encode())
    for lesson in unit.lessons:
        for ending, text in _lesson_texts(lesson):
            yield f"{folder}/{stem(lesson.number, lesson.slug)}.{ending}", content.of(text.encode())
    for file in unit.files:
        yield f"{folder}/{file.path}", file.content


def _lesson_texts(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """The texts of a lesson by the ending of their file."""
    if isinstance(lesson, Quiz):
        yield "quiz.toml", _quiz(lesson)
        for code, questions in lesson.questions.items():
            text = formats.write_text(questions)
            yield f"{code}.{questions_ending(text)}", text
    else:
        for code in lesson.title:
            yield f"{code}.md", _page(lesson, code)


def questions_ending(text: str) -> str:
    """Of the name of a file of questions."""
    return "xml" if formats.is_xml(text) else "gift"


def _page(page: Page, code: str) -> str:
    front = _line("title", page.title[code])
    if page.minutes:
        front += _line("minutes", page.minutes)
    if code in page.video:
        front += _line("video", page.video[code])
    body = page.body.get(code, "")
    return f"{FENCE}\n{front}{FENCE}\n" + (f"\n{body}\n" if body else "")


def _quiz(quiz: Quiz) -> str:
    settings = quiz.settings
    parts = [*_translated("title", quiz.title), _line("minutes", quiz.minutes)]
    for one in fields(settings):
        value = getattr(settings, one.name)
        if one.name in ALWAYS or (value != getattr(USUAL, one.name) and one.name not in TABLES):
            parts.append(_line(one.name, value))
    parts += [*map(_remark, settings.overall), *map(_draw, settings.draws)]
    return "".join(parts)


ALWAYS = ("pass_mark", "attempts", "shuffle")
"""Settings of a quiz that are written also where they are as usual."""
TABLES = ("overall", "draws")


def _remark(remark: Remark) -> str:
    return "".join(["\n[[overall]]\n", _line("from", remark.least), *_translated("text", remark.text)])


def _draw(draw: Draw) -> str:
    values = {**draw.to_json(), "tags": draw.tags}
    return "\n[[draw]]\n" + "".join(_line(key, value) for key, value in values.items() if value)


def _translated(key: str, text: Mapping[str, str]) -> list[str]:
    return [_line(f"{key}.{code}", text[code]) for code in sorted(text)]


def _line(key: str, value: Value) -> str:
    return f"{key} = {_value(value)}\n"


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, str):
        return _long_text(value) if "\n" in value else json.dumps(value, ensure_ascii=False)
    return repr(value).removesuffix(".0")


def _long_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"""', '""\\"')
    return f'"""\n{escaped}\n"""'
