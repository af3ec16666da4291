"""Marks for answers: pure functions of a question and a response, after Moodle's rules.

A response is what JSON can hold: the index of an option (single, true_false), a list of such indices (multiple), a
text (short_answer, numerical, essay), for matching a list with one index into `choices` for each pair that has a left
side, for ordering a list with the option at each place, None where nothing was chosen; and for gaps a list with what
was given for each gap. None is no response at all.
"""

from lms.quizzes.grading.grades import Grade, grade, rubric_fraction, tried_fraction
from lms.quizzes.grading.responses import (
    MAX_ESSAY,
    MAX_TEXT,
    Response,
    choices,
    is_answered,
    is_begun,
    lefts,
    parse_response,
    parts,
    sent,
)
from lms.quizzes.grading.scores import HUNDREDTH, Score, score
from lms.quizzes.grading.showing import gap_order, model, option_summary, order, pieces, plain, shuffled, summary
from lms.quizzes.grading.texts import matches, word_count
from lms.quizzes.kinds import comparable

__all__ = [
    "HUNDREDTH",
    "MAX_ESSAY",
    "MAX_TEXT",
    "Grade",
    "Response",
    "Score",
    "choices",
    "comparable",
    "gap_order",
    "grade",
    "is_answered",
    "is_begun",
    "lefts",
    "matches",
    "model",
    "option_summary",
    "order",
    "parse_response",
    "parts",
    "pieces",
    "plain",
    "rubric_fraction",
    "score",
    "sent",
    "shuffled",
    "summary",
    "tried_fraction",
    "word_count",
]
