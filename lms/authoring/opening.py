"""The way into a course's draft, which all pages of authoring share."""

from flask import g

from lms import db
from lms.authoring import policy
from lms.authoring.models import Draft, DraftPart
from lms.authoring.services import drafts
from lms.courses import services as courses
from lms.courses.models import Course
from lms.errors import NotFoundError
from lms.web import access


def course(slug: str) -> Course:
    """The course, if the reader may edit it."""
    return access.load(courses.by_slug(slug), see=policy.can_see, do=policy.can_edit)


def draft(slug: str) -> tuple[Course, Draft]:
    """The same with its draft, which is made if there is none yet. In a transaction of its own.

    The tabs of the course then have the draft's title.
    """
    found = course(slug)
    with db.transaction():
        opened = drafts.open_draft(found, access.person())
    g.draft_title = dict(opened.content.get("title") or {})
    return found, opened


def part(draft: Draft, slug: str, is_unit: bool = False) -> DraftPart:
    """Raises NotFoundError."""
    found = drafts.part(draft, slug, is_unit)
    if found is None:
        raise NotFoundError
    return found
