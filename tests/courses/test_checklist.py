"""The course page tells a learner in words what completes the course, by when, and what is new."""

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, update

from lms import clock, db, signals
from lms.accounts.models import Person
from lms.courses import services
from lms.courses.completion import Facts
from lms.courses.models import CohortCourse, Course, CourseVersion, Enrolment, LessonProgress
from lms.courses.words import checklist
from tests import factories
from tests.conftest import Visitor, counted_queries
from tests.courses.acts import again, cohort, enrolled, lessons, opened, read

COURSE = "/courses/innovation/"
WHOLE = {"lessons": "all", "quizzes": 1, "minutes": 60, "score": 70, "approval": True, "need": 4}


def words(rule: dict[str, Any], **facts: Any) -> list[tuple[str, bool]]:
    return checklist(rule, Facts(**{"pages": 12, "quizzes": 3, **facts})).lines


def test_each_part_is_said_in_words(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert words(WHOLE, pages_read=5, seconds=600, score_percent=33.33) == [
            ("Read all 12 lessons: 5 so far", False),
            ("Pass 1 of 3 quizzes: 0 so far", False),
            ("Spend 60 minutes in the lessons: 10 so far", False),
            ("Reach 70\u00a0% as the mean of your best scores in all quizzes: 33.3\u00a0% so far", False),
            ("Be approved by a trainer", False),
        ]
        assert words({"lessons": 3}, pages_read=3) == [("Read 3 of 12 lessons", True)]
        beginning = checklist(WHOLE, Facts(12, 0, 3)).beginning
        assert beginning == "You complete the course when 4 of these 5 things are done:"


def test_the_course_page_ticks_off_what_is_done(client: Visitor) -> None:
    course = factories.course(lessons=2, completion={"lessons": 1, "quizzes": "none", "approval": True})
    person = factories.learner()
    enrolment = enrolled(course, person)
    read(course, enrolment, lessons(course)[0])
    page = client.sign_in(person).get(COURSE).text
    assert 'class="is-met"><span aria-hidden="true">✓</span> <span>Read 1 of 2 lessons' in page
    assert "Be approved by a trainer" in page


def test_a_trainers_approval_completes_the_course_once(app: Flask) -> None:
    course = factories.course(lessons=1, completion={"lessons": "all", "quizzes": "none", "approval": True})
    enrolment, trainer, other = enrolled(course), factories.trainer(), factories.trainer()
    read(course, enrolment, *lessons(course))
    assert again(enrolment).status == "active"
    heard: list[Enrolment] = []
    with signals.course_completed.connected_to(heard.append), db.transaction():
        assert services.approve(enrolment, trainer)
        assert not services.approve(enrolment, other)
    found = again(enrolment)
    assert (found.status, found.approved_by_id, len(heard)) == ("completed", trainer.id, 1)


def test_a_score_may_complete_the_course_though_no_quiz_is_passed(app: Flask) -> None:
    course = factories.course(lessons=1, completion={"lessons": "none", "quizzes": "none", "score": 50})
    factories.quiz(course)
    enrolment, quiz = enrolled(course), lessons(course)[-1]
    with db.transaction():
        services.count_score(enrolment, quiz, 49, passed=False)
    assert again(enrolment).status == "active"
    with db.transaction():
        services.count_score(enrolment, quiz, 55, passed=False)
    assert again(enrolment).status == "completed"


def test_a_deadline_is_shown_and_being_late_too(client: Visitor) -> None:
    course, person = factories.course(), factories.learner()
    enrolled(course, person)
    made = cohort(course, person, due_at=clock.now() + timedelta(days=2))
    assert "Please complete the course by" in client.sign_in(person).get(COURSE).text
    with db.transaction():
        db.session.execute(update(CohortCourse).values(due_at=clock.now()))
    assert made.name == "Kampot"
    assert "You can still complete it." in client.get(COURSE).text


def test_what_is_new_is_shown_until_the_next_act(client: Visitor) -> None:
    course, person = factories.course(), factories.learner()
    enrolment = enrolled(course, person)
    opened(enrolment, lessons(course)[0])
    published(course, {"what": "lesson added", "title": {"en": "Markets"}})
    page = client.sign_in(person).get(COURSE).text
    assert "What is new" in page
    assert "“Markets”: new" in page
    client.get(f"{COURSE}lessons/lesson-2/")
    assert "Markets" not in client.get(COURSE).text


def test_what_changed_before_one_enrolled_is_not_new(client: Visitor) -> None:
    course, person = factories.course(), factories.learner()
    published(course, {"what": "lesson added", "title": {"en": "Markets"}})
    enrolled(course, person)
    assert "Markets" not in client.sign_in(person).get(COURSE).text


def published(course: Course, *changes: dict[str, Any]) -> None:
    with db.transaction():
        course.version += 1
        made = CourseVersion(course_id=course.id, number=course.version, at=clock.now(), changes=list(changes))
        db.session.add(made)


def test_pages_stay_within_their_budgets(client: Visitor) -> None:
    course, person = factories.course(lessons=30, completion=WHOLE), factories.learner()
    factories.quiz(course)
    with db.transaction():
        lessons(course)[0].body = {"en": "![Map](images/map.svg)"}
        course.requires = ["innovation"]
    enrolment = enrolled(course, person)
    cohort(course, person, due_at=clock.now() + timedelta(days=2))
    opened(enrolment, lessons(course)[2])
    published(course, {"what": "lesson added", "title": {"en": "Markets"}})
    client.sign_in(person)
    with counted_queries() as page:
        client.get(COURSE)
    assert len(page) <= 8, page
    for lesson in ("lesson-2", "lesson-2"):
        with counted_queries() as sent:
            client.get(f"{COURSE}lessons/{lesson}/")
        assert len(sent) <= 6, sent


def test_five_thousand_learners_are_brought_up_to_date_by_as_many_queries_as_ten(app: Flask) -> None:
    counts = []
    for slug, learners in (("few", 10), ("many", 5000)):
        course = factories.course(slug, lessons=3, completion={"lessons": "all", "quizzes": "all", "minutes": 10})
        crowd(course, learners)
        with db.transaction():
            lessons(course)[2].retired = True
        db.session.expire_all()
        with counted_queries() as sent, db.transaction():
            services.refresh(db.session.get_one(Course, course.id))
        counts.append(len(sent))
        standing = {row.progress_percent for row in db.session.query(Enrolment).where(Enrolment.course_id == course.id)}
        assert standing == {50}
    assert counts[0] == counts[1] <= 6


def crowd(course: Course, learners: int) -> None:
    """Each has read the first lesson."""
    now = clock.now()
    people = [{"name": f"N{at}", "fs_uniquifier": f"{course.slug}-{at}", "created_at": now} for at in range(learners)]
    with db.transaction():
        ids = db.session.scalars(insert(Person).returning(Person.id), people).all()
        rows = [{"course_id": course.id, "person_id": id_, "enrolled_at": now, "progress_percent": 33.3} for id_ in ids]
        enrolments = db.session.scalars(insert(Enrolment).returning(Enrolment.id), rows).all()
        first = lessons(course)[0].id
        done = [{"enrolment_id": id_, "lesson_id": first, "completed_at": now} for id_ in enrolments]
        db.session.execute(insert(LessonProgress), done)
