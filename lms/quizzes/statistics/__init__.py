"""What the attempts at a quiz say about the quiz and its questions.

The definitions are those of Moodle's "Quiz statistics calculations"
(https://docs.moodle.org/dev/Quiz_statistics_calculations); each figure names its section there. Shares, scores and
indices are percents. A figure that is not defined, for too few attempts or because all are alike, is None.
"""

from lms.quizzes.statistics.choosing import Choice, Part, distribution
from lms.quizzes.statistics.figures import Analysis, Item, ItemFigures, QuizFigures, Sitting, analyse
from lms.quizzes.statistics.guessing import guess

__all__ = [
    "Analysis",
    "Choice",
    "Item",
    "ItemFigures",
    "Part",
    "QuizFigures",
    "Sitting",
    "analyse",
    "distribution",
    "guess",
]
