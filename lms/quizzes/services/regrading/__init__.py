"""Grading anew what was handed in: by the newest wording of a question, or as grading works now.

What would change is worked out first and shown; it is done only if it still comes to the same then.
"""

from lms.quizzes.services.regrading.doing import regrade
from lms.quizzes.services.regrading.planning import Anew, Fate, Plan, Wanted, plan
from lms.quizzes.services.regrading.records import Whose, history, record, whose
from lms.quizzes.services.regrading.wordings import Replaced, replaced

__all__ = [
    "Anew",
    "Fate",
    "Plan",
    "Replaced",
    "Wanted",
    "Whose",
    "history",
    "plan",
    "record",
    "regrade",
    "replaced",
    "whose",
]
