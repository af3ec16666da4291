"""Questions of files into the bank or a quiz, looked at first; and out again as files."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import NoResultFound
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response

from lms import db, i18n
from lms.authoring import bank_forms, bank_opening, opening, policy
from lms.authoring.models import DraftPart, PartKind
from lms.authoring.services import exporting, importing
from lms.authoring.services.exporting import Written
from lms.authoring.services.importing import Outcome, Plan, Planned, Upload, Wanted
from lms.authoring.services.taking import IntoBank, IntoQuiz
from lms.courses import serving
from lms.courses.models import Course
from lms.errors import ConflictError, InvalidError, NotFoundError, Problem, RefusedError
from lms.i18n import gettext, ngettext, pick
from lms.quizzes import formats, grading
from lms.quizzes.draws import CATEGORY_LENGTH, category_path
from lms.quizzes.importing import MOST_BYTES, Format
from lms.quizzes.models import Question
from lms.quizzes.services import Asked
from lms.quizzes.words import KINDS
from lms.web import access, kept, values
from lms.web.access import requires
from lms.web.uploads import takes_upload

bp = Blueprint("authoring_imports", __name__)
OWN, SHARED = "/manage/courses/<course>/bank", "/manage/bank"
QUIZ = "/manage/courses/<course>/edit/quizzes/<lesson>"
PER_PAGE = 25
KHMER = range(0x1780, 0x1800)
ENDINGS = {Format.gift: "gift.txt", Format.moodle: "xml"}
Page = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where questions go, or come from."""

    course: Course | None
    part: DraftPart | None

    @property
    def title(self) -> str:
        if self.part:
            return pick(self.part.content.get("title")) or gettext("Quiz")
        return bank_opening.Bank(self.course).title

    @property
    def texts(self) -> dict[str, str]:
        """Those of the quiz, the site's languages first."""
        found = self.part.content.get("gift", {}) if self.part else {}
        return {code: found[code] for code in dict.fromkeys([*i18n.locales(), *found]) if code in found}

    @property
    def target(self) -> IntoBank | IntoQuiz:
        return IntoQuiz(self.part, self.texts) if self.part else IntoBank(self.course)

    @property
    def has_categories(self) -> bool:
        return self.part is None

    @property
    def key(self) -> str:
        return f"questions/{self.address('page')}"

    @property
    def back(self) -> str:
        if self.part and self.course:
            return url_for("lms.authoring_quizzes.edit", course=self.course.slug, lesson=self.part.slug)
        return bank_opening.Bank(self.course).address()

    def address(self, view: str, **values: Any) -> str:
        values["lesson"] = self.part.slug if self.part else None
        return url_for(f".{view}", course=self.course.slug if self.course else None, **values)


def _place(course: str | None, lesson: str | None) -> Place:
    if course is None or lesson is None:
        return Place(bank_opening.bank(course).course, None)
    found, draft = opening.draft(course)
    part = opening.part(draft, lesson)
    if part.kind != PartKind.quiz:
        raise NotFoundError
    return Place(found, part)


def _is_readable(place: Place) -> bool:
    try:
        return all(formats.read_text(text) is not None for text in place.texts.values())
    except formats.FormatError:
        return False


def _to_the_text(place: Place) -> Response:
    flash(gettext("The text of the questions has mistakes. Mend them first."), "warning")
    return redirect(f"{place.back}/text")


@bp.route(f"{OWN}/import", methods=["GET", "POST"])
@bp.route(f"{SHARED}/import", methods=["GET", "POST"])
@bp.route(f"{QUIZ}/import", methods=["GET", "POST"])
@requires()
@takes_upload("LMS_MAX_UPLOAD_BYTES", policy.can_create)
def page(course: str | None = None, lesson: str | None = None) -> Page:
    place = _place(course, lesson)
    if not _is_readable(place):
        return _to_the_text(place)
    if request.method == "GET":
        return _upload_page(place)
    try:
        with db.transaction():
            digest = _kept()
    except RefusedError as error:
        return _upload_page(place, error.problems), 422
    return redirect(place.address("check", token=kept.token(place.key, digest)))


