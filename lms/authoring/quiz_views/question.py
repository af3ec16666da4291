"""One question of a quiz by its form."""

from typing import Any

from flask import current_app, flash, redirect, request

from lms import db
from lms.authoring import policy, question_forms, questions
from lms.authoring.errors import StaleError
from lms.authoring.question_forms import Typed
from lms.authoring.questions import Item
from lms.authoring.quiz_views.blueprint import Edited, Page, bp, page, quiz, saved, seen, sent
from lms.authoring.quiz_views.listing import item
from lms.authoring.services import files
from lms.bundles import limits
from lms.errors import InvalidError, NotFoundError
from lms.i18n import gettext
from lms.quizzes import formats
from lms.quizzes.kinds import Kind
from lms.quizzes.words import KINDS
from lms.web import access
from lms.web.access import requires
from lms.web.uploads import takes_upload

UPLOAD = ("LMS_MAX_UPLOAD_BYTES", policy.can_create)


@bp.route("/questions/new", methods=["GET", "POST"])
@requires()
@takes_upload(*UPLOAD)
def new(course: str, lesson: str) -> Page:
    edited = quiz(course, lesson)
    kind = request.values.get("kind", "")
    if kind not in KINDS:
        return redirect(edited.address())
    if request.method == "POST":
        return _sent(edited, Kind(kind))
    if edited.items is None:
        return redirect(edited.address("text"))
    return _page(edited, Kind(kind), Typed(), None)


@bp.route("/questions/<int:number>", methods=["GET", "POST"])
@requires()
@takes_upload(*UPLOAD)
def question(course: str, lesson: str, number: int) -> Page:
    """The question at this place in the list; what is sent says by its key which one is meant."""
    edited = quiz(course, lesson)
    if request.method == "POST" and (kind := request.form.get("kind", "")) in KINDS:
        return _sent(edited, Kind(kind))
    found = item(edited, number)
    if found is None:
        raise NotFoundError
    return _page(edited, found.kind, question_forms.show_question(found.versions), found)


def _sent(edited: Edited, kind: Kind) -> Page:
    typed = sent()
    old = _of_key(edited, typed.value("key"))
    if grown := question_forms.grown(kind, typed):
        return _page(edited, kind, grown, old, seen())
    if typed.value("go") == "picture":
        added = _add_picture(edited, typed)
        return _page(edited, kind, typed, old, seen()), 200 if added else 422
    versions = question_forms.read_question(kind, typed, edited.codes, old.versions if old else None)
    if typed.errors:
        return _page(edited, kind, typed, old, seen()), 422
    try:
        _save(edited, typed.value("key"), versions)
    except StaleError as error:
        return _page(edited, kind, typed, old, conflict=error), 409
    another = typed.value("go") == "another"
    return saved(edited.address("new", kind=kind) if another else edited.address() + "#questions")


def _of_key(edited: Edited, key: str) -> Item | None:
    return next((one for one in edited.items or [] if one.key == key), None)


def _save(edited: Edited, key: str, versions: question_forms.Versions) -> None:
    """Raises StaleError, also where the text cannot be read any more."""
    if seen() != edited.part.version or edited.items is None:
        raise StaleError(edited.part)
    before = any(map(formats.is_xml, edited.texts.values()))
    texts = questions.put(edited.texts, key, versions)
    edited.save(seen(), gift=texts)
    if not before and any(map(formats.is_xml, texts.values())):
        message = gettext("GIFT cannot hold this question, so the questions of this quiz are kept as Moodle XML now.")
        flash(message, "info")


def _add_picture(edited: Edited, typed: Typed) -> bool:
    """Among the files of the unit, at once; the question itself is not saved by that."""
    picture = request.files.get("file")
    try:
        if not picture or not picture.filename:
            raise InvalidError("file", gettext("Please choose a file."))
        with db.transaction():
            stream: Any = picture.stream  # Werkzeug's type of it is another than the one that it has
            made = files.add_file(edited.draft, edited.unit, picture.filename, stream, access.person(), _limits())
            if not made.content_type.startswith("image/"):
                raise InvalidError("file", gettext("This is no picture."))
    except InvalidError as error:
        typed.wrong("file", str(error))
        return False
    return True


def _limits() -> limits.Limits:
    return limits.of_site(current_app.config)


def _page(
    edited: Edited,
    kind: Kind,
    typed: Typed,
    old: Item | None,
    seen: int | None = None,
    conflict: StaleError | None = None,
) -> str:
    """`old` is the question as it is saved now, if it is."""
    key = typed.value("key") or (old.key if old else "")
    shown = question_forms.shown(kind, typed, old.versions if old else None, edited.pictures)
    more = {"key": key, "theirs": old, "readable": edited.items is not None}
    del shown["typed"]
    return page("quiz_question", edited, typed, seen, conflict, **shown, **more)
