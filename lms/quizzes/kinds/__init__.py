"""The kinds of quiz question: their values, what is wrong with one, and texts and numbers as people type them."""

from lms.quizzes.kinds.faults import NAME_LENGTH, Fault, adds_up, faults
from lms.quizzes.kinds.question import (
    ANYTHING,
    FORMATS,
    FULL,
    TITLE_LENGTH,
    USUAL_PENALTY,
    Criterion,
    Gap,
    Kind,
    Level,
    Look,
    Option,
    Pair,
    Question,
    Scoring,
    Unit,
)
from lms.quizzes.kinds.text import INVISIBLE, N_, number, tidy

__all__ = [
    "ANYTHING",
    "FORMATS",
    "FULL",
    "INVISIBLE",
    "NAME_LENGTH",
    "N_",
    "TITLE_LENGTH",
    "USUAL_PENALTY",
    "Criterion",
    "Fault",
    "Gap",
    "Kind",
    "Level",
    "Look",
    "Option",
    "Pair",
    "Question",
    "Scoring",
    "Unit",
    "adds_up",
    "faults",
    "number",
    "tidy",
]
