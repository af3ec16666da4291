"""What a course says of itself, in its draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.authoring.models import Draft
from lms.authoring.services import drafts
from lms.courses.models import Course
from lms.errors import InvalidError
from lms.i18n import gettext, pick


def save(course: Course, draft: Draft, seen: int, content: Mapping[str, Any], person: Person) -> None:
    """Raises StaleError; InvalidError for `requires` when a course would wait for itself."""
    _check_requires(course, content.get("requires") or [])
    drafts.save(draft, seen, content, person)


def _check_requires(course: Course, wanted: Sequence[str]) -> None:
    rows = db.session.execute(select(Course.slug, Course.requires, Course.title)).all()
    requires = {row.slug: row.requires for row in rows}
    titles = {row.slug: row.title for row in rows}
    for slug in wanted:
        if course.slug in _all_before(slug, requires):
            message = gettext("“%(title)s” itself requires this course.", title=pick(titles.get(slug)) or slug)
            raise InvalidError("requires", message)


def _all_before(slug: str, requires: Mapping[str, Sequence[str]]) -> set[str]:
    """The course and all that has to be completed before it."""
    found: set[str] = set()
    ahead = [slug]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += requires.get(one, ())
    return found
