from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms import db
from lms.courses.models import Course, Enrolment, LessonProgress
from lms.quizzes import kinds
from lms.quizzes.models import Attempt, Question, Response
from tests import factories
from tests.conftest import Visitor, counted_queries, reread

QUIZ = "/courses/innovation/lessons/quiz/"


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course(lessons=0)


@pytest.fixture
def learner(client: Visitor, course: Course) -> Visitor:
    """Signed in and enrolled."""
    client.sign_in(factories.learner())
    client.submit("/courses/innovation/enrol")
    return client


def ids() -> list[int]:
    """The questions, in the order of the bundle."""
    return list(db.session.scalars(select(Question.id).where(~Question.retired).order_by(Question.position)))


def attempt() -> Attempt:
    reread()
    return db.session.scalars(select(Attempt).order_by(Attempt.number.desc())).first() or pytest.fail("no attempt")


def answer(visitor: Visitor, answers: dict[int, object], go: str = "review", **more: object) -> int:
    values = {f"q{id_}": value for id_, value in answers.items()}
    sent = visitor.submit(QUIZ + "answers", attempt="1", asked=list(answers), go=go, **values, **more)
    return sent.status_code


def stored() -> dict[int, object]:
    reread()
    return {row.question_id: row.value["given"] for row in db.session.scalars(select(Response))}


def test_passing_the_quiz_completes_the_course(course: Course, learner: Visitor) -> None:
    factories.quiz(course)
    learner.submit(QUIZ + "start")
    answer(learner, dict.fromkeys(ids(), "0"))
    page = learner.submit(QUIZ + "submit", attempt="1")
    assert page.location == QUIZ + "attempts/1/"
    assert attempt().score_percent == 100
    assert db.session.scalars(select(Enrolment)).one().status == "completed"


def test_failing_keeps_the_course_open_and_the_best_score_counts(course: Course, learner: Visitor) -> None:
    factories.quiz(course, final=True)
    for wrong in (2, 3):
        learner.submit(QUIZ + "start")
        answers = {id_: "1" if at < wrong else "0" for at, id_ in enumerate(ids())}
        values = {f"q{id_}": value for id_, value in answers.items()}
        number = str(attempt().number)
        learner.submit(QUIZ + "answers", attempt=number, asked=list(answers), **values)
        learner.submit(QUIZ + "submit", attempt=number)
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert (enrolment.status, enrolment.best_score_percent) == ("active", 33.33)
    assert db.session.scalars(select(LessonProgress.score_percent)).one() == 33.33


def test_each_answer_is_stored_as_it_is_given(course: Course, learner: Visitor) -> None:
    factories.quiz(course)
    learner.submit(QUIZ + "start")
    first = ids()[0]
    data = {"csrf_token": learner.token(), "attempt": "1", "asked": str(first), f"q{first}": "1"}
    assert learner.post(QUIZ + "answers", data=data, headers={"X-Autosave": "1"}).status_code == 204
    assert stored() == {first: 1}


def test_another_device_shows_what_was_answered(course: Course, learner: Visitor) -> None:
    factories.quiz(course)
    learner.submit(QUIZ + "start")
    first = ids()[0]
    answer(learner, {first: "1"})
    person = db.session.scalars(select(Enrolment)).one().person
    other = learner.application.test_client().sign_in(person)
    assert f'id="q{first}-1" checked' in other.get(QUIZ).text
    other.submit(QUIZ + "start")
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_signing_out_and_in_again_loses_nothing(course: Course, learner: Visitor) -> None:
    factories.quiz(course)
    learner.submit(QUIZ + "start")
    first, second, _third = ids()
    answer(learner, {first: "0"})
    person = db.session.scalars(select(Enrolment)).one().person
    learner.sign_out()
    assert learner.submit(QUIZ + "answers", attempt="1", asked=second).location.startswith("/login")
    learner.sign_in(person)
    answer(learner, {second: "0"})
    assert stored() == {first: 0, second: 0}


def test_submitting_twice_counts_once(course: Course, learner: Visitor) -> None:
    factories.quiz(course)
    learner.submit(QUIZ + "start")
    answer(learner, dict.fromkeys(ids(), "0"))
    learner.submit(QUIZ + "submit", attempt="1")
    first = attempt().submitted_at
    assert learner.submit(QUIZ + "submit", attempt="1").status_code == 302
    assert attempt().submitted_at == first
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_an_answer_after_submission_changes_nothing_and_says_so(course: Course, learner: Visitor) -> None:
    factories.quiz(course)
    learner.submit(QUIZ + "start")
    answer(learner, {ids()[0]: "1"})
    learner.submit(QUIZ + "submit", attempt="1")
    answer(learner, {ids()[0]: "0"})
    assert stored() == {ids()[0]: 1}
    assert "submitted before" in learner.get(QUIZ + "attempts/1/").text


def test_a_limit_of_attempts_holds(course: Course, learner: Visitor) -> None:
    factories.quiz(course, attempts=1)
    learner.submit(QUIZ + "start")
    learner.submit(QUIZ + "submit", attempt="1")
    assert learner.submit(QUIZ + "start").status_code == 409
    assert "used all attempts" in learner.get(QUIZ).text


