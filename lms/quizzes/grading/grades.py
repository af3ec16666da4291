"""What a response is worth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lms.quizzes.grading.responses import Response, choices, chosen, is_answered, is_begun, lefts, parts
from lms.quizzes.grading.texts import matches
from lms.quizzes.kinds import (
    ANYTHING,
    FULL,
    Kind,
    Option,
    Question,
    Scoring,
    adds_up,
    comparable,
    number,
    quantity,
    unit_key,
)

RELATIVE_NOISE = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Grade:
    """What a response is worth, from 0 to 1, and what to say about it."""

    fraction: float
    right: bool
    feedback: tuple[str, ...] = ()
    """That of the answers chosen."""
    combined: str = ""
    """That of the question for whoever answered rightly, partly so, or wrongly."""
    parts: tuple["Grade", ...] = ()
    """Of a matching each pair, of gaps each gap, of an ordering each place."""
    wrong_unit: bool = False
    """The number would have been worth more with its unit."""
    graded: bool = True
    """False for an essay that a person has to grade: it is worth nothing yet."""

    @property
    def silent(self) -> "Grade":
        """The same without feedback."""
        parts = tuple(part.silent for part in self.parts)
        return replace(self, feedback=(), combined="", parts=parts, wrong_unit=False)


NOTHING = Grade(0.0, right=False)


def grade(question: Question, response: Response) -> Grade:
    """Grade a response; one of the wrong shape earns nothing."""
    if question.kind is Kind.essay:
        return replace(NOTHING, graded=not is_answered(question, response))
    found = _grade(question, response)
    return replace(found, combined=_combined(question, found.fraction) if is_begun(question, response) else "")


def tried_fraction(question: Question, tries: Sequence[Response]) -> float:
    """The worth of responses given one after another: of the last, less the penalty for each wrong one before it.

    Pairs and gaps pay each on their own, for the tries before they came to what they are worth at last. The same
    response twice in a row is one try. Source: https://docs.moodle.org/en/Question_behaviours (interactive with
    multiple tries), and the count-back scoring of Moodle's `question_behaviour interactivecountback`.
    """
    grades = [grade(question, one) for at, one in enumerate(tries) if at == 0 or one != tries[at - 1]]
    if not grades:
        return 0.0
    cost, last = question.penalty / FULL, grades[-1]
    if question.kind in (Kind.matching, Kind.gaps):
        each = zip(*(one.parts for one in grades), strict=True)
        return _mean([_less([part.fraction for part in some], cost) for some in each], question)
    return max(0.0, last.fraction - cost * sum(not one.right for one in grades[:-1]))


def rubric_fraction(question: Question, levels: Sequence[int | None]) -> float | None:
    """The points of the levels chosen, one of each criterion, of the most points; None while any is missing.

    Source: https://docs.moodle.org/en/Rubrics, where the least points count from zero.
    """
    found = [
        criterion.levels[at].points
        for criterion, at in zip(question.rubric, levels, strict=False)
        if isinstance(at, int) and 0 <= at < len(criterion.levels)
    ]
    most = math.fsum(criterion.most for criterion in question.rubric)
    return math.fsum(found) / most if most and len(found) == len(question.rubric) else None


def _less(fractions: Sequence[float], cost: float) -> float:
    last = fractions[-1]
    since = next(at for at in reversed(range(len(fractions))) if at == 0 or fractions[at - 1] != last)
    return max(0.0, last - since * cost)


def _mean(fractions: Sequence[float], question: Question) -> float:
    """By the marks of the gaps; other parts weigh the same."""
    marks = [gap.mark for gap in question.gaps] or [1.0] * len(fractions)
    total = math.fsum(marks)
    return math.fsum(one * mark for one, mark in zip(fractions, marks, strict=True)) / total if total else 0.0


def _combined(question: Question, fraction: float) -> str:
    if fraction == 1:
        return question.right_feedback
    return question.partly_feedback if fraction > 0 else question.wrong_feedback


def _grade(question: Question, response: Response) -> Grade:
    if question.kind is Kind.matching:
        return _of_parts(_grade_pairs(question, response), question)
    if question.kind is Kind.gaps:
        given = parts(question, response)
        return _of_parts([grade(gap.alone, one) for gap, one in zip(question.gaps, given, strict=True)], question)
    if question.kind is Kind.ordering:
        return _grade_order(question, response)
    if question.kind in (Kind.short_answer, Kind.numerical):
        return _grade_text(question, response if isinstance(response, str) else "")
    return _of_options([question.options[at] for at in chosen(question, response)])


def _of_options(picked: Sequence[Option], cost: float = 0.0) -> Grade:
    fraction = _fraction(math.fsum(option.weight for option in picked) - cost)
    feedback = tuple(option.feedback for option in picked if option.feedback)
    return Grade(fraction, fraction == 1, feedback, wrong_unit=cost > 0)


def _of_parts(found: Sequence[Grade], question: Question) -> Grade:
    right = bool(found) and all(one.right for one in found)
    return Grade(1.0 if right else _mean([one.fraction for one in found], question), right, parts=tuple(found))


def _fraction(percent: float) -> float:
    return 1.0 if adds_up(percent) else min(max(percent / FULL, 0.0), 1.0)


def _worth(right: bool) -> Grade:
    return Grade(float(right), right)


def _grade_pairs(question: Question, response: Response) -> list[Grade]:
    texts, picks = choices(question), parts(question, response)
    pairs = zip(lefts(question), picks, strict=True)
    return [_worth(pick is not None and texts[pick] == pair.right) for pair, pick in pairs]


def _grade_order(question: Question, response: Response) -> Grade:
    """Source: https://docs.moodle.org/en/Ordering_question_type, its grading types “Absolute position”, “Relative to
    the next item (including last)” and “All or nothing”."""
    given = parts(question, response)
    found = [_worth(one == at) for at, one in enumerate(given)]
    whole = _of_parts(found, question)
    if question.scoring == Scoring.neighbour:
        followers = zip(given, [*given[1:], len(given)], strict=True)
        fraction = sum(one is not None and after == one + 1 for one, after in followers) / max(len(given), 1)
        return replace(whole, fraction=fraction)
    return replace(whole, fraction=float(whole.right)) if question.scoring == Scoring.whole else whole


def _grade_text(question: Question, text: str) -> Grade:
    """By the option worth most of those that the text matches."""
    if not comparable(text):
        return NOTHING
    if question.kind is Kind.short_answer:
        return _best([one for one in question.options if matches(one.text, text, question.case)])
    return _grade_number(question, text)


def _best(matching: Sequence[Option], cost: float = 0.0) -> Grade:
    return _of_options([max(matching, key=lambda option: option.weight)] if matching else [], cost)


def _grade_number(question: Question, text: str) -> Grade:
    """Source: https://docs.moodle.org/en/Numerical_question_type, “Units” and “Unit handling”: the number is brought to
    the first unit; where the unit is graded, a missing or unknown one costs its part of the mark."""
    value, known = _in_first_unit(question, text)
    near = [one for one in question.options if one.text == ANYTHING or (value is not None and _is_near(one, value))]
    best = _best(near)
    return best if known or best.fraction == 0 else _best(near, question.unit_penalty)


def _in_first_unit(question: Question, text: str) -> tuple[Decimal | None, bool]:
    """The number, and whether its unit is in order."""
    if not question.units:
        return number(text), True
    value, unit = quantity(text) or (None, "")
    factor = next((Decimal(str(one.factor)) for one in question.units if unit_key(one.name) == unit), None)
    if value is None or factor is not None:
        return (value * factor if value is not None and factor is not None else None), True
    if question.unit_penalty:
        return value, False
    return (None if unit else value), True


def _is_near(option: Option, given: Decimal) -> bool:
    value = number(option.text)
    if value is None:
        return False
    return abs(given - value) <= Decimal(str(option.tolerance)) + abs(value) * RELATIVE_NOISE
