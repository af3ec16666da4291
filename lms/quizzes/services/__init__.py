"""Taking a quiz: start, answer, submit. Each answer is stored when it is given; submitting again changes nothing."""

from lms.quizzes.policy import NO_GRACE, Standing
from lms.quizzes.services.allowances import allow, allowance, allowances, learner, reckon_time, take_back
from lms.quizzes.services.answering import Saved, check, save, turn
from lms.quizzes.services.asking import (
    Asked,
    asked,
    attempt,
    attempts,
    find,
    grade,
    most_tries,
    of_lesson,
    questions,
    responses,
    standing,
)
from lms.quizzes.services.pictures import Picture, picture
from lms.quizzes.services.practising import may_practise, practice, practised
from lms.quizzes.services.scoring import settle, worth
from lms.quizzes.services.starting import in_words, new_seed, start
from lms.quizzes.services.submitting import overdue, submit, submit_overdue

__all__ = [
    "NO_GRACE",
    "Asked",
    "Picture",
    "Saved",
    "Standing",
    "allow",
    "allowance",
    "allowances",
    "asked",
    "attempt",
    "attempts",
    "check",
    "find",
    "grade",
    "in_words",
    "learner",
    "may_practise",
    "most_tries",
    "new_seed",
    "of_lesson",
    "overdue",
    "picture",
    "practice",
    "practised",
    "questions",
    "reckon_time",
    "responses",
    "save",
    "settle",
    "standing",
    "start",
    "submit",
    "submit_overdue",
    "take_back",
    "turn",
    "worth",
]
