"""The pages of a quiz: what they say, refuse, and send to the script."""

import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms import clock, db
from lms.courses.models import Course, CourseFile, Enrolment, EnrolmentStatus
from lms.quizzes import kinds
from lms.quizzes.models import Allowance, Attempt, BankFile, Question, Quiz, Response
from lms.quizzes.services import bank, drawing
from tests import factories
from tests.conftest import Visitor, counted_queries, reread
from tests.quizzes.sitting import essay, hinted

QUIZ = "/courses/innovation/lessons/quiz/"


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course(lessons=2)


@pytest.fixture
def learner(client: Visitor, course: Course) -> Visitor:
    """Signed in and enrolled."""
    client.sign_in(factories.learner())
    client.submit("/courses/innovation/enrol")
    return client


def attempt() -> Attempt:
    reread()
    return db.session.scalars(select(Attempt).order_by(Attempt.number.desc())).first() or pytest.fail("no attempt")


def number_of_attempts() -> int:
    reread()
    return len(db.session.scalars(select(Attempt)).all())


def begun(learner: Visitor, course: Course, questions: Any = None, **settings: Any) -> list[int]:
    """A quiz with an attempt under way: the questions in its order."""
    factories.quiz(course, questions, **{"shuffle": False, **settings})
    learner.submit(QUIZ + "start")
    return attempt().question_ids


def set_attempt(**values: Any) -> None:
    found = attempt()
    with db.transaction():
        for name, value in values.items():
            setattr(found, name, value)


def time_is_up() -> None:
    set_attempt(due_at=clock.now() - timedelta(hours=1), started_at=clock.now() - timedelta(hours=2))


def autosave(learner: Visitor, question: int, value: str, **more: Any) -> Any:
    data = {"csrf_token": learner.token(), "attempt": "1", "asked": question, f"q{question}": value, **more}
    return learner.post(QUIZ + "answers", data=data, headers={"X-Autosave": "1"})


def send(learner: Visitor, answers: dict[int, str], **more: Any) -> Any:
    values = {f"q{id_}": value for id_, value in answers.items()}
    return learner.submit(QUIZ + "answers", attempt="1", asked=list(answers), **values, **more)


def stored() -> dict[int, Any]:
    reread()
    return {row.question_id: row.value["given"] for row in db.session.scalars(select(Response))}


def alter(**settings: Any) -> None:
    found = db.session.scalars(select(Quiz)).one()
    with db.transaction():
        for name, value in settings.items():
            setattr(found, name, value)


# Before an attempt


def test_the_first_page_says_all_that_holds(course: Course, learner: Visitor) -> None:
    closes = clock.now() + timedelta(days=1)
    more = {"pause": 15, "going_back": False, "tries": True, "counts": "average", "closes_at": closes}
    factories.quiz(course, attempts=3, time_limit=20, **more)
    page = learner.get(QUIZ).text
    for words in (
        "3 attempts left.",
        "The mean of all attempts counts.",
        "You have 20 minutes for an attempt.",
        "Between two attempts you wait 15 minutes.",
        "a page that you have left cannot be opened again",
        "You can check each answer and try again",
        "Open until",
    ):
        assert words in page


def test_extra_time_is_in_what_the_page_says(course: Course, learner: Visitor) -> None:
    quiz = factories.quiz(course, time_limit=20, attempts=1)
    enrolment = db.session.scalars(select(Enrolment)).one()
    values = {"extra_minutes": 10, "extra_attempts": 1, "at": clock.now()}
    with db.transaction():
        db.session.add(Allowance(quiz_id=quiz.lesson_id, enrolment_id=enrolment.id, **values))
    page = learner.get(QUIZ).text
    assert "You have 30 minutes for an attempt." in page
    assert "10 minutes more than others are in it." in page
    assert "2 attempts left" in page


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"opens_at": timedelta(hours=1)}, "This quiz opens on"),
        ({"closes_at": timedelta(hours=-1)}, "This quiz has closed on"),
    ],
)
def test_a_quiz_that_is_not_open_says_so_and_is_not_begun(
    course: Course, learner: Visitor, settings: dict[str, timedelta], words: str
) -> None:
    factories.quiz(course, **{name: clock.now() + ago for name, ago in settings.items()})
    page = learner.get(QUIZ).text
    assert words in page
    assert "Start the quiz" not in page
    answer = learner.submit(QUIZ + "start")
    assert answer.status_code == 409
    assert words in answer.text
    assert number_of_attempts() == 0


