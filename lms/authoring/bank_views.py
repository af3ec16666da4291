"""The question bank of a course, or of all courses: what is in it, one question with its history, and categories."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from lms import db, i18n
from lms.accounts.models import Person
from lms.authoring import bank_forms, bank_opening, policy
from lms.authoring.bank_opening import Bank
from lms.authoring.services import banking, files
from lms.courses import serving
from lms.courses.models import Course
from lms.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from lms.i18n import gettext
from lms.quizzes import kinds
from lms.quizzes.models import BankVersion
from lms.quizzes.services import bank as banks, drawing
from lms.quizzes.services.bank import Entry
from lms.quizzes.words import KINDS
from lms.web import access
from lms.web.access import requires
from lms.web.uploads import takes_upload

bp = Blueprint("authoring_bank", __name__)
OWN, SHARED = "/manage/courses/<course>/bank", "/manage/bank"
QUESTION = "/questions/<int:entry>"
Page = str | Response | tuple[str, int]


def page(template: str, bank: Bank, **values: Any) -> str:
    names = {"course": bank.course, "bank": bank, "kinds": KINDS, "search_query": bank_forms.query}
    return render_template(f"lms/authoring/{template}.html", **{**names, **values})


@bp.get(f"{OWN}/")
@bp.get(f"{SHARED}/")
@requires()
def index(course: str | None = None) -> str:
    bank = bank_opening.bank(course)
    wanted = bank_forms.search(request.args)
    return page(
        "bank",
        bank,
        wanted=wanted,
        found=banks.search(bank.course, wanted),
        tree=bank_forms.tree(banks.categories(bank.course)),
        tags=banks.tags(bank.course),
        is_searched=bool(bank_forms.query(wanted)),
    )


# Categories


@bp.get(f"{OWN}/categories")
@bp.get(f"{SHARED}/categories")
@requires()
def categories(course: str | None = None) -> str:
    return _categories_page(bank_opening.bank(course))


@bp.post(f"{OWN}/categories")
@bp.post(f"{SHARED}/categories")
@requires()
def rename(course: str | None = None) -> Page:
    bank = bank_opening.bank(course)
    try:
        old, new = (banking.path_of(request.form.get(name, ""), name) for name in ("from", "to"))
        with db.transaction():
            banking.rename_category(bank.course, old, new, access.person())
    except InvalidError as error:
        return _categories_page(bank, error), 422
    flash(gettext("The category is renamed. Quizzes that draw from it go on doing so."), "success")
    return redirect(bank.address("categories"))


def _categories_page(bank: Bank, error: InvalidError | None = None) -> str:
    tree = bank_forms.tree(banks.categories(bank.course))
    return page("bank_categories", bank, tree=tree, error=error, typed=request.form)


# One question


@bp.get(f"{OWN}{QUESTION}")
@bp.get(f"{SHARED}{QUESTION}")
@requires()
def question(entry: int, course: str | None = None) -> str:
    bank = bank_opening.bank(course)
    return _question_page(bank, bank_opening.entry(bank, entry))


def _question_page(bank: Bank, entry: Entry, error: InvalidError | None = None) -> str:
    history = banks.history(entry.row)
    return page(
        "bank_question",
        bank,
        one=entry,
        history=history,
        writers=_writers([version.by_id for version in history]),
        uses=drawing.uses(entry),
        drafts=banking.drafts_using(entry),
        pictures=banks.files(entry.row),
        courses=_courses(bank),
        tree=bank_forms.tree(banks.categories(bank.course)),
        picture=pictures_at(bank, entry),
        language_names=i18n.NAMES,
        error=error,
    )


def pictures_at(bank: Bank, entry: Entry) -> str:
    """What the pictures' addresses begin with."""
    return bank.address("picture", entry=entry.row.id, path="-")[:-1]


def _writers(ids: list[int | None]) -> dict[int, str]:
    wanted = select(Person).where(Person.id.in_(set(filter(None, ids))))
    return {person.id: person.name for person in db.session.scalars(wanted)}


def _courses(bank: Bank) -> list[Course]:
    """Those whose bank may get a copy."""
    return [course for course in banking.courses_of(access.person()) if course.id != bank.id]


