"""New courses: empty ones, and copies."""

from typing import Any

from sqlalchemy import insert, literal, select

from lms import clock, db
from lms.accounts.models import Person
from lms.authoring import contents, slugs
from lms.authoring.models import Draft, DraftFile, DraftPart
from lms.authoring.services import drafts
from lms.courses import services as courses
from lms.courses.models import Course
from lms.db import Translated
from lms.errors import InvalidError
from lms.i18n import gettext
from lms.quizzes.services import bank


def create(title: Translated, slug: str, person: Person) -> Course:
    """A course without lessons that this person looks after, not published. Raises InvalidError for its slug.

    Without a slug, one is made from the title.
    """
    course = _new_course(title, slug)
    courses.add_trainer(course, person)
    return course


def _new_course(title: Translated, slug: str) -> Course:
    chosen = slug or _free_slug(title)
    if not chosen:
        raise InvalidError("slug", gettext("Please write a name in Latin letters, since the title has none."))
    values: dict[str, Any] = {
        "title": contents.filled(title),
        "summary": {},
        "description": {},
        "statement": {},
        "completion": {"lessons": "all", "quizzes": "all"},
        "published": False,
    }
    if not db.insert_once(Course, slug=chosen, **values):
        raise InvalidError("slug", gettext("Another course has this name already."))
    return db.session.scalars(select(Course).where(Course.slug == chosen)).one()


def _free_slug(title: Translated) -> str:
    proposed = slugs.propose(title)
    taken = db.session.scalars(select(Course.slug).where(Course.slug.startswith(proposed))).all()
    return slugs.free(proposed, taken) if proposed else ""


def copy(draft: Draft, title: Translated, slug: str, person: Person) -> Course:
    """A course with a draft that has all of this one, its files and what is archived too, and with a bank that has the
    same questions. Raises as `create` does.
    """
    course = create(title, slug, person)
    content = {**draft.content, "title": contents.filled(title)}
    made = Draft(
        course_id=course.id,
        based_on=course.version,
        content=content,
        version=1,
        changed_at=clock.now(),
        changed_by_id=person.id,
    )
    db.session.add(made)
    db.session.flush()
    _copy_parts(draft, made, person)
    _copy_files(draft, made)
    bank.copy(db.session.get_one(Course, draft.course_id), course, person)
    return course


def _copy_parts(draft: Draft, made: Draft, person: Person) -> None:
    """Units first, since lessons name them."""
    ids: dict[int | None, int] = {}
    for part in sorted(drafts.parts(draft), key=lambda part: not part.is_unit):
        new = DraftPart(
            course_id=made.course_id,
            kind=part.kind,
            is_unit=part.is_unit,
            unit_id=ids.get(part.unit_id),
            slug=part.slug,
            position=part.position,
            content=part.content,
            version=1,
            archived=part.archived,
            changed_at=clock.now(),
            changed_by_id=person.id,
        )
        db.session.add(new)
        db.session.flush()
        ids[part.id] = new.id


def _copy_files(draft: Draft, made: Draft) -> None:
    columns = ["course_id", "path", "content_type", "digest"]
    same = select(literal(made.course_id), DraftFile.path, DraftFile.content_type, DraftFile.digest)
    same = same.where(DraftFile.course_id == draft.course_id)
    db.session.execute(insert(DraftFile).from_select(columns, same))
