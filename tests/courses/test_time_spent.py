"""The time between two acts counts for the lesson that was open, once, and only as long as one may sit over it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from flask import Flask
from sqlalchemy import select

from lms import clock, db
from lms.courses import services
from lms.courses.models import Enrolment, Lesson, LessonProgress
from lms.quizzes import services as quizzes
from tests import factories
from tests.conftest import Visitor
from tests.courses.acts import NOON, again, enrolled, lessons, opened


def seconds() -> dict[str, int]:
    """By the lesson's slug."""
    rows = select(Lesson.slug, LessonProgress.seconds).join(Lesson, Lesson.id == LessonProgress.lesson_id)
    return dict(db.session.execute(rows).all())


def test_the_time_until_the_next_act_counts_for_the_lesson_that_was_open(app: Flask) -> None:
    course = factories.course(lessons=2)
    enrolment, (one, two) = enrolled(course), lessons(course)
    opened(enrolment, one)
    opened(enrolment, two, minutes=4)
    with clock.at(NOON + timedelta(minutes=7)), db.transaction():
        services.complete_lesson(course, enrolment, two)
    assert seconds() == {"lesson-1": 240, "lesson-2": 180}
    assert again(enrolment).seconds == 420


def test_a_night_away_counts_as_three_times_the_lesson_at_most(app: Flask) -> None:
    course = factories.course(lessons=2)
    enrolment, (one, two) = enrolled(course), lessons(course)
    with db.transaction():
        two.minutes = 1
    opened(enrolment, one)
    opened(enrolment, two, minutes=600)
    opened(enrolment, one, minutes=1200)
    assert seconds() == {"lesson-1": 15 * 60, "lesson-2": 10 * 60}


def test_the_first_opening_is_kept(app: Flask) -> None:
    course = factories.course(lessons=2)
    enrolment, (one, two) = enrolled(course), lessons(course)
    for minutes, lesson in enumerate((one, two, one)):
        opened(enrolment, lesson, minutes)
    rows = dict(db.session.execute(select(LessonProgress.lesson_id, LessonProgress.opened_at)).all())
    assert rows == {one.id: NOON, two.id: NOON + timedelta(minutes=1)}
    assert again(enrolment).last_act_at == NOON + timedelta(minutes=2)


def test_a_clock_that_is_set_back_takes_no_time_away(app: Flask) -> None:
    course = factories.course(lessons=2)
    enrolment, (one, two) = enrolled(course), lessons(course)
    opened(enrolment, one, minutes=5)
    opened(enrolment, two, minutes=0)
    opened(enrolment, one, minutes=6)
    assert again(enrolment).seconds == 60


def test_answering_counts_as_time_in_the_quiz(app: Flask) -> None:
    course = factories.course(lessons=0)
    enrolment, quiz = enrolled(course), factories.quiz(course)
    with clock.at(NOON), db.transaction():
        attempt = quizzes.start(enrolment, quiz)
    with clock.at(NOON + timedelta(minutes=3)), db.transaction():
        quizzes.save(attempt, {attempt.question_ids[0]: ["0"]})
    assert again(enrolment).seconds == 180


def test_the_minute_that_was_missing_completes_the_course_in_the_same_request(client: Visitor) -> None:
    course = factories.course(lessons=2, completion={"lessons": "none", "quizzes": "none", "minutes": 5})
    person = factories.learner()
    enrolment = enrolled(course, person)
    opened(enrolment, lessons(course)[0])
    with clock.at(NOON + timedelta(minutes=5)):
        Visitor.get(client.sign_in(person), "/courses/innovation/")
    assert again(enrolment).status == "active"
    with db.transaction():
        enrolment.last_act_at = clock.now() - timedelta(minutes=5)
    client.get("/courses/innovation/lessons/lesson-2/")
    assert again(enrolment).status == "completed"


def test_two_devices_at_once_count_no_second_twice(app: Flask) -> None:
    course = factories.course(lessons=2)
    enrolment, (one, two) = enrolled(course), lessons(course)
    opened(enrolment, one)
    id_, ids, devices = enrolment.id, (one.id, two.id), 8
    db.session.rollback()
    start = Barrier(devices)

    def open_it(number: int) -> None:
        with app.app_context(), clock.at(NOON + timedelta(minutes=9)):
            mine = db.session.get_one(Enrolment, id_)
            lesson = db.session.get_one(Lesson, ids[number % 2])
            course_known = mine.course
            start.wait()
            with db.transaction():
                services.visit(mine, lesson)
            assert course_known

    with ThreadPoolExecutor(devices) as pool:
        list(pool.map(open_it, range(devices)))
    assert again(enrolment).seconds == 9 * 60
    assert sum(seconds().values()) == 9 * 60
