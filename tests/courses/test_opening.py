"""What is closed says why, and keeps its text to itself."""

import secrets
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import event

from lms import clock, db
from lms.courses import services
from lms.courses.models import Course, CourseFile, Enrolment, Lesson, Unit
from lms.courses.opening import closed_units
from tests import factories
from tests.conftest import Visitor, counted_queries
from tests.courses.acts import NOON, again, cohort, enrolled, lessons, opened, read, unit

COURSE = "/courses/innovation/"
LATER = timedelta(days=3)


@pytest.fixture
def course(app: object) -> Course:
    return factories.course(lessons=1)


def closed(client: Visitor, slug: str = "later-page") -> str:
    """What the page of the closed lesson says, all ways into it being shut."""
    page = client.get(f"{COURSE}lessons/{slug}/").text
    assert "Text of lesson" not in page
    assert "This lesson is not open yet" in page
    assert client.submit(f"{COURSE}lessons/{slug}/read").status_code == 403
    return page


def test_a_unit_waits_for_those_it_requires(client: Visitor, course: Course) -> None:
    unit(course, "later", requires=["unit-1"])
    person = factories.learner()
    enrolment = enrolled(course, person)
    page = closed(client.sign_in(person))
    assert 'href="/courses/innovation/lessons/lesson-1/"' in page
    assert "Please complete this unit first" in client.get(COURSE).text
    assert 'href="/courses/innovation/lessons/later-page/"' not in client.get(COURSE).text
    read(course, enrolment, lessons(course)[0])
    assert "Text of lesson" in client.get(f"{COURSE}lessons/later-page/").text


def test_a_unit_opens_at_its_hour_in_the_zone_of_the_site(client: Visitor, course: Course) -> None:
    opens_at = (clock.now() + LATER).replace(hour=1, minute=30, second=0)
    unit(course, "later", opens_at=opens_at)
    person = factories.learner()
    enrolled(course, person)
    assert "08:30 (Phnom Penh time)" in closed(client.sign_in(person))


def test_a_cohort_waits_for_its_opening(client: Visitor, course: Course) -> None:
    person = factories.learner()
    cohort(course, person, opens_at=clock.now() + LATER)
    enrolled(course, person, source="cohort")
    closed(client.sign_in(person), "lesson-1")
    assert "The lessons are not open yet." in client.get(COURSE).text


def test_who_came_by_themselves_does_not_wait_for_a_cohort(client: Visitor, course: Course) -> None:
    person = factories.learner()
    cohort(course, person, opens_at=clock.now() + LATER)
    enrolled(course, person)
    assert "Text of lesson" in client.sign_in(person).get(f"{COURSE}lessons/lesson-1/").text


def test_a_course_waits_for_another_course(client: Visitor, course: Course) -> None:
    basics = factories.course("basics", lessons=1, title={"en": "Basics"})
    with db.transaction():
        course.requires = ["basics"]
    person = factories.learner()
    enrolled(course, person, source="trainer")
    assert 'href="/courses/basics/">Basics' in closed(client.sign_in(person), "lesson-1")
    read(basics, enrolled(basics, person), lessons(basics)[0])
    assert "Text of lesson" in client.get(f"{COURSE}lessons/lesson-1/").text


def test_a_closed_quiz_is_neither_begun_nor_answered(client: Visitor, course: Course) -> None:
    quiz = factories.quiz(course)
    person = factories.learner()
    enrolled(course, person)
    client.sign_in(person).submit(f"{COURSE}lessons/quiz/start")
    with db.transaction():
        db.session.get_one(Unit, quiz.lesson.unit_id).opens_at = clock.now() + LATER
    assert "What of q1?" not in client.get(f"{COURSE}lessons/quiz/").text
    for act in ("start", "answers", "submit"):
        assert client.submit(f"{COURSE}lessons/quiz/{act}", attempt="1").status_code == 403, act


def test_trainers_are_never_locked_out(client: Visitor, course: Course) -> None:
    unit(course, "later", opens_at=clock.now() + LATER)
    trainer = factories.trainer(of=course)
    client.sign_in(trainer)
    assert "Text of lesson" in client.get(f"{COURSE}lessons/later-page/").text
    enrolled(course, trainer)
    assert "Text of lesson" in client.get(f"{COURSE}lessons/later-page/").text
    assert client.submit(f"{COURSE}lessons/later-page/read").status_code == 302


