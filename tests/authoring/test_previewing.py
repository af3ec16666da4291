"""A trainer looks at the draft as a learner who has just begun would."""

from tests.authoring.people import EDIT, Desk
from tests.conftest import Visitor

PREVIEW = "/manage/courses/innovation/preview/"


def test_the_preview_shows_the_rule_of_the_draft_as_a_list_of_which_nothing_is_done(trainer: Visitor, at: Desk) -> None:
    page = trainer.get(f"{EDIT}/completion").text
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    trainer.submit(f"{EDIT}/completion", seen=seen, lessons="all", quizzes="all", need="all", minutes="90")
    page = trainer.get(PREVIEW).text
    assert "You complete the course when all of this is done:" in page
    assert "Read all 3 lessons: 0 so far" in page
    assert "Pass the quiz: 0 so far" in page
    assert "Spend 90 minutes in the lessons: 0 so far" in page
    assert "is-met" not in page


def test_a_draft_without_lessons_asks_for_nothing_yet(trainer: Visitor) -> None:
    trainer.submit("/manage/courses/new", **{"title-en": "Empty"})
    answer = trainer.get("/manage/courses/empty/preview/")
    assert answer.status_code == 200
    assert "To complete the course" not in answer.text
    page = trainer.get("/manage/courses/empty/publish").text
    assert "There is no unit yet." in page
    assert "01-first-unit" not in page
    assert "[completion]" not in page
