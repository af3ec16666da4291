"""The questions of a quiz as text, GIFT or Moodle XML, in each language."""

from collections.abc import Mapping

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from lms import i18n
from lms.authoring import questions
from lms.authoring.errors import StaleError
from lms.authoring.gift_examples import EXAMPLES, SIGNS
from lms.authoring.question_forms import Typed
from lms.authoring.quiz_views.blueprint import Edited, Page, bp, in_order, language, page, problems, quiz, saved, seen
from lms.i18n import gettext
from lms.quizzes import formats
from lms.web.access import requires


@bp.route("/text", methods=["GET", "POST"])
@requires()
def text(course: str, lesson: str) -> Page:
    """Text that is not right yet is kept too; publishing is what asks for more."""
    edited = quiz(course, lesson)
    if request.method == "GET":
        return _page(edited, edited.texts)
    sent = {code: _clean(request.form.get(f"gift-{code}", "")) for code in edited.codes}
    texts = _named(in_order({code: text for code, text in sent.items() if text.strip()}, edited.codes))
    try:
        edited.save(seen(), gift=texts)
    except StaleError as error:
        return _page(edited, texts, conflict=error), 409
    return _after(edited, texts)


def _after(edited: Edited, texts: Mapping[str, str]) -> Response:
    if problems(edited, texts):
        flash(gettext("Saved. The quiz cannot be published yet: see what is wrong below."), "warning")
        return redirect(edited.address("text"))
    return saved(edited.address())


def _page(edited: Edited, texts: Mapping[str, str], conflict: StaleError | None = None) -> str:
    typed = Typed({f"gift-{code}": text for code, text in texts.items()})
    for problem in problems(edited, texts):
        code = next(code for code in edited.codes if language(code) == problem.file)
        where = gettext("Line %(line)s: ", line=i18n.numerals(problem.line)) if problem.line else ""
        typed.wrong(f"gift-{code}", where + problem.message)
    return page("quiz_text", edited, typed, None, conflict, examples=EXAMPLES, signs=SIGNS)


def _named(texts: Mapping[str, str]) -> dict[str, str]:
    """With names, which what comes from Moodle may lack; the same questions in the same order get the same ones."""
    try:
        return questions.name_all(texts)
    except formats.FormatError:
        return dict(texts)


def _clean(text: str) -> str:
    """With the line ends of our texts; nothing else of what was written is touched."""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "ignore").decode()
