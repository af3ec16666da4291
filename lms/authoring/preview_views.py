"""A draft as learners would see it, by their own pages. Nothing of it is kept."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.authoring import opening, page_views
from lms.authoring.models import Draft
from lms.authoring.services import drafts, previewing
from lms.courses import words
from lms.courses.models import Course, Lesson, LessonKind
from lms.courses.services import Dates, Outline, facts, files
from lms.courses.views import lesson_frame
from lms.errors import NotFoundError
from lms.i18n import gettext, pick
from lms.quizzes import grading
from lms.quizzes.services import Asked
from lms.web import access, markdown
from lms.web.access import requires

bp = Blueprint("preview", __name__, url_prefix="/manage/courses/<course>/preview")
INSIDE = {
    "lms.courses.page": "lms.preview.page",
    "lms.courses.lesson": "lms.preview.lesson",
    "lms.courses.file": "lms.preview.file",
    "lms.courses.read": "lms.preview.read",
    "lms.courses.withdraw": "lms.preview.nothing",
}
"""Where the links and forms of learners' pages lead in a preview."""


def _address(endpoint: str, **values: Any) -> str:
    return url_for(INSIDE.get(endpoint, endpoint), **values)


@bp.get("/")
@requires()
def page(course: str) -> str:
    found, draft = opening.draft(course)
    outline = previewing.outline(draft)
    enrolment = previewing.enrolment(found, access.person())
    shown = previewing.course(found, draft)
    return _page(
        "lms/courses/course.html",
        found,
        course=shown,
        enrolment=enrolment,
        outline=outline,
        studying=True,
        resume=next(iter(outline.lessons), None),
        can_see_learners=False,
        checklist=words.checklist(shown.completion, facts(enrolment, outline)),
        dates=Dates(),
    )


@bp.get("/lessons/<lesson>/")
@requires()
def lesson(course: str, lesson: str) -> str:
    found, draft = opening.draft(course)
    outline, shown = _lesson(draft, lesson)
    shown_course, enrolment = previewing.course(found, draft), previewing.enrolment(found, access.person())
    frame = lesson_frame(shown_course, enrolment, outline, shown)
    show = _quiz_page if shown.kind == LessonKind.quiz else _reading_page
    return show(found, draft, shown, frame)


def _reading_page(course: Course, draft: Draft, lesson: Lesson, frame: dict[str, Any]) -> str:
    unit, text = frame["unit"], pick(lesson.body)

    def picture(path: str) -> str:
        return url_for(".file", course=course.slug, path=f"{unit.slug}/{path}")

    wanted = {f"{unit.slug}/{path}": path for path in markdown.picture_paths(text)}
    digests = {wanted[file.path]: file.digest for file in drafts.files_of(draft) if file.path in wanted}
    sizes = files.sizes_of(digests)
    return _page("lms/courses/lesson.html", course, text=text, picture=picture, sizes=sizes, **frame)


def _quiz_page(course: Course, draft: Draft, lesson: Lesson, frame: dict[str, Any]) -> str:
    quiz, questions = previewing.quiz(opening.part(draft, lesson.slug))
    asked = [Asked(row, number, seed=0) for number, row in enumerate(questions, 1)]
    return _page("lms/quizzes/preview.html", course, quiz=quiz, asked=asked, grading=grading, **frame)


def _page(template: str, real: Course, **names: Any) -> str:
    return render_template(template, url_for=_address, preview=real, **names)


def _lesson(draft: Draft, slug: str) -> tuple[Outline, Lesson]:
    outline = previewing.outline(draft)
    lesson = outline.find(slug)
    if lesson is None:
        raise NotFoundError
    return outline, lesson


bp.get("/files/<path:path>", endpoint="file")(page_views.file)


@bp.post("/lessons/<lesson>/read")
@requires()
def read(course: str, lesson: str) -> Response:
    """Goes on as a learner would."""
    _found, draft = opening.draft(course)
    outline, shown = _lesson(draft, lesson)
    _before, after = outline.around(shown)
    if after:
        return redirect(url_for(".lesson", course=course, lesson=after.slug))
    return redirect(url_for(".page", course=course))


@bp.post("/nothing")
@requires()
def nothing(course: str) -> Response:
    opening.course(course)
    flash(gettext("This is a preview: nothing has changed."))
    return redirect(url_for(".page", course=course))
