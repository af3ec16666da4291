"""Bundles into rows. Rows are kept where they can be, because learners' attempts and progress refer to them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select

from lms import clock, db
from lms.accounts.models import Person
from lms.bundles import banks, load, rows
from lms.bundles.bundle import Bundle, File, Page, Quiz, stem
from lms.bundles.changes import between
from lms.bundles.layout import COURSE
from lms.courses import models, services as courses
from lms.courses.models import Course, CourseFile, CourseVersion
from lms.errors import Problem, RefusedError
from lms.i18n import gettext
from lms.quizzes import models as quizzes
from lms.quizzes.models import Question
from lms.quizzes.services import reckon_time

Row = TypeVar("Row", models.Unit, models.Lesson)


@dataclass(frozen=True, slots=True)
class Stored:
    course: Course
    changes: Mapping[str, int]
    """What was done to how many, e.g. `{"lessons added": 2}`; empty if all of it was stored already."""


def store(bundle: Bundle, by: Person | None = None, tell: bool = False) -> Stored:
    """Makes the course what the bundle says; of what is as it says already, nothing is written.

    If anything changed, the course has a new version, whose list of changes says who made them; `tell`: learners are
    told by mail. Units, lessons and questions that the bundle does not have are retired, and revived when it has them
    again. Raises RefusedError if a page has become a quiz, or a quiz a page: what was done in the one says nothing of
    the other; if the course requires one that this site does not have, or that requires this one; and if a quiz draws
    what no bank has. What the bundle has of the course's bank is stored too, which is no new version of the course.
    """
    _check_requirements(bundle)
    changes: Counter[str] = Counter()
    course, is_new = _locked(bundle)
    of_bank = banks.store(course, bundle.bank, by)
    banks.check_draws(course, bundle)
    changes["courses added"] += is_new
    stored = rows.of_course(course)
    stored_lessons = {row.slug: row for row in stored.lessons}
    taught = {slug for slug, row in stored_lessons.items() if not row.retired}
    _check_kinds(bundle, stored_lessons)
    before = load.of_rows(course, stored)
    is_rule_new = course.completion != bundle.completion
    changes["courses changed"] += _set(course, _values(bundle))
    units = _store_units(course, bundle, stored, changes)
    lessons = _store_lessons(course, bundle, units, stored_lessons, changes)
    _store_quizzes(bundle, lessons, stored, changes)
    _store_files(course, files_of(bundle), stored, changes)
    if +changes and not is_new:
        _note_version(course, before, bundle, by, tell)
    db.session.flush()
    if is_rule_new or taught != set(lessons):
        courses.refresh(course)
    return Stored(course, dict(+changes + of_bank))


def _check_requirements(bundle: Bundle) -> None:
    """Of all courses together, their rows locked, so that two that are stored at once do not require each other."""
    if not bundle.requires:
        return
    wanted = select(Course.slug, Course.requires).order_by(Course.id).with_for_update(key_share=True)
    required: dict[str, list[str]] = {row[0]: row[1] for row in db.session.execute(wanted)}
    problems = []
    for slug in bundle.requires:
        if slug not in required:
            problems.append(gettext("The course requires “%(slug)s”, which this site does not have.", slug=slug))
        elif bundle.slug in _requirements(slug, required):
            problems.append(gettext("The course requires “%(slug)s”, which requires this course.", slug=slug))
    if problems:
        raise RefusedError([Problem(COURSE, bundle.requires_line, message) for message in problems])


def _requirements(slug: str, required: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything that must be completed before a course, step by step."""
    found: set[str] = set()
    open_ends = list(required[slug])
    while open_ends:
        one = open_ends.pop()
        if one not in found:
            found.add(one)
            open_ends += required.get(one, ())
    return found


def _locked(bundle: Bundle) -> tuple[Course, bool]:
    """The course, its row locked, and whether it is new."""
    stored = select(Course).where(Course.slug == bundle.slug).with_for_update()
    stored = stored.execution_options(populate_existing=True)
    course = db.session.scalar(stored)
    if course is not None:
        return course, False
    is_new = db.insert_once(Course, slug=bundle.slug, **_values(bundle))
    return db.session.scalars(stored).one(), is_new


def _values(bundle: Bundle) -> dict[str, Any]:
    return {
        "title": bundle.title,
        "summary": bundle.summary,
        "description": bundle.description,
        "hours": bundle.hours,
        "pass_mark": bundle.pass_mark,
        "completion": dict(bundle.completion),
        "statement": bundle.statement,
        "requires": list(bundle.requires),
    }


def _note_version(course: Course, before: Bundle, now: Bundle, by: Person | None, tell: bool) -> None:
    course.version += 1
    version = CourseVersion(
        course_id=course.id,
        number=course.version,
        at=clock.now(),
        by_id=by.id if by else None,
        changes=between(before, now),
        tell=tell,
    )
    db.session.add(version)


