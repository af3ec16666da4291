from hypothesis import given, strategies as st

from lms.courses.completion import Step, is_met, percent
from lms.courses.models import LessonKind

RULE = {"lessons": "all", "quizzes": "all"}
steps = st.lists(st.builds(Step, st.sampled_from(list(LessonKind)), st.booleans()))


def test_a_course_without_lessons_is_never_complete() -> None:
    assert not is_met(RULE, [])


def test_a_rule_that_asks_for_quizzes_alone_does_not_wait_for_pages() -> None:
    done = [Step(LessonKind.page, False), Step(LessonKind.quiz, True)]
    assert is_met({"lessons": "none", "quizzes": "all"}, done)
    assert not is_met(RULE, done)


@given(steps)
def test_the_strict_rule_is_met_exactly_at_one_hundred_percent(done: list[Step]) -> None:
    assert is_met(RULE, done) == (bool(done) and all(step.complete for step in done))
    assert (percent(done) == 100) == (bool(done) and all(step.complete for step in done))


@given(steps, st.integers(min_value=0))
def test_completing_one_more_lesson_never_takes_completion_back(done: list[Step], at: int) -> None:
    if done:
        at %= len(done)
        more = [*done[:at], Step(done[at].kind, True), *done[at + 1 :]]
        assert is_met(RULE, more) >= is_met(RULE, done)
        assert percent(more) >= percent(done)
