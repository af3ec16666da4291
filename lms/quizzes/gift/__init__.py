"""Questions as text in Moodle's GIFT format, read, written and edited.

Source: https://docs.moodle.org/en/GIFT_format. Two things are our own: in a quiz's own text what has no format
marker is markdown, and `-\\>` stands for an arrow that does not part a pair.
"""

from lms.quizzes.gift.editing import comments, join, split
from lms.quizzes.gift.pieces import rows
from lms.quizzes.gift.reading import items, lines, parse
from lms.quizzes.gift.writing import KINDS, holds, write, write_items
from lms.quizzes.imported import FormatError as GiftError, Problem

__all__ = [
    "KINDS",
    "GiftError",
    "Problem",
    "comments",
    "holds",
    "items",
    "join",
    "lines",
    "parse",
    "rows",
    "split",
    "write",
    "write_items",
]
