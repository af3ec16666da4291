"""The blueprint, and how its pages find the course that they are about."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from lms.courses import policy as course_policy
from lms.courses.models import Course
from lms.i18n import pick
from lms.reports import learners, overview, policy, services
from lms.reports.forms import LearnersForm
from lms.reports.overview import Taught
from lms.web import access

bp = Blueprint("reports", __name__)


def course_to_see(slug: str) -> Course:
    return access.load(services.course(slug), see=policy.can_see_course, do=course_policy.can_see_learners)


def course_to_teach(slug: str) -> Course:
    return access.load(services.course(slug), see=policy.can_see_course, do=course_policy.can_teach)


def learners_form(course: Course, given: Any, lessons: Sequence[Taught] = ()) -> LearnersForm:
    """The filters of the course's lists, with all that may be chosen; the lessons, where they are known."""
    return LearnersForm(
        learners.listing(course),
        given,
        cohorts=overview.cohort_names(course),
        lessons=[(one.slug, pick(one.title)) for one in lessons or overview.lessons(course)],
    )
