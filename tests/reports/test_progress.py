"""The progress of a course: who needs help, and that every number leads to the rows it counts."""

import re
from datetime import timedelta
from html import unescape
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from lms import clock, db
from lms.courses.models import (
    Cohort,
    CohortCourse,
    CohortMember,
    Course,
    Enrolment,
    EnrolmentStatus,
    Lesson,
    LessonProgress,
)
from tests import factories
from tests.conftest import Visitor, counted_queries
from tests.reports import crowd
from tests.reports.test_listing_learners import shown

PROGRESS = "/manage/courses/innovation/progress"
HEAT = f"{PROGRESS}/lessons"
LIST = "/manage/courses/innovation/learners"


@pytest.fixture
def course(app: Flask) -> Course:
    return factories.course(lessons=3)


@pytest.fixture
def trainer(client: Visitor, course: Course) -> Visitor:
    return client.sign_in(factories.trainer(course))


def lessons_of(course: Course) -> list[Lesson]:
    return list(db.session.scalars(select(Lesson).where(Lesson.course_id == course.id).order_by(Lesson.position)))


def enrolled(course: Course, name: str, **values: Any) -> Enrolment:
    defaults = {"enrolled_at": clock.now() - timedelta(days=30), "progress_percent": 0, "status": "active"}
    person = factories.person(name)
    return factories._kept(Enrolment(course_id=course.id, person_id=person.id, **{**defaults, **values}))


def cohort(course: Course, slug: str, *people: int, **dates: Any) -> Cohort:
    made = factories._kept(Cohort(slug=slug, name=slug.title(), created_at=clock.now()))
    factories._kept(CohortCourse(cohort_id=made.id, course_id=course.id, **dates))
    for person in people:
        factories._kept(CohortMember(cohort_id=made.id, person_id=person, joined_at=clock.now()))
    return made


def cast(course: Course) -> dict[str, Enrolment]:
    """One in each state."""
    first, second, _third = lessons_of(course)
    now = clock.now()
    began = {"last_lesson_id": second.id, "progress_percent": 33.3}
    return {
        "not_begun": enrolled(course, "Nita"),
        "on_the_way": enrolled(course, "Odom", last_act_at=now - timedelta(days=6), **began),
        "stuck": enrolled(course, "Sophea", last_act_at=now - timedelta(days=8), **began),
        "completed": enrolled(course, "Chan", status="completed", completed_at=now, progress_percent=100),
        "withdrawn": enrolled(course, "Vanna", status="withdrawn", withdrawn_at=now, last_lesson_id=first.id),
    }


@pytest.mark.parametrize("address", [PROGRESS, HEAT])
def test_who_may_see_it(address: str, client: Visitor, course: Course) -> None:
    others = factories.trainer(factories.course("another"))
    people = (factories.learner(), others, factories.trainer(course), factories.officer(), factories.admin())
    assert [client.sign_in(one).get(address).status_code for one in people] == [403, 403, 200, 200, 200]


def test_a_course_that_nobody_takes_says_so(trainer: Visitor) -> None:
    assert "Nobody takes this course yet" in trainer.get(PROGRESS).text


def test_everyone_is_in_one_state(trainer: Visitor, course: Course) -> None:
    people = cast(course)
    for state, enrolment in people.items():
        assert shown(trainer.get(f"{LIST}?state={state}").text) == [enrolment.person.name]


def test_who_is_stuck_is_found_by_the_lesson(trainer: Visitor, course: Course) -> None:
    cast(course)
    assert shown(trainer.get(f"{LIST}?stuck_at=lesson-2").text) == ["Sophea"]
    assert shown(trainer.get(f"{LIST}?stuck_at=lesson-1").text) == []
    assert trainer.get(f"{LIST}?stuck_at=lesson-9").status_code == 422


def test_a_cohort_has_its_own_progress_and_its_late_ones(trainer: Visitor, course: Course) -> None:
    people = cast(course)
    members = [people[state].person_id for state in ("stuck", "on_the_way", "completed")]
    cohort(course, "kampot", *members, due_at=clock.now() - timedelta(days=1))
    cohort(course, "takeo", people["not_begun"].person_id, due_at=clock.now() + timedelta(days=1))
    page = trainer.get(f"{PROGRESS}?cohort=kampot").text
    assert "3 learners" in page
    assert 'cohort=kampot&amp;status=active">2<' in page
    assert "cohort=takeo&amp;status=active" not in page
    assert sorted(shown(trainer.get(f"{LIST}?cohort=kampot&status=active").text)) == ["Odom", "Sophea"]
    assert trainer.get(f"{PROGRESS}?cohort=none").status_code == 404


