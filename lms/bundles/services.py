"""Bundles into rows. Rows are kept where they can be, because learners' attempts and progress refer to them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select

from lms import db
from lms.bundles import rows
from lms.bundles.bundle import Bundle, Page, Quiz, stem
from lms.courses import models, services as courses
from lms.courses.models import Course, CourseFile
from lms.errors import Problem, RefusedError
from lms.i18n import gettext
from lms.quizzes import models as quizzes
from lms.quizzes.models import Question

Row = TypeVar("Row", models.Unit, models.Lesson)


@dataclass(frozen=True, slots=True)
class Stored:
    course: Course
    changes: Mapping[str, int]
    """What was done to how many, e.g. `{"lessons added": 2}`; empty if all of it was stored already."""


def store(bundle: Bundle) -> Stored:
    """Makes the course what the bundle says; of what is as it says already, nothing is written.

    Units, lessons and questions that the bundle does not have are retired, and revived when it has them again. Raises
    RefusedError if a page has become a quiz, or a quiz a page: what was done in the one says nothing of the other.
    """
    changes: Counter[str] = Counter()
    course, is_rule_new = _store_course(bundle, changes)
    stored_lessons = {row.slug: row for row in rows.lessons(course)}
    taught = {slug for slug, row in stored_lessons.items() if not row.retired}
    _check_kinds(bundle, stored_lessons)
    units = _store_units(course, bundle, changes)
    lessons = _store_lessons(course, bundle, units, stored_lessons, changes)
    _store_quizzes(course, bundle, lessons, changes)
    _store_files(course, bundle, changes)
    db.session.flush()
    if is_rule_new or taught != set(lessons):
        courses.refresh(course)
    return Stored(course, dict(+changes))


def _store_course(bundle: Bundle, changes: Counter[str]) -> tuple[Course, bool]:
    """The course, its row locked, and whether its completion rule is another than before."""
    values = {
        "title": bundle.title,
        "summary": bundle.summary,
        "description": bundle.description,
        "hours": bundle.hours,
        "pass_mark": bundle.pass_mark,
        "completion": dict(bundle.completion),
        "statement": bundle.statement,
    }
    stored = select(Course).where(Course.slug == bundle.slug).with_for_update()
    stored = stored.execution_options(populate_existing=True)
    course = db.session.scalar(stored)
    if course is None:
        changes["courses added"] += db.insert_once(Course, slug=bundle.slug, **values)
        course = db.session.scalars(stored).one()
    is_rule_new = course.completion != bundle.completion
    changes["courses changed"] += _set(course, values)
    return course, is_rule_new


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


def _store_units(course: Course, bundle: Bundle, changes: Counter[str]) -> dict[str, models.Unit]:
    wanted = {
        unit.slug: {
            "course_id": course.id,
            "position": unit.number,
            "title": unit.title,
            "summary": unit.summary,
        }
        for unit in bundle.units
    }
    return _merge(models.Unit, "units", {row.slug: row for row in rows.units(course)}, wanted, changes)


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


def _store_quizzes(course: Course, bundle: Bundle, lessons: Mapping[str, models.Lesson], changes: Counter[str]) -> None:
    stored, asked = rows.quizzes(course), rows.questions(course)
    given = {lessons[lesson.slug].id: lesson for _unit, lesson in bundle.lessons if isinstance(lesson, Quiz)}
    for id_, quiz in given.items():
        values = {
            "pass_mark": quiz.pass_mark,
            "attempts": quiz.attempts,
            "shuffle": quiz.shuffle,
            "final": quiz.final,
            "per_page": quiz.per_page,
        }
        if id_ in stored:
            changes["quizzes changed"] += _set(stored[id_], values)
        else:
            db.session.add(quizzes.Quiz(lesson_id=id_, **values))
            changes["quizzes added"] += 1
    db.session.flush()
    for id_, quiz in given.items():
        _store_questions(id_, quiz, asked.get(id_, []), changes)


def _store_questions(quiz_id: int, quiz: Quiz, stored: Sequence[Question], changes: Counter[str]) -> None:
    """A wording that was asked before is the same row again; `stored` has those that are asked now first."""
    asked = {row.name for row in stored if not row.retired}
    wanted = _bodies(quiz)
    kept = []
    for position, (name, body) in enumerate(wanted.items(), 1):
        row = next((row for row in stored if row.name == name and row.body == body), None)
        if row is None:
            db.session.add(Question(quiz_id=quiz_id, name=name, position=position, body=body))
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


def _bodies(quiz: Quiz) -> dict[str, dict[str, Any]]:
    """Each question in all languages, by its name, as the row has it."""
    found: dict[str, dict[str, Any]] = {}
    for code, questions in quiz.questions.items():
        for question in questions:
            found.setdefault(question.name, {})[code] = question.to_json()
    return found


def _store_files(course: Course, bundle: Bundle, changes: Counter[str]) -> None:
    """The pictures; those that the bundle does not have are deleted. Data is not read to be compared."""
    stored = {row.path: row for row in rows.files(course)}
    for unit in bundle.units:
        for picture in unit.pictures:
            path, digest = f"{unit.slug}/{picture.path}", courses.keep(picture.data)
            row = stored.pop(path, None)
            if row is None:
                row = CourseFile(course_id=course.id, path=path)
                db.session.add(row)
                changes["pictures added"] += 1
            elif row.digest == digest:
                continue
            else:
                changes["pictures changed"] += 1
            row.content_type, row.digest = picture.content_type, digest
    for row in stored.values():
        db.session.delete(row)
        changes["pictures deleted"] += 1
