"""A course of two units and the trainers who write it, for tests of its pages."""

from dataclasses import dataclass
from typing import Any

from lms import db
from lms.accounts.models import Person
from lms.authoring.models import Draft, DraftPart
from lms.authoring.services import drafts
from lms.courses.models import Course, Unit
from tests import factories
from tests.conftest import reread

EDIT = "/manage/courses/innovation/edit"
PUBLISH = "/manage/courses/innovation/publish"


@dataclass
class Desk:
    """Rows are looked up anew each time, so that they are as the last request left them."""

    course_id: int
    trainer: Person

    @property
    def course(self) -> Course:
        reread()
        found = db.session.get(Course, self.course_id)
        assert found
        return found

    @property
    def draft(self) -> Draft:
        with db.transaction():
            return drafts.open_draft(self.course, self.trainer)

    def part(self, slug: str) -> DraftPart:
        found = drafts.part(self.draft, slug) or drafts.part(self.draft, slug, is_unit=True)
        assert found
        return found

    def order(self) -> list[tuple[str, list[str]]]:
        return [(unit.slug, [lesson.slug for lesson in lessons]) for unit, lessons in drafts.outline(self.draft)]

    def write(self, slug: str, **content: Any) -> None:
        part = self.part(slug)
        with db.transaction():
            drafts.save(part, part.version, {**part.content, **content}, self.trainer)


def desk(**values: Any) -> Desk:
    """The units `unit-1` with two pages and `unit-2` with a page and a quiz."""
    course = factories.course(lessons=2, **values)
    unit = factories._kept(Unit(course_id=course.id, slug="unit-2", position=2, title={"en": "Unit two"}, summary={}))
    factories.lesson(course, unit, "lesson-3", 1)
    quiz = factories.quiz(course)
    with db.transaction():
        quiz.lesson.unit_id, quiz.lesson.position, quiz.lesson.body = unit.id, 2, {}
    return Desk(course.id, factories.trainer(of=course))
