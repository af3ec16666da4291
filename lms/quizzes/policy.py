"""What holds for one person in one quiz: may they begin, until when, what counts, what shows. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from lms.quizzes.grading.scores import HUNDREDTH
from lms.quizzes.models import Allowance, Attempt, Counts, Quiz, Shows

NO_GRACE = timedelta()


class Bar(StrEnum):
    """Why no attempt can be begun."""

    early = "early"
    closed = "closed"
    used_up = "used_up"
    pausing = "pausing"


@dataclass(frozen=True, slots=True)
class Barrier:
    why: Bar
    at: datetime | None = None
    """When the quiz opens, when it closed, or until when to wait."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands in one quiz: its settings, what they have beyond others, their attempts so far."""

    quiz: Quiz
    made: Sequence[Attempt] = ()
    """The oldest first."""
    allowance: Allowance | None = None
    complete: bool = False
    """The lesson is: whoever has passed once, has passed, whatever counts now."""

    @property
    def limit(self) -> int | None:
        """How many attempts there are; None: any number."""
        return self.quiz.attempts + self._extra("extra_attempts") if self.quiz.attempts else None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(self.limit - len(self.made), 0)

    @property
    def minutes(self) -> int:
        """For an attempt; 0: as many as wanted."""
        return self.quiz.time_limit + self._extra("extra_minutes") if self.quiz.time_limit else 0

    @property
    def closes_at(self) -> datetime | None:
        return (self.allowance.closes_at if self.allowance else None) or self.quiz.closes_at

    @property
    def open(self) -> Attempt | None:
        """The attempt that goes on; there is at most one."""
        return self.made[-1] if self.made and self.made[-1].submitted_at is None else None

    @property
    def submitted(self) -> list[Attempt]:
        return [attempt for attempt in self.made if attempt.submitted_at is not None]

    @property
    def score(self) -> float | None:
        """In percent, the one that counts; None until there is one."""
        return counting(self.quiz.counts, self.submitted)

    @property
    def passed(self) -> bool:
        return self.complete or (self.score is not None and self.score >= self.quiz.pass_mark)

    @property
    def ready_at(self) -> datetime | None:
        """When the pause after the last attempt is over."""
        last = self.submitted[-1].submitted_at if self.submitted else None
        return last + timedelta(minutes=self.quiz.pause) if last and self.quiz.pause else None

    def due_at(self, started_at: datetime) -> datetime | None:
        """When the time of an attempt is up: that of the quiz, and never after it has closed."""
        ends = started_at + timedelta(minutes=self.minutes) if self.minutes else None
        return min((moment for moment in (ends, self.closes_at) if moment), default=None)

    def _extra(self, what: str) -> int:
        return getattr(self.allowance, what) if self.allowance else 0


def counting(counts: str, submitted: Sequence[Attempt]) -> float | None:
    """The score that counts, of these attempts in their order. None where it depends on one that waits for a grader."""
    return counting_of(counts, [attempt.score_percent for attempt in submitted])


def counting_of(counts: str, scores: Sequence[float | None]) -> float | None:
    """The same of their scores."""
    if not scores:
        return None
    if counts == Counts.first:
        return scores[0]
    if counts == Counts.last:
        return scores[-1]
    known = [score for score in scores if score is not None]
    if counts == Counts.average:
        return _mean(known) if len(known) == len(scores) else None
    return max(known, default=None)


def _mean(scores: Sequence[float]) -> float:
    """With two decimals, rounded half up, as each score is."""
    total = sum((Decimal(str(score)) for score in scores), Decimal(0))
    return float((total / len(scores)).quantize(HUNDREDTH, ROUND_HALF_UP))


def barrier(standing: Standing, now: datetime) -> Barrier | None:
    """What keeps the person from beginning an attempt now, if anything."""
    opens_at, closes_at, ready_at = standing.quiz.opens_at, standing.closes_at, standing.ready_at
    if opens_at and now < opens_at:
        return Barrier(Bar.early, opens_at)
    if closes_at and now >= closes_at:
        return Barrier(Bar.closed, closes_at)
    if standing.left == 0:
        return Barrier(Bar.used_up)
    if ready_at and now < ready_at:
        return Barrier(Bar.pausing, ready_at)
    return None


def is_over(attempt: Attempt, now: datetime, grace: timedelta) -> bool:
    """Whether nothing can be stored any more: it is submitted, or its time and the grace for slow lines are up."""
    return attempt.submitted_at is not None or is_overdue(attempt, now, grace)


def is_due(attempt: Attempt, now: datetime) -> bool:
    """Whether its time is up; the grace may not be."""
    return attempt.due_at is not None and now >= attempt.due_at


def is_overdue(attempt: Attempt, now: datetime, grace: timedelta) -> bool:
    return attempt.due_at is not None and now > attempt.due_at + grace


def shows(when: str, standing: Standing, now: datetime) -> bool:
    """Whether feedback or the right answers show now. While an attempt goes on, whoever is done is not done yet."""
    if when == Shows.done:
        return standing.open is None and (standing.passed or standing.left == 0)
    if when == Shows.closed:
        return standing.closes_at is not None and now >= standing.closes_at
    return when == Shows.always


def overall(quiz: Quiz, score_percent: float) -> Mapping[str, str]:
    """The feedback on such a score, by language."""
    fitting = [one for one in quiz.overall if score_percent >= one["from"]]
    return max(fitting, key=lambda one: one["from"])["text"] if fitting else {}


# Pages


def pages(quiz: Quiz, count: int) -> int:
    """How many pages so many questions take."""
    return max(1, -(-count // per_page(quiz, count)))


def per_page(quiz: Quiz, count: int) -> int:
    return quiz.per_page or max(count, 1)


def page_of(quiz: Quiz, attempt: Attempt, number: int) -> int:
    """Where the question of that number stands."""
    return (number - 1) // per_page(quiz, len(attempt.question_ids)) + 1
