"""Drafts: a course as its trainers are writing it. Whoever changes one holds its row first, then those of its parts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update

from lms import clock, db
from lms.accounts.models import Person
from lms.authoring import contents, policy, slugs
from lms.authoring.errors import StaleError
from lms.authoring.models import Draft, DraftFile, DraftPart, PartKind
from lms.bundles import load, rows
from lms.bundles.bundle import Bundle
from lms.courses.models import Course, Lesson, Unit
from lms.db import Translated
from lms.errors import ForbiddenError
from lms.quizzes.settings import USUAL

Outline = list[tuple[DraftPart, list[DraftPart]]]


def open_draft(course: Course, person: Person) -> Draft:
    """The draft of the course. Where there is none yet it is made from what is taught, and made anew where nobody has
    changed it since it was. Within a transaction. Raises ForbiddenError.
    """
    if not policy.can_edit(person, course):
        raise ForbiddenError
    draft = db.session.get(Draft, course.id, populate_existing=True)
    if draft is not None and _is_current(draft, course):
        return draft
    values = {"based_on": 0, "content": {}, "version": 0, "changed_at": clock.now(), "changed_by_id": None}
    db.insert_once(Draft, course_id=course.id, **values)
    draft = db.locked(Draft, course.id)
    db.session.refresh(course)
    if not _is_current(draft, course):
        _take_what_is_taught(draft, course)
    return draft


def _is_current(draft: Draft, course: Course) -> bool:
    """What somebody has changed stays as it is, also when an import has changed the course since."""
    return draft.changed_by_id is not None or draft.based_on == course.version


def _take_what_is_taught(draft: Draft, course: Course) -> None:
    stored = rows.of_course(course)
    fill(draft, load.of_rows(course, stored))
    set_files(draft, {row.path: (row.content_type, row.digest) for row, _size in stored.files})
    draft.based_on = course.version
    db.session.flush()


def fill(draft: Draft, bundle: Bundle) -> None:
    """Makes the draft what the bundle says; parts that the bundle does not have are archived. The row is locked."""
    if draft.content != (content := contents.of_course(bundle)):
        draft.content, draft.version = content, draft.version + 1
    stored = {(part.is_unit, part.slug): part for part in parts(draft)}
    for unit in bundle.units:
        row = _put(draft, stored, PartKind.unit, unit.slug, None, unit.number, contents.of_unit(unit))
        for lesson in unit.lessons:
            kind = PartKind(lesson.kind)
            _put(draft, stored, kind, lesson.slug, row.id, lesson.number, contents.of_lesson(lesson))
    for part in stored.values():
        part.archived = True
    db.session.flush()


def _put(
    draft: Draft,
    stored: dict[tuple[bool, str], DraftPart],
    kind: PartKind,
    slug: str,
    unit_id: int | None,
    position: int,
    content: dict[str, Any],
) -> DraftPart:
    """The part of that name as given; taken out of those that are stored."""
    is_unit = kind == PartKind.unit
    part = stored.pop((is_unit, slug), None)
    if part is None:
        values = {"kind": kind, "unit_id": unit_id, "position": position, "content": content}
        return _new_part(draft, slug, None, **values)
    part.kind, part.unit_id, part.position, part.archived = kind, unit_id, position, False
    if part.content != content:
        part.content, part.version, part.changed_at = content, part.version + 1, clock.now()
    return part


def _new_part(draft: Draft, slug: str, person: Person | None, **values: Any) -> DraftPart:
    part = DraftPart(
        course_id=draft.course_id,
        is_unit=values["kind"] == PartKind.unit,
        slug=slug,
        version=1,
        archived=False,
        changed_at=clock.now(),
        changed_by_id=person.id if person else None,
        **values,
    )
    db.session.add(part)
    db.session.flush()
    return part


def set_files(draft: Draft, files: Mapping[str, tuple[str, str]]) -> None:
    """Makes the files of the draft these, given by path their type and digest; their bytes are kept already."""
    stored = {row.path: row for row in files_of(draft)}
    for path, (content_type, digest) in files.items():
        row = stored.pop(path, None) or DraftFile(course_id=draft.course_id, path=path)
        row.content_type, row.digest = content_type, digest
        db.session.add(row)
    for row in stored.values():
        db.session.delete(row)
    db.session.flush()


def files_of(draft: Draft) -> Sequence[DraftFile]:
    return db.session.scalars(
        select(DraftFile).where(DraftFile.course_id == draft.course_id).order_by(DraftFile.path)
    ).all()


def draft_of(course: Course) -> Draft | None:
    return db.session.get(Draft, course.id, populate_existing=True)


def parts(draft: Draft) -> Sequence[DraftPart]:
    """All of them, in order of their positions."""
    wanted = select(DraftPart).where(DraftPart.course_id == draft.course_id)
    wanted = wanted.order_by(DraftPart.position, DraftPart.id).execution_options(populate_existing=True)
    return db.session.scalars(wanted).all()


def outline(draft: Draft, archived: bool = False) -> Outline:
    """The units with their lessons, in order; with `archived` also those that are archived. One query."""
    found = [part for part in parts(draft) if archived or not part.archived]
    lessons: dict[int | None, list[DraftPart]] = defaultdict(list)
    for part in found:
        lessons[part.unit_id].append(part)
    return [(unit, lessons[unit.id]) for unit in found if unit.is_unit]


def part(draft: Draft, slug: str, is_unit: bool = False) -> DraftPart | None:
    """The unit or lesson of that name, archived or not."""
    wanted = select(DraftPart).where(DraftPart.course_id == draft.course_id, DraftPart.slug == slug)
    return db.session.scalar(wanted.where(DraftPart.is_unit == is_unit).execution_options(populate_existing=True))


def save(row: Draft | DraftPart, seen: int, content: Mapping[str, Any], person: Person) -> None:
    """Saves what was written from version `seen` of the row. Raises StaleError if somebody else was faster.

    Then nothing is changed. Whoever saves what is there already changes nothing and is told nothing.
    """
    if row.version == seen and row.content == content:
        return
    if isinstance(row, DraftPart):
        touch(row.course_id, person)
    if not db.changed(_newer(row, seen, content, person)):
        db.session.refresh(row)
        if row.content != content:
            raise StaleError(row)
    db.session.refresh(row)


def _newer(row: Draft | DraftPart, seen: int, content: Mapping[str, Any], person: Person) -> Any:
    entity = type(row)
    this = DraftPart.id == row.id if isinstance(row, DraftPart) else Draft.course_id == row.course_id
    who = {"changed_at": clock.now(), "changed_by_id": person.id}
    values = {"content": dict(content), "version": entity.version + 1, **who}
    return update(entity).where(this, entity.version == seen).values(values)


def touch(course_id: int, person: Person) -> Draft:
    """The draft, its row locked, marked as changed by this person; before anything of it is changed."""
    draft = db.locked(Draft, course_id)
    draft.changed_at, draft.changed_by_id = clock.now(), person.id
    db.session.flush()
    return draft


def add_part(
    draft: Draft, kind: PartKind, title: Translated, person: Person, unit: DraftPart | None = None
) -> DraftPart:
    """A new unit at the end of the course, or a new lesson at the end of the unit."""
    touch(draft.course_id, person)
    is_unit = kind == PartKind.unit
    slug = _free_slug(draft, is_unit, title)
    content: dict[str, Any] = {"title": contents.filled(title), **EMPTY[kind]}
    if kind == PartKind.quiz:
        content["pass_mark"] = draft.content.get("pass_mark", 60)
    unit_id = unit.id if unit else None
    position = last_position(draft, unit_id) + 1
    return _new_part(draft, slug, person, kind=kind, unit_id=unit_id, position=position, content=content)


EMPTY: dict[PartKind, dict[str, Any]] = {
    PartKind.unit: {"summary": {}, "requires": [], "opens_at": None},
    PartKind.page: {"minutes": 0, "body": {}, "video": {}},
    PartKind.quiz: {"minutes": 0, **USUAL.to_json(), "gift": {}},
}
"""What a new part says, but for its title."""


def last_position(draft: Draft, unit_id: int | None) -> int:
    """Of the lessons of a unit, or of the units; 0 where there is none."""
    wanted = select(func.max(DraftPart.position)).where(DraftPart.course_id == draft.course_id)
    siblings = DraftPart.unit_id == unit_id if unit_id else DraftPart.is_unit
    return db.session.scalar(wanted.where(siblings)) or 0


def _free_slug(draft: Draft, is_unit: bool, title: Translated) -> str:
    """Of no part of the draft, and of nothing that was taught before: that would come back in its stead."""
    taken = set(_slugs(DraftPart, DraftPart.course_id == draft.course_id, DraftPart.is_unit == is_unit))
    taught = Unit if is_unit else Lesson
    taken.update(_slugs(taught, taught.course_id == draft.course_id))
    proposed = slugs.propose(title)
    number = 1 + len(taken)
    return slugs.free(proposed or (f"unit-{number}" if is_unit else f"lesson-{number}"), taken)


def _slugs(entity: type[DraftPart] | type[Unit] | type[Lesson], *where: Any) -> Sequence[str]:
    return db.session.scalars(select(entity.slug).where(*where)).all()
