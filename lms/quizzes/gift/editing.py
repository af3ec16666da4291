"""Parting a GIFT text into its questions and joining them again: a change to one leaves the others as written."""

from collections.abc import Iterable

from lms.quizzes.gift.pieces import REMARK, is_category, rows
from lms.quizzes.gift.reading import last_lines
from lms.quizzes.kinds import INVISIBLE


def split(text: str) -> tuple[list[str], str]:
    """The text of each question of a sound GIFT text, with the comments above it, and what follows the last one."""
    found = list(rows(text))
    ends = last_lines(text)
    cuts = zip([0, *ends], [*ends, len(found)], strict=True)
    *questions, rest = ("\n".join(found[start:stop]).strip("\n") for start, stop in cuts)
    return questions, rest


def join(questions: Iterable[str], rest: str = "") -> str:
    """What `split` parts, with one empty line between questions."""
    parts = [part.strip("\n") for part in (*questions, rest)]
    return "".join(f"{part}\n\n" for part in parts if part).removesuffix("\n")


def comments(question: str) -> str:
    """The comments above one of the questions that `split` returns, without what they say of that question."""
    above: list[str] = []
    for row in question.split("\n"):
        seen = row.translate(INVISIBLE).strip()
        if seen and not seen.startswith("//") and not is_category(row):
            break
        plain = REMARK.sub("", row)
        if plain == row or plain.strip(" /"):
            above.append(plain)
    return "\n".join(above).strip("\n")
