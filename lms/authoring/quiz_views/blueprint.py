"""What the pages of the editor share: a quiz of a draft as it is now, what was sent, and how a page is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms import db, i18n
from lms.authoring import contents, opening, questions
from lms.authoring.errors import StaleError
from lms.authoring.models import Draft, DraftPart, PartKind
from lms.authoring.question_forms import Picture, Typed
from lms.authoring.questions import Item
from lms.authoring.services import drafts, files
from lms.bundles.questions import read_questions
from lms.bundles.sources import Sources
from lms.courses.models import Course
from lms.errors import NotFoundError, Problem, RefusedError
from lms.i18n import gettext
from lms.quizzes import formats
from lms.quizzes.words import KINDS
from lms.web import access, values

bp = Blueprint("authoring_quizzes", __name__, url_prefix="/manage/courses/<course>/edit/quizzes/<lesson>")
Page = str | Response | tuple[str, int]


@dataclass
class Edited:
    """A quiz of a draft, as it is now."""

    course: Course
    draft: Draft
    part: DraftPart

    @property
    def languages(self) -> list[str]:
        """Those of the course: what is missing in one of them is marked."""
        return contents.languages(self.draft.content)

    @property
    def texts(self) -> dict[str, str]:
        """In the order of the languages."""
        return in_order(self.part.content.get("gift", {}), self.codes)

    @property
    def codes(self) -> list[str]:
        """The site's languages, and others that the quiz has been written in."""
        return list(dict.fromkeys([*i18n.locales(), *self.part.content.get("gift", {})]))

    @property
    def items(self) -> list[Item] | None:
        """None where the texts cannot be read."""
        try:
            return questions.read(self.texts)
        except formats.FormatError:
            return None

    @property
    def sound_texts(self) -> dict[str, str]:
        """The texts, where they can be read; there are no buttons for anything else where not."""
        if self.items is None:
            raise NotFoundError
        return self.texts

    @cached_property
    def unit(self) -> DraftPart:
        return db.session.get_one(DraftPart, self.part.unit_id)

    @property
    def pictures(self) -> list[Picture]:
        """Those of the unit."""
        listed = files.listed(self.draft, self.unit)
        return [Picture(one.path, self.picture_base + one.path) for one in listed if one.is_picture]

    @cached_property
    def picture_base(self) -> str:
        """What the addresses of the unit's files begin with."""
        return url_for("lms.authoring_pages.file", course=self.course.slug, path=f"{self.unit.slug}/-")[:-1]

    def save(self, seen: int, **content: Any) -> None:
        with db.transaction():
            drafts.save(self.part, seen, {**self.part.content, **content}, access.person())

    def address(self, view: str = "edit", **query: Any) -> str:
        return url_for(f".{view}", course=self.course.slug, lesson=self.part.slug, **query)


def quiz(course: str, lesson: str) -> Edited:
    """The quiz, if the reader may edit the course. Raises NotFoundError."""
    found, draft = opening.draft(course)
    part = opening.part(draft, lesson)
    if part.kind != PartKind.quiz:
        raise NotFoundError
    return Edited(found, draft, part)


def in_order(texts: Mapping[str, str], codes: list[str]) -> dict[str, str]:
    return {code: texts[code] for code in codes if code in texts}


def problems(edited: Edited, texts: Mapping[str, str]) -> tuple[Problem, ...]:
    """What keeps the questions from being published: by the language's name, line and message."""
    paths = {code: language(code) for code in edited.codes if code in texts}
    sources = Sources({paths[code]: texts[code].encode() for code in paths})
    shows_any = any(files.IMAGES in text for text in texts.values())
    read_questions(sources, paths, [picture.path for picture in edited.pictures] if shows_any else ())
    try:
        sources.settle()
    except RefusedError as error:
        return error.problems
    return ()


def language(code: str) -> str:
    return i18n.NAMES.get(code, code)


def sent() -> Typed:
    return Typed(dict(request.form.items()))


def seen() -> int:
    """The version that the form began from."""
    return request.form.get("seen", 0, values.number)


def saved(address: str) -> Response:
    flash(gettext("Saved. Learners see it when you publish the course."), "success")
    return redirect(address)


def page(
    template: str,
    quiz: Edited,
    typed: Typed,
    seen: int | None = None,
    conflict: StaleError | None = None,
    **more: Any,
) -> str:
    """After a conflict the form stands on what the other person saved."""
    names = {
        "course": quiz.course,
        "quiz": quiz,
        "part": quiz.part,
        "content": quiz.part.content,
        "codes": quiz.codes,
        "languages": quiz.languages,
        "typed": typed,
        "seen": quiz.part.version if seen is None else seen,
        "conflict": conflict,
        "kinds": KINDS,
    }
    return render_template(f"lms/authoring/{template}.html", **names, **more)
