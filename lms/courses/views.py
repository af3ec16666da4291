"""The catalogue, a course, its lessons."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms import clock, db
from lms.courses import enrol_views, policy, services, serving, words
from lms.courses.models import Course, Enrolment, Lesson
from lms.courses.services import Dates, Outline
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
    found, enrolment, dates = _course_and_enrolment(course)
    studying = enrolment if policy.can_study(enrolment) else None
    outline = services.outline_for(access.person_or_none(), found, enrolment, dates)
    return render_template(
        "lms/courses/course.html",
        course=found,
        enrolment=enrolment,
        outline=outline,
        studying=studying is not None,
        resume=outline.resume(enrolment) if enrolment else None,
        can_see_learners=policy.can_see_learners(access.person_or_none(), found),
        **(_on_the_way(found, studying, outline) if studying and studying.status == "active" else {}),
        dates=dates,
        **enrol_views.names(found, enrolment),
    )


def _on_the_way(course: Course, enrolment: Enrolment, outline: Outline) -> dict[str, Any]:
    """What is asked of a learner who has not completed the course, and what is new since they were here."""
    return {
        "checklist": words.checklist(course.completion, services.facts(enrolment, outline)),
        "news": services.news(enrolment),
        "in_words": words.change,
        "now": clock.now(),
    }


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
    found, enrolment, dates = _studied(course)
    if enrolment is None and not policy.can_teach(access.person(), found):
        flash(gettext("Enrol in the course to open its lessons."))
        return redirect(url_for("lms.courses.page", course=course))
    outline, shown = _lesson(found, enrolment, dates, lesson)
    if outline.why_closed(shown):
        return render_template("lms/courses/closed.html", **lesson_frame(found, enrolment, outline, shown))
    if enrolment and services.is_new_act(enrolment, shown):
        with db.transaction():
            services.visit(enrolment, shown)
    show = current_app.extensions["lms"].lesson_pages.get(shown.kind, reading_page)
    return show(found, enrolment, outline, shown)


def reading_page(course: Course, enrolment: Enrolment | None, outline: Outline, lesson: Lesson) -> str:
    unit = outline.unit_of(lesson)

    def picture(path: str) -> str:
        return url_for("lms.courses.file", course=course.slug, path=f"{unit.slug}/{path}")

    text = pick(outline.text)
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
    found, enrolment, dates = _studied(course)
    outline, shown = _lesson(found, enrolment, dates, lesson)
    if enrolment is None or shown.kind != "page":
        raise NotFoundError
    if outline.why_closed(shown):
        raise services.closed_error()
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


def _course_and_enrolment(slug: str) -> tuple[Course, Enrolment | None, Dates]:
    found, enrolment, dates = services.with_enrolment(slug, access.person_or_none())
    return access.load(found, see=policy.can_see), enrolment, dates


def _studied(slug: str) -> tuple[Course, Enrolment | None, Dates]:
    """The course, and the reader's enrolment with its dates if it opens the lessons."""
    course, enrolment, dates = _course_and_enrolment(slug)
    return course, enrolment if policy.can_study(enrolment) else None, dates


def _lesson(course: Course, enrolment: Enrolment | None, dates: Dates, slug: str) -> tuple[Outline, Lesson]:
    outline = services.outline_for(access.person(), course, enrolment, dates, text_of=slug)
    lesson = outline.find(slug)
    if lesson is None:
        raise NotFoundError
    return outline, lesson
