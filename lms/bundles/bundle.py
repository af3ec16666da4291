"""A course as plain values, in between its files and its rows. What differs by language is a mapping."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lms.courses.models import LessonKind
from lms.db import Translated
from lms.quizzes import kinds

PER_PAGE = 5
"""Questions on a page, where the quiz does not say."""


@dataclass(frozen=True, slots=True)
class Page:
    slug: str
    number: int
    """Orders the lessons of a unit, from the file's name."""
    title: Translated
    minutes: int
    body: Translated
    """Markdown."""
    video: Translated
    """Addresses; only of the languages that have one."""

    @property
    def kind(self) -> LessonKind:
        return LessonKind.page


@dataclass(frozen=True, slots=True)
class Quiz:
    slug: str
    number: int
    title: Translated
    minutes: int
    pass_mark: float
    """Percent."""
    attempts: int
    """0 for any number."""
    shuffle: bool
    final: bool
    per_page: int
    questions: Mapping[str, tuple[kinds.Question, ...]]
    """The same questions in the same order in every language."""

    @property
    def kind(self) -> LessonKind:
        return LessonKind.quiz


Lesson: TypeAlias = Page | Quiz


@dataclass(frozen=True, slots=True)
class Picture:
    path: str
    """Below the unit's folder, e.g. `images/map.km.svg`."""
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Unit:
    slug: str
    number: int
    title: Translated
    summary: Translated
    lessons: tuple[Lesson, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    slug: str
    hours: float
    pass_mark: float
    title: Translated
    summary: Translated
    description: Translated
    """Markdown."""
    completion: Mapping[str, str]
    """By part, `all` or `none`; see `courses.completion`."""
    statement: Translated
    units: tuple[Unit, ...]

    @property
    def lessons(self) -> list[tuple[Unit, Lesson]]:
        """All of them in order, each with its unit."""
        return [(unit, lesson) for unit in self.units for lesson in unit.lessons]


def stem(number: int, slug: str) -> str:
    """The beginning of a file's name, e.g. `01-who-are-our-citizens`."""
    return f"{number:02d}-{slug}"
