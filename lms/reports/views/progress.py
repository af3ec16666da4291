"""A course at a glance, and each learner by each lesson."""

from typing import Any

from flask import render_template, request

from lms import i18n
from lms.courses import policy as course_policy
from lms.errors import NotFoundError
from lms.reports import overview, services, words
from lms.reports.views.blueprint import bp, course_to_see, learners_form
from lms.reports.views.lists import Wanted, show
from lms.web import access
from lms.web.access import requires


@bp.get("/manage/courses/<course>/progress")
@requires()
def progress(course: str) -> str:
    """Of everyone, or of the cohort that is asked for."""
    found = course_to_see(course)
    groups, cohort = overview.cohorts(found), request.args.get("cohort", "")
    if cohort and cohort not in {group.slug for group in groups}:
        raise NotFoundError
    with i18n.in_language(i18n.language()):  # which the numbers ask for hundreds of times
        return render_template(
            "lms/reports/progress.html",
            course=found,
            overview=overview.of(found, cohort),
            cohorts=groups,
            cohort=cohort,
            states=words.STATES,
            can_teach=course_policy.can_teach(access.person(), found),
        )


@bp.get("/manage/courses/<course>/progress/lessons")
@requires()
def progress_by_lesson(course: str) -> Any:
    """The heat map: the rows of the list, at the same filters."""
    found = course_to_see(course)
    lessons = overview.lessons(found)

    def cells(page: services.Page | None) -> dict[str, Any]:
        return {"cells": overview.cells([row.id for row in page.rows], lessons) if page and page.rows else {}}

    names = {"course": found, "lessons": lessons, "can_teach": course_policy.can_teach(access.person(), found)}
    return show(Wanted(learners_form(found, request.args, lessons), found.slug, names), "lms/reports/heat.html", cells)
