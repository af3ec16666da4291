"""Which file of a bundle is what, by its name alone."""

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeVar

from lms.bundles import kinds
from lms.bundles.sources import Sources
from lms.bundles.toml import MAX_SLUG, SLUG, language_fault
from lms.i18n import gettext

COURSE = "course.toml"
BANK = "bank"
UNIT = "unit.toml"
_NUMBERED = re.compile(rf"(?P<number>\d{{1,4}})-(?P<slug>{SLUG.pattern})")
_LESSON = re.compile(rf"{_NUMBERED.pattern}\.(?:(?P<quiz>quiz)\.toml|(?P<language>[^.]*)\.(?P<ending>md|gift|xml))")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,119}")
_BANK = re.compile(rf"{BANK}\.(?P<language>[^./]*)\.xml")
_BANK_PICTURE = re.compile(rf"{BANK}/(?P<path>(?:[0-9a-f]{{12}}/)?images(?:/{_FILE.pattern})+)")
FOLDERS = {"images": kinds.PICTURES, "files": kinds.CONTENT_TYPES, "videos": kinds.VIDEOS}
"""Below a unit, with what may lie in them."""


@dataclass(slots=True)
class LessonFiles:
    folder: str
    stem: str
    number: int
    slug: str
    settings: str = ""
    """The path of `….quiz.toml`."""
    pages: dict[str, str] = field(default_factory=dict)
    """Paths of `….md` by language."""
    questions: dict[str, str] = field(default_factory=dict)
    """Paths of `….gift` or `….xml` by language."""

    @property
    def place(self) -> str:
        """What problems of the lesson as a whole are filed under."""
        return self.settings or next(iter([*self.pages.values(), *self.questions.values()]), self.path("md"))

    @property
    def is_quiz(self) -> bool:
        return bool(self.settings or self.questions)

    def path(self, ending: str) -> str:
        return f"{self.folder}/{self.stem}.{ending}"


@dataclass(slots=True)
class UnitFiles:
    folder: str
    number: int
    slug: str
    lessons: dict[str, LessonFiles] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    """Their paths below the unit's folder."""

    @property
    def place(self) -> str:
        return self.folder

    @property
    def settings(self) -> str:
        return f"{self.folder}/{UNIT}"


@dataclass(slots=True)
class BankFiles:
    texts: dict[str, str] = field(default_factory=dict)
    """Paths of `bank.….xml` by language."""
    pictures: list[str] = field(default_factory=list)
    """Their paths below `bank`."""


Named = TypeVar("Named", UnitFiles, LessonFiles)


def sort(sources: Sources, languages: Iterable[str]) -> list[UnitFiles]:
    """The units in order, with their lessons in order. Complains of every file that has no place, and of doubles."""
    units: dict[str, UnitFiles] = {}
    for path in sorted(sources.paths):
        folder, _, rest = path.partition("/")
        if path == COURSE or _BANK.fullmatch(path) or folder == BANK:
            continue
        match = _NUMBERED.fullmatch(folder)
        if not rest or not match:
            sources.wrong(path, 0, _out_of_place())
            continue
        unit = units.setdefault(folder, UnitFiles(folder, int(match["number"]), match["slug"]))
        _take(sources, unit, path, rest, list(languages))
    found = sorted(units.values(), key=lambda unit: unit.number)
    for unit in found:
        unit.lessons = dict(sorted(unit.lessons.items(), key=lambda item: (item[1].number, item[0])))
    _check_doubles(sources, found)
    return found


def bank(sources: Sources) -> BankFiles:
    """The files of the course's own question bank."""
    found = BankFiles()
    for path in sorted(sources.paths):
        if match := _BANK.fullmatch(path):
            if fault := language_fault(match["language"], ()):
                sources.wrong(path, 0, fault)
            found.texts[match["language"]] = path
        elif match := _BANK_PICTURE.fullmatch(path):
            if PurePosixPath(path).suffix.lower() in kinds.PICTURES:
                found.pictures.append(match["path"])
            else:
                sources.wrong(path, 0, _kinds_of("images"))
        elif path.startswith(f"{BANK}/"):
            sources.wrong(path, 0, _out_of_place())
    return found


def _take(sources: Sources, unit: UnitFiles, path: str, rest: str, languages: list[str]) -> None:
    if rest == UNIT:
        return
    if rest.partition("/")[0] in FOLDERS:
        _take_file(sources, unit, path, rest)
    elif match := _LESSON.fullmatch(rest):
        _take_lesson(sources, unit, path, match, languages)
    else:
        sources.wrong(path, 0, _out_of_place())


def _take_file(sources: Sources, unit: UnitFiles, path: str, rest: str) -> None:
    folder, _, name = rest.partition("/")
    if not _FILE.fullmatch(name):
        sources.wrong(
            path, 0, gettext("A file's name is made of Latin letters, digits, dots, hyphens and underscores.")
        )
    elif PurePosixPath(name).suffix.lower() in FOLDERS[folder]:
        unit.files.append(rest)
    elif folder == "files":
        kinds.check(sources.data(path), name, sources.complain_of(path))
    else:
        sources.wrong(path, 0, _kinds_of(folder))


def _kinds_of(folder: str) -> str:
    if folder == "videos":
        return gettext("Films are MP4 or WebM; other files are not taken.")
    return gettext("Pictures are PNG, JPEG, GIF, WebP or SVG; other files are not taken.")


def _take_lesson(sources: Sources, unit: UnitFiles, path: str, match: re.Match[str], languages: list[str]) -> None:
    stem = match[0].partition(".")[0]
    new = LessonFiles(unit.folder, stem, int(match["number"]), match["slug"])
    lesson = unit.lessons.setdefault(stem, new)
    if match["quiz"]:
        lesson.settings = path
    elif fault := language_fault(match["language"], languages):
        sources.wrong(path, 0, fault)
    elif match["ending"] == "md":
        lesson.pages[match["language"]] = path
    elif (other := lesson.questions.setdefault(match["language"], path)) != path:
        sources.wrong(path, 0, gettext("The questions in this language are in %(other)s too.", other=other))


def _check_doubles(sources: Sources, units: list[UnitFiles]) -> None:
    """Numbers order, so they differ; slugs are addresses: a lesson's is unique in its course."""
    lessons = [lesson for unit in units for lesson in unit.lessons.values()]
    _check_unique(sources, units, lambda unit: unit.number, _number_taken)
    _check_unique(sources, units, lambda unit: unit.slug, _slug_taken)
    _check_unique(sources, lessons, lambda lesson: (lesson.folder, lesson.number), _number_taken)
    _check_unique(sources, lessons, lambda lesson: lesson.slug, _slug_taken)
    every: list[UnitFiles | LessonFiles] = [*units, *lessons]
    for named in every:
        if len(named.slug) > MAX_SLUG:
            sources.wrong(named.place, 0, gettext("The name is longer than %(limit)s characters.", limit=MAX_SLUG))


def _check_unique(
    sources: Sources, named: Iterable[Named], key: Callable[[Named], Hashable], taken: Callable[[str], str]
) -> None:
    first: dict[Hashable, str] = {}
    for one in named:
        other = first.setdefault(key(one), one.place)
        if other != one.place:
            sources.wrong(one.place, 0, taken(other))


def _number_taken(other: str) -> str:
    return gettext("The number is taken by %(other)s.", other=other)


def _slug_taken(other: str) -> str:
    return gettext("The name after the number is taken by %(other)s.", other=other)


def _out_of_place() -> str:
    return gettext("A bundle has no place for this file; is its name right?")
