"""A course out of its rows, as it is taught now: without what is retired, and without its people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from lms.bundles import banks, content, rows, rule
from lms.bundles.bundle import Bundle, File, Lesson, Page, Quiz, Unit
from lms.courses import models
from lms.courses.models import Course
from lms.quizzes import kinds, models as quizzes
from lms.quizzes.models import Question
from lms.quizzes.settings import Settings

Row = TypeVar("Row", models.Unit, models.Lesson)


def load(course: Course) -> Bundle:
    """Without its bank. Six queries, whatever the size of the course; of its files nothing is read."""
    return of_rows(course, rows.of_course(course))


def whole(course: Course) -> Bundle:
    """With its bank, in two queries more."""
    return replace(load(course), bank=banks.load(course))


def of_rows(course: Course, stored: rows.Stored) -> Bundle:
    """The same of rows that are there."""
    lessons, in_unit = _lessons(stored), _files(stored)
    units = tuple(
        Unit(
            slug=unit.slug,
            number=number,
            title=unit.title,
            summary=unit.summary,
            lessons=tuple(lessons[unit.id]),
            files=tuple(in_unit[unit.slug]),
            requires=tuple(unit.requires),
            opens_at=unit.opens_at,
        )
        for number, unit in _numbered([row for row in stored.units if not row.retired])
    )
    return Bundle(
        slug=course.slug,
        hours=course.hours,
        pass_mark=course.pass_mark,
        title=course.title,
        summary=course.summary,
        description=course.description,
        completion=rule.canonical(course.completion),
        statement=course.statement,
        units=units,
        requires=tuple(course.requires),
    )


def _numbered(found: Sequence[Row]) -> list[tuple[int, Row]]:
    """With their positions where these can be told apart, as those from a bundle can; else counted."""
    positions = [row.position for row in found]
    if len(set(positions)) < len(positions) or any(position not in range(10_000) for position in positions):
        return list(enumerate(found, 1))
    return list(zip(positions, found, strict=True))


def _lessons(stored: rows.Stored) -> dict[int, list[Lesson]]:
    """By unit."""
    in_unit: dict[int, list[models.Lesson]] = defaultdict(list)
    for row in stored.lessons:
        if not row.retired:
            in_unit[row.unit_id].append(row)
    found: dict[int, list[Lesson]] = defaultdict(list)
    for unit_id, lessons in in_unit.items():
        for number, lesson in _numbered(lessons):
            quiz, asked = stored.quizzes.get(lesson.id), stored.questions.get(lesson.id, [])
            found[unit_id].append(_quiz(number, lesson, quiz, asked) if quiz else _page(number, lesson))
    return found


def _page(number: int, lesson: models.Lesson) -> Page:
    return Page(lesson.slug, number, lesson.title, lesson.minutes, lesson.body, lesson.video)


def _quiz(number: int, lesson: models.Lesson, quiz: quizzes.Quiz, questions: Sequence[Question]) -> Quiz:
    bodies = [row.body for row in questions if not row.retired]
    return Quiz(
        slug=lesson.slug,
        number=number,
        title=lesson.title,
        minutes=lesson.minutes,
        settings=Settings.of(quiz),
        questions={code: _in(code, bodies) for code in sorted({code for body in bodies for code in body})},
    )


def _in(code: str, bodies: Sequence[Mapping[str, Any]]) -> tuple[kinds.Question, ...]:
    return tuple(kinds.Question.from_json(body[code]) for body in bodies if code in body)


def _files(stored: rows.Stored) -> dict[str, list[File]]:
    """By the slug of their unit, with their paths below it."""
    found: dict[str, list[File]] = defaultdict(list)
    for row, size in stored.files:
        unit, _, path = row.path.partition("/")
        found[unit].append(File(path, row.content_type, content.stored(row.digest, size)))
    return found
