"""The catalogue, a course, its lessons."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.courses import enrol_views, policy, services, serving
from lms.courses.models import Course, Enrolment, Lesson
from lms.courses.services import Outline
from lms.errors import NotFoundError
from lms.i18n import gettext, pick
from lms.web import access, markdown
from lms.web.access import public, requires

bp = Blueprint("courses", __name__)


@bp.get("/courses/")
@public
def catalogue() -> str:
    return render_template("lms/courses/catalogue.html", courses=services.catalogue())


@bp.get("/courses/<course>/")
@public
def page(course: str) -> str:
    found = _course(course)
    enrolment = services.enrolment_of(access.person_or_none(), found)
    outline = services.outline(found, enrolment)
    return render_template(
        "lms/courses/course.html",
        course=found,
        enrolment=enrolment,
        outline=outline,
        studying=policy.can_study(enrolment),
        resume=outline.resume(enrolment) if enrolment else None,
        can_see_learners=policy.can_see_learners(access.person_or_none(), found),
        **enrol_views.names(found, enrolment),
    )


@bp.post("/courses/<course>/withdraw")
@requires()
def withdraw(course: str) -> Response:
    enrolment = services.enrolment_of(access.person(), _course(course))
    if enrolment is None:
        raise NotFoundError
    with db.transaction():
        services.withdraw(enrolment)
    flash(gettext("You have left this course. What you did is kept, in case you come back."))
    return redirect(url_for("lms.courses.page", course=course))


@bp.get("/courses/<course>/lessons/<lesson>/")
@requires()
def lesson(course: str, lesson: str) -> Any:
    """A page, or whatever the lesson's kind registered in `extension._lesson_pages`."""
    found, enrolment = _studied(course)
    if enrolment is None and not policy.can_teach(access.person(), found):
        flash(gettext("Enrol in the course to open its lessons."))
        return redirect(url_for("lms.courses.page", course=course))
    outline, shown = _lesson(found, enrolment, lesson)
    if enrolment and enrolment.last_lesson_id != shown.id:
        with db.transaction():
            services.visit(enrolment, shown)
    show = current_app.extensions["lms"].lesson_pages.get(shown.kind, reading_page)
    return show(found, enrolment, outline, shown)


def reading_page(course: Course, enrolment: Enrolment | None, outline: Outline, lesson: Lesson) -> str:
    unit = outline.unit_of(lesson)

    def picture(path: str) -> str:
        return url_for("lms.courses.file", course=course.slug, path=f"{unit.slug}/{path}")

    text = pick(services.lesson_text(lesson))
    return render_template(
        "lms/courses/lesson.html",
        text=text,
        picture=picture,
        sizes=services.picture_sizes(course, unit.slug, markdown.picture_paths(text)),
        **lesson_frame(course, enrolment, outline, lesson),
    )


def lesson_frame(course: Course, enrolment: Enrolment | None, outline: Outline, lesson: Lesson) -> dict[str, Any]:
    """What the frame around every kind of lesson shows: where one is, and the way back and forth."""
    before, after = outline.around(lesson)
    return {
        "course": course,
        "enrolment": enrolment,
        "outline": outline,
        "unit": outline.unit_of(lesson),
        "lesson": lesson,
        "before": before,
        "after": after,
        "complete": lesson.id in outline.complete,
    }


@bp.post("/courses/<course>/lessons/<lesson>/read")
@requires()
def read(course: str, lesson: str) -> Response:
    """Marks a page as read and goes on to the next lesson, or back to the course after the last one."""
    found, enrolment = _studied(course)
    outline, shown = _lesson(found, enrolment, lesson)
    if enrolment is None or shown.kind != "page":
        raise NotFoundError
    with db.transaction():
        services.complete_lesson(found, enrolment, shown)
    _before, after = outline.around(shown)
    if after:
        return redirect(url_for("lms.courses.lesson", course=course, lesson=after.slug))
    return redirect(url_for("lms.courses.page", course=course))


@bp.get("/courses/<course>/files/<path:path>")
@public
def file(course: str, path: str) -> Response:
    """A picture, attachment or film."""
    found = services.file(_course(course), path)
    if found is None:
        raise NotFoundError
    return serving.send(path, found.content_type, found.digest, max_age=86400)


def _course(slug: str) -> Course:
    return access.load(services.by_slug(slug), see=policy.can_see)


def _studied(slug: str) -> tuple[Course, Enrolment | None]:
    """The course, and the reader's enrolment if it opens the lessons."""
    course = _course(slug)
    enrolment = services.enrolment_of(access.person(), course)
    return course, enrolment if policy.can_study(enrolment) else None


def _lesson(course: Course, enrolment: Enrolment | None, slug: str) -> tuple[Outline, Lesson]:
    outline = services.outline(course, enrolment)
    lesson = outline.find(slug)
    if lesson is None:
        raise NotFoundError
    return outline, lesson
