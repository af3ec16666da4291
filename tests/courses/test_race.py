"""The same person in many windows at once, each in a request of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from lms import clock, db
from lms.accounts.models import Person
from lms.certificates.models import Certificate
from lms.courses import services
from lms.courses.models import Course, Enrolment, EnrolmentStatus, Lesson, LessonProgress
from lms.mail.models import Mail
from tests import factories
from tests.conftest import reread

ROUNDS = 4
COURSE = "/courses/innovation"


def at_once(app: Flask, person: Person, addresses: Sequence[str]) -> list[int]:
    visitors = [app.test_client().sign_in(person) for _ in addresses]
    tokens = [visitor.token() for visitor in visitors]
    db.session.rollback()
    start = Barrier(len(addresses))

    def submit(number: int) -> int:
        start.wait()
        return int(visitors[number].post(addresses[number], data={"csrf_token": tokens[number]}).status_code)

    with ThreadPoolExecutor(len(addresses)) as pool:
        return list(pool.map(submit, range(len(addresses))))


def completed_once(person: Person) -> bool:
    reread()
    found = db.session.scalars(select(Enrolment).where(Enrolment.person_id == person.id)).one()
    certificates = db.session.scalar(select(func.count()).where(Certificate.person_id == person.id))
    mails = db.session.scalar(select(func.count()).where(Mail.recipient == person.email))
    is_complete = (found.status, found.progress_percent) == (EnrolmentStatus.completed, 100)
    return is_complete and certificates == mails == 1


def left_with_everything_read(course: Course, person: Person) -> None:
    """As it is when the last lesson was read elsewhere, or has left the course meanwhile."""
    with db.transaction():
        enrolment = services.enrol(person, course)
        services.withdraw(enrolment)
        for lesson in services.outline(course).lessons:
            values = {"enrolment_id": enrolment.id, "lesson_id": lesson.id}
            db.session.add(LessonProgress(**values, completed_at=clock.now()))


def test_the_two_last_lessons_at_once_complete_the_course_once(app: Flask) -> None:
    course = factories.course(lessons=2)
    for _ in range(ROUNDS):
        person = factories.learner()
        with db.transaction():
            services.enrol(person, course)
        assert at_once(app, person, [f"{COURSE}/lessons/lesson-{number}/read" for number in (1, 2, 1, 2)]) == [302] * 4
        assert completed_once(person)


def test_coming_back_at_once_completes_the_course_once(app: Flask) -> None:
    course = factories.course(lessons=1)
    for _ in range(ROUNDS):
        person = factories.learner()
        left_with_everything_read(course, person)
        assert at_once(app, person, [f"{COURSE}/enrol"] * 4) == [302] * 4
        assert completed_once(person)


def test_last_acts_of_different_kinds_at_once_complete_the_course_once(app: Flask) -> None:
    rule = {"lessons": "all", "quizzes": "none", "approval": True, "minutes": 4}
    course = factories.course(lessons=1, completion=rule)
    trainer, lesson = factories.trainer(of=course), services.outline(course).lessons[0]
    for _ in range(ROUNDS):
        person = factories.learner()
        with db.transaction():
            enrolment = services.enrol(person, course)
            enrolment.last_lesson_id, enrolment.last_act_at = lesson.id, clock.now() - timedelta(minutes=9)
        ids = enrolment.id, lesson.id, trainer.id
        db.session.rollback()
        acts = (_visit, _read, _approve, _visit)
        start = Barrier(len(acts))

        def do(act: Callable[[int, int, int], None], ids: tuple[int, int, int] = ids, start: Barrier = start) -> None:
            with app.app_context():
                start.wait()
                with db.transaction():
                    act(*ids)

        with ThreadPoolExecutor(len(acts)) as pool:
            list(pool.map(do, acts))
        assert completed_once(person)
        assert db.session.get_one(Enrolment, ids[0]).seconds < 10 * 60


def _visit(enrolment: int, lesson: int, _trainer: int) -> None:
    services.visit(db.session.get_one(Enrolment, enrolment), db.session.get_one(Lesson, lesson))


def _read(enrolment: int, lesson: int, _trainer: int) -> None:
    mine = db.session.get_one(Enrolment, enrolment)
    services.complete_lesson(mine.course, mine, db.session.get_one(Lesson, lesson))


def _approve(enrolment: int, _lesson: int, trainer: int) -> None:
    services.approve(db.session.get_one(Enrolment, enrolment), db.session.get_one(Person, trainer))