def test_a_pause_says_until_when(course: Course, learner: Visitor) -> None:
    begun(learner, course, pause=30)
    result = learner.submit(QUIZ + "submit", attempt="1", follow_redirects=True)
    page = learner.get(result.location).text
    assert "You can try again from" in page
    assert "Try again</button>" not in page
    assert learner.submit(QUIZ + "start").status_code == 409


def test_a_quiz_with_a_word_is_begun_by_it(course: Course, learner: Visitor) -> None:
    factories.quiz(course, access_word="Rice")
    wrong = learner.submit(QUIZ + "start", word="corn")
    assert wrong.status_code == 422
    assert "This word is not right." in wrong.text
    assert 'value="corn"' in wrong.text
    assert learner.submit(QUIZ + "start", word=" ").status_code == 422
    assert number_of_attempts() == 0
    assert learner.submit(QUIZ + "start", word="rice").status_code == 302
    assert learner.submit(QUIZ + "start").status_code == 302, "going on asks for no word"
    assert number_of_attempts() == 1


def test_words_are_guessed_only_so_often(course: Course, learner: Visitor) -> None:
    factories.quiz(course, access_word="Rice")
    for _ in range(10):
        assert "not right" in learner.submit(QUIZ + "start", word="corn").text
    answer = learner.submit(QUIZ + "start", word="rice")
    assert (answer.status_code, "Too many wrong words." in answer.text) == (422, True)
    assert number_of_attempts() == 0


# Time


def test_the_page_says_until_when_there_is_time(course: Course, learner: Visitor) -> None:
    begun(learner, course, time_limit=30)
    page = learner.get(QUIZ).text
    assert "You have until" in page
    assert f'data-due="{attempt().due_at.isoformat()}"' in page
    assert f'data-attempt="{attempt().id}"' in page


def test_the_script_is_told_how_much_time_is_left(course: Course, learner: Visitor) -> None:
    one, *_rest = begun(learner, course, time_limit=30)
    left = int(autosave(learner, one, "0").headers["X-Time-Left"])
    assert 1790 <= left <= 1800
    alter(time_limit=0)
    set_attempt(due_at=None)
    assert "X-Time-Left" not in autosave(learner, one, "0").headers


def test_an_answer_after_the_time_is_refused_and_the_attempt_handed_in(course: Course, learner: Visitor) -> None:
    one, other, _third = begun(learner, course, time_limit=30)
    autosave(learner, one, "0")
    time_is_up()
    late = autosave(learner, other, "0")
    assert (late.status_code, late.headers["X-Time-Left"]) == (409, "0")
    assert stored() == {one: 0}
    assert (attempt().by_clock, attempt().score_percent) == (True, 33.33)


@pytest.mark.parametrize("act", ["look", "answer", "submit", "result"])
def test_the_next_request_hands_in_what_was_stored_in_time(course: Course, learner: Visitor, act: str) -> None:
    one, other, _third = begun(learner, course, time_limit=30)
    autosave(learner, one, "0")
    time_is_up()
    answers = {
        "look": lambda: learner.get(QUIZ),
        "answer": lambda: send(learner, {other: "0"}),
        "submit": lambda: learner.submit(QUIZ + "submit", attempt="1"),
        "result": lambda: learner.get(QUIZ + "attempts/1/"),
    }
    answer = answers[act]()
    page = answer if act == "result" else learner.get(answer.location)
    assert "The time for this attempt was up." in page.text
    assert "Its time was up: what was stored until then counts." in page.text
    assert (attempt().by_clock, attempt().score_percent, stored()) == (True, 33.33, {one: 0})


def test_after_the_time_a_new_attempt_is_asked_for_anew(course: Course, learner: Visitor) -> None:
    begun(learner, course, time_limit=30)
    time_is_up()
    learner.submit(QUIZ + "start")
    assert number_of_attempts() == 1
    assert attempt().submitted_at
    learner.submit(QUIZ + "start")
    assert number_of_attempts() == 2


