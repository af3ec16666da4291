"""What a course says of itself, in its draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.authoring import contents
from lms.authoring.errors import StaleError
from lms.authoring.models import Draft
from lms.authoring.services import drafts
from lms.courses.models import Course
from lms.errors import InvalidError
from lms.i18n import gettext, pick


def save(course: Course, draft: Draft, seen: str, entries: Mapping[str, Any], person: Person) -> None:
    """What the course says of itself but for its rule. `seen` is the digest of these entries as they were before.

    Raises StaleError; InvalidError for `requires` when a course would wait for itself.
    """
    _check_requires(course, entries.get("requires") or [])
    _save(draft, seen, entries, person)


def save_rule(draft: Draft, seen: str, rule: Mapping[str, Any], person: Person) -> None:
    """What completing the course means. Raises StaleError."""
    _save(draft, seen, {"completion": dict(rule)}, person)


def _save(draft: Draft, seen: str, entries: Mapping[str, Any], person: Person) -> None:
    """Upon whatever else of the draft was saved since these entries were seen: that is nothing to disagree about."""
    while True:
        if contents.digest(draft.content, entries) not in (seen, contents.digest(entries, entries)):
            raise StaleError(draft)
        try:
            return drafts.save(draft, draft.version, {**draft.content, **entries}, person)
        except StaleError:
            continue  # somebody saved in between, and the row is as they left it


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