@bp.get(f"{OWN}{QUESTION}/versions/<int:number>")
@bp.get(f"{SHARED}{QUESTION}/versions/<int:number>")
@requires()
def version(entry: int, number: int, course: str | None = None) -> str:
    """A wording as it was."""
    bank = bank_opening.bank(course)
    found = bank_opening.entry(bank, entry)
    row = next((one for one in banks.history(found.row) if one.number == number), None)
    if row is None:
        raise NotFoundError
    return page(
        "bank_version",
        bank,
        one=found,
        row=row,
        versions=_wordings(row),
        writer=_writers([row.by_id]).get(row.by_id or 0, ""),
        picture=pictures_at(bank, found),
        language_names=i18n.NAMES,
    )


def _wordings(row: BankVersion) -> dict[str, kinds.Question]:
    return {code: kinds.Question.from_json(body) for code, body in row.body.items()}


@bp.post(f"{OWN}{QUESTION}/move")
@bp.post(f"{SHARED}{QUESTION}/move")
@requires()
def move(entry: int, course: str | None = None) -> Page:
    bank = bank_opening.bank(course)
    found = bank_opening.entry(bank, entry)
    try:
        path = banking.path_of(request.form.get("category", ""))
    except InvalidError as error:
        return _question_page(bank, found, error), 422
    with db.transaction():
        saved = banks.save(found, found.row.version, path, found.versions, access.person())
    if not saved:
        raise ConflictError(gettext("Somebody else has saved this question meanwhile. Please try again."))
    flash(gettext("The question is now in “%(category)s”.", category=path), "success")
    return redirect(bank.address("question", entry=entry))


@bp.post(f"{OWN}{QUESTION}/copy")
@bp.post(f"{SHARED}{QUESTION}/copy")
@requires()
def copy(entry: int, course: str | None = None) -> Page:
    """Into the same bank, or into another one that the person may edit."""
    bank = bank_opening.bank(course)
    found = bank_opening.entry(bank, entry)
    target = _target(request.form.get("into", ""), bank)
    with db.transaction():
        made = banking.copy(found, target.course, access.person())
    flash(gettext("The copy is named “%(name)s”.", name=made.name), "success")
    return redirect(target.address("question", entry=made.id))


def _target(into: str, bank: Bank) -> Bank:
    if into == "same":
        return bank
    if into != "shared":
        return bank_opening.bank(into)
    if not policy.can_create(access.person()):
        raise ForbiddenError
    return Bank(None)


@bp.post(f"{OWN}{QUESTION}/archive")
@bp.post(f"{SHARED}{QUESTION}/archive")
@requires()
def archive(entry: int, course: str | None = None) -> Page:
    bank = bank_opening.bank(course)
    found = bank_opening.entry(bank, entry)
    archived = request.form.get("archived") == "1"
    with db.transaction():
        banks.archive(found.row, archived)
    if archived:
        flash(gettext("The question is archived: no new attempt asks it. Attempts already begun do."))
    else:
        flash(gettext("The question is back."), "success")
    return redirect(bank.address("question", entry=entry))


# Pictures


@bp.get(f"{OWN}{QUESTION}/files/<path:path>")
@bp.get(f"{SHARED}{QUESTION}/files/<path:path>")
@requires()
def picture(entry: int, path: str, course: str | None = None) -> Response:
    bank = bank_opening.bank(course)
    found = next((row for row in banks.files(bank_opening.entry(bank, entry).row) if row.path == path), None)
    if found is None:
        raise NotFoundError
    return serving.send(path, found.content_type, found.digest)


@bp.post(f"{OWN}{QUESTION}/files")
@bp.post(f"{SHARED}{QUESTION}/files")
@requires()
@takes_upload("LMS_MAX_UPLOAD_BYTES", policy.can_create)
def add_picture(entry: int, course: str | None = None) -> Page:
    bank = bank_opening.bank(course)
    found = bank_opening.entry(bank, entry)
    try:
        with db.transaction():
            path = add_sent_picture(found)
    except InvalidError as error:
        return _question_page(bank, found, error), 422
    flash(gettext("The picture is added. Write it into a text as %(markdown)s.", markdown=f"![]({path})"), "success")
    return redirect(bank.address("question", entry=entry, _anchor="pictures"))


def add_sent_picture(entry: Entry) -> str:
    """Raises InvalidError for the field `file`."""
    sent, most = request.files.get("file"), current_app.config["LMS_MAX_UPLOAD_BYTES"]
    if not sent or not sent.filename:
        raise InvalidError("file", gettext("Please choose a file."))
    name = files.IMAGES + files.safe_name(sent.filename)
    return banking.add_picture(entry.row, banking.checked_picture(name, sent.stream.read(most + 1), most))
