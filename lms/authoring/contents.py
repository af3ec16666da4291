"""What a draft keeps of a course, a unit or a lesson, and what is missing in it. Pure functions."""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from lms.authoring.models import Draft, DraftPart, PartKind
from lms.bundles.bundle import Bundle, Lesson, Page, Quiz, Unit
from lms.quizzes import formats
from lms.quizzes.kinds import Question
from lms.quizzes.settings import Settings

Content = dict[str, Any]
_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+")
TEXTS = {PartKind.unit: ("title",), PartKind.page: ("title", "body"), PartKind.quiz: ("title", "gift")}
"""What has to be there in every language of the course."""
FURTHER = ("summary", "description", "statement")
"""What has to be there in every language, if it is in one."""


def digest(content: Mapping[str, Any], keys: Iterable[str]) -> str:
    """Of these entries: what a form that edits nothing else began from."""
    entries = [(key, content.get(key)) for key in sorted(keys)]
    return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()[:16]


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
        "requires": list(bundle.requires),
    }


def of_unit(unit: Unit) -> Content:
    return {
        "title": dict(unit.title),
        "summary": dict(unit.summary),
        "requires": list(unit.requires),
        "opens_at": unit.opens_at.isoformat() if unit.opens_at else None,
    }


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
        **lesson.settings.to_json(),
        "gift": {code: formats.write_text(questions) for code, questions in lesson.questions.items() if questions},
    }


def lacking(kind: PartKind | None, content: Mapping[str, Any], languages: Collection[str]) -> list[str]:
    """The languages of the course in which something is missing; kind None: the course itself.

    A text that is empty in all languages is not missing in one of them: a page may have nothing but its film.
    """
    keys = TEXTS[kind] if kind else ("title",)
    texts = [content.get(key) or {} for key in (*keys, *FURTHER)]
    texts += [remark["text"] for remark in content.get("overall") or ()]
    return [code for code in sorted(languages) if any(text and not text.get(code) for text in texts)]


def languages(course: Mapping[str, Any]) -> list[str]:
    """Those of the course: in which it has a title."""
    return sorted(filled(course.get("title") or {}))


# --- And back: as a bundle has it, also while it is not right yet


def to_course(draft: Draft, slug: str) -> Bundle:
    """Without its units."""
    content = draft.content
    return Bundle(
        slug=slug,
        hours=float(content.get("hours") or 0),
        pass_mark=float(content.get("pass_mark") or 0),
        title=filled(content.get("title") or {}),
        summary=filled(content.get("summary") or {}),
        description=filled(content.get("description") or {}),
        completion=dict(content.get("completion") or {}),
        statement=filled(content.get("statement") or {}),
        units=(),
        requires=tuple(content.get("requires") or ()),
    )


def to_unit(part: DraftPart) -> Unit:
    """Without its lessons and files."""
    content = part.content
    return Unit(
        slug=part.slug,
        number=part.position,
        title=filled(content.get("title") or {}),
        summary=filled(content.get("summary") or {}),
        lessons=(),
        files=(),
        requires=tuple(content.get("requires") or ()),
        opens_at=opens_at(content),
    )


def opens_at(content: Mapping[str, Any]) -> datetime | None:
    """Of a unit."""
    text = content.get("opens_at")
    return datetime.fromisoformat(text) if text else None


def to_lesson(part: DraftPart, questions: bool = True) -> Lesson:
    """A quiz has no questions in a language in which they are not right yet."""
    content = part.content
    title, minutes = filled(content.get("title") or {}), int(content.get("minutes") or 0)
    if part.kind == PartKind.page:
        body = {code: _trimmed(text) for code, text in filled(content.get("body") or {}).items()}
        return Page(part.slug, part.position, title, minutes, body, filled(content.get("video") or {}))
    return Quiz(
        slug=part.slug,
        number=part.position,
        title=title,
        minutes=minutes,
        settings=Settings.from_json(content),
        questions=_all_questions(part) if questions else {},
    )


def gifts(part: DraftPart) -> dict[str, str]:
    """The questions as text, GIFT or Moodle XML, by language."""
    return filled(part.content.get("gift") or {})


def _all_questions(part: DraftPart) -> dict[str, tuple[Question, ...]]:
    return {code: questions for code, text in gifts(part).items() if (questions := _questions(text))}


def _questions(text: str) -> tuple[Question, ...]:
    try:
        return tuple(formats.read_text(text))
    except formats.FormatError:
        return ()


def _trimmed(text: str) -> str:
    """As a bundle has it: without blank lines around."""
    return _BLANK_LINES.sub("", text.replace("\r\n", "\n")).rstrip()


def to_units(outline: Iterable[tuple[DraftPart, Iterable[DraftPart]]], questions: bool = True) -> tuple[Unit, ...]:
    """Without files; without `questions` those of quizzes are left out, which are not always right yet."""
    return tuple(
        replace(to_unit(unit), lessons=tuple(to_lesson(lesson, questions) for lesson in lessons))
        for unit, lessons in outline
    )


def alone(one: Any) -> Any:
    """A unit or lesson without its place and what is in it, to be compared."""
    if isinstance(one, Unit):
        return replace(one, number=0, lessons=(), files=())
    if isinstance(one, Page):
        return replace(one, number=0, body=filled(one.body))
    return replace(one, number=0, questions={code: tuple(asked) for code, asked in one.questions.items() if asked})


def plain(units: Iterable[Unit]) -> list[tuple[Any, list[Any]]]:
    """Units in order, each with its lessons in order, to be compared."""
    return [(alone(unit), [alone(lesson) for lesson in unit.lessons]) for unit in units]
