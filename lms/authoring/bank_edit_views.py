"""Writing questions of the bank. What is saved is asked from the next attempt on, so that it says first by whom."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from lms import db, i18n
from lms.authoring import bank_forms, bank_opening, policy, question_forms
from lms.authoring.bank_opening import Bank
from lms.authoring.bank_views import OWN, QUESTION, SHARED, add_sent_picture, page, pictures_at
from lms.authoring.question_forms import Picture, Typed
from lms.authoring.services import banking
from lms.errors import InvalidError
from lms.i18n import gettext
from lms.quizzes.kinds import NAME_LENGTH, Kind, Question
from lms.quizzes.services import bank as banks, drawing
from lms.quizzes.services.bank import Entry
from lms.web import access, values
from lms.web.access import requires
from lms.web.uploads import takes_upload

bp = Blueprint("authoring_bank_editing", __name__)
Page = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Edited:
    """A question of the bank as it is now; none yet where it is being written for the first time."""

    bank: Bank
    kind: Kind
    entry: Entry | None = None

    @property
    def versions(self) -> dict[str, Question]:
        return self.entry.versions if self.entry else {}

    @property
    def codes(self) -> list[str]:
        """The site's languages, and others that it has been written in."""
        return list(dict.fromkeys([*i18n.locales(), *self.versions]))

    @property
    def pictures(self) -> list[Picture]:
        if self.entry is None:
            return []
        base = pictures_at(self.bank, self.entry)
        return [Picture(row.path, base + row.path) for row in banks.files(self.entry.row)]

    @property
    def version(self) -> int:
        return self.entry.row.version if self.entry else 0


@bp.route(f"{OWN}/questions/new", methods=["GET", "POST"])
@bp.route(f"{SHARED}/questions/new", methods=["GET", "POST"])
@requires()
@takes_upload("LMS_MAX_UPLOAD_BYTES", policy.can_create)
def new(course: str | None = None) -> Page:
    bank = bank_opening.bank(course)
    kind = request.values.get("kind", "")
    if kind not in {*Kind}:
        return redirect(bank.address())
    return _edit(Edited(bank, Kind(kind)))


@bp.route(f"{OWN}{QUESTION}/edit", methods=["GET", "POST"])
@bp.route(f"{SHARED}{QUESTION}/edit", methods=["GET", "POST"])
@requires()
@takes_upload("LMS_MAX_UPLOAD_BYTES", policy.can_create)
def edit(entry: int, course: str | None = None) -> Page:
    bank = bank_opening.bank(course)
    found = bank_opening.entry(bank, entry)
    return _edit(Edited(bank, Kind(found.version.kind), found))


def _edit(edited: Edited) -> Page:
    if request.method == "GET":
        return _form(edited, _shown(edited))
    typed = Typed(dict(request.form.items()))
    if grown := question_forms.grown(edited.kind, typed):
        return _form(edited, grown, _seen())
    if request.form.get("go") == "picture":
        return _with_picture(edited, typed)
    versions = question_forms.read_question(edited.kind, typed, edited.codes, edited.versions)
    path = _category(typed)
    if not typed.errors:
        _check_pictures(edited, typed, versions)
    if typed.errors:
        return _form(edited, typed, _seen()), 422
    return _saved(edited, typed, path, versions)


def _shown(edited: Edited) -> Typed:
    if edited.entry is None:
        return Typed({"category": request.args.get("category", "")})
    typed = question_forms.show_question(edited.versions)
    typed.values["category"] = edited.entry.category
    return typed


def _category(typed: Typed) -> str:
    try:
        return banking.path_of(typed.value("category"))
    except InvalidError as error:
        typed.wrong(error.field, str(error))
        return ""


def _check_pictures(edited: Edited, typed: Typed, versions: dict[str, Question]) -> None:
    try:
        banking.check_pictures(versions, [picture.path for picture in edited.pictures])
    except InvalidError as error:
        typed.wrong(error.field, str(error))


def _with_picture(edited: Edited, typed: Typed) -> Page:
    """The picture is kept, and what was typed stands in the form as before."""
    if edited.entry is None:
        typed.wrong("file", gettext("Save the question first, then add its pictures."))
        return _form(edited, typed, _seen()), 422
    try:
        with db.transaction():
            add_sent_picture(edited.entry)
    except InvalidError as error:
        typed.wrong("file", str(error))
        return _form(edited, typed, _seen()), 422
    return _form(edited, typed, _seen())


def _saved(edited: Edited, typed: Typed, path: str, versions: dict[str, Question]) -> Page:
    bank, entry = edited.bank, edited.entry
    if entry is None:
        with db.transaction():
            entry_id = _made(bank, typed, path, versions)
        flash(gettext("The question is in the bank."), "success")
        return redirect(bank.address("question", entry=entry_id))
    with db.transaction():
        saved = banks.save(entry, _seen(), path, banking.named(versions, entry.row.name), access.person())
    if not saved:
        theirs = Edited(bank, edited.kind, bank_opening.entry(bank, entry.row.id))
        return _form(theirs, typed, conflict=_stale()), 409
    flash(gettext("Saved. New attempts ask it as it stands here."), "success")
    return redirect(bank.address("question", entry=entry.row.id))


def _made(bank: Bank, typed: Typed, path: str, versions: dict[str, Question]) -> int:
    wanted = typed.text("name")[:NAME_LENGTH] or banking.name_for(versions)
    name = banking.free_name(bank.course, wanted)
    return banks.add(bank.course, path, banking.named(versions, name), access.person()).id


def _stale() -> str:
    return gettext("Somebody else has saved this meanwhile. Nothing of yours is lost: compare the two.")


def _seen() -> int:
    return request.form.get("seen", 0, values.number)


def _form(edited: Edited, typed: Typed, seen: int | None = None, conflict: str = "") -> str:
    """After a conflict the form stands on what the other person saved."""
    entry = edited.entry
    names: dict[str, Any] = question_forms.shown(edited.kind, typed, edited.versions or None, edited.pictures)
    return page(
        "bank_edit",
        edited.bank,
        one=entry,
        codes=edited.codes,
        seen=edited.version if seen is None else seen,
        conflict=conflict,
        theirs=edited.versions,
        picture=pictures_at(edited.bank, entry) if entry else "",
        tree=bank_forms.tree(banks.categories(edited.bank.course)),
        uses=drawing.uses(entry) if entry else [],
        drafts=banking.drafts_using(entry) if entry else [],
        name_length=NAME_LENGTH,
        **names,
    )
