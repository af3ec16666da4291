"""Answering questions as a reader does: by the controls on the page."""

from playwright.sync_api import Locator, Page
from sqlalchemy import select

from lms import db
from lms.i18n import pick_version
from lms.quizzes import grading
from lms.quizzes.kinds import Kind, Question
from lms.quizzes.models import Question as Row, Response


def shown(page: Page) -> list[Row]:
    """The questions on the page, in its order."""
    asked = page.locator("[name=asked]")
    asked.first.wait_for(state="attached")
    ids = asked.evaluate_all("fields => fields.map(field => field.value)")
    return [db.session.get_one(Row, int(id_)) for id_ in ids]


def group(page: Page, row: Row) -> Locator:
    return page.locator(f"#question-{row.id}")


def answer_rightly(page: Page, row: Row, language: str) -> None:
    question = Question.from_json(pick_version(row.body, language))
    box = group(page, row)
    if question.kind == Kind.matching:
        for pair, select_box in zip(grading.lefts(question), box.get_by_role("combobox").all(), strict=True):
            select_box.select_option(label=pair.right)
    elif question.kind in (Kind.short_answer, Kind.numerical):
        right = max(question.options, key=lambda option: option.weight)
        box.get_by_role("textbox").fill(right.text.removesuffix("*"))
    else:
        for at, option in enumerate(question.options):
            if option.weight > 0:
                box.locator(f"input[value='{at}']:not([type=hidden])").check()


def stored(row: Row) -> list[object]:
    """What the server has of the answers to a question, in all attempts."""
    db.session.rollback()
    return [
        value["given"] for value in db.session.scalars(select(Response.value).where(Response.question_id == row.id))
    ]
