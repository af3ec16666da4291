"""The figures in plain words, with the thresholds of Moodle's "Quiz report statistics"
(https://docs.moodle.org/dev/Quiz_report_statistics); where a threshold is ours, it says so.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from lms.i18n import gettext, number, numerals, percent
from lms.quizzes import grading
from lms.quizzes.kinds import Kind
from lms.quizzes.statistics import Choice, Part, QuizFigures
from lms.reports.quizzes.findings import Finding

FEW = 30
"""Below so many attempts figures swing with each further one (ours, as is usual in item analysis)."""
HARDLY_ANY = 5
"""Below so many nothing is said (ours)."""
NEARLY_ALL = 75
MANY_BLANK = 25
"""Percent of those who answered, or were asked (ours)."""
NEEDS_CHECKING = 15
"""Below this discriminative efficiency Moodle's report marks a question for checking."""
QUOTED = 60
"""Characters of an answer."""


class Tone(StrEnum):
    good = "good"
    plain = "plain"
    bad = "bad"


class Remark(NamedTuple):
    tone: Tone
    text: str


def needs_checking(one: Finding) -> bool:
    """Whether to look at it first."""
    efficiency = one.figures.efficiency
    doubtful = one.figures.asked >= HARDLY_ANY and efficiency is not None and efficiency < NEEDS_CHECKING
    return doubtful or any(remark.tone == Tone.bad for remark in on_question(one))


def on_question(one: Finding) -> list[Remark]:
    if not one.figures.asked:
        return [Remark(Tone.plain, gettext("Nobody has been asked this question yet."))]
    if one.blank == one.figures.asked:
        return [Remark(Tone.bad, gettext("Nobody answered. Can it be seen, and be understood?"))]
    if one.figures.asked < HARDLY_ANY:
        return [Remark(Tone.plain, gettext("Too few answers to tell anything yet."))]
    return [*_on_answers(one), *_on_facility(one), *_on_discrimination(one), *_on_blanks(one), *_on_guessing(one)]


# What was chosen


def _on_answers(one: Finding) -> Iterator[Remark]:
    for part in one.parts:
        text = _on_part(one, part)
        if text:
            yield Remark(Tone.bad, f"{title(one, part)}: {text}" if part.title else text)
    unchosen = [quoted(one, choice) for choice in _never_chosen(one)]
    if unchosen:
        yield Remark(Tone.plain, gettext("Nobody chose %(answers)s: no real choice.", answers=", ".join(unchosen)))


def _on_part(one: Finding, part: Part) -> str:
    wrong = max((choice for choice in part.choices if choice.wrong), key=lambda choice: choice.count, default=None)
    right = max((choice.count for choice in part.choices if not choice.wrong), default=0)
    if part.several or wrong is None or wrong.count <= right:
        return ""
    answer = _shortened(in_words(one, wrong))
    if 100 * wrong.count >= NEARLY_ALL * part.answered:
        return gettext("Nearly everyone answered “%(answer)s”, which is wrong. Is the key right?", answer=answer)
    return gettext("More answered “%(answer)s”, which is wrong, than what is right.", answer=answer)


def _never_chosen(one: Finding) -> list[Choice]:
    """Of the answers to choose from; that nobody chose one means something when many could."""
    if one.question.kind not in (Kind.single, Kind.multiple) or one.figures.asked < FEW:
        return []
    return [choice for choice in one.parts[0].choices if not choice.count]


def title(one: Finding, part: Part) -> str:
    """What the part of a question is called."""
    if one.question.kind == Kind.gaps:
        return gettext("Gap %(number)s", number=numerals(part.title))
    if one.question.kind == Kind.ordering:
        return gettext("Place %(number)s", number=numerals(part.title))
    return _shortened(grading.plain(part.title, one.question.format))


def in_words(one: Finding, choice: Choice) -> str:
    """An answer as it is shown."""
    if one.question.kind == Kind.true_false:
        return gettext("True") if choice.text == "true" else gettext("False")
    return grading.plain(choice.text, one.question.format)


def quoted(one: Finding, choice: Choice) -> str:
    return gettext("“%(text)s”", text=_shortened(in_words(one, choice)))


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= QUOTED else text[:QUOTED].rstrip() + "…"


# How it went


def _on_facility(one: Finding) -> Iterator[Remark]:
    """Facility index: 5 or less, 10, 20, 34, 64, 80, 89, 94 and more."""
    facility = one.figures.facility or 0
    if facility <= 5:
        yield Remark(Tone.bad, gettext("Extremely difficult, or something is wrong with the question."))
    elif facility <= 10:
        yield Remark(Tone.plain, gettext("Very difficult."))
    elif facility <= 20:
        yield Remark(Tone.plain, gettext("Difficult."))
    elif facility < 35:
        yield Remark(Tone.plain, gettext("Moderately difficult."))
    elif facility < 65:
        yield Remark(Tone.good, gettext("About right for the average learner."))
    elif facility <= 80:
        yield Remark(Tone.plain, gettext("Fairly easy."))
    elif facility < 90:
        yield Remark(Tone.plain, gettext("Easy."))
    elif facility < 95:
        yield Remark(Tone.plain, gettext("Very easy."))
    else:
        yield Remark(Tone.plain, gettext("Extremely easy: too easy to tell who knows more."))


