"""A draft, and two trainers who write it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from lms import db
from lms.accounts.models import Person
from lms.authoring import contents, slugs
from lms.authoring.errors import StaleError
from lms.authoring.models import Draft, DraftPart, PartKind
from lms.authoring.services import drafts
from lms.courses.models import Course
from lms.errors import ForbiddenError
from tests import factories
from tests.conftest import reread


@pytest.fixture
def course(app: Flask) -> Course:
    made = factories.course(lessons=2)
    factories.quiz(made)
    factories.course_file(made, "unit-1/images/map.svg")
    return made


@pytest.fixture
def trainer(course: Course) -> Person:
    return factories.trainer(of=course)


def opened(course: Course, trainer: Person) -> Draft:
    with db.transaction():
        return drafts.open_draft(course, trainer)


def shape(draft: Draft) -> list[tuple[str, list[str]]]:
    return [(unit.slug, [lesson.slug for lesson in lessons]) for unit, lessons in drafts.outline(draft)]


def save(row: Draft | DraftPart, seen: int, content: dict[str, Any], person: Person) -> None:
    with db.transaction():
        drafts.save(row, seen, content, person)


def lesson(draft: Draft, slug: str = "lesson-1") -> DraftPart:
    found = drafts.part(draft, slug)
    assert found
    return found


def test_a_draft_begins_as_what_is_taught(course: Course, trainer: Person) -> None:
    draft = opened(course, trainer)
    assert shape(draft) == [("unit-1", ["lesson-1", "lesson-2", "quiz"])]
    assert draft.content["title"] == course.title
    assert lesson(draft).content["body"] == {"en": "Text of lesson 1."}
    assert "::q1::" in lesson(draft, "quiz").content["gift"]["en"]
    assert [file.path for file in drafts.files_of(draft)] == ["unit-1/images/map.svg"]


def test_only_who_looks_after_a_course_opens_its_draft(course: Course) -> None:
    with pytest.raises(ForbiddenError):
        opened(course, factories.trainer())


def test_a_draft_that_nobody_changed_follows_what_is_taught(course: Course, trainer: Person) -> None:
    version = lesson(opened(course, trainer)).version
    with db.transaction():
        course.title, course.version = {"en": "Another"}, course.version + 1
    draft = opened(course, trainer)
    assert (draft.content["title"], draft.based_on) == ({"en": "Another"}, course.version)
    assert lesson(draft).version == version


def test_a_draft_that_somebody_changed_stays_when_the_course_is_imported(course: Course, trainer: Person) -> None:
    draft = opened(course, trainer)
    save(lesson(draft), 1, {"title": {"en": "Mine"}}, trainer)
    with db.transaction():
        course.version += 1
    again = opened(course, trainer)
    assert lesson(again).content == {"title": {"en": "Mine"}}
    assert again.based_on < course.version


def test_who_saves_from_an_old_version_is_told_and_changes_nothing(course: Course, trainer: Person) -> None:
    draft = opened(course, trainer)
    save(lesson(draft), 1, {"title": {"en": "Theirs"}}, trainer)
    with pytest.raises(StaleError) as stale:
        save(lesson(draft), 1, {"title": {"en": "Mine"}}, trainer)
    assert stale.value.row.content == lesson(draft).content == {"title": {"en": "Theirs"}}
    save(lesson(draft), stale.value.row.version, {"title": {"en": "Mine"}}, trainer)
    assert lesson(draft).content == {"title": {"en": "Mine"}}


def test_saving_what_is_there_already_is_no_change(course: Course, trainer: Person) -> None:
    draft = opened(course, trainer)
    save(lesson(draft), 1, lesson(draft).content, trainer)
    save(lesson(draft), 0, lesson(draft).content, trainer)
    reread()
    assert lesson(draft).version == 1


@pytest.mark.parametrize("what", ["the course", "a lesson"])
def test_of_two_trainers_who_save_at_once_one_is_told(app: Flask, course: Course, trainer: Person, what: str) -> None:
    colleague = factories.trainer(of=course)
    opened(course, trainer)
    for seen in range(1, 5):
        texts = saved_at_once(app, course.id, [trainer, colleague], seen, what)
        assert sorted(map(bool, texts)) == [False, True]
        reread()
        draft = db.session.get(Draft, course.id)
        assert draft
        row = draft if what == "the course" else lesson(draft)
        assert row.version == seen + 1
        assert row.content == {"title": {"en": next(filter(None, texts))}}


def saved_at_once(app: Flask, course_id: int, people: list[Person], seen: int, what: str) -> list[str]:
    """What each saved; empty for who was told that another was faster."""
    ids = [person.id for person in people]
    db.session.rollback()
    start = Barrier(len(ids))

    def write(person_id: int) -> str:
        with app.app_context():
            person, draft = db.session.get(Person, person_id), db.session.get(Draft, course_id)
            assert person
            assert draft
            row = draft if what == "the course" else lesson(draft)
            db.session.rollback()
            start.wait()
            text = f"By {person_id}, from {seen}"
            try:
                save(row, seen, {"title": {"en": text}}, person)
            except StaleError:
                return ""
            return text

    with ThreadPoolExecutor(len(ids)) as pool:
        return list(pool.map(write, ids))


def test_two_trainers_open_a_draft_at_once(app: Flask, course: Course, trainer: Person) -> None:
    course_id, trainer_id = course.id, trainer.id
    db.session.rollback()
    start = Barrier(4)

    def open_it(_number: int) -> int:
        with app.app_context():
            found, person = db.session.get(Course, course_id), db.session.get(Person, trainer_id)
            assert found
            assert person
            db.session.rollback()
            start.wait()
            return len(drafts.parts(opened(found, person)))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_it, range(4))) == [4] * 4


def test_a_new_part_stands_last_and_has_a_name_of_its_own(course: Course, trainer: Person) -> None:
    draft = opened(course, trainer)
    with db.transaction():
        unit = drafts.add_part(draft, PartKind.unit, {"km": "ឯកតា"}, trainer)
        drafts.add_part(draft, PartKind.page, {"en": "Lesson 1"}, trainer, unit)
        drafts.add_part(draft, PartKind.quiz, {"en": "Who sells here?"}, trainer, unit)
    assert shape(draft)[1:] == [("unit-2", ["lesson-1-2", "who-sells-here"])]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ({"en": "Who are our citizens?"}, "who-are-our-citizens"),
        ({"km": "ផ្សារ", "en": "A market"}, "a-market"),
        ({"km": "ផ្សារ"}, ""),
        ({"km": "ប្រើ Excel ក្នុងការងារ"}, ""),
        ({"fr": "Éducation civique"}, "education-civique"),
        ({"en": "2026"}, "2026"),
    ],
)
def test_a_name_is_proposed_from_the_latin_title(title: dict[str, str], slug: str) -> None:
    assert slugs.propose(title) == slug


def test_a_remark_on_a_score_that_is_not_translated_is_missing() -> None:
    both = {"en": "Well done.", "km": "ល្អ"}
    content = {
        "title": both,
        "gift": {},
        "overall": [{"from": 50, "text": both}, {"from": 0, "text": {"en": "Read on."}}],
    }
    assert contents.lacking(PartKind.quiz, content, ["en", "km"]) == ["km"]
