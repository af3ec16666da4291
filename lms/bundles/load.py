"""A course out of its rows, as it is taught now: without what is retired, and without its people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from lms.bundles import rows
from lms.bundles.bundle import Bundle, Lesson, Page, Picture, Quiz, Unit
from lms.courses import completion, models
from lms.courses.models import Course
from lms.quizzes import kinds, models as quizzes
from lms.quizzes.models import Question

Row = TypeVar("Row", models.Unit, models.Lesson)


def load(course: Course) -> Bundle:
    """Six queries, whatever the size of the course."""
    lessons, pictures = _lessons(course), _pictures(course)
    units = tuple(
        Unit(unit.slug, number, unit.title, unit.summary, tuple(lessons[unit.id]), tuple(pictures[unit.slug]))
        for number, unit in _numbered([row for row in rows.units(course) if not row.retired])
    )
    return Bundle(
        slug=course.slug,
        hours=course.hours,
        pass_mark=course.pass_mark,
        title=course.title,
        summary=course.summary,
        description=course.description,
        completion={part: course.completion.get(part, "none") for part in completion.PARTS},
        statement=course.statement,
        units=units,
    )


def _numbered(found: Sequence[Row]) -> list[tuple[int, Row]]:
    """With their positions where these can be told apart, as those from a bundle can; else counted."""
    positions = [row.position for row in found]
    if len(set(positions)) < len(positions) or any(position not in range(10_000) for position in positions):
        return list(enumerate(found, 1))
    return list(zip(positions, found, strict=True))


def _lessons(course: Course) -> dict[int, list[Lesson]]:
    """By unit."""
    settings, questions = rows.quizzes(course), rows.questions(course)
    in_unit: dict[int, list[models.Lesson]] = defaultdict(list)
    for row in rows.lessons(course):
        if not row.retired:
            in_unit[row.unit_id].append(row)
    found: dict[int, list[Lesson]] = defaultdict(list)
    for unit_id, lessons in in_unit.items():
        for number, lesson in _numbered(lessons):
            quiz = settings.get(lesson.id)
            found[unit_id].append(_quiz(number, lesson, quiz, questions[lesson.id]) if quiz else _page(number, lesson))
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
        pass_mark=quiz.pass_mark,
        attempts=quiz.attempts,
        shuffle=quiz.shuffle,
        final=quiz.final,
        per_page=quiz.per_page,
        questions={code: _in(code, bodies) for code in sorted(lesson.title)},
    )


def _in(code: str, bodies: Sequence[Mapping[str, Any]]) -> tuple[kinds.Question, ...]:
    return tuple(kinds.Question.from_json(body[code]) for body in bodies if code in body)


def _pictures(course: Course) -> dict[str, list[Picture]]:
    """By the slug of their unit."""
    found: dict[str, list[Picture]] = defaultdict(list)
    for file, data in rows.files_with_data(course):
        unit, _, path = file.path.partition("/")
        found[unit].append(Picture(path, file.content_type, data))
    return found