def _on_discrimination(one: Finding) -> Iterator[Remark]:
    """Discrimination index: negative, below 20, 30, 50 and more."""
    index = one.figures.discrimination
    if index is None:
        yield Remark(Tone.plain, gettext("It does not tell learners apart: all got the same, here or in the rest."))
    elif index < 0:
        yield Remark(Tone.bad, gettext("Those who know the rest fail here: the question is probably wrong."))
    elif index < 20:
        yield Remark(Tone.plain, gettext("It hardly tells those who know the rest from those who do not."))
    elif index < 30:
        yield Remark(Tone.plain, gettext("It tells a little of who knows the rest."))
    elif index <= 50:
        yield Remark(Tone.good, gettext("It tells well enough who knows the rest."))
    else:
        yield Remark(Tone.good, gettext("It tells very well who knows the rest."))


def _on_blanks(one: Finding) -> Iterator[Remark]:
    share = 100 * one.blank / one.figures.asked
    if share >= MANY_BLANK:
        yield Remark(Tone.plain, gettext("%(percent)s left it open.", percent=percent(share)))


def _on_guessing(one: Finding) -> Iterator[Remark]:
    """Random guess score: above 40 is unsatisfactory."""
    if one.guess is not None and one.guess > 40:
        yield Remark(Tone.plain, gettext("Guessing alone brings %(percent)s.", percent=percent(one.guess)))


# The quiz as a whole


class Figure(NamedTuple):
    label: str
    value: str
    remark: Remark


def on_quiz(found: QuizFigures) -> list[Figure]:
    """Each figure that is known, with what it means."""
    figures = (
        (gettext("Mean"), found.mean, percent, on_mean),
        (gettext("Median"), found.median, percent, on_median),
        (gettext("Standard deviation"), found.deviation, percent, on_deviation),
        (gettext("Skewness"), found.skewness, number, on_skewness),
        (gettext("Kurtosis"), found.kurtosis, number, on_kurtosis),
        (gettext("Internal consistency (Cronbach’s alpha)"), found.consistency, percent, on_consistency),
        (gettext("Error ratio"), found.error_ratio, percent, on_error_ratio),
        (gettext("Standard error"), found.standard_error, percent, on_standard_error),
    )
    return [Figure(label, said(value), told(value)) for label, value, said, told in figures if value is not None]


def on_mean(value: float) -> Remark:
    if value < 50:
        return Remark(Tone.plain, gettext("Low: on average more than half of the points are lost."))
    if value <= 75:
        return Remark(Tone.good, gettext("Between 50 and 75: scores can tell learners apart."))
    return Remark(Tone.plain, gettext("High: right where all should pass; a test that ranks aims at 50 to 75."))


def on_median(_value: float) -> Remark:
    return Remark(Tone.plain, gettext("Half of the attempts score less than this."))


def on_deviation(value: float) -> Remark:
    if value < 12:
        return Remark(Tone.plain, gettext("Scores lie close together."))
    if value <= 18:
        return Remark(Tone.good, gettext("Scores are spread as they should be, by 12 to 18."))
    return Remark(Tone.plain, gettext("Scores lie far apart."))


def on_skewness(value: float) -> Remark:
    if value < -1:
        return Remark(Tone.plain, gettext("Most score high; it tells little among those above the mean."))
    if value <= 1:
        return Remark(Tone.good, gettext("Scores lie about evenly on both sides of the mean."))
    return Remark(Tone.plain, gettext("Most score low; it tells little around the pass mark."))


def on_kurtosis(value: float) -> Remark:
    if value > 1:
        return Remark(Tone.plain, gettext("Most score alike: it tells only the best and the weakest from them."))
    if value >= 0:
        return Remark(Tone.good, gettext("Scores gather around the mean as is usual."))
    return Remark(Tone.plain, gettext("Scores are spread flatly, without a peak."))


def on_consistency(value: float) -> Remark:
    if value < 64:
        return Remark(Tone.bad, gettext("Below 64: the questions do not measure one thing, or some are faulty."))
    if value < 75:
        return Remark(Tone.plain, gettext("Could be better: 75 and more is satisfactory."))
    return Remark(Tone.good, gettext("Satisfactory: the questions measure one thing."))


def on_error_ratio(value: float) -> Remark:
    if value > 50:
        return Remark(Tone.bad, gettext("More than half of the differences between scores are chance."))
    return Remark(Tone.good, gettext("Less than half of the differences between scores are chance."))


def on_standard_error(value: float) -> Remark:
    sure = gettext("In another quiz like this, a learner would likely score within so much of the same.")
    return Remark(Tone.plain if value > 8 else Tone.good, sure)
