"""A GIFT text cut into blocks, and a block into pieces that still know their line."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any, TypeVar

from lms.quizzes.imported import FormatError, Problem
from lms.quizzes.kinds import INVISIBLE, tidy

S = TypeVar("S")
T = TypeVar("T")

CATEGORY = "$CATEGORY:"
ESCAPED = re.compile(r"\\([\\~=#{}:n])|-\\>")
REMARK = re.compile(r"\[(id|tag):((?:\\.|[^\]\\]){0,255})\]")
"""What a comment says of the question below it."""
LONGEST_COMMENT = 2000
"""Characters that are looked at."""


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one question without its comments; in `mask` every escape is blotted out."""

    text: str
    mask: str
    numbers: tuple[int, ...]
    comments: tuple[str, ...] = ()
    category: str = ""

    def remarks(self, name: str) -> tuple[str, ...]:
        """The values of `[name:…]` in the comments."""
        comments = (comment[:LONGEST_COMMENT] for comment in self.comments)
        found = (match for comment in comments for match in REMARK.finditer(comment) if match[1] == name)
        values = (" ".join(tidy(re.sub(r"\\([\]\\])", r"\1", match[2])).split()) for match in found)
        return tuple(dict.fromkeys(filter(None, values)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a block."""

    block: Block
    start: int
    stop: int

    @property
    def line(self) -> int:
        # Counted from the first character that is not a space, because answers begin on lines of their own.
        leading = 0 if self.blank else len(self.raw) - len(self.raw.lstrip())
        return self.block.numbers[self.block.text.count("\n", 0, self.start + leading)]

    @property
    def raw(self) -> str:
        return self.block.text[self.start : self.stop]

    @property
    def mask(self) -> str:
        return self.block.mask[self.start : self.stop]

    @property
    def text(self) -> str:
        return ESCAPED.sub(_unescape, self.raw)

    @property
    def blank(self) -> bool:
        return not self.raw.strip()

    def part(self, start: int, stop: int) -> "Piece":
        return Piece(self.block, self.start + start, self.start + stop)

    def after(self, start: int) -> "Piece":
        return self.part(start, len(self.raw))

    def cut(self, mark: str) -> "tuple[Piece, Piece | None]":
        """The piece up to the first mark that is not escaped, and what follows it."""
        at = self.mask.find(mark)
        return (self, None) if at < 0 else (self.part(0, at), self.after(at + len(mark)))

    def wrong(self, message: str, /, kind: str = "", **params: Any) -> FormatError:
        return FormatError([Problem(self.line, message, params)], kind)


def _unescape(match: re.Match[str]) -> str:
    char: str | None = match[1]
    if char is None:
        return "->"
    return "\n" if char == "n" else char


def rows(text: str) -> Iterator[str]:
    """The lines, one after another: a text of many has no list of them."""
    text = text.removeprefix("\ufeff") + "\n"
    return (row.removesuffix("\n") for row in StringIO(text, newline=None))


def is_category(row: str) -> bool:
    return row.translate(INVISIBLE).strip().startswith(CATEGORY)


def blocks(text: str) -> Iterator[Block]:
    lines: list[tuple[int, str]] = []
    comments: list[str] = []
    category = ""
    number = 0
    for number, row in enumerate(rows(text), start=1):
        seen = row and row.translate(INVISIBLE).strip()
        # A category line stands for itself, even when a question follows at once.
        if not lines and seen.startswith(CATEGORY):
            category = seen.removeprefix(CATEGORY).strip()
        elif seen.startswith("//"):
            comments.append(row)
        elif seen:
            lines.append((number, row))
        else:
            if lines:
                yield _block(lines, comments, category)
            lines, comments = [], []
    if lines:
        yield _block(lines, comments, category)


def _block(lines: list[tuple[int, str]], comments: list[str], category: str) -> Block:
    text = "\n".join(line for _, line in lines)
    mask = ESCAPED.sub(lambda match: "\\" * len(match[0]), text)
    return Block(text, mask, tuple(number for number, _ in lines), tuple(comments), category)


def each(read: Callable[[S], T], sources: Iterable[S]) -> list[T]:
    """Read every source, so that one FormatError tells all that is wrong and not only the first."""
    done: list[T] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            done.append(read(source))
        except FormatError as error:
            problems.extend(error.problems)
    if problems:
        raise FormatError(problems)
    return done
