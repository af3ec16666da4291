"""The question bank: drawers of questions that quizzes take. What is saved is asked from the next attempt on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, inspect, literal, or_, select, update
from sqlalchemy.orm import aliased

from lms import clock, db
from lms.accounts.models import Person
from lms.courses.models import Course
from lms.db import Base
from lms.errors import ConflictError
from lms.i18n import gettext
from lms.quizzes import grading, kinds
from lms.quizzes.models import BankCategory, BankFile, BankQuestion, BankVersion

PER_PAGE = 25
Owner = Course | None
"""Whose drawer: a course's own, or None for what all courses share."""
Versions = Mapping[str, kinds.Question]
"""A question by language."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question of the bank as it is now."""

    row: BankQuestion
    version: BankVersion
    category: str

    @property
    def versions(self) -> dict[str, kinds.Question]:
        """By language."""
        return {code: kinds.Question.from_json(body) for code, body in self.version.body.items()}


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; what is empty is not asked about."""

    words: str = ""
    category: str = ""
    """And what is below it."""
    tag: str = ""
    kind: str = ""
    archived: bool = False
    """Those that are archived, instead of the others."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    entries: Sequence[Entry]
    count: int
    page: int
    pages: int


# Drawers


def categories(owner: Owner) -> list[tuple[str, int]]:
    """The paths of all, in order, each with the number of questions in it alone that are not archived. One query."""
    held = (BankQuestion.category_id == BankCategory.id) & ~BankQuestion.archived
    wanted = select(BankCategory.path, func.count(BankQuestion.id)).outerjoin(BankQuestion, held)
    wanted = wanted.where(_owned(BankCategory, owner)).group_by(BankCategory.id, BankCategory.path)
    return sorted((path, count) for path, count in db.session.execute(wanted))


def category(owner: Owner, path: str) -> BankCategory:
    """The drawer of that path, made if there is none."""
    db.insert_once(BankCategory, course_id=owner.id if owner else None, path=path)
    return db.session.scalars(select(BankCategory).where(_owned(BankCategory, owner), BankCategory.path == path)).one()


def rename_category(owner: Owner, old: str, new: str) -> None:
    """The drawer of that path and what is below it, under a new path; what is there already stays beside it."""
    if new == old:
        return
    # Into a drawer of its own the deepest goes first, out of one the highest: none must meet what is still to go.
    order = BankCategory.path if old.startswith(f"{new}/") else BankCategory.path.desc()
    wanted = select(BankCategory).where(_owned(BankCategory, owner), within(old)).order_by(order)
    for row in db.session.scalars(wanted.with_for_update()).all():
        place = category(owner, new + row.path.removeprefix(old))
        moved = update(BankQuestion).where(BankQuestion.category_id == row.id).values(category_id=place.id)
        db.session.execute(moved.execution_options(synchronize_session=False))
        db.session.delete(row)
        db.session.flush()


def _owned(entity: type[BankCategory] | type[BankQuestion], owner: Owner) -> ColumnElement[bool]:
    return entity.course_id == owner.id if owner else entity.course_id.is_(None)


def within(path: str) -> ColumnElement[bool]:
    """In the drawer of that path, or below it."""
    return or_(BankCategory.path == path, BankCategory.path.startswith(f"{path}/", autoescape=True))


# Finding


def find(id_: int) -> Entry | None:
    row = db.session.execute(entries().where(BankQuestion.id == id_)).first()
    return Entry(*row) if row else None


def named(owner: Owner, name: str) -> BankQuestion | None:
    wanted = select(BankQuestion).where(_owned(BankQuestion, owner), BankQuestion.name == name)
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def of_names(owner: Owner, names: Sequence[str]) -> dict[str, Entry]:
    """Those that there are, archived too. A query for so many names as an engine takes at once."""
    found: dict[str, Entry] = {}
    for some in db.batches(names):
        rows = db.session.execute(entries().where(_owned(BankQuestion, owner), BankQuestion.name.in_(some)))
        found |= {row.name: Entry(row, version, path) for row, version, path in rows}
    return found


