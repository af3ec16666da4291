"""Limits, time, pages, tries and essays, by the services."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms import clock, db, worker
from lms.errors import ConflictError, InvalidError
from lms.quizzes import kinds, services
from lms.quizzes.models import Attempt, Question, Response
from lms.quizzes.services import Saved
from tests import factories
from tests.quizzes.sitting import GRACE, NOON, Sitting, essay, hinted, ids, minutes


def number_of_attempts() -> int:
    return db.session.scalars(select(func.count()).select_from(Attempt)).one()


# Beginning


def test_a_limit_of_attempts_holds_and_an_allowance_raises_it(app: Flask) -> None:
    at = Sitting(attempts=1)
    at.take(0)
    with pytest.raises(ConflictError):
        at.start()
    more = {"extra_attempts": 1, "extra_minutes": 0, "closes_at": None, "reason": ""}
    at.do(services.allow, at.quiz, at.enrolment, factories.trainer(), more)
    assert at.start().number == 2


def test_an_open_attempt_is_gone_on_with_whatever_bars_new_ones(app: Flask) -> None:
    at = Sitting(attempts=1, closes_at=NOON + minutes(5), access_word="rice")
    first = at.start(word="Rice")
    assert at.start(after=9, word="wrong").id == first.id


def test_between_attempts_one_waits(app: Flask) -> None:
    at = Sitting(pause=10)
    at.take(0)
    with pytest.raises(ConflictError):
        at.start(after=9)
    assert at.start(after=10).number == 2


def test_a_quiz_that_is_closed_or_not_open_yet_is_not_begun(app: Flask) -> None:
    at = Sitting(opens_at=NOON + minutes(1), closes_at=NOON + minutes(3))
    for moment in (0, 3):
        with pytest.raises(ConflictError):
            at.start(after=moment)
    assert at.start(after=1).due_at == NOON + minutes(3)


@pytest.mark.parametrize("word", ["ric", "", "rice2", "ស្រូវ"])
def test_another_word_begins_nothing(app: Flask, word: str) -> None:
    at = Sitting(access_word="Rice 2024")
    with pytest.raises(InvalidError):
        at.start(word=word)
    assert number_of_attempts() == 0
    assert at.start(word=" rice ២០២៤").number == 1


def test_an_attempt_keeps_the_wordings_it_was_begun_with(app: Flask) -> None:
    at = Sitting(questions=[factories.choice("one")], shuffle=False)
    attempt = at.start()
    old = attempt.question_ids[0]
    new = Question(quiz_id=at.quiz.lesson_id, name="one", position=1, body={"en": factories.choice("new").to_json()})
    with db.transaction():
        db.session.add(new)
        db.session.execute(update(Question).where(Question.id == old).values(retired=True))
    assert [one.row.id for one in services.asked(attempt)] == [old]
    assert at.answer(attempt, {old: 0, new.id: 0}) == Saved.stored
    assert at.stored() == {old: 0}
    at.submit(attempt)
    assert at.start().question_ids == [new.id]


# Time


def test_answers_are_taken_until_the_grace_is_over(app: Flask) -> None:
    at = Sitting(time_limit=10)
    attempt = at.start()
    one, other = attempt.question_ids[:2]
    assert at.answer(attempt, {one: 0}, after=11) == Saved.stored
    assert at.answer(attempt, {other: 0}, after=11 + 1 / 60) == Saved.over
    assert at.stored() == {one: 0}


def test_submitting_late_is_submitting_by_the_clock(app: Flask) -> None:
    at = Sitting(time_limit=10)
    attempt = at.start()
    at.answer(attempt, {attempt.question_ids[0]: 0}, after=5)
    at.submit(attempt, after=500)
    assert (attempt.by_clock, attempt.submitted_at) == (True, NOON + minutes(11))
    assert attempt.score_percent == 33.33


def test_submitting_within_the_grace_is_the_learners_act(app: Flask) -> None:
    at = Sitting(time_limit=10)
    attempt = at.submit(at.start(), after=10.5)
    assert (attempt.by_clock, attempt.submitted_at) == (False, NOON + minutes(10.5))


def test_the_worker_submits_what_was_stored_and_no_time_is_spent_by_it(app: Flask) -> None:
    at = Sitting(time_limit=10, final=True)
    attempt = at.start()
    at.answer(attempt, dict.fromkeys(attempt.question_ids, 0), after=2)
    before = at.again()
    acted, seconds = before.last_act_at, before.seconds
    with clock.at(NOON + minutes(11)):
        worker.submit_overdue()
    assert not at.again().completed_at
    with clock.at(NOON + minutes(30)):
        worker.submit_overdue()
    after = at.again()
    assert (after.status, after.best_score_percent) == ("completed", 100)
    assert (after.last_act_at, after.seconds) == (acted, seconds)
    assert at.recorded() == (100, True)


def test_the_worker_leaves_an_attempt_that_was_given_more_time(app: Flask) -> None:
    at = Sitting(time_limit=10)
    attempt = at.start()
    more = {"extra_attempts": 0, "extra_minutes": 30, "closes_at": None, "reason": ""}
    at.do(services.allow, at.quiz, at.enrolment, factories.trainer(), more, after=5)
    with clock.at(NOON + minutes(12)):
        worker.submit_overdue()
    assert at.answer(attempt, {attempt.question_ids[0]: 0}, after=39) == Saved.stored
    at.do(services.take_back, at.quiz, at.enrolment.id, after=39)
    assert at.answer(attempt, {attempt.question_ids[0]: 1}, after=39) == Saved.over


def test_a_closing_that_is_moved_holds_for_attempts_that_go_on(app: Flask) -> None:
    at = Sitting()
    attempt = at.start()
    with db.transaction():
        at.quiz.closes_at = NOON + minutes(5)
        services.reckon_time(at.quiz)
    assert at.answer(attempt, {attempt.question_ids[0]: 0}, after=7) == Saved.over


# Answers


def test_an_older_answer_never_replaces_a_newer_one(app: Flask) -> None:
    at = Sitting()
    attempt = at.start()
    one = attempt.question_ids[0]
    at.answer(attempt, {one: 1}, after=5, age=1000)
    assert at.answer(attempt, {one: 0}, after=6, age=120_000) == Saved.stored
    assert at.stored() == {one: 1}
    at.answer(attempt, {one: 0}, after=6, age=30_000)
    assert at.stored() == {one: 0}


@pytest.mark.parametrize("age", [-(10**30), -1, 10**30])
def test_no_age_puts_an_answer_into_the_future_or_before_its_attempt(app: Flask, age: int) -> None:
    at = Sitting()
    attempt = at.start()
    at.answer(attempt, {attempt.question_ids[0]: 0}, after=5, age=age)
    given_at = db.session.scalars(select(Response.given_at)).one()
    assert given_at == (NOON if age > 0 else NOON + minutes(5))


def test_a_page_that_shows_an_old_answer_does_not_bring_it_back(app: Flask) -> None:
    at = Sitting()
    attempt = at.start()
    one, other = attempt.question_ids[:2]
    at.answer(attempt, {one: 0})
    shown = {found.row.id: found.stamp for found in services.asked(attempt)}
    at.answer(attempt, {one: 1, other: 1}, after=1)
    given = {one: ["0"], other: []}
    at.do(services.save, attempt, given, {}, shown, after=2)
    assert at.stored() == {one: 1, other: 1}


@pytest.mark.parametrize("kind", ["multiple", "short_answer", "matching", "essay"])
def test_a_page_with_blanks_erases_nothing(app: Flask, kind: str) -> None:
    options = (kinds.Option("One", 100), kinds.Option("Two", 0)) if kind in ("multiple", "short_answer") else ()
    pairs = (kinds.Pair("a", "b"), kinds.Pair("c", "d")) if kind == "matching" else ()
    template = "Dear …" if kind == "essay" else ""
    at = Sitting(questions=[kinds.Question("q", kinds.Kind(kind), "?", options, pairs, template=template)])
    attempt = at.start()
    (one,) = services.asked(attempt)
    blank = [template] if template else ["", ""] if pairs else [""] if kind == "short_answer" else []
    values = {"multiple": ["0"], "short_answer": ["One"], "matching": ["0", "1"], "essay": ["Mine"]}[kind]
    at.do(services.save, attempt, {one.row.id: values})
    before = at.stored()
    at.do(services.save, attempt, {one.row.id: blank}, {}, {one.row.id: one.stamp}, after=1)
    assert at.stored() == before != {}


# Pages that are left for good


def test_what_was_left_is_answered_no_more(app: Flask) -> None:
    at = Sitting(going_back=False, per_page=1)
    attempt = at.start()
    first, second, third = attempt.question_ids
    assert at.answer(attempt, {first: 0, second: 0}) == Saved.left
    at.do(services.turn, attempt, 2)
    assert at.answer(attempt, {first: 1}, after=1) == Saved.left
    assert at.answer(attempt, {second: 1}, after=1) == Saved.stored
    assert at.stored() == {first: 0, second: 1}
    at.do(services.turn, attempt, 4)
    assert at.answer(attempt, {third: 1}, after=1) == Saved.left
    at.do(services.turn, attempt, 1)
    assert at.answer(attempt, {second: 0}, after=1) == Saved.stored


# Tries


def tries_of(attempt: Attempt, question: int) -> list[float]:
    db.session.rollback()
    (found,) = (one for one in services.asked(attempt) if one.row.id == question)
    return [one["fraction"] for one in found.tries]


def test_each_wrong_try_costs_its_penalty(app: Flask) -> None:
    at = Sitting(questions=[hinted("q")], tries=True)
    attempt = at.start()
    (question,) = attempt.question_ids
    for value in (2, 1, 0):
        at.check(attempt, question, value)
    assert tries_of(attempt, question) == [0, 0.5, 1]
    at.submit(attempt)
    assert attempt.score_percent == 50


def test_checking_the_same_again_is_no_further_try(app: Flask) -> None:
    at = Sitting(questions=[hinted("q")], tries=True)
    attempt = at.start()
    (question,) = attempt.question_ids
    for _ in range(3):
        at.check(attempt, question, 2)
    assert tries_of(attempt, question) == [0]


def test_after_the_last_try_or_a_right_one_the_answer_stays(app: Flask) -> None:
    at = Sitting(questions=[hinted("one", hints=1), hinted("other")], tries=True, shuffle=False)
    attempt = at.start()
    one, other = attempt.question_ids
    at.check(attempt, one, 2)
    at.check(attempt, one, 1)
    at.check(attempt, other, 0)
    assert at.check(attempt, one, 0) == Saved.left
    assert at.answer(attempt, {one: 0, other: 1}) == Saved.left
    assert at.stored() == {one: 1, other: 0}
    at.submit(attempt)
    assert attempt.score_percent == 62.5


def test_an_answer_that_was_not_checked_counts_after_the_tries_before_it(app: Flask) -> None:
    at = Sitting(questions=[hinted("q")], tries=True)
    attempt = at.start()
    (question,) = attempt.question_ids
    at.check(attempt, question, 2)
    at.answer(attempt, {question: 0}, after=1)
    assert at.submit(attempt).score_percent == 75


def test_nothing_is_checked_where_it_is_not_allowed_or_blank(app: Flask) -> None:
    at = Sitting(questions=[hinted("q")])
    attempt = at.start()
    (question,) = attempt.question_ids
    at.check(attempt, question, 2)
    assert tries_of(attempt, question) == []
    other = Sitting(factories.course("other", lessons=0), questions=[hinted("q")], tries=True)
    attempt = other.start()
    other.check(attempt, attempt.question_ids[0], "")
    assert tries_of(attempt, attempt.question_ids[0]) == []


# What counts


@pytest.mark.parametrize(
    ("counts", "recorded", "passed"),
    [("highest", 100, True), ("average", 55.55, False), ("first", 0, False), ("last", 66.66, True)],
)
def test_the_score_that_counts_is_recorded(app: Flask, counts: str, recorded: float, passed: bool) -> None:
    at = Sitting(counts=counts, final=True)
    for right in (0, 3, 2):
        at.take(right)
    score, is_complete = at.recorded()
    assert score == pytest.approx(recorded, abs=0.011)
    assert is_complete is passed
    assert at.again().best_score_percent == score


def test_a_quiz_once_passed_stays_passed(app: Flask) -> None:
    at = Sitting(counts="last")
    at.take(3)
    at.take(0)
    assert at.recorded() == (0, True)
    assert at.again().status == "completed"


# Essays


def test_an_essay_waits_for_its_grader_and_then_the_score_counts(app: Flask) -> None:
    at = Sitting(questions=[factories.choice("q"), essay()], shuffle=False, pass_mark=75)
    attempt = at.start()
    choice, text = attempt.question_ids
    at.answer(attempt, {choice: 0, text: "It lies at the river."})
    at.submit(attempt)
    assert (attempt.ungraded, attempt.score_percent, attempt.out_of) == (1, None, 2)
    assert not at.again().completed_at
    with db.transaction():
        db.session.execute(update(Response).where(Response.question_id == text).values(fraction=0.5))
        services.settle(attempt)
    assert (attempt.ungraded, attempt.score_percent) == (0, 75)
    assert at.recorded() == (75, True)
    assert at.again().status == "completed"


def test_an_essay_that_was_not_written_waits_for_nobody(app: Flask) -> None:
    at = Sitting(questions=[factories.choice("q"), essay()], shuffle=False)
    attempt = at.start()
    at.answer(attempt, {attempt.question_ids[0]: 0, attempt.question_ids[1]: " "})
    at.submit(attempt)
    assert (attempt.ungraded, attempt.score_percent) == (0, 50)


def test_settling_an_attempt_that_goes_on_changes_nothing(app: Flask) -> None:
    at = Sitting()
    attempt = at.start()
    at.do(services.settle, attempt)
    assert attempt.score_percent is None
    assert at.answer(attempt, {ids(at.quiz)[0]: 0}) == Saved.stored


# Practice


def test_practice_leaves_no_trace(app: Flask) -> None:
    at = Sitting(practice=True)
    at.do(services.may_practise, at.enrolment, at.quiz, "")
    asked = services.practice(at.quiz, 7)
    graded = services.practised(at.quiz, 7, {one.row.id: ["0"] for one in asked})
    assert [one.fraction for one in graded] == [1, 1, 1]
    assert (number_of_attempts(), at.stored()) == (0, {})


def test_nobody_practises_in_the_middle_of_an_attempt(app: Flask) -> None:
    at = Sitting(practice=True)
    at.start()
    with pytest.raises(ConflictError):
        at.do(services.may_practise, at.enrolment, at.quiz, "")


def test_the_grace_is_a_setting(app: Flask) -> None:
    assert app.config["LMS_QUIZ_GRACE"] == GRACE / timedelta(seconds=1)