def _kept() -> str:
    """Raises RefusedError."""
    sent, most = request.files.get("file"), _most()
    if not sent or not sent.filename:
        raise RefusedError([Problem("", 0, gettext("Please choose a file."))])
    data = sent.stream.read(most + 1)
    if len(data) > most:
        message = gettext("The file is larger than %(limit)s MB.", limit=i18n.number(most / 1_000_000))
        raise RefusedError([Problem(sent.filename, 0, message)])
    return importing.keep(data, sent.filename, current_app.config["LMS_MAX_UPLOAD_BYTES"])


def _most() -> int:
    return min(MOST_BYTES, int(current_app.config["LMS_MAX_UPLOAD_BYTES"]))


def _upload_page(place: Place, problems: tuple[Problem, ...] = ()) -> str:
    return _page("import_questions", place, problems=problems, most=_most())


def _page(template: str, place: Place, **more: Any) -> str:
    names = {"course": place.course, "target": place, "kinds": KINDS, "language_names": i18n.NAMES}
    return render_template(f"lms/authoring/{template}.html", **names, **more)


@bp.route(f"{OWN}/import/<token>", methods=["GET", "POST"])
@bp.route(f"{SHARED}/import/<token>", methods=["GET", "POST"])
@bp.route(f"{QUIZ}/import/<token>", methods=["GET", "POST"])
@requires()
def check(token: str, course: str | None = None, lesson: str | None = None) -> Page:
    place = _place(course, lesson)
    upload = _upload(place, token)
    if upload is None:
        flash(gettext("This file was looked at too long ago. Please send it again."), "warning")
        return redirect(place.address("page"))
    if not _is_readable(place):
        return _to_the_text(place)
    wanted = _wanted(upload)
    plan = importing.plan(place.target, upload, wanted)
    if request.method == "GET":
        return _check_page(place, token, plan, wanted)
    return _take(place, token, plan, wanted)


def _take(place: Place, token: str, plan: Plan, wanted: Wanted) -> Page:
    if request.form.get("stamp") != plan.stamp:
        error = gettext("Something has changed meanwhile. This is what would happen now.")
        return _check_page(place, token, plan, wanted, error), 409
    if plan.count(Outcome.refused) and request.form.get("sound") != "1":
        error = gettext("Say that those which cannot be taken are left out, or mend the file and send it again.")
        return _check_page(place, token, plan, wanted, error), 422
    try:
        with db.transaction():
            place.target.take(plan, access.person())
    except (ConflictError, InvalidError) as error:
        return _check_page(place, token, plan, wanted, str(error)), 409
    flash(_said(plan), "success")
    return redirect(place.back)


def _said(plan: Plan) -> str:
    new, changed, left = (plan.count(one) for one in (Outcome.new, Outcome.changed, Outcome.refused))
    said = [ngettext("%(num)s question is new.", "%(num)s questions are new.", new)]
    if changed:
        said.append(ngettext("%(num)s has a new version.", "%(num)s have a new version.", changed))
    if left:
        said.append(ngettext("%(num)s was left out.", "%(num)s were left out.", left))
    return " ".join(said)


def _upload(place: Place, token: str) -> Upload | None:
    digest = kept.digest(place.key, token)
    try:
        return importing.kept(digest) if digest else None
    except NoResultFound:
        return None


def _wanted(upload: Upload) -> Wanted:
    """What was chosen, or what is likely."""
    code = request.values.get("language", "")
    if code not in i18n.locales():
        code = _guessed(upload)
    category = category_path(request.values.get("category", ""))[:CATEGORY_LENGTH] or gettext("Imported")
    return Wanted(code, category, request.values.get("all") == "1")


