"""The pictures that a question shows. Pure functions."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

from lms.quizzes.kinds import Question
from lms.web import markdown

_SHOWN = re.compile(r'<img [^>]*?src="([^"]*)"')
_MAY_SHOW = re.compile(r"!\[|<img", re.IGNORECASE)


def paths(question: Question) -> list[str]:
    """The address of each of its pictures once, as in `images/map.png`."""
    shown = (text for text in texts(question) if _MAY_SHOW.search(text))
    found = (_SHOWN.findall(str(markdown.render(text, markup=question.format))) for text in shown)
    return list(dict.fromkeys(unquote(unescape(address)) for addresses in found for address in addresses))


def texts(question: Question) -> Iterator[str]:
    """All that may have markup."""
    yield from (question.text, question.feedback, question.right_feedback, question.partly_feedback)
    yield from (question.wrong_feedback, question.grader_notes, *question.hints)
    for option in (*question.options, *(option for gap in question.gaps for option in gap.options)):
        yield from (option.text, option.feedback)
    for pair in question.pairs:
        yield from (pair.left, pair.right)
