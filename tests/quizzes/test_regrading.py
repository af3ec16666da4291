"""Grading anew: what would change is shown first, then done as shown, and is on record."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.certificates.models import Certificate
from lms.courses.models import Course, Enrolment, EnrolmentStatus, LessonProgress
from lms.errors import ConflictError
from lms.quizzes import kinds, services
from lms.quizzes.models import Attempt, Question, Quiz, Regrade, Response
from lms.quizzes.services import bank, grading_by_hand, regrading
from lms.quizzes.services.grading_by_hand import Given
from lms.quizzes.services.regrading import Wanted
from tests import factories
from tests.conftest import Visitor, counted_queries, reread
from tests.quizzes.grading import correct, enrolled, essay, found, give, hand_in, of_essays
from tests.quizzes.test_race import at_once

PAGE = "/manage/courses/innovation/quizzes/quiz/regrading"
EVERYTHING = Wanted(everything=True)


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course(lessons=0)


@pytest.fixture
def tola(course: Course) -> Person:
    return factories.trainer(of=course)


@pytest.fixture
def trainer(client: Visitor, tola: Person) -> Visitor:
    return client.sign_in(tola)


def two(course: Course, **settings: Any) -> Quiz:
    """Two questions, each with option 0 right."""
    return factories.quiz(course, [factories.choice(name) for name in ("q1", "q2")], shuffle=False, **settings)


def other_key(name: str = "q1") -> kinds.Question:
    """Option 1 is right."""
    asked = factories.choice(name)
    options = (replace(asked.options[0], weight=0), replace(asked.options[1], weight=100))
    return replace(asked, options=options)


def old(quiz: Quiz) -> int:
    """The wording that was replaced."""
    reread()
    return regrading.replaced(quiz)[0].id


def again(row: Any) -> Any:
    reread()
    return db.session.get_one(type(row), row.id)


def recorded(enrolment: Enrolment) -> tuple[float | None, bool]:
    reread()
    row = db.session.scalars(select(LessonProgress).where(LessonProgress.enrolment_id == enrolment.id)).one()
    return row.score_percent, row.completed_at is not None


def do(quiz: Quiz, wanted: Wanted, by: Person) -> Regrade:
    reread()
    stamp = regrading.plan(quiz, wanted).stamp
    db.session.rollback()
    with db.transaction():
        return regrading.regrade(quiz, wanted, stamp, "The key was wrong.", by)


# What is shown


def test_a_dry_run_says_whose_score_would_become_what(trainer: Visitor, course: Course) -> None:
    quiz = two(course)
    wrong, right = enrolled(course, "Wrong Wanna"), enrolled(course, "Right Rith")
    for enrolment, answer in ((wrong, "1"), (right, "0")):
        hand_in(quiz, enrolment, answer, "0")
    correct(quiz, "q1", other_key())
    page = trainer.get(PAGE).text
    assert "2 attempts were asked the earlier wording." in page
    page = trainer.get(f"{PAGE}/plan?question={old(quiz)}").text
    rows = {
        name: re.sub(r"<[^>]+>|\s+", " ", row) for name, row in re.findall(r"(\w+ \w+)</a>(.*?)</tr>", page, re.DOTALL)
    }
    assert re.findall(r"\d+", rows["Wrong Wanna"]) == ["1", "50", "100"]
    assert "Passes, and did not before" in rows["Wrong Wanna"]
    assert re.findall(r"\d+", rows["Right Rith"]) == ["1", "100", "50"]
    assert "Would no longer pass; stays passed" in rows["Right Rith"]
    assert "1 learner passes who did not before" in page
    assert "1 learner would no longer pass" in page
    reread()
    assert db.session.scalars(select(Regrade)).all() == []
    assert {one.score_percent for one in db.session.scalars(select(Attempt))} == {50, 100}


def test_it_is_done_with_a_reason_and_stays_on_record(trainer: Visitor, course: Course, tola: Person) -> None:
    quiz = two(course, final=True)
    wrong, right = enrolled(course, "Wrong Wanna"), enrolled(course, "Right Rith")
    attempts = [hand_in(quiz, one, answer, "0") for one, answer in ((wrong, "1"), (right, "0"))]
    new = correct(quiz, "q1", other_key())
    question = old(quiz)
    page = trainer.get(f"{PAGE}/plan?question={question}").text
    stamp = re.findall(r'name="stamp" type="hidden" value="(\w+)"', page)[0]
    assert trainer.submit(f"{PAGE}/plan", question=question, stamp=stamp).status_code == 422
    done = trainer.submit(f"{PAGE}/plan", question=question, stamp=stamp, reason="B is right, as the law says.")
    assert done.status_code == 302
    assert [again(one).score_percent for one in attempts] == [100, 50]
    assert recorded(wrong) == (100, True)
    assert recorded(right) == (50, True), "a pass stays"
    assert [again(one).status for one in (wrong, right)] == [EnrolmentStatus.completed] * 2
    assert [again(one).best_score_percent for one in (wrong, right)] == [100, 50]
    assert len(db.session.scalars(select(Certificate)).all()) == 2
    record = db.session.scalars(select(Regrade)).one()
    assert (record.by_id, record.reason) == (tola.id, "B is right, as the law says.")
    assert record.changes[0] == {
        "attempt": attempts[0].id,
        "before": 50.0,
        "after": 100.0,
        "replaced": {str(question): new.id},
    }
    for page in (trainer.get(PAGE).text, trainer.get(str(done.location)).text):
        assert "B is right, as the law says." in page
        assert "Tola Trainer" in page
    assert "Wrong Wanna" in trainer.get(str(done.location)).text


def test_the_learner_reads_the_wording_that_graded_the_answer(client: Visitor, course: Course, tola: Person) -> None:
    quiz, enrolment = two(course), enrolled(course)
    attempt = hand_in(quiz, enrolment, "1", "0")
    new = correct(quiz, "q1", replace(other_key(), text="What of q1, put right?"))
    do(quiz, Wanted(frozenset({old(quiz)})), tola)
    assert again(attempt).question_ids[0] == new.id
    page = client.sign_in(enrolment.person).get("/courses/innovation/lessons/quiz/attempts/1/").text
    assert "put right?" in page
    assert "2 of 2 points" in page
    assert regrading.replaced(quiz) == []


def test_points_follow_the_new_wording(course: Course, tola: Person) -> None:
    quiz = two(course)
    attempt = hand_in(quiz, enrolled(course), "0", "1")
    correct(quiz, "q1", replace(factories.choice("q1"), mark=3), mark=3)
    do(quiz, Wanted(frozenset({old(quiz)})), tola)
    assert (again(attempt).mark, again(attempt).out_of, again(attempt).score_percent) == (3, 4, 75)


def test_what_cannot_be_graded_by_the_newer_wording_is_said_and_left(trainer: Visitor, course: Course) -> None:
    quiz = two(course)
    attempt = hand_in(quiz, enrolled(course), "0", "0")
    asked = factories.choice("q1")
    correct(quiz, "q1", replace(asked, options=asked.options[::-1]))
    page = trainer.get(PAGE).text
    assert "stand in another order now" in page
    assert re.search(r'name="question"[^>]* disabled', page)
    page = trainer.get(f"{PAGE}/plan?question={old(quiz)}").text
    assert "Nothing would change" in page
    assert again(attempt).score_percent == 100


def test_what_the_quiz_does_not_ask_any_more_is_left(course: Course) -> None:
    quiz = two(course)
    hand_in(quiz, enrolled(course), "0", "0")
    with db.transaction():
        services.questions(quiz)[0].retired = True
    assert regrading.replaced(quiz) == []


def test_an_attempt_under_way_keeps_its_wording(course: Course, tola: Person) -> None:
    quiz = two(course)
    hand_in(quiz, enrolled(course), "1", "0")
    with db.transaction():
        going_on = services.start(enrolled(course), quiz)
    correct(quiz, "q1", other_key())
    do(quiz, Wanted(frozenset({old(quiz)})), tola)
    assert going_on.question_ids == again(going_on).question_ids
    assert again(going_on).score_percent is None


def test_a_newer_version_in_the_bank_grades_what_was_drawn(course: Course, tola: Person) -> None:
    with db.transaction():
        bank.add(course, "Basics", {"en": factories.choice("drawn")}, tola)
    draws = [{"question": "drawn", "shared": False}]
    quiz = factories.quiz(course, [factories.choice("q1")], draws=draws, shuffle=False)
    attempt = hand_in(quiz, enrolled(course), "0", "1")
    assert attempt.score_percent == 50
    asked = attempt.question_ids[1]
    reread()
    with db.transaction():
        entry = bank.find(bank.named(course, "drawn").id)
        assert bank.save(entry, 1, "Basics", {"en": other_key("drawn")}, tola)
    assert [one.id for one in regrading.replaced(quiz)] == [asked]
    do(quiz, Wanted(frozenset({asked})), tola)
    assert again(attempt).score_percent == 100
    new = db.session.get_one(Question, again(attempt).question_ids[1])
    assert new.bank_version_id != db.session.get_one(Question, asked).bank_version_id
    assert regrading.replaced(quiz) == []


# Everything as it is


def test_after_a_change_of_the_software_everything_is_graded_by_its_own_wording(course: Course, tola: Person) -> None:
    quiz = two(course)
    attempt = hand_in(quiz, enrolled(course), "0", "1")
    with db.transaction():
        wrong = db.session.scalars(select(Response).where(Response.question_id == attempt.question_ids[1])).one()
        wrong.fraction = 0.5
    do(quiz, EVERYTHING, tola)
    assert (again(attempt).mark, again(attempt).score_percent) == (1, 50)
    with pytest.raises(ConflictError):
        do(quiz, EVERYTHING, tola)


def test_what_a_person_graded_stays_and_what_waits_goes_on_waiting(course: Course, tola: Person) -> None:
    quiz = of_essays(course, essay("first"), essay("second"))
    attempt = hand_in(quiz, enrolled(course), "1", "One", "Two")
    give(quiz, found(quiz, attempt, 1), tola, 3)
    correct(quiz, "q1", other_key())
    do(quiz, Wanted(frozenset({old(quiz)}), everything=True), tola)
    assert (again(attempt).mark, again(attempt).ungraded, again(attempt).score_percent) == (4, 1, None)
    give(quiz, found(quiz, attempt, 2), tola, 4)
    assert again(attempt).score_percent == pytest.approx(100 * 8 / 9, abs=0.01)


# Which attempt counts


@pytest.mark.parametrize(
    ("counts", "before", "after"),
    [("highest", 100, 50), ("average", 75, 25), ("first", 100, 50), ("last", 50, 0)],
)
def test_the_score_that_counts_follows_downwards_and_the_pass_stays(
    course: Course, tola: Person, counts: str, before: float, after: float
) -> None:
    quiz, enrolment = two(course, counts=counts, pass_mark=50), enrolled(course)
    hand_in(quiz, enrolment, "0", "0")
    hand_in(quiz, enrolment, "0", "1")
    assert recorded(enrolment) == (before, True)
    correct(quiz, "q1", other_key())
    do(quiz, Wanted(frozenset({old(quiz)})), tola)
    assert recorded(enrolment) == (after, True)
    assert again(enrolment).status == EnrolmentStatus.completed


def test_an_attempt_that_does_not_count_changes_no_score_that_counts(trainer: Visitor, course: Course) -> None:
    quiz, enrolment = two(course), enrolled(course)
    hand_in(quiz, enrolment, "0", "1")
    correct(quiz, "q1", other_key())
    hand_in(quiz, enrolment, "1", "0")
    page = trainer.get(f"{PAGE}/plan?question={old(quiz)}").text
    assert "Another attempt counts: nothing" in page


# At once


def test_what_has_changed_since_it_was_shown_is_shown_again(trainer: Visitor, course: Course) -> None:
    quiz = two(course)
    hand_in(quiz, enrolled(course), "1", "0")
    correct(quiz, "q1", other_key())
    question = old(quiz)
    stamp = regrading.plan(quiz, Wanted(frozenset({question}))).stamp
    db.session.rollback()
    with db.transaction():
        late = db.session.scalars(select(Attempt)).one()
        row = db.session.get_one(Response, (late.id, late.question_ids[1]))
        row.fraction, late.mark, late.score_percent = 0.0, 0.0, 0.0
    answer = trainer.submit(f"{PAGE}/plan", question=question, stamp=stamp, reason="My reason")
    assert answer.status_code == 409
    assert "Something has changed meanwhile" in answer.text
    assert "My reason" in answer.text
    reread()
    assert db.session.scalars(select(Regrade)).all() == []
    stamp = re.findall(r'name="stamp" type="hidden" value="(\w+)"', answer.text)[0]
    assert trainer.submit(f"{PAGE}/plan", question=question, stamp=stamp, reason="My reason").status_code == 302


def test_trainers_and_graders_at_once_lose_nothing(app: Flask, course: Course, tola: Person) -> None:
    quiz = of_essays(course, essay())
    attempts = [hand_in(quiz, enrolled(course), "1", "Mine") for _ in range(3)]
    correct(quiz, "q1", other_key())
    wanted = Wanted(frozenset({old(quiz)}))
    stamp = regrading.plan(quiz, wanted).stamp
    quiz_id, by, keys = quiz.lesson_id, tola.id, [one.id for one in attempts]

    def again_and_again() -> str:
        of, person = db.session.get_one(Quiz, quiz_id), db.session.get_one(Person, by)
        try:
            regrading.regrade(of, wanted, stamp, "Once.", person)
        except ConflictError:
            return "conflict"
        return "done"

    def grade(attempt: int) -> str:
        of, person = db.session.get_one(Quiz, quiz_id), db.session.get_one(Person, by)
        row = db.session.get_one(Attempt, attempt)
        one = grading_by_hand.find(of, row.id, row.question_ids[1])
        assert one
        grading_by_hand.grade(of, one, None, Given(points=4), person)
        return "graded"

    done = at_once(app, again_and_again, again_and_again, *[lambda key=key: grade(key) for key in keys])
    assert done[2:] == ["graded"] * 3
    assert done[:2].count("done") <= 1
    reread()
    assert len(db.session.scalars(select(Regrade)).all()) == done[:2].count("done")
    expected = 100 if "done" in done else 80
    assert [again(one).score_percent for one in attempts] == [expected] * 3


# Pages


def test_only_trainers_of_the_course_come_in(client: Visitor, course: Course) -> None:
    quiz = two(course)
    hand_in(quiz, enrolled(course), "0", "1")
    for person in (factories.learner(), factories.trainer(), factories.officer()):
        client.sign_in(person)
        assert [client.get(at).status_code for at in (PAGE, f"{PAGE}/plan?everything=1", f"{PAGE}/1")] == [403] * 3
        assert client.submit(f"{PAGE}/plan", everything="1", reason="Mine").status_code == 403


def test_nothing_chosen_leads_back(trainer: Visitor, course: Course) -> None:
    two(course)
    assert "Please choose first" in trainer.get(f"{PAGE}/plan").text
    assert trainer.get(f"{PAGE}/7").status_code == 404


def test_those_who_complete_the_course_by_it_cost_no_queries_each(course: Course, tola: Person) -> None:
    quiz, counts = two(course), []
    for number in (1, 12):
        wrong, new = ("1", other_key()) if number == 1 else ("0", factories.choice("q1"))
        for at in range(number):
            hand_in(quiz, enrolled(course, f"Learner {at}"), wrong, "0")
        correct(quiz, "q1", new)
        wanted = Wanted(frozenset({old(quiz)}))
        with counted_queries() as queries:
            do(quiz, wanted, tola)
        counts.append(len(queries))
        reread()
        assert len(db.session.scalars(select(Certificate)).all()) == (1 if number == 1 else 13)
    assert counts[0] == counts[1]


def test_queries_do_not_grow_with_attempts(trainer: Visitor, course: Course, tola: Person) -> None:
    quiz = two(course, pass_mark=100)
    counts = []
    for number in (2, 12):
        for at in range(number):
            hand_in(quiz, enrolled(course, f"Learner {at}"), "0", "1")
        correct(quiz, "q1", other_key() if number == 2 else factories.choice("q1"))
        question = old(quiz)
        for page in (PAGE, f"{PAGE}/plan?question={question}"):
            with counted_queries() as queries:
                assert trainer.get(page).status_code == 200
            counts.append(len(queries))
        with counted_queries() as queries:
            do(quiz, Wanted(frozenset({question})), tola)
        counts.append(len(queries))
        with counted_queries() as queries:
            assert trainer.get(f"{PAGE}/{db.session.scalars(select(Regrade.id)).all()[-1]}").status_code == 200
        counts.append(len(queries) - 1)
    assert counts[:4] == counts[4:]
    assert max(counts) <= 20, counts
