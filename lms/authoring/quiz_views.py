"""The editor of a quiz: its settings, its questions by forms or as GIFT, and how it looks to a learner."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms import db, i18n
from lms.authoring import contents, opening, questions, quiz_forms
from lms.authoring.errors import StaleError
from lms.authoring.models import DraftPart, PartKind
from lms.authoring.questions import Item
from lms.authoring.quiz_forms import Typed
from lms.authoring.services import drafts
from lms.bundles.questions import read_questions
from lms.bundles.sources import Sources
from lms.courses.models import Course
from lms.errors import NotFoundError, Problem, RefusedError
from lms.i18n import gettext, lazy_gettext as _l
from lms.quizzes import formats, grading, services as quizzes
from lms.quizzes.kinds import Kind
from lms.quizzes.models import Question
from lms.quizzes.services import Asked
from lms.web import access, values
from lms.web.access import requires

bp = Blueprint("authoring_quizzes", __name__, url_prefix="/manage/courses/<course>/edit/quizzes/<lesson>")
Page = str | Response | tuple[str, int]
KINDS = {
    Kind.single: _l("One right answer"),
    Kind.multiple: _l("Several right answers"),
    Kind.true_false: _l("True or false"),
    Kind.short_answer: _l("A word or a few, typed"),
    Kind.numerical: _l("A number"),
    Kind.matching: _l("Matching pairs"),
}

SIGNS = "~=#{}:\\"
"""Those that GIFT reads as its own."""


@dataclass
class Edited:
    """A quiz of a draft, as it is now."""

    course: Course
    part: DraftPart
    languages: list[str]
    """Those of the course: what is missing in one of them is marked."""

    @property
    def texts(self) -> dict[str, str]:
        return dict(self.part.content.get("gift", {}))

    @property
    def codes(self) -> list[str]:
        """The site's languages, and others that the quiz has been written in."""
        return list(dict.fromkeys([*i18n.locales(), *self.texts]))

    @property
    def items(self) -> list[Item] | None:
        """None where the texts cannot be read."""
        try:
            return questions.read(_in_order(self.texts, self.codes))
        except formats.FormatError:
            return None

    def save(self, seen: int, **content: Any) -> None:
        with db.transaction():
            drafts.save(self.part, seen, {**self.part.content, **content}, access.person())

    def address(self, view: str = "edit", **query: Any) -> str:
        return url_for(f".{view}", course=self.course.slug, lesson=self.part.slug, **query)


@bp.route("", methods=["GET", "POST"])
@requires()
def edit(course: str, lesson: str) -> Page:
    quiz = _quiz(course, lesson)
    if request.method == "GET":
        return _edit_page(quiz, quiz_forms.show_settings(quiz.part.content))
    typed = _typed()
    content = quiz_forms.read_settings(typed, quiz.part.content, i18n.locales())
    if typed.errors:
        return _edit_page(quiz, typed, seen=_seen()), 422
    try:
        quiz.save(_seen(), **content)
    except StaleError as error:
        return _edit_page(quiz, typed, conflict=error), 409
    flash(gettext("Saved. Learners see it when you publish the course."), "success")
    return redirect(quiz.address())


def _edit_page(quiz: Edited, typed: Typed, seen: int | None = None, conflict: StaleError | None = None) -> str:
    return _page("quiz", quiz, typed, seen, conflict, items=quiz.items, problems=_problems(quiz.texts, quiz.codes))


@bp.route("/text", methods=["GET", "POST"])
@requires()
def text(course: str, lesson: str) -> Page:
    """The questions as GIFT. Text that is not right yet is kept too; publishing is what asks for more."""
    quiz = _quiz(course, lesson)
    if request.method == "GET":
        return _text_page(quiz, quiz.texts)
    sent = {code: _clean(request.form.get(f"gift-{code}", "")) for code in quiz.codes}
    texts = {code: text for code, text in sent.items() if text.strip()}
    if request.form.get("go") == "moodle":
        texts = _from_moodle(texts, quiz.codes)
    try:
        quiz.save(_seen(), gift=texts)
    except StaleError as error:
        return _text_page(quiz, texts, conflict=error), 409
    if _problems(texts, quiz.codes):
        flash(gettext("Saved. The quiz cannot be published yet: see what is wrong below."), "warning")
        return redirect(quiz.address("text"))
    flash(gettext("Saved. Learners see it when you publish the course."), "success")
    return redirect(quiz.address())