def _guessed(upload: Upload) -> str:
    said = "".join(question.text for question in upload.imported.questions)[:10_000]
    is_khmer = any(ord(sign) in KHMER for sign in said)
    codes = i18n.locales()
    return next((code for code in codes if (code == "km") == is_khmer), codes[0])


def _check_page(place: Place, token: str, plan: Plan, wanted: Wanted, error: str = "") -> str:
    shown = [line for line in plan.lines if line.item.question]
    pages = max(1, -(-len(shown) // PER_PAGE))
    number = min(values.page(), pages)
    begin = (number - 1) * PER_PAGE
    here = enumerate(shown[begin : begin + PER_PAGE], begin + 1)
    lines = [(line, _asked(line, at, wanted.language)) for at, line in here]
    return _page(
        "import_questions_check",
        place,
        token=token,
        plan=plan,
        wanted=wanted,
        error=error,
        lines=lines,
        refused=[line for line in plan.lines if line.outcome == Outcome.refused],
        number_of_page=number,
        pages=pages,
        Outcome=Outcome,
        picture=place.address("picture", token=token, path="-")[:-1],
        in_words=importing.in_words,
        grading=grading,
    )


def _asked(line: Planned, number: int, code: str) -> Asked | None:
    """As a learner would see it, on this page only."""
    if line.item.question is None:
        return None
    question = line.item.question
    said = {"name": "", "position": number, "max_mark": question.mark, "retired": False}
    return Asked(Question(id=number, quiz_id=0, body={code: question.to_json()}, **said), number, 0)


@bp.get(f"{OWN}/import/<token>/<path:path>")
@bp.get(f"{SHARED}/import/<token>/<path:path>")
@bp.get(f"{QUIZ}/import/<token>/<path:path>")
@requires()
def picture(token: str, path: str, course: str | None = None, lesson: str | None = None) -> Response:
    """One that the file brings, as it will be kept."""
    digest = kept.digest(_place(course, lesson).key, token)
    try:
        found = importing.pictures_of(digest).get(path) if digest else None
    except NoResultFound:
        found = None
    if found is None:
        raise NotFoundError
    return serving.send(found.path, found.content_type, found.digest)


# Out


@bp.get(f"{OWN}/export")
@bp.get(f"{SHARED}/export")
@bp.get(f"{QUIZ}/export")
@requires()
def export(course: str | None = None, lesson: str | None = None) -> Page:
    """What there is to export, in which languages, and what GIFT cannot hold of it."""
    place = _place(course, lesson)
    if not _is_readable(place):
        return _to_the_text(place)
    written = _written(place)
    codes = exporting.languages(written)
    return _page(
        "bank_export",
        place,
        written=written,
        counts={code: sum(code in one.versions for one in written) for code in codes},
        lost={code: exporting.lost(written, code) for code in codes},
        asked={} if place.part else bank_forms.query(bank_forms.search(request.args)),
    )


def _written(place: Place) -> list[Written]:
    if place.part:
        return exporting.of_quiz(place.part, place.texts)
    return exporting.of_bank(place.course, bank_forms.search(request.args))


@bp.get(f"{OWN}/export/file")
@bp.get(f"{SHARED}/export/file")
@bp.get(f"{QUIZ}/export/file")
@requires()
def download(course: str | None = None, lesson: str | None = None) -> Page:
    place = _place(course, lesson)
    format_ = request.args.get("format", Format.moodle, Format)
    code = request.args.get("language", "")
    if not _is_readable(place) or format_ not in ENDINGS:
        raise NotFoundError
    written = _written(place)
    if code not in exporting.languages(written):
        raise NotFoundError
    name = secure_filename(place.part.slug if place.part else place.course.slug if place.course else "questions")
    response = Response(exporting.write(written, code, format_))
    response.content_type = "application/xml" if format_ is Format.moodle else "text/plain; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{code}.{ENDINGS[format_]}")
    return response
