"""Questions as text in Moodle's GIFT format, read, written and edited.

Source: https://docs.moodle.org/en/GIFT_format. Two things are our own: a text without a format marker is
markdown, and `-\\>` stands for an arrow that does not part a pair.
"""

from lms.quizzes.gift.editing import comments, join, split, without_categories
from lms.quizzes.gift.reading import GiftError, Problem, lines, parse
from lms.quizzes.gift.writing import KINDS, write

__all__ = [
    "KINDS",
    "GiftError",
    "Problem",
    "comments",
    "join",
    "lines",
    "parse",
    "split",
    "without_categories",
    "write",
]