def _text_page(quiz: Edited, texts: Mapping[str, str], conflict: StaleError | None = None) -> str:
    typed = Typed({f"gift-{code}": text for code, text in texts.items()})
    for problem in _problems(texts, quiz.codes):
        code = next(code for code in quiz.codes if _language(code) == problem.file)
        where = gettext("Line %(line)s: ", line=i18n.numerals(problem.line)) if problem.line else ""
        typed.wrong(f"gift-{code}", where + problem.message)
    help_ = {"examples": quiz_forms.EXAMPLES, "signs": SIGNS}
    return _page("quiz_text", quiz, typed, None, conflict, **help_)


def _from_moodle(texts: Mapping[str, str], codes: list[str]) -> dict[str, str]:
    """With names, which Moodle's exports may lack."""
    try:
        return questions.name_all(_in_order(texts, codes))
    except formats.FormatError:
        return dict(texts)


@bp.route("/questions/new", methods=["GET", "POST"])
@requires()
def new(course: str, lesson: str) -> Page:
    quiz = _quiz(course, lesson)
    kind = request.values.get("kind", "")
    if kind not in KINDS:
        return redirect(quiz.address())
    if quiz.items is None and request.method == "GET":
        return redirect(quiz.address("text"))
    return _question(quiz, Kind(kind), None)


@bp.route("/questions/<int:number>", methods=["GET", "POST"])
@requires()
def question(course: str, lesson: str, number: int) -> Page:
    """The question at this place in the list; what is sent says by its key which one is meant."""
    quiz = _quiz(course, lesson)
    item = _item(quiz, number)
    if request.method == "POST" and (kind := request.form.get("kind", "")) in KINDS:
        return _question(quiz, Kind(kind), item)
    if item is None:
        raise NotFoundError
    return _question(quiz, item.kind, item)


def _question(quiz: Edited, kind: Kind, item: Item | None) -> Page:
    if request.method == "GET":
        typed = quiz_forms.show_question(item.versions) if item else Typed({"kind": kind})
        return _question_page(quiz, kind, typed, key=item.key if item else "")
    typed = _typed()
    key = typed.values.get("key", "")
    if typed.values.get("go") == "more":
        return _question_page(quiz, kind, quiz_forms.more_rows(kind, typed), key, _seen())
    old = next((one.versions for one in quiz.items or [] if one.key == key), None)
    versions = quiz_forms.read_question(kind, typed, quiz.codes, old)
    if typed.errors:
        return _question_page(quiz, kind, typed, key, _seen()), 422
    try:
        if _seen() != quiz.part.version or quiz.items is None:
            raise StaleError(quiz.part)
        quiz.save(_seen(), gift=questions.put(_in_order(quiz.texts, quiz.codes), key, versions))
    except StaleError as error:
        return _question_page(quiz, kind, typed, key, conflict=error), 409
    flash(gettext("Saved. Learners see it when you publish the course."), "success")
    if typed.values.get("go") == "another":
        return redirect(quiz.address("new", kind=kind))
    return redirect(quiz.address() + "#questions")


def _question_page(
    quiz: Edited, kind: Kind, typed: Typed, key: str, seen: int | None = None, conflict: StaleError | None = None
) -> str:
    theirs = next((item for item in quiz.items or [] if item.key == key), None)
    rows = quiz_forms.rows(kind, typed)
    more = {"most": quiz_forms.MOST_ROWS, "readable": quiz.items is not None}
    return _page("quiz_question", quiz, typed, seen, conflict, kind=kind, key=key, rows=rows, theirs=theirs, **more)


@bp.route("/questions/<int:number>/delete", methods=["GET", "POST"])
@requires()
def delete(course: str, lesson: str, number: int) -> Page:
    """Asks first: what is deleted is gone from the draft, and from the course when it is published."""
    quiz = _quiz(course, lesson)
    if request.method == "POST":
        return _change(quiz, questions.remove(_sound(quiz), request.form.get("key", "")))
    item = _item(quiz, number)
    if item is None:
        raise NotFoundError
    return _page("quiz_delete", quiz, Typed({}), None, None, item=item, number=number)


