"""The questions of a quiz as one text, GIFT or Moodle XML: what GIFT cannot hold makes it XML."""

import re
from collections.abc import Iterable

from lms.quizzes import gift, moodle
from lms.quizzes.imported import FormatError, Problem
from lms.quizzes.importing import MOST_TEXT, is_xml
from lms.quizzes.kinds import N_, Question

__all__ = ["FormatError", "Problem", "is_xml", "join", "lines", "read_text", "rewrite", "split", "write_text"]


def read_text(text: str) -> list[Question]:
    """The questions of a quiz's own text. Raises FormatError, which holds all the problems."""
    if len(text) > MOST_TEXT:
        raise FormatError([Problem(1, N_("The text is too long."))])
    return moodle.parse(text) if is_xml(text) else gift.parse(text)


def write_text(questions: Iterable[Question]) -> str:
    """GIFT where it holds all of the questions, and else Moodle XML."""
    found = list(questions)
    return gift.write(found) if all(map(gift.holds, found)) else moodle.write(found)


def lines(text: str) -> list[int]:
    """The line on which each question of a sound text begins."""
    return moodle.lines(text) if is_xml(text) else gift.lines(text)


def split(text: str) -> tuple[list[str], str]:
    """The text of each question of a sound text, with the comments above it, and what follows the last one."""
    return moodle.split(text) if is_xml(text) else gift.split(text)


def join(pieces: Iterable[str], rest: str = "") -> str:
    """What `split` parts, or `rewrite` made; where one piece is XML, all become XML."""
    found = list(pieces)
    if any(map(is_xml, [*found, rest])):
        return moodle.join(map(_as_xml, found), _comment(rest)) if found or rest else ""
    return gift.join(found, rest)


def rewrite(piece: str, question: Question) -> str:
    """A piece with this question instead of its own, below the same comments; an empty piece has none."""
    if is_xml(piece):
        return "\n".join(filter(None, [moodle.comments(piece), moodle.write_one(question)]))
    comments = gift.comments(piece)
    if gift.holds(question):
        return "\n".join(filter(None, [comments, gift.write([question])]))
    return "\n".join(filter(None, [_comment(comments), moodle.write_one(question)]))


def _as_xml(piece: str) -> str:
    if is_xml(piece):
        return piece
    [question] = gift.parse(piece)
    return "\n".join(filter(None, [_comment(gift.comments(piece)), moodle.write_one(question)]))


def _comment(text: str) -> str:
    """Comments of GIFT as one of XML; what is one already stays."""
    if not text.strip() or is_xml(text):
        return text
    rows = (re.sub(r"^\s*//\s?", "", row) for row in text.split("\n"))
    plain = "\n".join(rows).strip()
    while "--" in plain:
        plain = plain.replace("--", "- -")
    return f"  <!-- {plain} -->"
