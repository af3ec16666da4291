"""Parting a GIFT text into its questions and joining them again: a change to one leaves the others as written."""

from collections.abc import Iterable

from lms.quizzes.gift.reading import CATEGORY, last_lines
from lms.quizzes.kinds import INVISIBLE


def split(text: str) -> tuple[list[str], str]:
    """The text of each question of a sound GIFT text, with the comments above it, and what follows the last one."""
    rows = _rows(text)
    ends = last_lines(text)
    cuts = zip([0, *ends], [*ends, len(rows)], strict=True)
    *questions, rest = ("\n".join(rows[start:stop]).strip("\n") for start, stop in cuts)
    return questions, rest


def join(questions: Iterable[str], rest: str = "") -> str:
    """What `split` parts, with one empty line between questions."""
    parts = [part.strip("\n") for part in (*questions, rest)]
    return "".join(f"{part}\n\n" for part in parts if part).removesuffix("\n")


def comments(question: str) -> str:
    """The comments above one of the questions that `split` returns."""
    above: list[str] = []
    for row in question.split("\n"):
        seen = row.translate(INVISIBLE).strip()
        if seen and not seen.startswith("//"):
            break
        above.append(row)
    return "\n".join(above).strip("\n")


def without_categories(text: str) -> str:
    """The text with each `$CATEGORY` line, which Moodle's exports begin with, made a comment."""
    rows = _rows(text)
    return "\n".join(f"// {row}" if _is_category(row) else row for row in rows)


def _is_category(row: str) -> bool:
    return row.translate(INVISIBLE).strip().startswith(CATEGORY)


def _rows(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
