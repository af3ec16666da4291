"""The way into the question bank: a course's own, or what all courses share."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from lms.authoring import opening, policy
from lms.courses.models import Course
from lms.errors import ForbiddenError, NotFoundError
from lms.i18n import gettext
from lms.quizzes.services import bank as banks
from lms.quizzes.services.bank import Entry
from lms.web import access


@dataclass(frozen=True, slots=True)
class Bank:
    course: Course | None
    """None: what is shared."""

    @property
    def title(self) -> str:
        return gettext("Question bank of this course") if self.course else gettext("Question bank of all courses")

    @property
    def id(self) -> int | None:
        return self.course.id if self.course else None

    def address(self, view: str = "index", **values: Any) -> str:
        slug = self.course.slug if self.course else None
        endpoint = view if "." in view else f"authoring_bank.{view}"
        return url_for(f"lms.{endpoint}", course=slug, **values)


def bank(course: str | None) -> Bank:
    """The bank of the course, if the reader may edit the course; the shared one, if they may make courses."""
    if course is not None:
        return Bank(opening.course(course))
    if not policy.can_create(access.person()):
        raise ForbiddenError
    return Bank(None)


def entry(bank: Bank, id_: int) -> Entry:
    """Raises NotFoundError, also for a question of another bank."""
    found = banks.find(id_)
    if found is None or found.row.course_id != bank.id:
        raise NotFoundError
    return found