# Pages


def test_all_questions_or_one_on_a_page(course: Course, learner: Visitor) -> None:
    begun(learner, course, per_page=1)
    assert learner.get(QUIZ).text.count('name="asked"') == 1
    alter(per_page=3)
    assert learner.get(QUIZ).text.count('name="asked"') == 3


def test_a_page_that_was_left_does_not_open_again(course: Course, learner: Visitor) -> None:
    first, second, third = begun(learner, course, per_page=1, going_back=False)
    send(learner, {first: "0"}, go="2")
    for address in (QUIZ, QUIZ + "?page=1", QUIZ + "?page=3", QUIZ + "?page=review"):
        page = learner.get(address).text
        assert f'id="question-{second}"' in page
        assert f'id="question-{first}"' not in page
        assert "Save and go back" not in page
    assert autosave(learner, first, "1").status_code == 409
    answer = send(learner, {first: "1"}, go="2")
    assert "can no longer be changed" in learner.get(answer.location).text
    send(learner, {second: "0"}, go="3")
    send(learner, {third: "0"}, go="review")
    review = learner.get(QUIZ).text
    assert "All questions are answered" in review
    assert "page=1" not in review
    assert stored() == {first: 0, second: 0, third: 0}


def test_no_page_is_skipped_where_one_cannot_go_back(course: Course, learner: Visitor) -> None:
    first, _second, _third = begun(learner, course, per_page=1, going_back=False)
    send(learner, {first: "0"}, go="3")
    assert attempt().page == 1
    send(learner, {first: "0"}, go="review")
    assert attempt().page == 1


# Two windows


def test_a_window_that_shows_an_old_page_brings_no_old_answer_back(course: Course, learner: Visitor) -> None:
    one, *_rest = begun(learner, course)
    old = learner.get(QUIZ).text
    was = old.partition(f'name="was{one}" value="')[2].partition('"')[0]
    autosave(learner, one, "0")
    learner.submit(QUIZ + "answers", attempt="1", asked=one, go="review", **{f"was{one}": was})
    assert stored() == {one: 0}


def test_an_answer_that_waited_on_a_device_does_not_replace_a_newer_one(course: Course, learner: Visitor) -> None:
    one, *_rest = begun(learner, course)
    set_attempt(started_at=clock.now() - timedelta(minutes=10))
    autosave(learner, one, "0")
    minute_ago = int(clock.exact().timestamp() * 1000) - 60_000
    assert autosave(learner, one, "1", at=minute_ago).status_code == 204
    send(learner, {one: "1"}, go="review", **{f"at{one}": minute_ago})
    assert stored() == {one: 0}
    assert autosave(learner, one, "1", at="x" * 9).status_code == 204
    assert stored() == {one: 1}


# Checking


def test_checking_shows_the_hint_and_then_the_answer_stays(course: Course, learner: Visitor) -> None:
    (one,) = begun(learner, course, [hinted("q", hints=1)], tries=True)
    assert "2 tries left" in learner.get(QUIZ).text
    answer = send(learner, {one: "2"}, check=one)
    assert answer.location == f"{QUIZ}?page=1#question-{one}"
    page = learner.get(QUIZ).text
    assert "Not right yet" in page
    assert "Hint 1 of q" in page
    assert "1 try left" in page
    send(learner, {one: "0"}, check=one)
    page = learner.get(QUIZ).text
    assert f'name="q{one}"' not in page
    assert 'name="check"' not in page
    learner.submit(QUIZ + "submit", attempt="1")
    assert attempt().score_percent == 75


def test_a_quiz_without_tries_has_no_button_to_check(course: Course, learner: Visitor) -> None:
    (one,) = begun(learner, course, [hinted("q")])
    assert 'name="check"' not in learner.get(QUIZ).text
    send(learner, {one: "2"}, check=one)
    assert "Hint" not in learner.get(QUIZ).text


# The result


def result(learner: Visitor) -> str:
    learner.submit(QUIZ + "submit", attempt="1")
    return learner.get(QUIZ + "attempts/1/").text