def test_two_starts_at_once_make_one_attempt(app: Flask, course: Course, learner: Visitor) -> None:
    factories.quiz(course)
    person = db.session.scalars(select(Enrolment)).one().person

    def start(_device: int) -> int:
        return app.test_client().sign_in(person).submit(QUIZ + "start").status_code

    with ThreadPoolExecutor(4) as devices:
        assert set(devices.map(start, range(4))) == {302}
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_the_order_is_the_same_whenever_the_attempt_is_opened(course: Course, learner: Visitor) -> None:
    factories.quiz(course, [factories.choice(f"n{number}") for number in range(12)], per_page=50)
    learner.submit(QUIZ + "start")
    first, second = (learner.get(QUIZ).text for _ in range(2))
    assert [part for part in first.split('"') if part.startswith("question-")] == [
        part for part in second.split('"') if part.startswith("question-")
    ]
    assert attempt().question_ids != ids(), "twelve questions stay in order once in 479 million shuffles"


def test_answers_of_others_cannot_be_touched(course: Course, learner: Visitor) -> None:
    factories.quiz(course)
    learner.submit(QUIZ + "start")
    stranger = learner.application.test_client().sign_in(factories.person("Mallory"))
    assert answer(stranger, {ids()[0]: "0"}) == 404
    assert stranger.submit(QUIZ + "submit", attempt="1").status_code == 404
    assert stranger.get(QUIZ + "attempts/1/").status_code == 404
    assert stored() == {}


def test_whoever_left_the_course_hands_nothing_in_any_more(course: Course, learner: Visitor) -> None:
    factories.quiz(course)
    learner.submit(QUIZ + "start")
    learner.submit("/courses/innovation/withdraw")
    assert answer(learner, dict.fromkeys(ids(), "0")) == 403
    assert learner.submit(QUIZ + "submit", attempt="1").status_code == 403
    assert stored() == {}
    assert attempt().submitted_at is None


@pytest.mark.parametrize("value", ["99", "-1", "x", "", "1e9", "\x01", "០"])
def test_a_hostile_value_is_no_answer(course: Course, learner: Visitor, value: str) -> None:
    factories.quiz(course)
    learner.submit(QUIZ + "start")
    assert answer(learner, {ids()[0]: value}) == 302
    assert stored()[ids()[0]] in (None, 0)


def test_a_question_of_another_quiz_is_ignored(course: Course, learner: Visitor) -> None:
    factories.quiz(course)
    other = factories.quiz(factories.course("other"))
    learner.submit(QUIZ + "start")
    foreign = db.session.scalars(select(Question.id).where(Question.quiz_id == other.lesson_id)).first()
    assert answer(learner, {foreign or 0: "0"}) == 302
    assert stored() == {}


def test_every_kind_is_shown_answered_and_explained(course: Course, learner: Visitor) -> None:
    kind = kinds.Kind
    half = (kinds.Option("One", 50), kinds.Option("Two", 50), kinds.Option("Three", -50, "Three is not"))
    yes_no = (kinds.Option("true", 100), kinds.Option("false", 0))
    pairs = (kinds.Pair("Kampot", "pepper"), kinds.Pair("Siem Reap", "temples"))
    given = {
        kinds.Question("several", kind.multiple, "Which?", half): ["0", "2"],
        kinds.Question("truth", kind.true_false, "So?", yes_no): "0",
        kinds.Question("word", kind.short_answer, "Say it", (kinds.Option("pilot", 100),)): " Pilot ",
        kinds.Question("sum", kind.numerical, "How many?", (kinds.Option("12", 100),)): "១២",
        kinds.Question("match", kind.matching, "Match", (), pairs): ["0", "1"],
    }
    factories.quiz(course, given, shuffle=False)
    learner.submit(QUIZ + "start")
    assert learner.get(QUIZ).status_code == 200
    answer(learner, dict(zip(ids(), given.values(), strict=True)))
    assert learner.get(QUIZ + "?page=review").status_code == 200
    learner.submit(QUIZ + "submit", attempt="1")
    page = learner.get(QUIZ + "attempts/1/").text
    assert "Sum: 0 + 1 + 1 + 1 + 1 = 4 of 5 points; 4 ÷ 5 × 100 = 80" in page
    assert "Three is not" in page


def test_a_trainer_sees_the_questions_with_the_right_answers(client: Visitor, course: Course) -> None:
    factories.quiz(course)
    client.sign_in(factories.trainer(of=course))
    assert "Right answer" in client.get(QUIZ).text


def test_queries_stay_within_their_budget(course: Course, learner: Visitor) -> None:
    factories.quiz(course, [factories.choice(f"n{number}") for number in range(30)])
    learner.submit(QUIZ + "start")
    with counted_queries() as page:
        learner.get(QUIZ)
    assert len(page) <= 8, page
    with counted_queries() as submitted:
        learner.submit(QUIZ + "submit", attempt="1")
    assert len(submitted) <= 12, submitted