@bp.post("/move")
@requires()
def move(course: str, lesson: str) -> Page:
    quiz = _quiz(course, lesson)
    by = 1 if request.form.get("by") == "1" else -1
    return _change(quiz, questions.move(_sound(quiz), request.form.get("key", ""), by))


@bp.post("/copy")
@requires()
def copy(course: str, lesson: str) -> Page:
    quiz = _quiz(course, lesson)
    return _change(quiz, questions.copy(_sound(quiz), request.form.get("key", "")))


def _change(quiz: Edited, texts: dict[str, str]) -> Response:
    """Nothing was typed that could be lost: whoever was slower looks at the list as it is now."""
    try:
        quiz.save(_seen(), gift=texts)
    except StaleError:
        flash(
            gettext("Somebody else has changed this quiz meanwhile. Here it is as it is now; please try again."),
            "warning",
        )
    return redirect(quiz.address() + "#questions")


@bp.route("/preview", methods=["GET", "POST"])
@requires()
def preview(course: str, lesson: str) -> Page:
    """The quiz as a learner sees it; answers are graded on the spot, and nothing is recorded."""
    quiz = _quiz(course, lesson)
    items = quiz.items
    if items is None:
        return redirect(quiz.address("text"))
    rows = [_row(item, number) for number, item in enumerate(items, 1)]
    checked = request.method == "POST"
    asked = [_answered(row, number) if checked else Asked(row, number, 0) for number, row in enumerate(rows, 1)]
    score = grading.score((one.fraction or 0.0, 1) for one in asked)
    shown = {"asked": asked, "checked": checked, "score": float(score.percent), "grading": grading}
    return _page("quiz_preview", quiz, Typed({}), None, None, **shown)


def _row(item: Item, number: int) -> Question:
    """As it will be stored, but for this page only."""
    body = {code: version.to_json() for code, version in item.versions.items()}
    return Question(id=number, quiz_id=0, name=item.name, position=number, body=body, max_mark=1.0, retired=False)


def _answered(row: Question, number: int) -> Asked:
    plain = Asked(row, number, 0)
    given = grading.parse_response(plain.question, grading.sent(request.form.items(multi=True), row.id))
    return Asked(row, number, 0, given, quizzes.grade(row.body, given).fraction)


# What the views share


def _quiz(course: str, lesson: str) -> Edited:
    found, draft = opening.draft(course)
    part = opening.part(draft, lesson)
    if part.kind != PartKind.quiz:
        raise NotFoundError
    return Edited(found, part, contents.languages(draft.content))


def _item(quiz: Edited, number: int) -> Item | None:
    items = quiz.items or []
    return items[number - 1] if 1 <= number <= len(items) else None


def _sound(quiz: Edited) -> dict[str, str]:
    """Its texts, where they can be read; there are no buttons for anything else where not."""
    if quiz.items is None:
        raise NotFoundError
    return _in_order(quiz.texts, quiz.codes)


def _in_order(texts: Mapping[str, str], codes: list[str]) -> dict[str, str]:
    return {code: texts[code] for code in codes if code in texts}


def _problems(texts: Mapping[str, str], codes: list[str]) -> tuple[Problem, ...]:
    """What keeps the questions from being published: by the language's name, line and message."""
    paths = {code: _language(code) for code in codes if code in texts}
    sources = Sources({paths[code]: texts[code].encode() for code in paths})
    read_questions(sources, paths)
    try:
        sources.settle()
    except RefusedError as error:
        return error.problems
    return ()


def _language(code: str) -> str:
    return i18n.NAMES.get(code, code)


def _typed() -> Typed:
    return Typed(dict(request.form.items()))


def _seen() -> int:
    return request.form.get("seen", 0, values.number)


def _clean(text: str) -> str:
    """With the line ends of our texts; nothing else of what was written is touched."""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "ignore").decode()


def _page(template: str, quiz: Edited, typed: Typed, seen: int | None, conflict: StaleError | None, **more: Any) -> str:
    """After a conflict the form stands on what the other person saved."""
    version = quiz.part.version if seen is None else seen
    return render_template(
        f"lms/authoring/{template}.html",
        course=quiz.course,
        quiz=quiz,
        part=quiz.part,
        content=quiz.part.content,
        codes=quiz.codes,
        languages=quiz.languages,
        typed=typed,
        seen=version,
        conflict=conflict,
        kinds=KINDS,
        **more,
    )
