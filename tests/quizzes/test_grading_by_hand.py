"""Essays are found, read, graded and changed by trainers, and told to learners."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Course, Enrolment, EnrolmentStatus, LessonProgress
from lms.errors import ConflictError
from lms.mail.models import Mail
from lms.quizzes import kinds
from lms.quizzes.models import Attempt, Quiz, Regrade, Response
from lms.quizzes.services import grading_by_hand, regrading
from lms.quizzes.services.grading_by_hand import Given
from lms.quizzes.services.regrading import Wanted
from tests import factories
from tests.conftest import Visitor, counted_queries, reread
from tests.quizzes.grading import RUBRIC, correct, enrolled, essay, found, give, hand_in, mails, of_essays
from tests.quizzes.test_race import at_once

MANAGE = "/manage/courses/innovation"
QUEUE = f"{MANAGE}/quizzes/quiz/grading"


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course(lessons=0)


@pytest.fixture
def quiz(course: Course) -> Quiz:
    return of_essays(course, essay(grader_notes="Look for *people*."))


@pytest.fixture
def enrolment(course: Course) -> Enrolment:
    return enrolled(course, email="dara@example.org")


@pytest.fixture
def attempt(quiz: Quiz, enrolment: Enrolment) -> Attempt:
    return hand_in(quiz, enrolment, "0", "A village of\nthree streets")


@pytest.fixture
def tola(course: Course) -> Person:
    return factories.trainer(of=course)


@pytest.fixture
def trainer(client: Visitor, tola: Person) -> Visitor:
    return client.sign_in(tola)


def address(quiz: Quiz, attempt: Attempt, at: int = 1) -> str:
    one = found(quiz, attempt, at)
    return f"{QUEUE}/{one.attempt.id}/{one.row.id}"


def seen(page: str) -> str:
    match = re.search(r'name="seen" type="hidden" value="([^"]*)"', page)
    assert match
    return match[1]


def again(attempt: Attempt) -> Attempt:
    reread()
    return db.session.get_one(Attempt, attempt.id)


# Finding


def test_what_waits_is_found_from_the_page_of_all_courses(
    trainer: Visitor, quiz: Quiz, attempt: Attempt, tola: Person
) -> None:
    assert "1 answer to grade" in trainer.get("/manage/").text
    assert f'href="{QUEUE}"' in trainer.get(f"{MANAGE}/grading").text
    page = trainer.get(QUEUE).text
    assert address(quiz, attempt) in page
    assert "Dara Writer" in page
    give(quiz, found(quiz, attempt), tola, 4)
    assert "to grade" not in trainer.get("/manage/").text
    assert "all of it is graded" in trainer.get(QUEUE).text
    assert address(quiz, attempt) in trainer.get(f"{QUEUE}?state=done").text


def test_an_attempt_under_way_and_an_empty_answer_do_not_wait(trainer: Visitor, quiz: Quiz, course: Course) -> None:
    hand_in(quiz, enrolled(course), "0", " ")
    assert "Nobody has handed in a text" in trainer.get(QUEUE).text
    assert "Nothing waits" in trainer.get(f"{MANAGE}/grading").text


def test_a_question_narrows_the_list(trainer: Visitor, course: Course) -> None:
    quiz = of_essays(course, essay("first"), essay("second"))
    attempt = hand_in(quiz, enrolled(course), "0", "One", "Two")
    one, two = (address(quiz, attempt, at) for at in (1, 2))
    page = trainer.get(QUEUE).text
    assert one in page
    assert two in page
    page = trainer.get(f"{QUEUE}?question={attempt.question_ids[2]}").text
    assert one not in page
    assert two in page


def test_lists_take_the_same_queries_for_any_number_and_show_25(trainer: Visitor, course: Course, quiz: Quiz) -> None:
    counts = []
    for number in (3, 27):
        for at in range(number):
            hand_in(quiz, enrolled(course, f"Writer {at}"), "0", "Mine")
        for page in ("/manage/", f"{MANAGE}/grading", QUEUE, f"{QUEUE}?page=2"):
            with counted_queries() as queries:
                text = trainer.get(page).text
            counts.append(len(queries))
    assert counts[:4] == counts[4:]
    assert max(counts) <= 9, counts
    assert text.count(f"{QUEUE}/") == 5


def test_only_trainers_of_the_course_come_in(client: Visitor, quiz: Quiz, attempt: Attempt) -> None:
    pages = [f"{MANAGE}/grading", QUEUE, address(quiz, attempt)]
    for person in (factories.learner(), factories.trainer(), factories.officer()):
        client.sign_in(person)
        assert [client.get(page).status_code for page in pages] == [403] * 3
        assert client.submit(pages[-1], points="4").status_code == 403
    assert found(quiz, attempt).points is None


# Grading


def test_points_and_a_comment_settle_the_attempt(
    trainer: Visitor, quiz: Quiz, attempt: Attempt, enrolment: Enrolment, tola: Person
) -> None:
    page = trainer.get(address(quiz, attempt)).text
    assert "A village of\nthree streets" in page
    assert "Look for <em>people</em>." in page
    assert "5 words" in page
    answer = trainer.submit(address(quiz, attempt), points="៣,៥", comment=" Good. ")
    assert answer.location == QUEUE
    now = again(attempt)
    assert (now.ungraded, now.mark, now.out_of, now.score_percent) == (0, 4.5, 5, 90)
    stored = found(quiz, attempt).response
    assert (stored.comment, stored.graded_by_id, stored.levels) == ("Good.", tola.id, [])
    assert db.session.get_one(Enrolment, enrolment.id).status == EnrolmentStatus.completed
    mail = db.session.scalars(select(Mail).where(Mail.key == f"quiz-graded/{attempt.id}")).one()
    assert mail.recipient == "dara@example.org"
    assert "90" in mail.text
    assert "/courses/innovation/lessons/quiz/attempts/1/" in mail.text


def test_the_learner_reads_points_levels_and_comment(client: Visitor, course: Course, tola: Person) -> None:
    quiz, enrolment = of_essays(course, essay(rubric=RUBRIC)), enrolled(course)
    attempt = hand_in(quiz, enrolment, "0", "Mine")
    client.sign_in(tola)
    page = client.get(address(quiz, attempt)).text
    assert "Throughout (4 points)" in page
    client.submit(address(quiz, attempt), **{"level-0": "1", "level-1": "1", "comment": "More of the well!"})
    assert again(attempt).mark == 1 + 4 * 3 / 5
    page = client.sign_in(enrolment.person).get("/courses/innovation/lessons/quiz/attempts/1/").text
    assert "Mostly (2 of 4 points)" in page
    assert "Some (1 of 1 points)" in page
    assert "More of the well!" in page
    assert "2.4 of 4 points" in page


@pytest.mark.parametrize("points", ["", "many", "-1", "4.1", "1e3"])
def test_points_outside_the_mark_are_said_and_what_was_typed_stays(
    trainer: Visitor, quiz: Quiz, attempt: Attempt, points: str
) -> None:
    answer = trainer.submit(address(quiz, attempt), points=points, comment="My long comment")
    assert answer.status_code == 422
    assert "My long comment" in answer.text
    assert ("fill this in" if not points else "Please enter a number from 0 to 4.") in answer.text
    assert found(quiz, attempt).points is None


def test_a_level_that_is_not_there_is_refused(trainer: Visitor, course: Course) -> None:
    quiz = of_essays(course, essay(rubric=RUBRIC))
    attempt = hand_in(quiz, enrolled(course), "0", "Mine")
    for level in ("", "9", "-1", "x"):
        answer = trainer.submit(address(quiz, attempt), **{"level-0": level, "level-1": "0"})
        assert (answer.status_code, "Please choose a level." in answer.text) == (422, True)
    assert found(quiz, attempt).points is None


def test_an_attempt_waits_until_all_of_it_is_graded(course: Course, tola: Person) -> None:
    quiz, enrolment = of_essays(course, essay("first"), essay("second")), enrolled(course)
    attempt = hand_in(quiz, enrolment, "0", "One", "Two")
    give(quiz, found(quiz, attempt, 1), tola, 4)
    assert (again(attempt).ungraded, again(attempt).score_percent, mails()) == (1, None, 0)
    give(quiz, found(quiz, attempt, 2), tola, 4)
    assert (again(attempt).ungraded, again(attempt).score_percent, mails()) == (0, 100, 1)


def test_next_leads_through_one_question_and_then_the_other(trainer: Visitor, course: Course) -> None:
    quiz = of_essays(course, essay("first"), essay("second"))
    attempts = []
    for at in range(2):
        with clock.at(clock.now() + timedelta(minutes=at)):
            attempts.append(hand_in(quiz, enrolled(course, f"Writer {at}"), "0", "One", "Two"))
    way = [address(quiz, attempt, at) for at in (1, 2) for attempt in attempts]
    at = way[1]
    walked = [at]
    for _ in range(3):
        at = str(trainer.submit(at, points="1", next="1").location)
        walked.append(at)
    assert walked == [way[1], way[2], way[3], way[0]]
    assert trainer.submit(at, points="1", next="1").location == QUEUE


# Changing


def test_a_later_change_moves_the_score_and_is_on_record(
    trainer: Visitor, quiz: Quiz, attempt: Attempt, enrolment: Enrolment, tola: Person
) -> None:
    give(quiz, found(quiz, attempt), tola, 4)
    at = address(quiz, attempt)
    answer = trainer.submit(at, points="1", seen=seen(trainer.get(at).text), reason="Copied from a book.")
    assert answer.location == QUEUE
    assert again(attempt).score_percent == 40
    assert db.session.get_one(Enrolment, enrolment.id).status == EnrolmentStatus.completed
    progress = db.session.scalars(select(LessonProgress)).one()
    assert (progress.score_percent, progress.completed_at is not None) == (40, True)
    record = db.session.scalars(select(Regrade)).one()
    assert (record.reason, record.by_id) == ("Copied from a book.", tola.id)
    question = attempt.question_ids[1]
    assert record.changes == [{"attempt": attempt.id, "before": 100.0, "after": 40.0, "question": question}]
    history = trainer.get(f"{MANAGE}/quizzes/quiz/regrading").text
    assert "Copied from a book." in history
    assert mails() == 1


def test_a_second_mail_goes_out_only_where_it_is_asked_for(
    trainer: Visitor, quiz: Quiz, attempt: Attempt, tola: Person
) -> None:
    give(quiz, found(quiz, attempt), tola, 4)
    at = address(quiz, attempt)
    trainer.submit(at, points="3", seen=seen(trainer.get(at).text))
    assert mails() == 1
    trainer.submit(at, points="2", seen=seen(trainer.get(at).text), tell="y")
    assert mails() == 2


def test_nobody_without_an_address_is_written_to(course: Course, quiz: Quiz, tola: Person) -> None:
    attempt = hand_in(quiz, enrolled(course, email=None, phone="+85512345678"), "0", "Mine")
    give(quiz, found(quiz, attempt), tola, 4)
    assert (again(attempt).score_percent, mails()) == (100, 0)


def test_of_two_graders_the_second_sees_what_the_first_gave(
    app: Flask, trainer: Visitor, course: Course, quiz: Quiz, attempt: Attempt
) -> None:
    at = address(quiz, attempt)
    mine = seen(trainer.get(at).text)
    other = factories.person("Chan Colleague", [])
    give(quiz, found(quiz, attempt), other, 1, comment="Too short.")
    answer = trainer.submit(at, points="4", comment="I like it.", seen=mine)
    assert answer.status_code == 409
    for words in ("Somebody else has graded this", "Chan Colleague", "Too short.", "I like it.", "1 of 4 points"):
        assert words in answer.text
    assert (found(quiz, attempt).points, mails()) == (1, 1)
    trainer.submit(at, points="4", comment="I like it.", seen=seen(answer.text))
    assert found(quiz, attempt).points == 4
    assert mails() == 1


def test_a_button_pressed_twice_is_no_conflict(trainer: Visitor, quiz: Quiz, attempt: Attempt) -> None:
    at = address(quiz, attempt)
    assert [trainer.submit(at, points="3", comment="Yes.").status_code for _ in range(2)] == [302, 302]
    assert mails() == 1


def test_graders_at_once_leave_one_grade_and_one_mail(app: Flask, course: Course, quiz: Quiz, attempt: Attempt) -> None:
    one = found(quiz, attempt)
    graders = [factories.trainer(of=course).id for _ in range(4)]
    key, quiz_id = one.key, quiz.lesson_id

    def grade(points: float, by: int) -> bool:
        of = db.session.get_one(Quiz, quiz_id)
        mine = grading_by_hand.find(of, *key)
        assert mine
        try:
            grading_by_hand.grade(of, mine, None, Given(points=points), db.session.get_one(Person, by))
        except ConflictError:
            return False
        return True

    done = at_once(app, *[lambda p=points, by=by: grade(p, by) for points, by in enumerate(graders)])
    assert sorted(done) == [False, False, False, True]
    assert found(quiz, attempt).points == done.index(True)
    assert found(quiz, attempt).response.graded_by_id == graders[done.index(True)]
    assert mails() == 1


# Blind


def test_without_names_nothing_says_who_wrote(trainer: Visitor, course: Course) -> None:
    quiz = of_essays(course, essay(), blind=True)
    attempts = []
    for at in range(12):
        writer = enrolled(course, f"Writer Number{at}", email=f"writer{at}@example.org")
        with clock.at(clock.now() + timedelta(minutes=at)):
            attempts.append(hand_in(quiz, writer, "0", "Mine"))
    page = trainer.get(QUEUE).text
    pages = [page, trainer.get(address(quiz, attempts[0])).text]
    for text in pages:
        assert not re.search(r"Writer Number|writer\d|/learners/\d", text)
        assert "graded without names" in text or "Answer " in text
    shown = [int(number) for number in re.findall(rf"{QUEUE}/(\d+)/", page)]
    assert sorted(shown) == sorted(attempt.id for attempt in attempts)
    assert shown != sorted(shown)
    assert shown != sorted(shown, reverse=True)


def test_a_changed_grade_names_nobody_either(trainer: Visitor, course: Course, tola: Person) -> None:
    quiz = of_essays(course, essay(), blind=True)
    attempt = hand_in(quiz, enrolled(course, "Writer Unseen"), "0", "Mine")
    give(quiz, found(quiz, attempt), tola, 4)
    give(quiz, found(quiz, attempt), tola, 2)
    reread()
    record = db.session.scalars(select(Regrade)).one()
    page = trainer.get(f"{MANAGE}/quizzes/quiz/regrading/{record.id}").text
    assert "Not said: graded without names" in page
    assert "Writer Unseen" not in page


# In any order

acts = st.lists(
    st.one_of(
        st.tuples(st.just("grade"), st.integers(0, 1), st.integers(1, 2), st.integers(0, 4)),
        st.tuples(st.just("again")),
        st.tuples(st.just("correct"), st.integers(0, 1)),
        st.tuples(st.just("stale"), st.integers(0, 1)),
    ),
    max_size=12,
)


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("counts", ["highest", "average", "first", "last"])
def test_any_order_of_grading_keeps_the_rules(app: Flask, counts: str) -> None:
    course = factories.course(lessons=0)
    quiz = of_essays(course, essay("first"), essay("second"), counts=counts, final=True)
    tola, other = factories.trainer(of=course), factories.trainer(of=course)

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts)
    def keeps(some: list[tuple[Any, ...]]) -> None:
        enrolment, begun = enrolled(course), mails()
        attempts = [hand_in(quiz, enrolment, right, "One", "Two") for right in ("0", "1")]
        passed, settled = False, 0
        for what, *how in some:
            if what == "grade":
                give(quiz, found(quiz, attempts[how[0]], how[1]), tola, how[2])
            elif what == "stale":
                one = found(quiz, attempts[how[0]])
                then = one.response.graded_at
                give(quiz, one, tola, 2, comment="Newer")
                with pytest.raises(ConflictError), db.transaction():
                    grading_by_hand.grade(quiz, one, then, Given(points=1), other)
            elif what == "correct":
                correct(quiz, "q1", keyed(how[0]))
                regrade(quiz, tola)
            else:
                plan = regrading.plan(quiz, Wanted(everything=True))
                assert not any(one.is_touched for one in plan.anew), "software that grades as before changes nothing"
            passed, settled = look(quiz, enrolment, attempts, passed)
            assert mails() - begun == settled

    def look(quiz: Quiz, enrolment: Enrolment, attempts: list[Attempt], passed: bool) -> tuple[bool, int]:
        reread()
        settled = 0
        for one in attempts:
            row = db.session.get_one(Attempt, one.id)
            answers = db.session.scalars(select(Response).where(Response.attempt_id == row.id)).all()
            marks = [1 if answer.question_id == row.question_ids[0] else 4 for answer in answers]
            total = sum((answer.fraction or 0) * mark for answer, mark in zip(answers, marks, strict=True))
            assert row.mark == pytest.approx(total)
            assert row.ungraded == sum(answer.fraction is None for answer in answers)
            assert (row.score_percent is None) == (row.ungraded > 0)
            settled += row.ungraded == 0
        now = db.session.get_one(Enrolment, enrolment.id).status == EnrolmentStatus.completed
        assert now >= passed
        return now, settled

    keeps()


def keyed(right: int) -> kinds.Question:
    """The question of one point, with another answer right."""
    asked = factories.choice("q1")
    options = (replace(one, weight=100 * (at == right)) for at, one in enumerate(asked.options))
    return replace(asked, options=tuple(options))


def regrade(quiz: Quiz, by: Person) -> None:
    """All that was asked an earlier wording."""
    reread()
    wanted = Wanted(frozenset(one.id for one in regrading.replaced(quiz)))
    stamp = regrading.plan(quiz, wanted).stamp
    db.session.rollback()
    if wanted:
        with db.transaction():
            regrading.regrade(quiz, wanted, stamp, "The key was wrong.", by)
