"""What a course says of itself, and what completing it means."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from lms import db
from lms.accounts.models import Person
from lms.authoring import contents
from lms.authoring.forms import RULE as RULE_ENTRY, SETTINGS as ENTRIES
from lms.authoring.models import Draft
from lms.authoring.rule import conditions
from lms.authoring.services import settings as services
from lms.courses.models import Course
from tests import factories
from tests.authoring.people import EDIT, Desk
from tests.conftest import Visitor

SETTINGS = f"{EDIT}/settings"
RULE = f"{EDIT}/completion"


def settings(at: Desk, **changes: Any) -> dict[str, Any]:
    fields = {"title-en": "Innovation", "title-km": "នវានុវត្តន៍", "hours": "2", "pass_mark": "60"}
    return {**fields, "seen": contents.digest(at.draft.content, ENTRIES), **changes}


def rule_seen(at: Desk) -> str:
    return contents.digest(at.draft.content, RULE_ENTRY)


def test_settings_are_saved_in_the_draft_and_not_shown_to_learners(trainer: Visitor, at: Desk) -> None:
    answer = trainer.submit(SETTINGS, **settings(at, **{"summary-en": " One  line. ", "hours": "1.5"}))
    assert answer.location == EDIT
    assert at.draft.content["summary"] == {"en": "One line."}
    assert at.draft.content["hours"] == 1.5
    assert at.course.summary == {"en": "A short course."}


def test_a_missing_translation_is_marked(trainer: Visitor) -> None:
    assert trainer.get(SETTINGS).text.count(">missing<") == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title-en": "", "title-km": " "}, "in one language at least"),
        ({"hours": "many"}, "Not a valid float value."),
        ({"hours": "-1"}, "from 0 up"),
        ({"pass_mark": "101"}, "from 0 to 100"),
        ({"requires": "no-such-course"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    trainer: Visitor, at: Desk, changes: dict[str, str], message: str
) -> None:
    factories.course("free")
    before = at.draft.version
    answer = trainer.submit(SETTINGS, **settings(at, **changes))
    assert answer.status_code == 422
    assert message in answer.text
    assert at.draft.version == before


def test_of_two_trainers_the_second_sees_both_texts_and_saves_upon_the_first(trainer: Visitor, at: Desk) -> None:
    mine = settings(at, **{"summary-en": "My summary"})
    trainer.submit(SETTINGS, **settings(at, **{"summary-en": "Their summary"}))
    answer = trainer.submit(SETTINGS, **mine)
    assert answer.status_code == 409
    assert "My summary" in answer.text
    assert "Their summary" in answer.text
    assert "Tola Trainer saved it on" in answer.text
    assert at.draft.content["summary"] == {"en": "Their summary"}
    seen = settings(at)["seen"]
    assert f'name="seen" type="hidden" value="{seen}"' in answer.text
    trainer.submit(SETTINGS, **{**mine, "seen": seen})
    assert at.draft.content["summary"] == {"en": "My summary"}


def test_two_trainers_save_the_settings_and_the_rule_at_once_without_a_conflict(trainer: Visitor, at: Desk) -> None:
    mine, rule = settings(at, **{"summary-en": "My summary"}), {"lessons": "all", "quizzes": "none", "need": "all"}
    seen = rule_seen(at)
    assert trainer.submit(SETTINGS, **mine).status_code == 302
    assert trainer.submit(RULE, seen=seen, **rule).status_code == 302
    content = at.draft.content
    assert content["summary"] == {"en": "My summary"}
    assert content["completion"] == {"lessons": "all", "quizzes": "none"}


def test_two_rules_at_once_are_a_conflict_and_both_are_shown(trainer: Visitor, at: Desk) -> None:
    seen, rule = rule_seen(at), {"lessons": "all", "quizzes": "none", "need": "all"}
    trainer.submit(RULE, seen=seen, minutes="90", **rule)
    answer = trainer.submit(RULE, seen=seen, minutes="30", **rule)
    assert answer.status_code == 409
    assert "Spend 90 minutes in the course." in answer.text
    assert 'value="30"' in answer.text
    assert at.draft.content["completion"]["minutes"] == 90
    trainer.submit(RULE, seen=rule_seen(at), minutes="30", **rule)
    assert at.draft.content["completion"]["minutes"] == 30


def test_saving_what_is_there_already_is_no_conflict(trainer: Visitor, at: Desk) -> None:
    mine = settings(at, **{"summary-en": "The same"})
    assert trainer.submit(SETTINGS, **mine).status_code == 302
    version = at.draft.version
    assert trainer.submit(SETTINGS, **mine).status_code == 302
    assert at.draft.version == version


def test_settings_and_rule_saved_in_the_same_moment_are_both_there(app: Flask, at: Desk) -> None:
    course, draft, barrier = at.course, at.draft, Barrier(2)
    course_id, trainer_id = course.id, at.trainer.id
    digests = [contents.digest(draft.content, keys) for keys in (ENTRIES, RULE_ENTRY)]
    entries = {key: draft.content.get(key) for key in ENTRIES} | {"hours": 7.0}

    def save(number: int) -> None:
        with app.app_context():
            found, person = db.session.get_one(Draft, course_id), db.session.get_one(Person, trainer_id)
            course = db.session.get_one(Course, course_id)
            db.session.commit()
            barrier.wait(10)
            with db.transaction():
                if number:
                    services.save_rule(found, digests[1], {"lessons": "all", "quizzes": "none"}, person)
                else:
                    services.save(course, found, digests[0], entries, person)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(save, range(2)))
    content = at.draft.content
    assert content["hours"] == 7
    assert content["completion"] == {"lessons": "all", "quizzes": "none"}


def test_whole_numbers_stand_in_the_fields_as_people_write_them(trainer: Visitor, at: Desk) -> None:
    trainer.submit(SETTINGS, **settings(at, hours="2", pass_mark="62.5"))
    page = trainer.get(SETTINGS).text
    assert 'value="2"' in page
    assert 'value="62.5"' in page


def test_the_pages_of_a_draft_have_its_title_and_the_learners_list_that_of_the_course(
    trainer: Visitor, at: Desk
) -> None:
    trainer.submit(SETTINGS, **settings(at, **{"title-en": "The new title"}))
    for page in (EDIT, SETTINGS, RULE, f"{EDIT}/quizzes/quiz", "/manage/courses/innovation/publish"):
        assert ">The new title</a>" in trainer.get(page).text, page
    assert "The new title" not in trainer.get("/manage/courses/innovation/learners").text


def test_a_course_does_not_come_to_require_itself(trainer: Visitor, at: Desk) -> None:
    factories.course("first", requires=["innovation"])
    factories.course("second", requires=["first"])
    factories.course("free")
    answer = trainer.submit(SETTINGS, **settings(at, requires="second"))
    assert answer.status_code == 422
    assert "itself requires this course" in answer.text
    trainer.submit(SETTINGS, **settings(at, requires="free"))
    assert at.draft.content["requires"] == ["free"]


def test_a_unit_opens_on_a_day_in_the_zone_of_the_site_and_after_earlier_ones(trainer: Visitor, at: Desk) -> None:
    fields = {"title-en": "Unit two", "requires": "unit-1", "opens_at": "2027-01-31T08:00", "seen": 1}
    answer = trainer.submit(f"{EDIT}/units/unit-2", **fields)
    assert answer.location == f"{EDIT}#part-{at.part('unit-2').id}"
    content = at.part("unit-2").content
    assert content["requires"] == ["unit-1"]
    assert content["opens_at"] == "2027-01-31T01:00:00+00:00"
    assert 'value="2027-01-31T08:00"' in trainer.get(f"{EDIT}/units/unit-2").text


def test_a_unit_requires_no_later_one(trainer: Visitor, at: Desk) -> None:
    answer = trainer.submit(f"{EDIT}/units/unit-1", requires="unit-2", seen=1, **{"title-en": "Unit one"})
    assert answer.status_code == 422


def test_a_unit_saved_by_another_meanwhile_shows_both(trainer: Visitor, at: Desk) -> None:
    at.write("unit-1", title={"en": "Theirs"})
    answer = trainer.submit(f"{EDIT}/units/unit-1", seen=1, **{"title-en": "Mine"})
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert at.part("unit-1").content["title"] == {"en": "Theirs"}


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"lessons": "all", "quizzes": "none"}, {"lessons": "all", "quizzes": "none"}),
        ({"lessons": "some", "lessons_number": "2", "quizzes": "all"}, {"lessons": 2, "quizzes": "all"}),
        (
            {"lessons": "none", "quizzes": "some", "quizzes_number": "1", "minutes": "90", "approval": "y"},
            {"lessons": "none", "quizzes": 1, "minutes": 90, "approval": True},
        ),
        (
            {"lessons": "all", "quizzes": "all", "score": "70", "need": "some", "need_number": "2"},
            {"lessons": "all", "quizzes": "all", "score": 70.0, "need": 2},
        ),
    ],
)
def test_the_rule_is_built_from_its_parts(
    trainer: Visitor, at: Desk, fields: dict[str, str], rule: dict[str, Any]
) -> None:
    answer = trainer.submit(RULE, **{"need": "all", "seen": rule_seen(at), **fields})
    assert answer.status_code == 302, answer.text
    assert at.draft.content["completion"] == rule


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"lessons": "none", "quizzes": "none"}, "Ask for one thing at least"),
        ({"lessons": "some", "quizzes": "none"}, "Please fill this in."),
        ({"lessons": "some", "lessons_number": "9"}, "fewer pages than this"),
        ({"quizzes": "some", "quizzes_number": "2"}, "fewer quizzes than this"),
        ({"minutes": "a while"}, "Not a valid integer value."),
        ({"score": "101"}, "from 0 to 100"),
        ({"need": "some", "need_number": "3"}, "fewer conditions than this"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_where_it_stands(
    trainer: Visitor, at: Desk, fields: dict[str, str], message: str
) -> None:
    before = at.draft.content["completion"]
    given = {"lessons": "all", "quizzes": "all", "need": "all", "seen": rule_seen(at), **fields}
    answer = trainer.submit(RULE, **given)
    assert answer.status_code == 422
    assert message in answer.text
    assert at.draft.content["completion"] == before


def test_the_rule_stands_there_in_words(trainer: Visitor, at: Desk) -> None:
    given = {"lessons": "all", "quizzes": "none", "minutes": "90", "need": "all", "seen": rule_seen(at)}
    trainer.submit(RULE, **given)
    page = trainer.get(RULE).text
    assert "Read all pages." in page
    assert "Spend 90 minutes in the course." in page


def test_every_part_of_a_rule_has_words(app: Flask) -> None:
    rule = {"lessons": 1, "quizzes": 2, "minutes": 5, "score": 70, "approval": True}
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert conditions(rule) == [
            "Read 1 page.",
            "Pass 2 quizzes.",
            "Spend 5 minutes in the course.",
            "Reach a score of 70\u00a0% over all quizzes.",
            "Be approved by a trainer.",
        ]
