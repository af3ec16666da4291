"""Trainers and learners at the same moment, each in a thread and a transaction of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any

from flask import Flask
from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.courses.models import Cohort, CohortTrainer, Course, Enrolment, EnrolmentMode, EnrolmentRequest
from lms.errors import ConflictError
from lms.mail.models import Mail
from lms.rosters import services
from tests import factories
from tests.conftest import reread

ROUNDS = 4


def at_once(app: Flask, posts: Sequence[tuple[Person, str, dict[str, Any]]]) -> list[int]:
    visitors = [app.test_client().sign_in(person) for person, _address, _data in posts]
    tokens = [visitor.token() for visitor in visitors]
    db.session.rollback()
    start = Barrier(len(posts))

    def submit(number: int) -> int:
        _person, address, data = posts[number]
        start.wait()
        answer = visitors[number].post(address, data={"csrf_token": tokens[number], **data})
        return int(answer.status_code)

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(submit, range(len(posts))))


def acts_at_once(app: Flask, acts: Sequence[Callable[[], object]]) -> None:
    db.session.rollback()
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            act()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(run, acts))


def test_of_a_yes_and_a_no_at_once_one_holds(app: Flask) -> None:
    course = factories.course(enrolment=EnrolmentMode.request)
    trainers = [factories.trainer(of=course) for _ in range(4)]
    address = "/manage/courses/innovation/requests"
    for _ in range(ROUNDS):
        person = factories.learner()
        number = factories.request(person, course).id
        yes: dict[str, Any] = {"approve": number}
        no = {"decline": number, f"{number}-reason": "No place is left."}
        answers = at_once(app, [(one, address, (yes, no)[at % 2]) for at, one in enumerate(trainers)])
        assert answers == [302] * 4
        reread()
        status = db.session.get_one(EnrolmentRequest, number).status
        enrolled = db.session.scalar(select(Enrolment.source).where(Enrolment.person_id == person.id))
        assert (status, enrolled) in (("approved", "request"), ("declined", None))
        told = db.session.scalars(select(Mail.key).where(Mail.recipient == person.email)).all()
        assert told == [f"request_{status}/{number}"]


def test_two_trainers_who_approve_the_same_lists_enrol_everyone_once(app: Flask) -> None:
    course = factories.course(enrolment=EnrolmentMode.request)
    trainers = [factories.trainer(of=course) for _ in range(2)]
    ids = [factories.request(factories.learner(), course).id for _ in range(12)]
    address = "/manage/courses/innovation/requests"
    data = [{"approve": "chosen", "chosen": order} for order in (ids, ids[::-1])]
    assert at_once(app, [(one, address, chosen) for one, chosen in zip(trainers, data, strict=True)]) == [302] * 2
    reread()
    assert db.session.query(Enrolment).count() == db.session.query(Mail).count() == 12


def test_asking_in_many_windows_is_asking_once(app: Flask) -> None:
    factories.course(enrolment=EnrolmentMode.request)
    person = factories.learner()
    posts = [(person, "/courses/innovation/request", {"message": str(number)}) for number in range(8)]
    assert at_once(app, posts) == [302] * 8
    reread()
    assert db.session.query(EnrolmentRequest).count() == 1


def test_coming_in_while_a_trainer_approves_is_coming_in_once(app: Flask) -> None:
    course = factories.course()
    trainer = factories.trainer(of=course)
    for _ in range(ROUNDS):
        person = factories.learner()
        number = factories.request(person, course).id
        yes = (trainer, "/manage/courses/innovation/requests", {"approve": number})
        assert at_once(app, [yes, (person, "/courses/innovation/enrol", {}), yes]) == [302] * 3
        reread()
        assert db.session.get_one(EnrolmentRequest, number).status == "approved"
        assert db.session.query(Enrolment).filter_by(person_id=person.id).count() == 1


def test_the_old_key_opens_nothing_once_the_new_one_is_set(app: Flask) -> None:
    """Whoever types the old one while the trainer changes it waits for the change, and is refused."""
    course = factories.course(enrolment=EnrolmentMode.key, enrolment_key="the old one")
    visitor = app.test_client().sign_in(factories.learner())
    token = visitor.token()
    data = {"csrf_token": token, "key": "the old one"}
    with ThreadPoolExecutor(1) as pool:
        with db.transaction():
            services.set_access(course, EnrolmentMode.key, "the new one")
            answer = pool.submit(visitor.post, "/courses/innovation/enrol", data=data)
            sleep(0.4)
            assert not answer.done()
        assert answer.result().status_code == 422
    reread()
    assert db.session.query(Enrolment).count() == 0


def test_members_and_courses_that_come_at_once_find_each_other(app: Flask) -> None:
    cohort = factories.cohort()
    people = [factories.learner().id for _ in range(5)]
    courses = [factories.course(f"course-{number}", lessons=0).id for number in range(3)]

    def join(person: int) -> None:
        with db.transaction():
            services.add_members(db.session.get_one(Cohort, cohort.id), [person])

    def take(course: int) -> None:
        with db.transaction():
            services.add_course(
                db.session.get_one(Cohort, cohort.id), db.session.get_one(Course, course), opens_at=None, due_at=None
            )

    joins = [lambda person=person: join(person) for person in people]
    acts_at_once(app, [*joins, *(lambda course=course: take(course) for course in courses)])
    reread()
    found = {(one.course_id, one.person_id) for one in db.session.query(Enrolment)}
    assert found == {(course, person) for course in courses for person in people}


def test_two_trainers_who_remove_each_other_do_not_leave_the_cohort_alone(app: Flask) -> None:
    for number in range(ROUNDS):
        two = [factories.trainer() for _ in range(2)]
        cohort, ids = factories.cohort(f"c-{number}", trainers=two), [one.id for one in two]

        def remove(person: int, cohort_id: int = cohort.id) -> None:
            try:
                with db.transaction():
                    services.remove_trainer(db.session.get_one(Cohort, cohort_id), person)
            except ConflictError:
                pass

        acts_at_once(app, [lambda person=person: remove(person) for person in ids])
        reread()
        assert db.session.query(CohortTrainer).filter_by(cohort_id=cohort.id).count() == 1
