"""Between a quiz that is being written and the question bank: questions of the one for the other."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from lms import db
from lms.authoring import bank_forms, bank_opening, policy, questions
from lms.authoring.bank_opening import Bank
from lms.authoring.bank_views import page
from lms.authoring.errors import StaleError
from lms.authoring.questions import Item
from lms.authoring.quiz_views.blueprint import Edited, quiz
from lms.authoring.services import banking, drafts
from lms.errors import ForbiddenError, InvalidError, NotFoundError
from lms.i18n import gettext
from lms.quizzes.draws import Draw, category_path
from lms.quizzes.services import bank as banks
from lms.quizzes.settings import MAX_DRAWN
from lms.web import access, values
from lms.web.access import requires

bp = Blueprint("authoring_bank_taking", __name__, url_prefix="/manage/courses/<course>/edit/quizzes/<lesson>")
Page = str | Response | tuple[str, int]


@bp.get("/bank")
@requires()
def choose(course: str, lesson: str) -> str:
    """What the quiz could take: one question by its name, or so many of a category."""
    edited = quiz(course, lesson)
    bank = _bank(edited, request.args.get("shared") == "1")
    wanted = bank_forms.search(request.args)
    drawn = [Draw.from_json(draw) for draw in edited.part.content.get("draws", [])]
    return page(
        "bank_choose",
        bank,
        course=edited.course,
        quiz=edited,
        content=edited.part.content,
        wanted=wanted,
        found=banks.search(bank.course, wanted),
        tree=bank_forms.tree(banks.categories(bank.course)),
        tags=banks.tags(bank.course),
        shared=bank.course is None,
        taken={draw.question for draw in drawn if draw.shared == (bank.course is None)},
        most=MAX_DRAWN,
    )


def _bank(edited: Edited, shared: bool) -> Bank:
    if not shared:
        return Bank(edited.course)
    if not policy.can_create(access.person()):
        raise ForbiddenError
    return Bank(None)


@bp.post("/bank")
@requires()
def take(course: str, lesson: str) -> Response:
    edited = quiz(course, lesson)
    shared = request.form.get("shared") == "1"
    draw = _draw(_bank(edited, shared), shared)
    try:
        with db.transaction():
            is_new = banking.add_draw(edited.part, draw, access.person())
    except StaleError:
        _say_stale()
        return redirect(_address(edited, "choose", shared="1" if shared else None))
    if is_new:
        flash(gettext("The quiz takes it. Learners see it when you publish the course."), "success")
    else:
        flash(gettext("The quiz takes it already."))
    return redirect(_address(edited, "choose", shared="1" if shared else None))


def _draw(bank: Bank, shared: bool) -> Draw:
    """What the form asks for. Raises NotFoundError for what is not there."""
    name = request.form.get("question", "")
    if name:
        found = banks.named(bank.course, name)
        if found is None or found.archived:
            raise NotFoundError
        return Draw(question=name, shared=shared)
    category, tag = category_path(request.form.get("category", "")), request.form.get("tag", "").strip()
    if not any(f"{path}/".startswith(f"{category}/") for path, _count in banks.categories(bank.course)):
        raise NotFoundError
    number = min(max(request.form.get("number", 1, values.number), 1), MAX_DRAWN)
    return Draw(category=category, number=number, tags=(tag,) if tag else (), shared=shared)


def _address(edited: Edited, view: str, **more: Any) -> str:
    return url_for(f".{view}", course=edited.course.slug, lesson=edited.part.slug, **more)


def _say_stale() -> None:
    flash(gettext("Somebody else has changed this quiz meanwhile. Please try again."), "warning")


@bp.route("/questions/<int:number>/bank", methods=["GET", "POST"])
@requires()
def give(course: str, lesson: str, number: int) -> Page:
    """A question of the quiz into the bank; on wish the quiz asks it from there."""
    edited = quiz(course, lesson)
    items = edited.items or []
    if request.method == "POST":
        return _give(edited, items, number)
    if not 1 <= number <= len(items):
        raise NotFoundError
    return _give_page(edited, items[number - 1], number)


def _give(edited: Edited, items: list[Item], number: int) -> Page:
    item = next((one for one in items if one.key == request.form.get("key")), None)
    if item is None:
        _say_stale()
        return redirect(_quiz_address(edited))
    bank = _bank(edited, request.form.get("shared") == "1")
    try:
        path = banking.path_of(request.form.get("category", ""))
    except InvalidError as error:
        return _give_page(edited, item, number, error), 422
    try:
        with db.transaction():
            made = banking.take_over(bank.course, path, item, edited.part, access.person())
            if request.form.get("instead") == "1":
                _ask_from_bank(edited, item, Draw(question=made.name, shared=bank.course is None))
    except StaleError:
        _say_stale()
        return redirect(_quiz_address(edited))
    except InvalidError as error:
        return _give_page(edited, item, number, error), 422
    flash(gettext("“%(name)s” is in the question bank.", name=made.name), "success")
    return redirect(_quiz_address(edited))


def _ask_from_bank(edited: Edited, item: Item, draw: Draw) -> None:
    content = dict(edited.part.content)
    content["gift"] = questions.remove(edited.texts, item.key)
    content["draws"] = [*content.get("draws", []), draw.to_json()]
    drafts.save(edited.part, request.form.get("seen", 0, values.number), content, access.person())


def _quiz_address(edited: Edited) -> str:
    return url_for("lms.authoring_quizzes.edit", course=edited.course.slug, lesson=edited.part.slug)


def _give_page(edited: Edited, item: Item, number: int, error: InvalidError | None = None) -> str:
    return page(
        "bank_give",
        bank_opening.Bank(edited.course),
        quiz=edited,
        content=edited.part.content,
        item=item,
        nth=number,
        seen=edited.part.version,
        error=error,
        tree=bank_forms.tree(banks.categories(edited.course)),
        picture=edited.picture_base,
        may_share=policy.can_create(access.person()),
    )