@pytest.mark.parametrize(
    ("settings", "feedback", "answers"),
    [
        ({}, True, False),
        ({"attempts": 1}, True, True),
        ({"answers": "always"}, True, True),
        ({"answers": "never", "attempts": 1, "feedback": "never"}, False, False),
        ({"answers": "closed", "feedback": "done", "attempts": 1}, True, False),
    ],
)
def test_what_shows_afterwards(
    course: Course, learner: Visitor, settings: dict[str, Any], feedback: bool, answers: bool
) -> None:
    ids = begun(learner, course, **settings)
    send(learner, dict.fromkeys(ids, "1"))
    page = result(learner)
    assert ("Think of the villagers" in page) is feedback
    assert ("Right answer" in page) is answers
    assert "Sum: 0 + 0 + 0 = 0 of 3 points" in page


def test_a_right_answer_shows_without_the_signs_it_is_matched_by(course: Course, learner: Visitor) -> None:
    key = (kinds.Option("Kampot*", 100), kinds.Option("5 \\* 5", 50))
    short = kinds.Question("short", kinds.Kind.short_answer, "Where?", key)
    gap = kinds.Gap(kinds.Kind.short_answer, (kinds.Option("Takeo*", 100),))
    gaps = kinds.Question("gaps", kinds.Kind.gaps, "In [[1]]", gaps=(gap,))
    begun(learner, course, [short, gaps], answers="always")
    page = result(learner)
    assert all(words in page for words in ("Kampot…", "5 * 5", "Takeo…"))
    assert "Kampot*" not in page


def test_feedback_on_the_score_shows(course: Course, learner: Visitor) -> None:
    overall = [{"from": 90, "text": {"en": "Splendid"}}, {"from": 0, "text": {"en": "Read unit one again"}}]
    begun(learner, course, overall=overall)
    page = result(learner)
    assert "Read unit one again" in page
    assert "Splendid" not in page


def test_it_says_which_attempt_counts(course: Course, learner: Visitor) -> None:
    ids = begun(learner, course, counts="last")
    send(learner, dict.fromkeys(ids, "0"))
    result(learner)
    learner.submit(QUIZ + "start")
    learner.submit(QUIZ + "submit", attempt="2")
    assert "The last attempt counts: 0" in learner.get(QUIZ + "attempts/1/").text
    assert "What counts: 0" in learner.get(QUIZ).text


def test_an_essay_waits_for_the_trainer(course: Course, learner: Visitor) -> None:
    (one,) = begun(learner, course, [essay()])
    send(learner, {one: "It lies at the river."})
    page = result(learner)
    assert "Waiting for the trainer" in page
    assert "Sum:" not in page
    assert "waits for the trainer" in learner.get(QUIZ).text


def test_the_pages_before_the_quiz_are_what_to_read_again(course: Course, learner: Visitor) -> None:
    begun(learner, course)
    page = result(learner).partition("What to read again")[2].partition("Your answers")[0]
    assert "lessons/lesson-1/" in page
    assert "lessons/lesson-2/" in page


def test_a_link_in_what_was_wrong_is_what_to_read_again(course: Course, learner: Visitor) -> None:
    wrong = kinds.Option("No", 0, "See [the lesson](/courses/innovation/lessons/lesson-2/).")
    question = kinds.Question("q", kinds.Kind.single, "So?", (kinds.Option("Yes", 100), wrong))
    (one,) = begun(learner, course, [question])
    send(learner, {one: "1"})
    page = result(learner).partition("What to read again")[2].partition("Your answers")[0]
    assert "lessons/lesson-2/" in page
    assert "lessons/lesson-1/" not in page


def test_who_has_everything_right_reads_nothing_again(course: Course, learner: Visitor) -> None:
    ids = begun(learner, course)
    send(learner, dict.fromkeys(ids, "0"))
    assert "What to read again" not in result(learner)


# Practice


def test_practice_shows_the_score_and_keeps_nothing(course: Course, learner: Visitor) -> None:
    factories.quiz(course, practice=True, attempts=1)
    page = learner.submit(QUIZ + "practice")
    assert page.text.count('name="asked"') == 3
    ids = list(db.session.scalars(select(Question.id)))
    answers = {f"q{id_}": "0" for id_ in ids}
    graded = learner.submit(QUIZ + "practice", asked=ids, seed="7", **answers).text
    assert "Score: 100" in graded
    assert "Well done" in graded
    assert (number_of_attempts(), stored()) == (0, {})


