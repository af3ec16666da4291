"""What is measured against: the shipped course, a thousand learners in it, an event, and one learner's session."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import insert

from lms import clock, create_app, db
from lms.accounts.models import Person, Role
from lms.certificates.models import Certificate
from lms.courses import services as courses
from lms.courses.models import Course, CourseTrainer, Enrolment, Lesson, LessonKind, LessonProgress, Unit
from lms.demo.case import shipped_course
from lms.events.models import Event
from lms.quizzes import services as quizzes
from lms.quizzes.models import Quiz
from tests.plugins.sessions import form_token, session_cookie

LEARNERS = 1000
MANY = 5000
LESSONS = 20
CROWD = 80
CLASSROOM = 500


@dataclass(frozen=True, slots=True)
class World:
    """Addresses and cookies of what the benchmark visits."""

    learner: str
    trainer: str
    token: str
    course: str
    lesson: str
    quiz: str
    question_id: int
    certificate: str
    event: str
    large_course: str
    """One of twenty lessons that five thousand people take; each has opened half of it."""
    crowd: tuple[str, ...]
    """Sessions of people who have begun the quiz and are not registered for the event: each can do both once."""
    classroom: tuple[str, ...]
    """Sessions of others who have begun the quiz."""


def build(database: str, secret: str) -> World:
    """Fills the migrated database. Returns what to visit."""
    app = create_app(SECRET_KEY=secret, SQLALCHEMY_DATABASE_URI=database)
    with app.app_context():
        with db.transaction():
            course = shipped_course()
        with db.transaction():
            people = [_person(number) for number in range(LEARNERS)]
        with db.transaction():
            db.session.add(CourseTrainer(course_id=course.id, person_id=people[0].id))
            db.session.add_all(_enrolment(course, person) for person in people[1:])
            db.session.add(_event())
        with db.transaction():
            _fill_large_course(people[0])
        with db.transaction():
            return _world(app, course, people)


def _person(number: int) -> Person:
    person = Person(
        name=f"គំរូ {number}",
        name_latin=f"Kumru {number}",
        email=f"bench-{number}@example.org",
        province="KH-3",
        fs_uniquifier=secrets.token_hex(16),
        created_at=clock.now(),
        roles=frozenset() if number else frozenset({Role.trainer}),
    )
    db.session.add(person)
    return person


def _enrolment(course: Course, person: Person) -> Enrolment:
    return Enrolment(course_id=course.id, person_id=person.id, enrolled_at=clock.now(), progress_percent=40)


def _fill_large_course(trainer: Person) -> None:
    texts = {"title": {"km": "វគ្គ", "en": "Course"}, "summary": {}}
    course = Course(slug="large", description={}, completion={"lessons": "all"}, statement={}, **texts)
    db.session.add(course)
    db.session.flush()
    unit = Unit(course_id=course.id, slug="unit-1", position=1, **texts)
    db.session.add_all([unit, CourseTrainer(course_id=course.id, person_id=trainer.id)])
    db.session.flush()
    lessons = [
        Lesson(
            course_id=course.id,
            unit_id=unit.id,
            slug=f"lesson-{number}",
            position=number,
            kind=LessonKind.page,
            title={"km": f"មេរៀនទី {number}", "en": f"Lesson {number}"},
            body={},
            video={},
        )
        for number in range(1, LESSONS + 1)
    ]
    people = [_person(LEARNERS + number) for number in range(MANY)]
    db.session.add_all(lessons)
    db.session.flush()
    enrolments = [_enrolment(course, person) for person in people]
    db.session.add_all(enrolments)
    db.session.flush()
    step = {"opened_at": clock.now(), "completed_at": clock.now()}
    steps = [
        {"enrolment_id": one.id, "lesson_id": lesson.id, **step}
        for one in enrolments
        for lesson in lessons[: LESSONS // 2]
    ]
    db.session.execute(insert(LessonProgress), steps)


def _event() -> Event:
    starts_at = clock.now() + timedelta(days=5)
    return Event(
        slug="bench",
        title={"km": "សិក្ខាសាលា", "en": "Webinar"},
        summary={},
        description={},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        timezone="Asia/Phnom_Penh",
        location={},
        questions=[],
        uid="bench@example.org",
    )


def _world(app: Flask, course: Course, people: list[Person]) -> World:
    learner, crowd, classroom = people[1], people[10 : 10 + CROWD], people[100 : 100 + CLASSROOM]
    outline = courses.outline(course)
    quiz_lesson = next(lesson for lesson in outline.lessons if lesson.kind == "quiz")
    quiz = db.session.get_one(Quiz, quiz_lesson.id)
    attempts = [quizzes.start(courses.enrolment_of(person, course), quiz) for person in (learner, *crowd, *classroom)]
    certificate = Certificate(
        number="BENC-HMAR-K000",
        kind="completion",
        person_id=people[2].id,
        course_id=course.id,
        name=people[2].name,
        name_latin=people[2].name_latin,
        title=course.title,
        statement=course.statement,
        hours=course.hours,
        achieved_at=clock.now(),
        issued_at=clock.now(),
    )
    db.session.add(certificate)
    page = f"/courses/{course.slug}/"
    return World(
        learner=_cookie(app, learner),
        trainer=_cookie(app, people[0]),
        token=form_token(app),
        course=page,
        lesson=f"{page}lessons/{outline.lessons[0].slug}/",
        quiz=f"{page}lessons/{quiz_lesson.slug}/",
        question_id=attempts[0].question_ids[0],
        certificate=f"/certificates/{certificate.number}.pdf",
        event="/events/bench/",
        large_course="/courses/large/",
        crowd=tuple(_cookie(app, person) for person in crowd),
        classroom=tuple(_cookie(app, person) for person in classroom),
    )


def _cookie(app: Flask, person: Person) -> str:
    return f"session={session_cookie(app, person, lms_language='km')}"
