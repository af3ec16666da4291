"""Five hundred people who answer a quiz at once, through four processes of the server, on both engines."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from time import monotonic

from sqlalchemy import func, select

from lms import db
from lms.accounts.models import Person
from lms.courses import services as courses
from lms.courses.models import Enrolment
from lms.quizzes import services as quizzes
from lms.quizzes.models import Attempt, Question, Response
from tests import factories
from tests.load import crowd as people
from tests.plugins.sessions import form_token
from tests.plugins.site import Site

PEOPLE, ANSWERS = 500, 2
QUIZ = "/courses/crowded/lessons/quiz/"


def a_crowd_with_open_attempts() -> tuple[list[Person], list[int]]:
    """The people, and the questions that they are asked."""
    course = factories.course("crowded", lessons=0)
    quiz = factories.quiz(course)
    crowd = [factories.person() for _ in range(PEOPLE)]
    with db.transaction():
        for person in crowd:
            quizzes.start(courses.enrol(person, course), quiz)
    return crowd, [*db.session.scalars(select(Question.id).order_by(Question.position))]


def answering(site: Site, questions: list[int], waits: list[float]) -> Callable[[tuple[int, str]], list[int]]:
    """What one of the crowd does: an answer after the other, each right for every second person."""
    token = form_token(site.app)

    def answer(who: tuple[int, str]) -> list[int]:
        number, cookie = who
        statuses = []
        for question in questions[:ANSWERS]:
            fields = {"csrf_token": token, "attempt": 1, "asked": question, f"q{question}": number % 2}
            began = monotonic()
            statuses.append(people.post(site.server.port, cookie, QUIZ + "answers", fields, **{"X-Autosave": "1"}))
            waits.append(monotonic() - began)
        return statuses

    return answer


def all_answer(site: Site, questions: list[int], sessions: list[str]) -> tuple[Counter[int], list[float]]:
    """How often which status came, and how long each answer took in seconds."""
    waits: list[float] = []
    with ThreadPoolExecutor(PEOPLE) as threads:
        statuses = threads.map(answering(site, questions, waits), enumerate(sessions))
        return Counter(status for each in statuses for status in each), waits


def assert_all_are_there(crowd: list[Person], questions: list[int]) -> None:
    db.session.rollback()
    numbers = {person.id: number for number, person in enumerate(crowd)}
    wanted = select(Enrolment.person_id, Response.question_id, Response.value)
    wanted = wanted.join(Attempt, Attempt.enrolment_id == Enrolment.id)
    rows = db.session.execute(wanted.join(Response, Response.attempt_id == Attempt.id)).all()
    given = {(numbers[person_id], question_id): value["given"] for person_id, question_id, value in rows}
    assert given == {(at, question): at % 2 for at in range(PEOPLE) for question in questions[:ANSWERS]}


def test_every_answer_of_five_hundred_is_stored(crowded: Site) -> None:
    crowd, questions = a_crowd_with_open_attempts()
    statuses, waits = all_answer(crowded, questions, people.cookies(crowded, crowd))
    assert statuses == {204: PEOPLE * ANSWERS}
    assert_all_are_there(crowd, questions)
    print(f"p95 of an answer among {PEOPLE} at once: {quantiles(waits, n=20)[-1] * 1000:.0f} ms")


def test_answers_survive_a_process_that_is_killed(crowded: Site) -> None:
    crowd, questions = a_crowd_with_open_attempts()
    with ThreadPoolExecutor(1) as other:
        done = other.submit(all_answer, crowded, questions, people.cookies(crowded, crowd))
        people.until_there_are(_responses, PEOPLE // 4)
        people.kill_one_of(crowded)
        statuses, _waits = done.result()
    assert set(statuses) == {204}
    assert_all_are_there(crowd, questions)


def _responses() -> int:
    return db.session.scalar(select(func.count()).select_from(Response)) or 0
