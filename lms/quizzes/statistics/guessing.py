"""Section "Random guess score" of https://docs.moodle.org/dev/Quiz_statistics_calculations: what guessing brings."""

import math
from collections.abc import Callable, Sequence

from lms.quizzes import grading
from lms.quizzes.kinds import ANYTHING, FULL, Gap, Kind, Option, Question, Scoring


def guess(question: Question) -> float | None:
    """The percent of the mark that answering at random brings on average; None for an essay.

    As in Moodle, whoever guesses knows how many answers to choose, and types nothing that happens to be right.
    """
    if question.kind is Kind.essay:
        return None
    if question.kind in OF_OPTIONS:
        return OF_OPTIONS[question.kind](question.options)
    return OF_QUESTION[question.kind](question)


def _of_one(options: Sequence[Option]) -> float:
    return max(0.0, math.fsum(option.weight for option in options) / len(options)) if options else 0.0


def _of_several(options: Sequence[Option]) -> float:
    """Each option is among so many chosen ones with the same chance."""
    right = sum(option.weight > 0 for option in options)
    return min(FULL, right * _of_one(options))


def _typed(options: Sequence[Option]) -> float:
    return max([0.0, *(option.weight for option in options if option.text == ANYTHING)])


def _matching(question: Question) -> float:
    choices = grading.choices(question)
    return FULL / len(choices) if choices else 0.0


def _ordering(question: Question) -> float:
    """In an order by chance one item on average is right, at its place and before its neighbour alike."""
    count = len(question.options)
    if not count:
        return 0.0
    return FULL / (math.factorial(count) if question.scoring == Scoring.whole else count)


def _gaps(question: Question) -> float:
    marks = math.fsum(gap.mark for gap in question.gaps)
    return math.fsum(gap.mark * _of_gap(gap) for gap in question.gaps) / marks if marks else 0.0


def _of_gap(gap: Gap) -> float:
    return OF_OPTIONS[gap.kind](gap.options)


OF_OPTIONS: dict[Kind, Callable[[Sequence[Option]], float]] = {
    Kind.single: _of_one,
    Kind.true_false: _of_one,
    Kind.multiple: _of_several,
    Kind.short_answer: _typed,
    Kind.numerical: _typed,
}
OF_QUESTION: dict[Kind, Callable[[Question], float]] = {
    Kind.matching: _matching,
    Kind.ordering: _ordering,
    Kind.gaps: _gaps,
}
