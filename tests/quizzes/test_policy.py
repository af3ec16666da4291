"""What holds for one person in one quiz, as pure functions."""

from datetime import datetime, timedelta

import pytest

from lms.quizzes import policy
from lms.quizzes.models import Allowance, Attempt, Quiz
from lms.quizzes.policy import Bar, Barrier, Standing
from tests.quizzes.sitting import GRACE, NOON, minutes


def quiz(**settings: object) -> Quiz:
    usual = {"attempts": 0, "pass_mark": 60, "time_limit": 0, "pause": 0, "counts": "highest", "per_page": 5}
    return Quiz(**{**usual, **settings})


def allowance(**values: object) -> Allowance:
    return Allowance(**{"extra_attempts": 0, "extra_minutes": 0, **values})


def handed_in(*scores: float | None) -> list[Attempt]:
    return [
        Attempt(number=number, submitted_at=NOON + minutes(number), score_percent=score)
        for number, score in enumerate(scores, 1)
    ]


@pytest.mark.parametrize(
    ("counts", "scores", "counted"),
    [
        ("highest", [40, 80, 60], 80),
        ("average", [40, 80, 60], 60),
        ("average", [33.33, 33.33, 33.34], 33.33),
        ("average", [0.01, 0.02], 0.02),
        ("first", [40, 80, 60], 40),
        ("last", [40, 80, 60], 60),
        ("highest", [40, None], 40),
        ("average", [40, None], None),
        ("first", [None, 80], None),
        ("first", [40, None], 40),
        ("last", [40, None], None),
        ("highest", [], None),
    ],
)
def test_which_attempt_counts(counts: str, scores: list[float | None], counted: float | None) -> None:
    assert policy.counting(counts, handed_in(*scores)) == counted


def test_an_attempt_that_goes_on_counts_for_nothing() -> None:
    standing = Standing(quiz(counts="last"), [*handed_in(70), Attempt(number=2)])
    assert (standing.score, standing.passed) == (70, True)


@pytest.mark.parametrize(
    ("time_limit", "closes", "extra", "due"),
    [
        (0, None, None, None),
        (30, None, None, 30),
        (30, 20, None, 20),
        (0, 20, None, 20),
        (30, None, allowance(extra_minutes=15), 45),
        (0, None, allowance(extra_minutes=15), None),
        (30, 20, allowance(closes_at=NOON + minutes(25)), 25),
        (30, 20, allowance(extra_minutes=15), 20),
    ],
)
def test_until_when_there_is_time(
    time_limit: int, closes: int | None, extra: Allowance | None, due: int | None
) -> None:
    closes_at = NOON + minutes(closes) if closes else None
    standing = Standing(quiz(time_limit=time_limit, closes_at=closes_at), (), extra)
    assert standing.due_at(NOON) == (NOON + minutes(due) if due else None)


def barrier(standing: Standing, now: datetime = NOON) -> Barrier | None:
    return policy.barrier(standing, now)


def test_a_quiz_opens_and_closes_at_its_moments() -> None:
    standing = Standing(quiz(opens_at=NOON, closes_at=NOON + minutes(10)))
    second = timedelta(seconds=1)
    assert barrier(standing, NOON - second) == Barrier(Bar.early, NOON)
    assert barrier(standing, NOON) is None
    assert barrier(standing, NOON + minutes(10) - second) is None
    assert barrier(standing, NOON + minutes(10)) == Barrier(Bar.closed, NOON + minutes(10))


def test_more_attempts_for_one_person_come_on_top() -> None:
    assert barrier(Standing(quiz(attempts=1), handed_in(0))) == Barrier(Bar.used_up)
    assert Standing(quiz(attempts=1), handed_in(0), allowance(extra_attempts=2)).left == 2
    assert Standing(quiz(attempts=0), handed_in(0), allowance(extra_attempts=2)).left is None


def test_between_two_attempts_there_is_a_pause() -> None:
    standing = Standing(quiz(pause=10), handed_in(0))
    ready = NOON + minutes(11)
    assert barrier(standing, ready - timedelta(seconds=1)) == Barrier(Bar.pausing, ready)
    assert barrier(standing, ready) is None


def test_the_grace_comes_after_the_time() -> None:
    attempt = Attempt(due_at=NOON)
    assert not policy.is_over(attempt, NOON + GRACE, GRACE)
    assert policy.is_over(attempt, NOON + GRACE + timedelta(seconds=1), GRACE)
    assert policy.is_over(Attempt(submitted_at=NOON), NOON, GRACE)


@pytest.mark.parametrize(
    ("when", "made", "shown"),
    [
        ("always", handed_in(0), True),
        ("never", handed_in(100), False),
        ("done", handed_in(0), False),
        ("done", handed_in(60), True),
        ("done", handed_in(0, 0), True),
        ("done", [*handed_in(0), Attempt(number=2)], False),
        ("done", [*handed_in(100), Attempt(number=2)], False),
        ("closed", handed_in(100), False),
    ],
)
def test_when_answers_show(when: str, made: list[Attempt], shown: bool) -> None:
    assert policy.shows(when, Standing(quiz(attempts=2), made), NOON) is shown


def test_what_shows_when_the_quiz_has_closed_shows_later_to_whoever_may_answer_later() -> None:
    closes = quiz(closes_at=NOON)
    later = allowance(closes_at=NOON + minutes(5))
    assert policy.shows("closed", Standing(closes), NOON)
    assert not policy.shows("closed", Standing(closes, (), later), NOON)


def test_feedback_on_the_score_is_that_of_the_highest_bound_that_is_reached() -> None:
    found = quiz(overall=[{"from": 80, "text": {"en": "Good"}}, {"from": 50, "text": {"en": "Fair"}}])
    texts = [policy.overall(found, score) for score in (100, 80, 79.99, 50, 49)]
    assert texts == [{"en": "Good"}, {"en": "Good"}, {"en": "Fair"}, {"en": "Fair"}, {}]


@pytest.mark.parametrize(("per_page", "count", "pages"), [(1, 3, 3), (5, 3, 1), (2, 3, 2), (0, 3, 1), (5, 0, 1)])
def test_questions_on_pages(per_page: int, count: int, pages: int) -> None:
    assert policy.pages(quiz(per_page=per_page), count) == pages
