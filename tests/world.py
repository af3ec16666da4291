"""A small world in which every address leads somewhere: for tests that walk all of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import IntegerConverter, Rule

from lms import clock, db
from lms.accounts.models import Person
from lms.authoring.services import drafts
from lms.certificates.models import Certificate
from lms.courses import services as courses
from lms.courses.models import Course, Enrolment
from lms.events import services as events
from lms.events.models import Event
from lms.models import Base
from lms.quizzes import kinds, services as quizzes
from lms.quizzes.models import Question, Quiz
from lms.quizzes.services import bank, grading_by_hand, regrading
from lms.quizzes.services.grading_by_hand import Given
from lms.quizzes.services.regrading import Wanted
from tests import factories

ROLES = ("visitor", "newcomer", "learner", "outsider", "trainer", "officer", "admin")
"""The learner takes the course and comes to the webinars; the trainer looks after both, the outsider after nothing."""
MISSING = "no-such-thing"


@dataclass
class World:
    people: dict[str, Person | None]
    certificate: str
    enrolment: int
    """The learner's."""
    attempt: int
    """One that the learner has handed in, by its id."""
    question: int
    """Of the quiz."""
    essay: tuple[int, int]
    """One that waits for a grader: its attempt and question."""
    regrade: int
    replaced: int
    """A wording that was answered and is asked no more."""
    entries: tuple[int, int]
    """A question of the shared question bank, and one of the course's."""

    def arguments(self, rule: Rule) -> Iterator[dict[str, Any]]:
        """Values for an address: all that lead somewhere."""
        names = sorted(rule.arguments)
        for values in product(*(self._examples(rule, name) for name in names)):
            yield dict(zip(names, values, strict=True))

    def _examples(self, rule: Rule, name: str) -> list[Any]:
        examples: dict[str, list[Any]] = {
            "course": ["innovation"],
            "lesson": ["lesson-1", "quiz"],
            "event": ["coming", "held"],
            "series": ["inspiration"],
            "cohort": ["cohort-1"],
            "unit": ["unit-1"],
            "number": self._numbers(rule) if _is_number(rule, name) else [self.certificate],
            "attempt": [self.essay[0] if "/grading/" in rule.rule else self.attempt],
            "enrolment": [self.enrolment],
            "question": [self.essay[1] if "/grading/" in rule.rule else self.question],
            "regrade": [self.regrade],
            "entry": [self.entries["course" in rule.arguments]],
            "path": ["images/map.svg" if "/questions/" in rule.rule else "unit-1/images/map.svg"],
            "filename": ["lms.css"],
            "token": ["made-up"],
        }
        assert name in examples, f"tests.world needs examples for the argument {name!r} of {rule.rule}"
        return examples[name]

    def _numbers(self, rule: Rule) -> list[int]:
        return [self.enrolment if "/learners/" in rule.rule else 1]


def missing(rule: Rule) -> dict[str, Any]:
    """Values that lead nowhere."""
    return {name: 999 if _is_number(rule, name) else MISSING for name in rule.arguments}


def hidden(rule: Rule, world: World) -> dict[str, Any] | None:
    """Values that lead to what is not published, if the address can."""
    secret = {"course": "secret-course", "event": "secret-event"}
    found = {name: secret[name] for name in rule.arguments if name in secret}
    return {**next(world.arguments(rule)), **found} if found else None


def _is_number(rule: Rule, name: str) -> bool:
    return isinstance(rule._converters[name], IntegerConverter)


def make() -> World:
    course = factories.course(lessons=1)
    quiz = factories.quiz(course, [*map(factories.choice, ("q1", "q2", "q3")), _essay()])
    factories.course_file(course, "unit-1/images/map.svg")
    series = factories.series()
    coming = factories.event("coming", series_id=series.id, position=1)
    held = factories.event("held", series_id=series.id, position=2, starts_in=timedelta(minutes=5))
    factories.course("secret-course", published=False)
    factories.event("secret-event", published=False)
    people: dict[str, Person | None] = {
        "visitor": None,
        "newcomer": factories.person(),
        "learner": factories.learner(),
        "outsider": factories.trainer(),
        "trainer": factories.trainer(of=course),
        "officer": factories.officer(),
        "admin": factories.admin(),
    }
    for event in (coming, held):
        factories.looks_after(people["trainer"], event)
    with db.transaction():
        drafts.open_draft(course, people["trainer"])
    enrolment, attempt = _study(people["learner"], course, quiz)
    _allow(people["trainer"], quiz, enrolment)
    _attend(people["learner"], coming, held)
    factories.cohort(trainers=[people["trainer"]], members=[people["learner"]], courses=[course])
    factories.request(factories.person("Rith Requester"), course, "May I?")
    number = _graduate(factories.person("Grace Graduate"), course)
    essay = _write(factories.person("Vanna Writer"), course, quiz)
    regrade, replaced = _correct(people["trainer"], quiz)
    entries = (_banked(None), _banked(course))
    return World(people, number, enrolment, attempt, quizzes.questions(quiz)[0].id, essay, regrade, replaced, entries)


