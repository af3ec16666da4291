"""What to read again after a quiz. Pure functions."""

import re
from collections.abc import Iterator, Sequence

from lms.courses.models import Lesson, LessonKind
from lms.courses.services import Outline
from lms.quizzes import kinds
from lms.quizzes.services import Asked

LINK = re.compile(r"\]\([^)\s]*?lessons/([^/)\s]+)/?[^)\s]*\)")
"""A Markdown link to a lesson."""


def read_again(outline: Outline, quiz: Lesson, asked: Sequence[Asked]) -> list[Lesson]:
    """The lessons that questions answered wrongly link to; where none does, the pages of the unit before the quiz.
    Nothing where everything was right.
    """
    wrong = [one for one in asked if not one.waits and (one.fraction or 0) < 1]
    linked = {slug for one in wrong for text in _texts(one.question) for slug in LINK.findall(text)}
    lessons = [lesson for lesson in outline.lessons if lesson.id != quiz.id and not outline.why_closed(lesson)]
    found = [lesson for lesson in lessons if lesson.slug in linked]
    return found or (_before(lessons, quiz) if wrong else [])


def _before(lessons: Sequence[Lesson], quiz: Lesson) -> list[Lesson]:
    of_unit = (one for one in lessons if one.unit_id == quiz.unit_id and one.kind == LessonKind.page)
    return [lesson for lesson in of_unit if lesson.position < quiz.position]


def _texts(question: kinds.Question) -> Iterator[str]:
    yield from (question.text, question.feedback, question.wrong_feedback, question.partly_feedback)
    yield from (option.feedback for option in question.options)
    yield from (option.feedback for gap in question.gaps for option in gap.options)