def found_all(owner: Owner, wanted: Search) -> list[Entry]:
    """All that is looked for, not a page of it. One query."""
    found = entries().where(_owned(BankQuestion, owner), *_conditions(wanted))
    rows = db.session.execute(found.order_by(BankCategory.path, BankQuestion.name, BankQuestion.id))
    return [Entry(*row) for row in rows]


def search(owner: Owner, wanted: Search) -> Found:
    """A page of what was looked for, by category and name. Two queries."""
    conditions = [_owned(BankQuestion, owner), *_conditions(wanted)]
    counted = select(func.count()).select_from(entries().where(*conditions).subquery())
    count = db.session.scalars(counted).one()
    pages = max(1, -(-count // PER_PAGE))
    page = min(max(wanted.page, 1), pages)
    ordered = entries().where(*conditions).order_by(BankCategory.path, BankQuestion.name, BankQuestion.id)
    rows = db.session.execute(ordered.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    return Found([Entry(*row) for row in rows], count, page, pages)


def everything(owner: Owner, archived: bool = False) -> list[Entry]:
    """All, by category and name; those that are archived only if asked for. One query."""
    wanted = entries().where(_owned(BankQuestion, owner))
    wanted = wanted if archived else wanted.where(~BankQuestion.archived)
    rows = db.session.execute(wanted.order_by(BankCategory.path, BankQuestion.name))
    return [Entry(*row) for row in rows]


def history(question: BankQuestion) -> Sequence[BankVersion]:
    """The newest first."""
    wanted = select(BankVersion).where(BankVersion.bank_question_id == question.id)
    return db.session.scalars(wanted.order_by(BankVersion.number.desc())).all()


def tags(owner: Owner) -> list[str]:
    """Those of questions that are not archived, in order."""
    wanted = select(BankQuestion.tags).where(_owned(BankQuestion, owner), ~BankQuestion.archived)
    return sorted({tag for found in db.session.scalars(wanted) for tag in found})


def entries() -> Select[BankQuestion, BankVersion, str]:
    """Every question with its newest version and the path of its drawer."""
    newest = (BankVersion.bank_question_id == BankQuestion.id) & (BankVersion.number == BankQuestion.version)
    wanted = select(BankQuestion, BankVersion, BankCategory.path).join(BankVersion, newest)
    wanted = wanted.join(BankCategory, BankCategory.id == BankQuestion.category_id)
    return wanted.execution_options(populate_existing=True)


def _conditions(wanted: Search) -> Iterable[ColumnElement[bool]]:
    yield BankQuestion.archived.is_(wanted.archived)
    for word in grading.comparable(wanted.words).split():
        yield BankQuestion.folded.contains(word, autoescape=True)
    if wanted.category:
        yield within(wanted.category)
    if wanted.tag:
        yield tagged(wanted.tag)
    if wanted.kind:
        yield BankVersion.kind == wanted.kind


def tagged(tag: str) -> ColumnElement[bool]:
    """Has the tag: `folded` has each on a line of its own."""
    return BankQuestion.folded.contains(f"\n#{grading.comparable(tag)}\n", autoescape=True)


# Changing


def add(owner: Owner, path: str, versions: Versions, person: Person | None) -> BankQuestion:
    """A new question, named as its versions are. Raises ConflictError if the name is taken."""
    first = next(iter(versions.values()))
    place = {"course_id": owner.id if owner else None, "category_id": category(owner, path).id}
    said = {"tags": list(first.tags), "folded": _folded(versions), "archived": False, "version": 1}
    if not db.insert_once(BankQuestion, name=first.name, **place, **said):
        message = gettext("The bank has a question named “%(name)s” already.", name=first.name)
        raise ConflictError(message)
    question = named(owner, first.name)
    if question is None:
        raise ConflictError(gettext("The bank has a question named “%(name)s” already.", name=first.name))
    _add_version(question, 1, versions, person)
    return question


def save(entry: Entry, seen: int, path: str, versions: Versions, person: Person | None) -> bool:
    """Saves what was written from version `seen`; False, and nothing changed, if somebody else was faster.

    Whoever saves what is there already changes nothing.
    """
    row = entry.row
    is_same = entry.versions == dict(versions)
    if is_same and entry.category == path:
        return True
    first = next(iter(versions.values()))
    values = {"tags": list(first.tags), "folded": _folded(versions), "version": seen + (not is_same)}
    values["category_id"] = category(_owner(row), path).id
    as_seen = (BankQuestion.id == row.id, BankQuestion.version == seen)
    if not db.changed(update(BankQuestion).where(*as_seen).values(values)):
        return False
    db.session.refresh(row)
    if not is_same:
        _add_version(row, row.version, versions, person)
    return True


def _owner(row: BankQuestion) -> Owner:
    return db.session.get_one(Course, row.course_id) if row.course_id else None


def archive(question: BankQuestion, archived: bool) -> None:
    db.locked(BankQuestion, question.id).archived = archived


def copy(course: Course, made: Course, person: Person) -> None:
    """Gives a new course the bank of another as it is now, archived questions too. Four statements."""
    _insert(BankCategory, select(literal(made.id), BankCategory.path).where(BankCategory.course_id == course.id))
    old, new, place = aliased(BankQuestion), aliased(BankQuestion), aliased(BankCategory)
    at = (place.course_id == made.id) & (place.path == BankCategory.path)
    wanted = select(literal(made.id), place.id, old.name, literal(1), old.tags, old.folded, old.archived)
    wanted = wanted.join(BankCategory, BankCategory.id == old.category_id).join(place, at)
    _insert(BankQuestion, wanted.where(old.course_id == course.id))
    both = (new.course_id == made.id) & (new.name == old.name) & (old.course_id == course.id)
    newest = (BankVersion.bank_question_id == old.id) & (BankVersion.number == old.version)
    said = (BankVersion.kind, BankVersion.body, literal(clock.now()), literal(person.id))
    _insert(BankVersion, select(new.id, literal(1), *said).select_from(old).join(new, both).join(BankVersion, newest))
    shown = (BankFile.path, BankFile.content_type, BankFile.digest)
    kept = select(new.id, *shown).select_from(old).join(new, both)
    _insert(BankFile, kept.join(BankFile, BankFile.bank_question_id == old.id))


def _insert(entity: type[Base], rows: Select[*tuple[Any, ...]]) -> None:
    """Values in the order of the columns, without the id."""
    columns = [column.name for column in inspect(entity).columns if column.name != "id"]
    db.session.execute(insert(entity).from_select(columns, rows))


def _add_version(question: BankQuestion, number: int, versions: Versions, person: Person | None) -> None:
    version = BankVersion(
        bank_question_id=question.id,
        number=number,
        kind=next(iter(versions.values())).kind,
        body={code: version.to_json() for code, version in versions.items()},
        at=clock.now(),
        by_id=person.id if person else None,
    )
    db.session.add(version)
    db.session.flush()


def _folded(versions: Versions) -> str:
    first = next(iter(versions.values()))
    said = [first.name]
    for version in versions.values():
        sides = [side for pair in version.pairs for side in (pair.left, pair.right)]
        options = (*version.options, *(option for gap in version.gaps for option in gap.options))
        said += [version.text, *(option.text for option in options), *sides]
    marks = [f"#{grading.comparable(tag)}" for tag in first.tags]
    return "\n".join([*map(grading.comparable, said), *marks, ""])


def keep_files(question: BankQuestion, files: Mapping[str, tuple[str, str]]) -> None:
    """The pictures of a question, given by path their type and digest; their bytes are kept already."""
    for path, (content_type, digest) in files.items():
        values = {"content_type": content_type, "digest": digest}
        new = db.insert(BankFile).values(bank_question_id=question.id, path=path, **values)
        db.session.execute(new.on_conflict_do_update(index_elements=["bank_question_id", "path"], set_=values))


def files_of(ids: Sequence[int]) -> dict[int, dict[str, BankFile]]:
    """The pictures of many questions, by the question's id and the path."""
    found: dict[int, dict[str, BankFile]] = {}
    for some in db.batches(ids):
        for row in db.session.scalars(select(BankFile).where(BankFile.bank_question_id.in_(some))):
            found.setdefault(row.bank_question_id, {})[row.path] = row
    return found


def files(question: BankQuestion) -> Sequence[BankFile]:
    wanted = select(BankFile).where(BankFile.bank_question_id == question.id)
    return db.session.scalars(wanted.order_by(BankFile.path)).all()