def test_without_practice_there_is_none(course: Course, learner: Visitor) -> None:
    factories.quiz(course)
    assert "Practise" not in learner.get(QUIZ).text
    assert learner.submit(QUIZ + "practice").status_code == 404


def test_practice_asks_for_the_word_too(course: Course, learner: Visitor) -> None:
    factories.quiz(course, practice=True, access_word="Rice")
    assert learner.submit(QUIZ + "practice", word="corn").status_code == 422
    page = learner.submit(QUIZ + "practice", word="rice").text
    assert 'name="word" value="rice"' in page


# Pictures


def test_a_question_shows_a_picture_of_its_unit(course: Course, learner: Visitor) -> None:
    one, *_rest = begun(learner, course)
    factories.course_file(course, "unit-1/images/map.svg", b"<svg/>")
    answer = learner.get(f"{QUIZ}questions/{one}/images/map.svg")
    assert (answer.status_code, answer.data) == (200, b"<svg/>")
    assert "private" in answer.headers["Cache-Control"]
    assert learner.get(f"{QUIZ}questions/{one}/images/other.svg").status_code == 404
    assert learner.get(f"{QUIZ}questions/{one + 99}/images/map.svg").status_code == 404


def test_a_question_of_the_bank_shows_its_own_picture(course: Course, learner: Visitor) -> None:
    quiz = factories.quiz(course)
    digest = factories.course_file(course, "unit-1/images/map.svg", b"<svg/>").digest
    with db.transaction():
        row = bank.add(course, "Maps", {"en": factories.choice("banked")}, None)
        values = {"content_type": "image/svg+xml", "digest": digest, "path": "images/own.svg"}
        db.session.add(BankFile(bank_question_id=row.id, **values))
        quiz.draws = [{"question": "banked"}]
        (drawn,) = drawing.draw(quiz, 1)
    assert learner.get(f"{QUIZ}questions/{drawn}/images/own.svg").data == b"<svg/>"
    assert learner.get(f"{QUIZ}questions/{drawn}/images/map.svg").status_code == 404


def test_pictures_are_for_those_who_see_the_quiz(course: Course, learner: Visitor) -> None:
    one, *_rest = begun(learner, course)
    factories.course_file(course, "unit-1/images/map.svg")
    address = f"{QUIZ}questions/{one}/images/map.svg"
    others = learner.application.test_client
    assert others().sign_in(factories.person()).get(address).status_code == 403
    assert others().sign_in(factories.trainer()).get(address).status_code == 403
    assert others().sign_in(factories.trainer(of=course)).get(address).status_code == 200
    assert db.session.scalars(select(CourseFile)).one()


def test_who_has_withdrawn_sees_their_result_with_its_pictures(course: Course, learner: Visitor) -> None:
    one, *_rest = begun(learner, course)
    factories.course_file(course, "unit-1/images/map.svg")
    result(learner)
    enrolment = db.session.scalars(select(Enrolment)).one()
    with db.transaction():
        enrolment.status = EnrolmentStatus.withdrawn
    assert learner.get(QUIZ + "attempts/1/").status_code == 200
    assert learner.get(f"{QUIZ}questions/{one}/images/map.svg").status_code == 200


# Questions of the bank


def test_what_is_drawn_stays_the_same_for_the_attempt(course: Course, learner: Visitor) -> None:
    with db.transaction():
        for number in range(8):
            bank.add(course, "Budget", {"en": factories.choice(f"b{number}")}, None)
    begun(learner, course, draws=[{"category": "Budget", "number": 3}])
    asked = attempt().question_ids
    assert len(set(asked)) == 6
    learner.submit(QUIZ + "start")
    assert attempt().question_ids == asked
    assert learner.get(QUIZ + "?page=2").status_code == 200


# What it costs


