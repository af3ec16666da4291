"""Parting Moodle XML into its questions and joining them again: a change to one leaves the others as written."""

from lms.quizzes.moodle import tree
from lms.quizzes.moodle.reading import encoded
from lms.quizzes.moodle.tree import Node
from lms.quizzes.moodle.writing import FOOTER, HEADER


def split(text: str) -> tuple[list[str], str]:
    """The text of each question of sound XML, with the comments above it, and what follows the last one."""
    data = encoded(text)
    whole = tree.whole(data)
    ends = [node.stop for node in whole.nodes if _is_question(node)]
    cuts = zip([whole.start, *ends], [*ends, whole.stop], strict=True)
    *pieces, rest = (_text(data[start:stop]) for start, stop in cuts)
    return pieces, rest


def lines(text: str) -> list[int]:
    """The line on which each question of sound XML begins."""
    return [node.line for node in tree.read(encoded(text)) if _is_question(node)]


def comments(piece: str) -> str:
    """What stands above one of the questions that `split` returns."""
    data = encoded(HEADER + piece + "\n" + FOOTER)
    whole = tree.whole(data)
    start = next((node.start for node in whole.nodes if _is_question(node)), whole.stop)
    return _text(data[whole.start : start])


def _is_question(node: Node) -> bool:
    return node.get("type").lower() != "category"


def _text(data: bytes) -> str:
    """Without empty lines around it; the first line keeps what it is set in by."""
    return data.decode().rstrip().lstrip("\n")