def _set(row: object, values: Mapping[str, Any]) -> bool:
    """Sets what differs, and tells whether anything did."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def _merge(
    entity: type[Row],
    noun: str,
    stored: Mapping[str, Row],
    wanted: Mapping[str, Mapping[str, Any]],
    changes: Counter[str],
) -> dict[str, Row]:
    """The rows that are wanted, by their slug: as they are, changed, revived or new. The others are retired."""
    kept: dict[str, Row] = {}
    for slug, values in wanted.items():
        row = stored.get(slug)
        if row is None:
            row = entity(slug=slug, **values)
            db.session.add(row)
            changes[f"{noun} added"] += 1
        elif row.retired:
            _set(row, {**values, "retired": False})
            changes[f"{noun} revived"] += 1
        else:
            changes[f"{noun} changed"] += _set(row, values)
        kept[slug] = row
    for slug, row in stored.items():
        changes[f"{noun} retired"] += slug not in wanted and _set(row, {"retired": True})
    db.session.flush()
    return kept


def _check_kinds(bundle: Bundle, stored: Mapping[str, models.Lesson]) -> None:
    problems = []
    for unit, lesson in bundle.lessons:
        row = stored.get(lesson.slug)
        if row is not None and row.kind != lesson.kind:
            place = f"{stem(unit.number, unit.slug)}/{stem(lesson.number, lesson.slug)}"
            message = gettext("It was a page and is a quiz now, or the other way round; give it another name.")
            problems.append(Problem(place, 0, message))
    if problems:
        raise RefusedError(problems)


def _store_units(course: Course, bundle: Bundle, stored: rows.Stored, changes: Counter[str]) -> dict[str, models.Unit]:
    wanted = {
        unit.slug: {
            "course_id": course.id,
            "position": unit.number,
            "title": unit.title,
            "summary": unit.summary,
            "requires": list(unit.requires),
            "opens_at": unit.opens_at,
        }
        for unit in bundle.units
    }
    return _merge(models.Unit, "units", {row.slug: row for row in stored.units}, wanted, changes)


def _store_lessons(
    course: Course,
    bundle: Bundle,
    units: Mapping[str, models.Unit],
    stored: Mapping[str, models.Lesson],
    changes: Counter[str],
) -> dict[str, models.Lesson]:
    wanted = {
        lesson.slug: {
            "course_id": course.id,
            "unit_id": units[unit.slug].id,
            "position": lesson.number,
            "kind": lesson.kind,
            "title": lesson.title,
            "minutes": lesson.minutes,
            "body": lesson.body if isinstance(lesson, Page) else {},
            "video": lesson.video if isinstance(lesson, Page) else {},
        }
        for unit, lesson in bundle.lessons
    }
    return _merge(models.Lesson, "lessons", stored, wanted, changes)


def _store_quizzes(
    bundle: Bundle, lessons: Mapping[str, models.Lesson], stored: rows.Stored, changes: Counter[str]
) -> None:
    given = {lessons[lesson.slug].id: lesson for _unit, lesson in bundle.lessons if isinstance(lesson, Quiz)}
    for id_, quiz in given.items():
        values = quiz.settings.columns()
        if id_ in stored.quizzes:
            changes["quizzes changed"] += _set_quiz(stored.quizzes[id_], values)
        else:
            db.session.add(quizzes.Quiz(lesson_id=id_, **values))
            changes["quizzes added"] += 1
    db.session.flush()
    for id_, quiz in given.items():
        _store_questions(id_, quiz, stored.questions.get(id_, []), changes)


def _set_quiz(quiz: quizzes.Quiz, values: Mapping[str, Any]) -> bool:
    """A time limit or a closing that is another now holds for attempts that go on, too."""
    changed = _set(quiz, values)
    if changed:
        reckon_time(quiz)
    return changed


def _store_questions(quiz_id: int, quiz: Quiz, stored: Sequence[Question], changes: Counter[str]) -> None:
    """A wording that was asked before is the same row again; `stored` has those that are asked now first."""
    asked = {row.name for row in stored if not row.retired}
    wanted = bodies(quiz)
    kept = []
    for position, (name, body) in enumerate(wanted.items(), 1):
        row = next((row for row in stored if row.name == name and row.body == body), None)
        if row is None:
            values = {"name": name, "position": position, "body": body, "max_mark": mark(body)}
            db.session.add(Question(quiz_id=quiz_id, **values))
            changes["questions changed" if name in asked else "questions added"] += 1
        elif row.retired:
            _set(row, {"position": position, "retired": False})
            changes["questions changed" if name in asked else "questions revived"] += 1
        else:
            changes["questions moved"] += _set(row, {"position": position})
        kept.append(row)
    for row in stored:
        if row not in kept and _set(row, {"retired": True}):
            changes["questions retired"] += row.name not in wanted


def bodies(quiz: Quiz) -> dict[str, dict[str, Any]]:
    """Each question in all languages, by its name, as the row has it."""
    found: dict[str, dict[str, Any]] = {}
    for code, questions in quiz.questions.items():
        for question in questions:
            found.setdefault(question.name, {})[code] = question.to_json()
    return found


def mark(body: Mapping[str, Mapping[str, Any]]) -> float:
    """What a question gives, which is the same in all languages."""
    return float(next(iter(body.values())).get("mark", 1))


def files_of(bundle: Bundle) -> dict[str, File]:
    """By the path of their row."""
    return {f"{unit.slug}/{file.path}": file for unit in bundle.units for file in unit.files}


def _store_files(course: Course, given: Mapping[str, File], stored: rows.Stored, changes: Counter[str]) -> None:
    """Those that the bundle does not have are deleted."""
    gone = {row.path: row for row, _size in stored.files}
    for path, file in given.items():
        row = gone.pop(path, None)
        if row is None:
            row = CourseFile(course_id=course.id, path=path)
            changes["files added"] += 1
        elif row.digest == file.content.digest:
            continue
        else:
            changes["files changed"] += 1
        row.content_type, row.digest = file.content_type, file.content.keep()
        db.session.add(row)
    for row in gone.values():
        db.session.delete(row)
        changes["files deleted"] += 1