def test_queries_stay_within_their_budget(course: Course, learner: Visitor) -> None:
    many = [factories.choice(f"n{number}") for number in range(30)]
    ids = begun(learner, course, many, time_limit=30, counts="average", final=True, attempts=3, per_page=30)
    with counted_queries() as saved:
        assert autosave(learner, ids[0], "0").status_code == 204
    assert len(saved) <= 8, saved
    with counted_queries() as sent:
        send(learner, dict.fromkeys(ids, "0"))
    assert len(sent) <= 8, sent
    with counted_queries() as page:
        learner.get(QUIZ)
    assert len(page) <= 8, page
    alter(pass_mark=101)
    with counted_queries() as submitted:
        learner.submit(QUIZ + "submit", attempt="1")
    assert len(submitted) <= 12, submitted
    with counted_queries() as shown:
        learner.get(QUIZ + "attempts/1/")
    assert len(shown) <= 8, shown
    with counted_queries() as first:
        learner.get(QUIZ)
    assert len(first) <= 8, first


# What no honest page sends


def test_another_persons_page_is_refused_and_its_answer_kept_on_the_device(course: Course, learner: Visitor) -> None:
    one, *_rest = begun(learner, course)
    answer = autosave(learner, one, "0", attempt_id=attempt().id + 1)
    assert (answer.status_code, "X-Autosave" in answer.headers) == (409, False)
    assert send(learner, {one: "0"}, attempt_id=attempt().id + 1).status_code == 409
    assert learner.submit(QUIZ + "submit", attempt="1", attempt_id=attempt().id + 1).status_code == 409
    assert (stored(), attempt().submitted_at) == ({}, None)
    assert autosave(learner, one, "0", attempt_id=attempt().id).status_code == 204


def test_the_script_hands_in_only_what_is_due(course: Course, learner: Visitor) -> None:
    begun(learner, course, time_limit=30)
    assert learner.submit(QUIZ + "submit", attempt="1", clock="1").location == QUIZ
    assert attempt().submitted_at is None
    set_attempt(due_at=clock.now())
    learner.submit(QUIZ + "submit", attempt="1", clock="1")
    assert (attempt().submitted_at is not None, attempt().by_clock) == (True, False)


def test_a_form_of_very_many_questions_takes_no_long_time(course: Course, learner: Visitor) -> None:
    one, *_rest = begun(learner, course, practice=True)
    names = [("asked", str(number)) for number in range(40_000)] + [(f"q{one}", "0")] * 40_000
    body = {"csrf_token": [learner.token()], "attempt": ["1"]}
    for name, value in names:
        body.setdefault(name, []).append(value)
    before = time.process_time()
    assert learner.post(QUIZ + "answers", data=body).status_code == 302
    set_attempt(submitted_at=clock.now())
    assert learner.post(QUIZ + "practice", data=body).status_code == 200
    assert time.process_time() - before < 10


@pytest.mark.parametrize("at", ["-1", "-" + "9" * 4000, "9" * 4000, "9" * 5000, "NaN", "1e9", "٣", ""])
def test_a_moment_that_no_device_has_stores_the_answer_within_the_attempt(
    course: Course, learner: Visitor, at: str
) -> None:
    one, *_rest = begun(learner, course)
    assert autosave(learner, one, "0", at=at).status_code == 204
    reread()
    given_at = db.session.scalars(select(Response.given_at)).one()
    assert attempt().started_at <= given_at <= clock.exact()


def test_the_browser_keeps_no_page_of_a_quiz(course: Course, learner: Visitor) -> None:
    begun(learner, course)
    pages = [QUIZ, QUIZ + "?page=review"]
    assert [learner.get(page).headers["Cache-Control"] for page in pages] == ["no-store"] * 2
    result(learner)
    assert learner.get(QUIZ + "attempts/1/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("email", ["kumru@example.org", None])
def test_a_mail_is_promised_to_whoever_can_get_one(client: Visitor, course: Course, email: str | None) -> None:
    client.sign_in(factories.learner(email=email, phone="+85512300399"))
    client.submit("/courses/innovation/enrol")
    (one,) = begun(client, course, [essay()])
    send(client, {one: "It lies at the river."})
    page = result(client)
    assert "A trainer reads 1 of your answers." in page
    assert ("you get a mail" in page) is bool(email)
