"""What can be done with the questions in the list: put in another order, copied, deleted."""

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from lms.authoring import questions
from lms.authoring.errors import StaleError
from lms.authoring.question_forms import Typed
from lms.authoring.questions import Item
from lms.authoring.quiz_views.blueprint import Edited, Page, bp, page, quiz, seen
from lms.errors import NotFoundError
from lms.i18n import gettext
from lms.web.access import requires


def item(edited: Edited, number: int) -> Item | None:
    """The question at this place in the list, from 1."""
    items = edited.items or []
    return items[number - 1] if 1 <= number <= len(items) else None


@bp.route("/questions/<int:number>/delete", methods=["GET", "POST"])
@requires()
def delete(course: str, lesson: str, number: int) -> Page:
    """Asks first: what is deleted is gone from the draft, and from the course when it is published."""
    edited = quiz(course, lesson)
    if request.method == "POST":
        return _change(edited, questions.remove(edited.sound_texts, request.form.get("key", "")))
    found = item(edited, number)
    if found is None:
        raise NotFoundError
    return page("quiz_delete", edited, Typed(), item=found)


@bp.post("/move")
@requires()
def move(course: str, lesson: str) -> Page:
    edited = quiz(course, lesson)
    by = 1 if request.form.get("by") == "1" else -1
    return _change(edited, questions.move(edited.sound_texts, request.form.get("key", ""), by))


@bp.post("/copy")
@requires()
def copy(course: str, lesson: str) -> Page:
    edited = quiz(course, lesson)
    return _change(edited, questions.copy(edited.sound_texts, request.form.get("key", "")))


def _change(edited: Edited, texts: dict[str, str]) -> Response:
    """Nothing was typed that could be lost: whoever was slower looks at the list as it is now."""
    try:
        edited.save(seen(), gift=texts)
    except StaleError:
        flash(
            gettext("Somebody else has changed this quiz meanwhile. Here it is as it is now; please try again."),
            "warning",
        )
    return redirect(edited.address() + "#questions")
