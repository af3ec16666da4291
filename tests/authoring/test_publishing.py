"""Learners see a change when the trainer publishes it."""

from sqlalchemy import select

from lms import db
from lms.authoring.services import publishing
from lms.courses import services as courses
from lms.courses.models import CourseVersion
from tests import factories, world
from tests.authoring.people import EDIT, PUBLISH, Desk
from tests.conftest import Visitor, reread


def publish(visitor: Visitor, at: Desk, **fields: str) -> int:
    return visitor.submit(PUBLISH, seen=publishing.stamp(at.draft), **fields).status_code


def lesson_text(at: Desk, slug: str) -> dict[str, str]:
    found = courses.outline(at.course).find(slug)
    assert found
    return courses.lesson_text(found)


def versions() -> list[CourseVersion]:
    reread()
    return list(db.session.scalars(select(CourseVersion).order_by(CourseVersion.number)))


def test_learners_see_a_change_when_it_is_published(trainer: Visitor, at: Desk) -> None:
    at.write("lesson-1", body={"en": "A better text."})
    assert lesson_text(at, "lesson-1") == {"en": "Text of lesson 1."}
    page = trainer.get(PUBLISH).text
    assert "“Lesson 1”: changed" in page
    assert "“Lesson 2”" not in page
    assert publish(trainer, at, tell="1") == 302
    assert lesson_text(at, "lesson-1") == {"en": "A better text."}
    version = versions()[-1]
    assert (version.number, version.by_id, version.tell) == (at.course.version, at.trainer.id, True)
    assert version.changes == [{"what": "lesson changed", "title": {"en": "Lesson 1"}}]
    assert "Learners see the course as it stands here." in trainer.get(EDIT).text


def test_publishing_the_same_again_changes_nothing(trainer: Visitor, at: Desk) -> None:
    at.write("lesson-1", body={"en": "A better text."})
    publish(trainer, at)
    before = world.everything()
    assert publish(trainer, at) == 302
    assert world.everything() == before


def test_a_draft_that_nobody_changed_publishes_as_it_was(trainer: Visitor, at: Desk) -> None:
    assert publish(trainer, at) == 302
    assert (at.course.version, versions()) == (1, [])


def test_what_keeps_a_draft_from_being_published_leads_to_where_it_is_mended(trainer: Visitor, at: Desk) -> None:
    at.write("lesson-1", body={"en": "![A map](images/none.svg)"})
    at.write("quiz", gift={"en": "::q1:: What? {\n~No\n~Neither\n}"})
    for answer in (trainer.get(PUBLISH), trainer.submit(PUBLISH, seen=publishing.stamp(at.draft))):
        assert "This keeps the course from being published" in answer.text
        assert f'href="{EDIT}/pages/lesson-1"' in answer.text
        assert f'href="{EDIT}/quizzes/quiz"' in answer.text
        assert "No answer is marked as right." in answer.text
    assert answer.status_code == 422
    assert at.course.version == 1


def test_a_draft_that_moved_on_is_looked_at_once_more(trainer: Visitor, at: Desk) -> None:
    seen = publishing.stamp(at.draft)
    at.write("lesson-1", body={"en": "By another trainer."})
    assert trainer.submit(PUBLISH, seen=seen).status_code == 409
    assert lesson_text(at, "lesson-1") == {"en": "Text of lesson 1."}


def test_a_draft_that_would_undo_an_import_says_so(trainer: Visitor, at: Desk) -> None:
    at.write("lesson-1", body={"en": "Mine."})
    assert "Publishing would undo" not in trainer.get(PUBLISH).text
    with db.transaction():
        course = at.course
        course.summary, course.version = {"en": "By the command."}, course.version + 1
    page = trainer.get(PUBLISH).text
    assert "Publishing would undo" in page
    assert "own texts or settings are changed" in page
    assert publish(trainer, at) == 302
    assert at.course.summary == {"en": "A short course."}
    assert "Publishing would undo" not in trainer.get(PUBLISH).text


def test_a_new_order_and_what_is_archived_reach_learners(trainer: Visitor, at: Desk) -> None:
    trainer.submit(f"{EDIT}/move", part=at.part("lesson-2").id, way="up")
    trainer.submit(f"{EDIT}/archive-part", part=at.part("lesson-3").id, archived=1)
    assert publish(trainer, at) == 302
    assert [lesson.slug for lesson in courses.outline(at.course).lessons] == ["lesson-2", "lesson-1", "quiz"]


def test_a_course_from_nothing_is_published(client: Visitor) -> None:
    maker = factories.trainer()
    client.sign_in(maker).submit("/manage/courses/new", **{"title-en": "Market"})
    assert "no unit" in client.get("/manage/courses/market/publish").text
    client.submit("/manage/courses/market/edit/add", kind="unit", **{"title-en": "Stalls"})
    client.submit("/manage/courses/market/edit/add", kind="page", unit="stalls", **{"title-en": "Prices"})
    reread()
    course = courses.by_slug("market")
    assert course
    made = Desk(course.id, maker)
    made.write("prices", body={"en": "Rice is dear."})
    stamp = publishing.stamp(made.draft)
    assert client.submit("/manage/courses/market/publish", seen=stamp).status_code == 302
    client.sign_out()
    assert "Prices" in client.get("/courses/market/").text


def test_a_course_is_taken_back_and_archived(trainer: Visitor, at: Desk) -> None:
    trainer.submit("/manage/courses/innovation/archive", archived="1")
    assert at.course.archived
    trainer.submit("/manage/courses/innovation/archive", archived="0")
    assert not at.course.archived
    trainer.submit("/manage/courses/innovation/unpublish")
    assert not at.course.published
    assert "This course is not published" in trainer.get(EDIT).text
    publish(trainer, at)
    assert (at.course.published, at.course.version) == (True, 1)


def test_a_missing_translation_is_a_note_and_no_hindrance(trainer: Visitor, at: Desk) -> None:
    assert "Missing translations" in trainer.get(PUBLISH).text
    assert publish(trainer, at) == 302


def test_only_its_trainers_publish_a_course(client: Visitor, at: Desk) -> None:
    stamp = publishing.stamp(at.draft)
    for other in (factories.trainer(), factories.officer(), factories.learner()):
        assert client.sign_in(other).submit(PUBLISH, seen=stamp).status_code == 403


def test_a_preview_shows_the_draft_as_learners_would_see_it(trainer: Visitor, at: Desk) -> None:
    preview = "/manage/courses/innovation/preview/"
    factories.course_file(at.course, "unit-1/images/map.svg", b"<svg>map</svg>")
    with db.transaction():
        at.course.version += 1
    at.write("lesson-1", body={"en": "Not published. ![A map](images/map.svg)"})
    before = world.everything()
    page = trainer.get(preview).text
    assert "This is a preview of the draft" in page
    assert f'href="{preview}lessons/lesson-1/"' in page
    assert "/courses/innovation/lessons/" not in page.replace("/manage/courses/innovation/preview/lessons/", "")
    lesson = trainer.get(f"{preview}lessons/lesson-1/").text
    assert "Not published." in lesson
    assert f'src="{preview}files/unit-1/images/map.svg"' in lesson
    assert trainer.get(f"{preview}files/unit-1/images/map.svg").text == "<svg>map</svg>"
    assert trainer.submit(f"{preview}lessons/lesson-1/read").location == f"{preview}lessons/lesson-2/"
    assert "What of q1?" in trainer.get(f"{preview}lessons/quiz/").text
    assert world.everything() == before
