"""Grading anew: what could be, what it would change, and what was done."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from lms import db
from lms.courses.models import Course, Lesson
from lms.errors import ConflictError, NotFoundError
from lms.i18n import ngettext
from lms.quizzes import opening
from lms.quizzes.grading_forms import RegradeForm
from lms.quizzes.models import Quiz
from lms.quizzes.services import regrading
from lms.quizzes.services.regrading import Plan, Wanted
from lms.web import access, values
from lms.web.access import requires

bp = Blueprint("regrading", __name__, url_prefix="/manage/courses/<course>/quizzes/<lesson>/regrading")
PER_PAGE = 50


@bp.get("")
@requires()
def index(course: str, lesson: str) -> str:
    found, found_lesson, quiz = opening.taught(course, lesson)
    number = values.page()
    records, has_more = regrading.history(quiz, number)
    return render_template(
        "lms/quizzes/regrading.html",
        course=found,
        lesson=found_lesson,
        quiz=quiz,
        replaced=regrading.replaced(quiz) if number == 1 else [],
        records=records,
        number_of_page=number,
        has_more=has_more,
    )


@bp.route("/plan", methods=["GET", "POST"])
@requires()
def plan(course: str, lesson: str) -> Any:
    """What would change; sent with a reason, it is done if nothing else has changed meanwhile."""
    found, found_lesson, quiz = opening.taught(course, lesson)
    wanted, form, stale = _wanted(), RegradeForm(), False
    if form.validate_on_submit():
        try:
            with db.transaction():
                done = regrading.regrade(quiz, wanted, form.stamp.data or "", _reason(form), access.person())
        except ConflictError:
            stale = True
        else:
            count = len(done.changes)
            flash(ngettext("%(num)s attempt is graded anew.", "%(num)s attempts are graded anew.", count), "success")
            return redirect(url_for(".record", course=course, lesson=lesson, regrade=done.id))
    page = _plan_page(found, found_lesson, quiz, wanted, form, stale)
    return page, 409 if stale else 422 if form.errors else 200


def _wanted() -> Wanted:
    """The same in the address and in the form that does it."""
    return Wanted(frozenset(request.values.getlist("question", values.number)), "everything" in request.values)


def _reason(form: RegradeForm) -> str:
    return (form.reason.data or "").strip()


def _plan_page(course: Course, lesson: Lesson, quiz: Quiz, wanted: Wanted, form: RegradeForm, stale: bool) -> str:
    found: Plan = regrading.plan(quiz, wanted)
    form.stamp.data = found.stamp
    number, changed = values.page(), found.changed
    shown = changed[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render_template(
        "lms/quizzes/regrading_plan.html",
        course=course,
        lesson=lesson,
        quiz=quiz,
        wanted=wanted,
        plan=found,
        touched=sum(one.is_touched for one in found.anew),
        changed=len(changed),
        shown=shown,
        whose=regrading.whose([one.attempt.id for one in shown]),
        number_of_page=number,
        has_more=len(changed) > number * PER_PAGE,
        form=form,
        stale=stale,
    )


@bp.get("/<int:regrade>")
@requires()
def record(course: str, lesson: str, regrade: int) -> str:
    found, found_lesson, quiz = opening.taught(course, lesson)
    row = regrading.record(quiz, regrade)
    if row is None:
        raise NotFoundError
    number = values.page()
    shown = row[0].changes[(number - 1) * PER_PAGE : number * PER_PAGE]
    hides = quiz.blind and any("question" in one for one in row[0].changes)
    return render_template(
        "lms/quizzes/regrade.html",
        course=found,
        lesson=found_lesson,
        quiz=quiz,
        regrade=row[0],
        by=row[1],
        shown=shown,
        whose={} if hides else regrading.whose([one["attempt"] for one in shown]),
        number_of_page=number,
        has_more=len(row[0].changes) > number * PER_PAGE,
    )
