"""Questions as Moodle XML, read, written and edited.

Source: https://docs.moodle.org/en/Moodle_XML_format.
"""

from lms.quizzes.moodle.editing import comments, lines, split
from lms.quizzes.moodle.reading import items, parse
from lms.quizzes.moodle.writing import join, write, write_items, write_one

__all__ = ["comments", "items", "join", "lines", "parse", "split", "write", "write_items", "write_one"]
