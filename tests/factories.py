"""The fixed cast and the things they do, each made in a transaction of its own."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from lms import clock, db
from lms.accounts.models import Person, Role, Sex
from lms.courses import services as courses
from lms.courses.models import (
    Cohort,
    CohortCourse,
    CohortMember,
    CohortTrainer,
    Course,
    CourseFile,
    CourseTrainer,
    EnrolmentRequest,
    Lesson,
    LessonKind,
    Unit,
)
from lms.events.models import Event, EventTrainer, Registration, RegistrationStatus, Series
from lms.quizzes import kinds
from lms.quizzes.models import Question, Quiz


def _kept(row: Any) -> Any:
    with db.transaction():
        db.session.add(row)
    return row


def person(name: str = "Sokha Kumru", roles: Iterable[Role] = (), **values: Any) -> Person:
    """Someone with a complete profile, unless `values` say otherwise."""
    tag = secrets.token_hex(4)
    defaults = {
        "email": f"{tag}@example.org",
        "name_latin": name,
        "sex": Sex.female,
        "province": "KH-3",
        "stakeholder_type": "government",
        "language": "en",
        "fs_uniquifier": secrets.token_hex(16),
        "created_at": clock.now(),
        "consent_at": clock.now(),
        "consent_version": "test",
    }
    return _kept(Person(name=name, roles=frozenset(roles), **{**defaults, **values}))


def learner(**values: Any) -> Person:
    return person("Lina Learner", **values)


def trainer(of: Course | Event | None = None, **values: Any) -> Person:
    """A trainer, who looks after the given course or event."""
    made = person("Tola Trainer", [Role.trainer], **values)
    if of:
        looks_after(made, of)
    return made


def looks_after(person: Person, of: Course | Event) -> None:
    if isinstance(of, Course):
        _kept(CourseTrainer(course_id=of.id, person_id=person.id))
    else:
        _kept(EventTrainer(event_id=of.id, person_id=person.id))


def officer(**values: Any) -> Person:
    return person("Odom Officer", [Role.officer], **values)


def admin(**values: Any) -> Person:
    return person("Ary Admin", [Role.admin], **values)


def course(slug: str = "innovation", lessons: int = 2, **values: Any) -> Course:
    """A published course of one unit with pages, `lesson-1` onwards."""
    defaults = {
        "title": {"en": "Innovation", "km": "នវានុវត្តន៍"},
        "summary": {"en": "A short course."},
        "description": {},
        "hours": 2,
        "completion": {"lessons": "all", "quizzes": "all"},
        "statement": {},
    }
    made = _kept(Course(slug=slug, **{**defaults, **values}))
    unit = _kept(Unit(course_id=made.id, slug="unit-1", position=1, title={"en": "Unit one"}, summary={}))
    for number in range(1, lessons + 1):
        lesson(made, unit, f"lesson-{number}", number)
    return made


def lesson(course: Course, unit: Unit, slug: str, position: int, kind: LessonKind = LessonKind.page) -> Lesson:
    return _kept(
        Lesson(
            course_id=course.id,
            unit_id=unit.id,
            slug=slug,
            position=position,
            kind=kind,
            title={"en": f"Lesson {position}"},
            body={"en": f"Text of lesson {position}."},
            video={},
            minutes=5,
        )
    )


def course_file(course: Course, path: str, data: bytes = b"<svg/>") -> CourseFile:
    with db.transaction():
        digest = courses.keep(data)
    return _kept(CourseFile(course_id=course.id, path=path, content_type="image/svg+xml", digest=digest))


def quiz(course: Course, questions: Iterable[kinds.Question] | None = None, **values: Any) -> Quiz:
    """A quiz as the last lesson of the course: by default three questions, of which option 0 is right."""
    unit = db.session.scalars(select(Unit).where(Unit.course_id == course.id)).first()
    at = lesson(course, unit, "quiz", 99, LessonKind.quiz)
    made = _kept(Quiz(lesson_id=at.id, **{"pass_mark": 60, "attempts": 0, "shuffle": True, **values}))
    for position, one in enumerate(questions or [choice(f"q{number}") for number in (1, 2, 3)], 1):
        body = {"en": one.to_json()}
        _kept(Question(quiz_id=made.lesson_id, name=one.name, position=position, body=body))
    return made


def choice(name: str) -> kinds.Question:
    options = (kinds.Option("Right", 100, "Well done"), kinds.Option("Wrong", 0, "Think of the villagers"))
    return kinds.Question(name, kinds.Kind.single, f"What of {name}?", options)


def series(slug: str = "inspiration") -> Series:
    return _kept(Series(slug=slug, title={"en": "Inspiration"}, summary={}, description={}))


def event(slug: str = "systems-thinking", starts_in: timedelta = timedelta(days=7), **values: Any) -> Event:
    """A webinar of ninety minutes."""
    starts_at = clock.now() + starts_in
    defaults = {
        "title": {"en": "Systems thinking", "km": "ការគិតជាប្រព័ន្ធ"},
        "summary": {"en": "A webinar."},
        "description": {},
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=90),
        "timezone": "Asia/Phnom_Penh",
        "location": {},
        "join_url": "https://meet.example.org/room",
        "questions": [],
        "uid": f"{slug}@example.org",
    }
    return _kept(Event(slug=slug, **{**defaults, **values}))


def registration(
    event: Event, person: Person, status: RegistrationStatus = RegistrationStatus.confirmed
) -> Registration:
    """A registration as a row, for tests of what comes after it; a confirmed one takes its place."""
    with db.transaction():
        event.seats_taken += status == RegistrationStatus.confirmed
    row = Registration(event_id=event.id, person_id=person.id, status=status, answers={}, registered_at=clock.now())
    return _kept(row)


def cohort(
    slug: str = "cohort-1",
    trainers: Iterable[Person] = (),
    members: Iterable[Person] = (),
    courses: Iterable[Course] = (),
    **dates: Any,
) -> Cohort:
    """As rows: nobody is enrolled by it. The dates hold for all of its courses."""
    made = _kept(Cohort(slug=slug, name=f"District {slug}", created_at=clock.now()))
    rows: list[Any] = [CohortTrainer(cohort_id=made.id, person_id=one.id) for one in trainers]
    rows += [CohortMember(cohort_id=made.id, person_id=one.id, joined_at=clock.now()) for one in members]
    rows += [CohortCourse(cohort_id=made.id, course_id=one.id, **dates) for one in courses]
    for row in rows:
        _kept(row)
    return made


def request(person: Person, course: Course, message: str = "") -> EnrolmentRequest:
    """Somebody waits to be let in."""
    return _kept(EnrolmentRequest(course_id=course.id, person_id=person.id, message=message, asked_at=clock.now()))
