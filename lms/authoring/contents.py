"""What a draft keeps of a course, a unit or a lesson, and what is missing in it. Pure functions."""

from collections.abc import Collection, Mapping
from typing import Any

from lms.authoring.models import PartKind
from lms.bundles.bundle import Bundle, Lesson, Page, Unit
from lms.quizzes import gift

Content = dict[str, Any]
TEXTS = {PartKind.unit: ("title",), PartKind.page: ("title", "body"), PartKind.quiz: ("title", "gift")}
"""What has to be there in every language of the course."""
FURTHER = ("summary", "description", "statement")
"""What has to be there in every language, if it is in one."""


def filled(text: Mapping[str, str | None]) -> dict[str, str]:
    """A text by language without the languages that it is empty in."""
    return {code: value for code, value in sorted(text.items()) if value and value.strip()}


def of_course(bundle: Bundle) -> Content:
    return {
        "title": dict(bundle.title),
        "summary": dict(bundle.summary),
        "description": dict(bundle.description),
        "hours": bundle.hours,
        "pass_mark": bundle.pass_mark,
        "completion": dict(bundle.completion),
        "statement": dict(bundle.statement),
    }


def of_unit(unit: Unit) -> Content:
    return {"title": dict(unit.title), "summary": dict(unit.summary)}


def of_lesson(lesson: Lesson) -> Content:
    if isinstance(lesson, Page):
        return {
            "title": dict(lesson.title),
            "minutes": lesson.minutes,
            "body": filled(lesson.body),
            "video": dict(lesson.video),
        }
    return {
        "title": dict(lesson.title),
        "minutes": lesson.minutes,
        "pass_mark": lesson.pass_mark,
        "attempts": lesson.attempts,
        "shuffle": lesson.shuffle,
        "final": lesson.final,
        "per_page": lesson.per_page,
        "gift": {code: gift.write(questions) for code, questions in lesson.questions.items() if questions},
    }


def lacking(kind: PartKind | None, content: Mapping[str, Any], languages: Collection[str]) -> list[str]:
    """The languages of the course in which something is missing; kind None: the course itself.

    A text that is empty in all languages is not missing in one of them: a page may have nothing but its film.
    """
    keys = TEXTS[kind] if kind else ("title",)
    texts = [content.get(key) or {} for key in (*keys, *FURTHER)]
    return [code for code in sorted(languages) if any(text and not text.get(code) for text in texts)]


def languages(course: Mapping[str, Any]) -> list[str]:
    """Those of the course: in which it has a title."""
    return sorted(filled(course.get("title") or {}))