def random_world(course: Course, people: list[int], chance: Random) -> None:
    """Enrolments and steps of every kind, some in cohorts."""
    lessons, now = lessons_of(course), clock.now()
    rows = []
    for person in people:
        status = chance.choice(list(EnrolmentStatus))
        rows.append(
            {
                "course_id": course.id,
                "person_id": person,
                "status": status,
                "enrolled_at": now - timedelta(days=chance.randrange(40)),
                "completed_at": now if status == EnrolmentStatus.completed else None,
                "progress_percent": chance.choice([0, 33.3, 66.7]),
                "last_act_at": chance.choice([None, now - timedelta(days=chance.randrange(1, 20), hours=1)]),
                "last_lesson_id": chance.choice([None, *(lesson.id for lesson in lessons)]),
            }
        )
    with db.transaction():
        db.session.execute(insert(Enrolment), rows)
        ids = db.session.scalars(select(Enrolment.id).where(Enrolment.person_id.between(people[0], people[-1])))
        steps = [
            {
                "enrolment_id": id_,
                "lesson_id": lesson.id,
                "opened_at": now,
                "completed_at": chance.choice([None, now]),
                "score_percent": chance.choice([None, 50.0, 87.654]),
            }
            for id_ in ids
            for lesson in lessons
            if chance.random() < 0.6
        ]
        db.session.execute(insert(LessonProgress), steps)


@pytest.mark.parametrize("seed", range(3))
def test_every_number_is_the_number_of_rows_it_leads_to(seed: int, trainer: Visitor, course: Course) -> None:
    chance = Random(seed)
    people = crowd.add_people(40, chance)
    random_world(course, people, chance)
    cohort(course, "kampot", *people[::3], due_at=clock.now() - timedelta(days=1))
    for query in ("", "?cohort=kampot"):
        page = trainer.get(PROGRESS + query).text
        links = re.findall(rf'href="({LIST}[^"]+)">(?:<strong>)?(\d+)<', page)
        assert len(links) > 5
        for link, count in links:
            address = unescape(link)
            assert f"<strong>{count} of 40</strong>" in trainer.get(address).text
            assert len(crowd.read_csv(trainer.get(address.replace("learners?", "learners.csv?")))) == int(count)
        states = [int(count) for link, count in links if "state=" in link]
        assert sum(states) == (40 if not query else len(people[::3]))


def test_files_and_the_heat_map_hold_the_rows_of_the_list(trainer: Visitor, course: Course) -> None:
    chance = Random(5)
    people = crowd.add_people(30, chance)
    random_world(course, people, chance)
    cohort(course, "kampot", *people[::2])
    for query in ("cohort=kampot", "state=stuck&order=name", "stuck_at=lesson-1", "has_email=no&order=-phone"):
        listed = trainer.get(f"{LIST}?{query}").text
        assert shown(trainer.get(f"{HEAT}?{query}").text) == shown(listed)
        rows = crowd.read_csv(trainer.get(f"{LIST}.csv?{query}"))
        assert [row["phone"] for row in rows] == crowd.phones_on_screen(iter([listed]))
        assert rows == crowd.read_xlsx(trainer.get(f"{LIST}.xlsx?{query}"))


def test_the_heat_map_tells_what_each_has_done(trainer: Visitor, course: Course) -> None:
    person = enrolled(course, "Sophea")
    opened, done, scored = lessons_of(course)
    for lesson, values in (
        (opened, {"opened_at": clock.now()}),
        (done, {"completed_at": clock.now()}),
        (scored, {"completed_at": clock.now(), "score_percent": 87.6}),
    ):
        factories._kept(LessonProgress(enrolment_id=person.id, lesson_id=lesson.id, **values))
    enrolled(course, "Nita")
    page = trainer.get(f"{HEAT}?order=name").text
    nita, sophea = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", page, re.DOTALL)
    assert nita.count("Not opened") == 3
    words = [re.sub(r"<[^>]+>|\s+", " ", cell).split() for cell in re.findall(r"<td.*?</td>", sophea)]
    assert words == [["○", "Opened"], ["✓", "Done"], ["88", "✓", "Done"]]


def test_five_thousand_cost_the_queries_of_ten(trainer: Visitor, course: Course) -> None:
    def queries(address: str) -> int:
        with counted_queries() as seen:
            assert trainer.get(address).status_code == 200
        return len(seen)

    people = crowd.add_people(5010, Random(2))
    random_world(course, people[:10], Random(2))
    addresses = [PROGRESS, HEAT, LIST, f"{LIST}?state=stuck", f"{LIST}.csv?state=stuck"]
    few = [queries(address) for address in addresses]
    random_world(course, people[10:], Random(3))
    assert [queries(address) for address in addresses] == few
    assert max(few) <= 8
