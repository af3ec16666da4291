"""A trainer makes a course, and puts its units and lessons in order."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from lms import db
from lms.authoring.models import DraftFile
from lms.authoring.services import drafts, ordering
from lms.courses import services as courses
from lms.courses.models import CourseTrainer
from tests import factories
from tests.authoring.people import EDIT, Desk
from tests.conftest import Visitor, counted_queries, reread

NEW = "/manage/courses/new"


def test_a_trainer_makes_a_course_that_nobody_else_sees(client: Visitor) -> None:
    maker = factories.trainer()
    answer = client.sign_in(maker).submit(NEW, **{"title-en": "Who sells here?", "title-km": "អ្នកលក់"})
    assert answer.location == "/manage/courses/who-sells-here/edit"
    reread()
    course = courses.by_slug("who-sells-here")
    assert course
    assert (course.published, course.title) == (False, {"en": "Who sells here?", "km": "អ្នកលក់"})
    assert db.session.scalars(select(CourseTrainer.person_id)).all() == [maker.id]
    assert client.get(answer.location).status_code == 200
    assert "Who sells here?" in client.get("/manage/").text
    for other in (factories.trainer(), factories.learner()):
        assert client.sign_in(other).get(answer.location).status_code == 404


def test_a_course_without_a_latin_title_needs_a_name(client: Visitor) -> None:
    client.sign_in(factories.trainer())
    answer = client.submit(NEW, **{"title-km": "ផ្សារ"})
    assert answer.status_code == 422
    assert "Please write a name in Latin letters" in answer.text
    assert client.submit(NEW, **{"title-km": "ផ្សារ", "slug": "market"}).location == "/manage/courses/market/edit"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "in one language at least"),
        ({"title-en": "x", "slug": "Not Like This"}, "Small Latin letters"),
        ({"title-en": "x", "slug": "innovation"}, "Another course has this name"),
        ({"title-en": "x" * 201}, "Please write less"),
    ],
)
def test_what_is_wrong_is_said_beside_it(trainer: Visitor, fields: dict[str, str], message: str) -> None:
    answer = trainer.submit(NEW, **fields)
    assert answer.status_code == 422
    assert message in answer.text


def test_learners_make_no_courses(client: Visitor) -> None:
    assert client.sign_in(factories.learner()).get(NEW).status_code == 403


@pytest.mark.parametrize("page", ["", "/settings", "/completion", "/units/unit-1", "/add"])
def test_a_trainer_of_other_courses_is_kept_out(client: Visitor, at: Desk, page: str) -> None:
    assert client.sign_in(factories.trainer()).get(EDIT + page).status_code == 403
    with db.transaction():
        at.course.published = False
    assert client.get(EDIT + page).status_code == 404


def test_units_pages_and_quizzes_are_added_at_the_end(trainer: Visitor, at: Desk) -> None:
    trainer.submit(f"{EDIT}/add", kind="unit", **{"title-en": "Stalls"})
    answer = trainer.submit(f"{EDIT}/add", kind="page", unit="stalls", **{"title-en": "Prices", "title-km": "តម្លៃ"})
    assert answer.location == f"{EDIT}/pages/prices"
    answer = trainer.submit(f"{EDIT}/add", kind="quiz", unit="stalls", **{"title-en": "Check"})
    assert answer.location == f"{EDIT}/quizzes/check"
    assert at.order()[-1] == ("stalls", ["prices", "check"])
    assert at.part("prices").content["title"] == {"en": "Prices", "km": "តម្លៃ"}


def test_a_part_without_a_title_is_not_added(trainer: Visitor, at: Desk) -> None:
    before = at.order()
    assert trainer.submit(f"{EDIT}/add", kind="page", unit="unit-1").status_code == 422
    assert at.order() == before


def move(visitor: Visitor, at: Desk, slug: str, way: str) -> list[tuple[str, list[str]]]:
    answer = visitor.submit(f"{EDIT}/move", part=at.part(slug).id, way=way)
    assert answer.location == f"{EDIT}#part-{at.part(slug).id}"
    return at.order()


def test_parts_move_up_and_down_also_between_units(trainer: Visitor, at: Desk) -> None:
    assert at.order() == [("unit-1", ["lesson-1", "lesson-2"]), ("unit-2", ["lesson-3", "quiz"])]
    assert move(trainer, at, "lesson-2", "up")[0] == ("unit-1", ["lesson-2", "lesson-1"])
    assert move(trainer, at, "lesson-1", "down") == [
        ("unit-1", ["lesson-2"]),
        ("unit-2", ["lesson-1", "lesson-3", "quiz"]),
    ]
    assert move(trainer, at, "lesson-1", "up") == [
        ("unit-1", ["lesson-2", "lesson-1"]),
        ("unit-2", ["lesson-3", "quiz"]),
    ]
    assert [unit for unit, _lessons in move(trainer, at, "unit-2", "up")] == ["unit-2", "unit-1"]


def test_at_the_ends_nothing_moves(trainer: Visitor, at: Desk) -> None:
    before = at.order()
    assert move(trainer, at, "lesson-1", "up") == before
    assert move(trainer, at, "quiz", "down") == before
    assert move(trainer, at, "unit-2", "down") == before


def test_a_part_is_dragged_to_where_another_stands(trainer: Visitor, at: Desk) -> None:
    trainer.submit(f"{EDIT}/move", part=at.part("quiz").id, to=at.part("lesson-1").id)
    assert at.order() == [("unit-1", ["quiz", "lesson-1", "lesson-2"]), ("unit-2", ["lesson-3"])]
    trainer.submit(f"{EDIT}/move", part=at.part("quiz").id, to=at.part("lesson-2").id)
    assert at.order()[0] == ("unit-1", ["lesson-1", "lesson-2", "quiz"])
    trainer.submit(f"{EDIT}/move", part=at.part("quiz").id, to=at.part("unit-2").id)
    assert at.order()[1] == ("unit-2", ["lesson-3", "quiz"])


def test_a_part_of_another_course_is_not_moved(trainer: Visitor, at: Desk) -> None:
    assert trainer.submit(f"{EDIT}/move", part=999, way="up").status_code == 404
    assert trainer.submit(f"{EDIT}/move", part="x" * 9, way="up").status_code == 404


def test_what_is_archived_is_passed_over_and_comes_back(trainer: Visitor, at: Desk) -> None:
    def archive(slug: str, archived: int) -> None:
        trainer.submit(f"{EDIT}/archive-part", part=at.part(slug).id, archived=archived)

    archive("lesson-1", 1)
    assert at.order()[0] == ("unit-1", ["lesson-2"])
    assert "1 archived part" in trainer.get(EDIT).text
    archive("lesson-1", 0)
    assert at.order()[0] == ("unit-1", ["lesson-1", "lesson-2"])
    archive("unit-1", 1)
    assert [unit for unit, _lessons in at.order()] == ["unit-2"]
    archive("unit-1", 0)
    assert at.order()[0] == ("unit-1", ["lesson-1", "lesson-2"])


def test_a_lesson_takes_its_pictures_to_its_new_unit(trainer: Visitor, at: Desk) -> None:
    factories.course_file(at.course, "unit-1/images/map.svg", b"<svg>1</svg>")
    factories.course_file(at.course, "unit-2/images/map.svg", b"<svg>2</svg>")
    with db.transaction():
        at.course.version += 1
    at.write("lesson-2", body={"en": "![A map](images/map.svg)"})
    move(trainer, at, "lesson-2", "down")
    assert at.part("lesson-2").content["body"] == {"en": "![A map](images/map-2.svg)"}
    digests = {file.path: file.digest for file in db.session.scalars(select(DraftFile))}
    assert digests["unit-2/images/map-2.svg"] == digests["unit-1/images/map.svg"]


def test_two_trainers_who_order_at_once_lose_no_lesson(app: Flask, at: Desk) -> None:
    course_id, person_id = at.draft.course_id, at.trainer.id
    ids = [at.part(slug).id for slug in ("lesson-1", "lesson-2", "lesson-3", "quiz")]
    db.session.rollback()
    start = Barrier(len(ids))

    def shuffle(part_id: int) -> None:
        with app.app_context():
            start.wait()
            for up in (False, False, True, False):
                with db.transaction():
                    draft, person = db.session.get(drafts.Draft, course_id), db.session.get(factories.Person, person_id)
                    assert draft
                    assert person
                    ordering.move(draft, part_id, up, person)

    with ThreadPoolExecutor(len(ids)) as pool:
        list(pool.map(shuffle, ids))
    reread()
    every = drafts.parts(at.draft)
    places = [(part.unit_id, part.is_unit, part.position) for part in every]
    assert len(set(places)) == len(every) == 6


def test_the_outline_says_what_is_changed_new_and_missing(trainer: Visitor, at: Desk) -> None:
    assert "changed since publishing" not in trainer.get(EDIT).text
    at.write("lesson-1", body={"en": "Another text."})
    trainer.submit(f"{EDIT}/add", kind="unit", **{"title-en": "Stalls"})
    page = trainer.get(EDIT).text
    assert page.count("changed since publishing") == 1
    assert page.count(">new<") == 1
    assert "ភាសាខ្មែរ is missing" in page
    assert "There are changes that learners do not see yet." in page


def test_an_outline_of_many_lessons_takes_as_many_queries_as_one_of_few(trainer: Visitor, at: Desk) -> None:
    trainer.get(EDIT)
    with counted_queries() as few:
        trainer.get(EDIT)
    for number in range(30):
        trainer.submit(f"{EDIT}/add", kind="page", unit="unit-1", **{"title-en": f"More {number}"})
    with counted_queries() as many:
        trainer.get(EDIT)
    assert len(many) == len(few) <= 20, str(few)


def test_a_copy_has_everything_but_its_people(trainer: Visitor, at: Desk) -> None:
    factories.course_file(at.course, "unit-1/images/map.svg")
    at.write("lesson-1", body={"en": "Not published yet."})
    answer = trainer.submit("/manage/courses/innovation/copy", **{"title-en": "A copy", "title-km": ""})
    assert answer.location == "/manage/courses/a-copy/edit"
    copy = courses.by_slug("a-copy")
    assert copy
    assert not copy.published
    made = Desk(copy.id, at.trainer)
    assert made.order() == at.order()
    assert made.part("lesson-1").content["body"] == {"en": "Not published yet."}
    assert made.draft.content["title"] == {"en": "A copy"}
    assert "A copy" not in at.draft.content["title"].values()