def test_whoever_has_completed_the_course_is_not_sent_back(client: Visitor, course: Course) -> None:
    person = factories.learner()
    enrolment = enrolled(course, person)
    read(course, enrolment, *lessons(course))
    assert again(enrolment).status == "completed"
    unit(course, "middle")
    unit(course, "later", requires=["middle"])
    assert "Text of lesson" in client.sign_in(person).get(f"{COURSE}lessons/later-page/").text


def test_going_on_leads_to_what_is_open(client: Visitor, course: Course) -> None:
    unit(course, "later", opens_at=clock.now() + LATER)
    unit(course, "open")
    person = factories.learner()
    enrolment = enrolled(course, person)
    read(course, enrolment, lessons(course)[0])
    assert 'btn-lg" href="/courses/innovation/lessons/open-page/"' in client.sign_in(person).get(COURSE).text


def test_a_locked_course_stays_within_its_budgets(client: Visitor, course: Course) -> None:
    factories.course("basics", lessons=1)
    with db.transaction():
        course.requires = ["basics"]
    person = factories.learner()
    cohort(course, person, opens_at=clock.now() - LATER, due_at=clock.now() + LATER)
    enrolled(course, person, source="cohort")
    client.sign_in(person)
    with counted_queries() as page:
        client.get(COURSE)
    assert len(page) <= 8, page
    with counted_queries() as lesson:
        client.get(f"{COURSE}lessons/lesson-1/")
    assert len(lesson) <= 6, lesson


def test_the_first_opening_of_a_page_with_pictures_stays_within_its_budget(client: Visitor, course: Course) -> None:
    """With all that a page can ask for: what the learner did before, a cohort with dates, pictures not seen before."""
    shown = lessons(course)[0]
    with db.transaction():
        shown.body = {"en": "![Map](images/map.svg) ![Plan](images/plan.svg)"}
        path = f"{services.outline(course).units[0][0].slug}/images"
        for name in ("map", "plan"):
            drawing = f'<svg viewBox="0 0 40 30"><!--{name} {secrets.token_hex()}--></svg>'.encode()
            values = {"content_type": "image/svg+xml", "digest": services.keep(drawing)}
            db.session.add(CourseFile(course_id=course.id, path=f"{path}/{name}.svg", **values))
    person = factories.learner()
    cohort(course, person, opens_at=clock.now() - LATER, due_at=clock.now() + LATER)
    opened(enrolled(course, person, source="cohort"), unit(course, "other"))
    client.sign_in(person)
    commits: list[object] = []
    engine, note = db.session.get_bind(), commits.append
    event.listen(engine, "commit", note)
    with counted_queries() as first:
        page = client.get(f"{COURSE}lessons/{shown.slug}/")
    event.remove(engine, "commit", note)
    assert page.text.count('width="40" height="30"') == 2
    assert len(first) <= 6, first
    assert len(commits) == 1


@given(st.lists(st.sets(st.integers(0, 5)), min_size=6, max_size=6), st.sets(st.integers(0, 11)), st.integers(0, 11))
def test_doing_more_closes_nothing(requires: list[set[int]], complete: set[int], more: int) -> None:
    units = [
        (
            Unit(id=at, slug=str(at), requires=[str(other) for other in wanted]),
            [Lesson(id=2 * at), Lesson(id=2 * at + 1)],
        )
        for at, wanted in enumerate(requires)
    ]
    before = closed_units(units, complete, NOON)
    after = closed_units(units, complete | {more}, NOON)
    assert set(after) <= set(before)
    assert closed_units(units, set(range(12)), NOON) == {}
    assert closed_units(units, complete, NOON, completed=True) == {}


def test_nobody_reads_a_closed_lesson_by_leaving_the_course(client: Visitor, course: Course) -> None:
    unit(course, "later", opens_at=clock.now() + LATER)
    person = factories.learner()
    enrolled(course, person)
    client.sign_in(person).submit(f"{COURSE}withdraw")
    answer = client.get(f"{COURSE}lessons/later-page/", follow_redirects=True)
    assert "Text of lesson" not in answer.text
    assert again(db.session.query(Enrolment).one()).status == "withdrawn"