def _banked(owner: Course | None) -> int:
    """A question of the bank that has been changed, with a picture."""
    with db.transaction():
        row = bank.add(owner, "Budget/Basics", {"en": factories.choice("banked")}, None)
        bank.keep_files(row, {"images/map.svg": ("image/svg+xml", courses.keep(b"<svg/>"))})
    entry = bank.find(row.id)
    assert entry
    changed = replace(factories.choice("banked"), text="![Map](images/map.svg)", tags=("easy",))
    with db.transaction():
        bank.save(entry, 1, "Budget/Basics", {"en": changed}, None)
    return row.id


def _study(person: Person, course: Course, quiz: Quiz) -> tuple[int, int]:
    """One attempt that did not pass, and one that is under way."""
    with db.transaction():
        enrolment = courses.enrol(person, course)
        attempt = quizzes.start(enrolment, quiz)
        quizzes.submit(quiz, attempt)
        quizzes.start(enrolment, quiz)
    return enrolment.id, attempt.id


def _essay() -> kinds.Question:
    rubric = (kinds.Criterion("Clear", (kinds.Level("Not yet", 0), kinds.Level("Yes", 1))),)
    return kinds.Question("essay", kinds.Kind.essay, "Tell of your village.", rubric=rubric, grader_notes="Be kind.")


def _write(person: Person, course: Course, quiz: Quiz) -> tuple[int, int]:
    """An essay that waits for a grader, and one that has got its grade."""
    second, question = (quizzes.questions(quiz)[at] for at in (1, -1))
    ids = []
    for text in ("Three streets, and a well.", "Near the river."):
        with db.transaction():
            attempt = quizzes.start(courses.enrol(person, course), quiz)
            quizzes.save(attempt, {second.id: ["1"], question.id: [text]})
            quizzes.submit(quiz, attempt)
        ids.append(attempt.id)
    graded = grading_by_hand.find(quiz, ids[1], question.id)
    assert graded
    with db.transaction():
        grading_by_hand.grade(quiz, graded, None, Given(levels=[1], comment="Well told."), factories.trainer())
    return ids[0], question.id


def _correct(trainer: Person, quiz: Quiz) -> tuple[int, int]:
    """Two questions have another right answer since; one of them has been graded anew."""
    earlier = quizzes.questions(quiz)[:2]
    for row in earlier:
        asked = kinds.Question.from_json(row.body["en"])
        options = tuple(replace(option, weight=100 - option.weight) for option in asked.options)
        body = {"en": replace(asked, text="Put right.", options=options).to_json()}
        with db.transaction():
            row.retired = True
            db.session.add(Question(quiz_id=quiz.lesson_id, name=row.name, position=row.position, body=body))
    wanted = Wanted(frozenset({earlier[0].id}))
    with db.transaction():
        stamp = regrading.plan(quiz, wanted).stamp
        return regrading.regrade(quiz, wanted, stamp, "The key was wrong.", trainer).id, earlier[1].id


def _allow(trainer: Person, quiz: Quiz, enrolment: int) -> None:
    values = {"extra_attempts": 1, "extra_minutes": 5, "closes_at": None, "reason": "Was ill."}
    with db.transaction():
        quizzes.allow(quiz, db.session.get_one(Enrolment, enrolment), trainer, values)


def _attend(person: Person, coming: Event, held: Event) -> None:
    """The webinar that is over was attended."""
    with db.transaction():
        events.register(person, coming)
        events.join(events.register(person, held), opens_minutes=15)
    with db.transaction():
        held.starts_at, held.ends_at = (clock.now() - timedelta(hours=hours) for hours in (3, 2))
    with db.transaction():
        events.close_ended()


def _graduate(person: Person, course: Course) -> str:
    with db.transaction():
        enrolment = courses.enrol(person, course)
        for lesson in courses.outline(course).lessons:
            courses.complete_lesson(course, enrolment, lesson, 100)
    return db.session.scalars(select(Certificate.number).where(Certificate.person_id == person.id)).one()


def rules(app: Flask) -> list[Rule]:
    """Every address of the plugin but its static files, in a fixed order."""
    ours = (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("lms."))
    return sorted((rule for rule in ours if rule.endpoint != "lms.static"), key=lambda rule: rule.rule)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row there is, to tell whether anything has changed."""
    db.session.rollback()
    return {
        table.name: sorted(map(tuple, db.session.execute(select(table)).all()), key=repr)
        for table in Base.metadata.sorted_tables
    }
