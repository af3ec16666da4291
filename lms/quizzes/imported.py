"""What reading a file or a text of questions gives, whatever its format: pure values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lms.quizzes.kinds import N_, NAME_LENGTH, TAG_LENGTH, TITLE_LENGTH, Question, faults, tidy

MOST_PARTS = 500
"""Answers, pairs or gaps of one question that are looked at."""


class Format(StrEnum):
    """How questions are written down."""

    gift = "gift"
    aiken = "aiken"
    moodle = "moodle"
    """Moodle XML."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on a line: `message` is a %-format sentence to translate, `params` are its values."""

    line: int
    message: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.line}: {self.message % self.params}"


class FormatError(ValueError):
    """A text is not sound; `problems` tells all that is wrong with it, in the order of the lines."""

    def __init__(self, problems: Iterable[Problem], kind: str = "") -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        self.kind = kind
        """The foreign name of a kind of question that we do not have."""
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a file, or why it is none."""

    line: int
    question: Question | None = None
    """None where it cannot be taken; `problems` says why."""
    category: tuple[str, ...] = ()
    """From the outermost drawer to the innermost; empty where the file names none."""
    title: str = ""
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    """What of a question that can be taken comes otherwise than the file has it."""
    kind: str = ""
    """The foreign name of a kind that we do not have."""
    idnumber: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Embedded ones by the name that the texts have for them, e.g. `images/map.png`."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file has, in its order."""

    format: Format | None
    """None where it could not be told."""
    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Of the file as a whole; nothing of it can be taken then."""

    @property
    def questions(self) -> list[Question]:
        """Those that can be taken."""
        return [item.question for item in self.items if item.question is not None]

    @property
    def files(self) -> dict[str, bytes]:
        """Of all questions; one name never stands for two contents."""
        return {name: data for item in self.items for name, data in item.files.items()}


def checked(question: Question, line: int, lines: Sequence[int] = ()) -> Question:
    """The question, if it can be asked; `lines` are those of its options, pairs or gaps. Raises FormatError."""
    problems = []
    for fault in faults(question):
        at = fault.at if fault.gap is None else fault.gap
        where = line if at is None or at >= len(lines) else lines[at]
        problems.append(Problem(where, fault.message, fault.params))
    if problems:
        raise FormatError(problems)
    return question


def short_name(name: str) -> str:
    """As much of a title as there is room for; `long_name` says that it was cut."""
    return tidy(tidy(name)[:NAME_LENGTH])


def long_name(line: int, name: str) -> list[Problem]:
    message = N_("The title is longer than %(length)s characters.")
    return [Problem(line, message, {"length": NAME_LENGTH})] if len(tidy(name)) > NAME_LENGTH else []


def sound_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags as we have them: without commas, of limited length, and each once."""
    plain = (" ".join(tidy(tag.replace(",", " ")).split())[:TAG_LENGTH].strip() for tag in tags)
    first: dict[str, str] = {}
    for tag in filter(None, plain):
        first.setdefault(tag.casefold(), tag)
    return tuple(first.values())


def strict(items: Iterable[Item]) -> list[Question]:
    """The questions of a text that is kept as it is. Raises FormatError for whatever would not be kept as written."""
    problems: list[Problem] = []
    questions: list[Question] = []
    first: dict[str, int] = {}
    for item in items:
        problems += [*item.problems, *item.notes]
        problems += [Problem(item.line, EMBEDDED, {"file": name}) for name in item.files]
        if item.question:
            questions.append(item.question)
            name = item.question.name
            if name and first.setdefault(name, item.line) != item.line:
                problems.append(Problem(item.line, REPEATED, {"title": name[:TITLE_LENGTH], "first": first[name]}))
    if problems:
        raise FormatError(problems)
    return questions


EMBEDDED = N_("The file “%(file)s” is embedded. Import this text as a file, so that it is kept.")
REPEATED = N_("The title “%(title)s” is taken by the question on line %(first)s.")
