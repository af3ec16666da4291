"""A course as plain values, in between its files and its rows. What differs by language is a mapping."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from lms.bundles.content import Content
from lms.courses.models import LessonKind
from lms.db import Translated
from lms.quizzes import kinds
from lms.quizzes.settings import Settings


@dataclass(frozen=True, slots=True)
class Page:
    slug: str
    number: int
    """Orders the lessons of a unit, from the file's name."""
    title: Translated
    """In the languages that the page has, which need not be all of the course's."""
    minutes: int
    body: Translated
    """Markdown."""
    video: Translated
    """Addresses, or the paths of films of the unit; only of the languages that have one."""

    @property
    def kind(self) -> LessonKind:
        return LessonKind.page


@dataclass(frozen=True, slots=True)
class Quiz:
    slug: str
    number: int
    title: Translated
    minutes: int
    settings: Settings
    questions: Mapping[str, tuple[kinds.Question, ...]]
    """The same questions in the same order in every language; none where all are drawn from the bank."""
    draw_lines: tuple[int, ...] = field(default=(), compare=False)
    """Where the quiz's file names each of what it draws."""

    @property
    def kind(self) -> LessonKind:
        return LessonKind.quiz


Lesson: TypeAlias = Page | Quiz


@dataclass(frozen=True, slots=True)
class File:
    """A picture, an attachment or a film."""

    path: str
    """Below the unit's folder, e.g. `images/map.km.svg`, `files/form.pdf` or `videos/market.mp4`."""
    content_type: str
    content: Content


@dataclass(frozen=True, slots=True)
class Unit:
    slug: str
    number: int
    title: Translated
    summary: Translated
    lessons: tuple[Lesson, ...]
    files: tuple[File, ...]
    requires: tuple[str, ...] = ()
    """Slugs of units before this one."""
    opens_at: datetime | None = None
    """In UTC, to the second."""


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """One of the course's own bank."""

    category: str
    """As in `draws.Draw`; empty for none."""
    versions: Mapping[str, kinds.Question]
    """By language."""
    files: tuple[File, ...] = ()
    """Its pictures, with the paths that its texts have for them."""

    @property
    def name(self) -> str:
        return next(iter(self.versions.values())).name


@dataclass(frozen=True, slots=True)
class Bundle:
    slug: str
    hours: float
    pass_mark: float
    title: Translated
    summary: Translated
    description: Translated
    """Markdown."""
    completion: Mapping[str, Any]
    """The rule; see `bundles.rule`."""
    statement: Translated
    units: tuple[Unit, ...]
    requires: tuple[str, ...] = ()
    """Slugs of other courses."""
    bank: tuple[BankQuestion, ...] = ()
    """By category and name; empty if the bundle says nothing of the bank."""
    requires_line: int = field(default=0, compare=False)
    """Where `course.toml` names them."""

    @property
    def lessons(self) -> list[tuple[Unit, Lesson]]:
        """All of them in order, each with its unit."""
        return [(unit, lesson) for unit in self.units for lesson in unit.lessons]


def stem(number: int, slug: str) -> str:
    """The beginning of a file's name, e.g. `01-who-are-our-citizens`."""
    return f"{number:02d}-{slug}"
