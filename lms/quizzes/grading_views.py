"""Essays for their graders: which quizzes have some, what waits in one, and one to grade."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.courses import policy as course_policy, services as courses
from lms.courses.models import Course, Lesson
from lms.errors import ConflictError, NotFoundError
from lms.i18n import gettext
from lms.quizzes import grading, opening
from lms.quizzes.grading_forms import GradeForm, grade_form
from lms.quizzes.models import Quiz
from lms.quizzes.services import grading_by_hand
from lms.quizzes.services.grading_by_hand import Essay, State
from lms.web import access, values
from lms.web.access import requires

bp = Blueprint("grading", __name__, url_prefix="/manage/courses/<course>")


@bp.get("/grading")
@requires()
def course(course: str) -> str:
    found = access.load(courses.by_slug(course), see=course_policy.can_see, do=course_policy.can_teach)
    return render_template("lms/quizzes/queues.html", course=found, queues=grading_by_hand.queues(found))


@bp.get("/quizzes/<lesson>/grading")
@requires()
def quiz(course: str, lesson: str) -> str:
    found, found_lesson, of = opening.taught(course, lesson)
    state = request.args.get("state", State.waiting, State)
    question = request.args.get("question", None, values.number)
    return render_template(
        "lms/quizzes/queue.html",
        course=found,
        lesson=found_lesson,
        quiz=of,
        questions=grading_by_hand.questions(of),
        question=question,
        state=state,
        page=grading_by_hand.page(of, state, question, values.page()),
    )


@bp.route("/quizzes/<lesson>/grading/<int:attempt>/<int:question>", methods=["GET", "POST"])
@requires()
def essay(course: str, lesson: str, attempt: int, question: int) -> Any:
    """The button `next` leads on to the next that waits."""
    found, found_lesson, of = opening.taught(course, lesson)
    one = _essay(of, attempt, question)
    form = grade_form(one)
    if not form.validate_on_submit():
        return _page(found, found_lesson, of, one, form), 422 if form.errors else 200
    try:
        with db.transaction():
            grading_by_hand.grade(of, one, form.seen_at, form.given, access.person())
    except ConflictError:
        theirs = _essay(of, attempt, question)
        form.see(theirs)
        return _page(found, found_lesson, of, theirs, form, is_theirs=True), 409
    flash(gettext("Saved."), "success")
    return _on(found, found_lesson, of, one)


def _essay(quiz: Quiz, attempt: int, question: int) -> Essay:
    one = grading_by_hand.find(quiz, attempt, question)
    if one is None:
        raise NotFoundError
    return one


def _page(course: Course, lesson: Lesson, quiz: Quiz, essay: Essay, form: GradeForm, is_theirs: bool = False) -> str:
    return render_template(
        "lms/quizzes/essay.html",
        course=course,
        lesson=lesson,
        quiz=quiz,
        essay=essay,
        form=form,
        is_theirs=is_theirs,
        picture=opening.pictures(course.slug, lesson.slug),
        grading=grading,
    )


def _on(course: Course, lesson: Lesson, quiz: Quiz, essay: Essay) -> Response:
    where: dict[str, Any] = {"course": course.slug, "lesson": lesson.slug}
    following = grading_by_hand.following(quiz, essay) if "next" in request.form else None
    if following:
        return redirect(url_for(".essay", attempt=following[0], question=following[1], **where))
    return redirect(url_for(".quiz", **where))
