"""The page of a quiz: its questions in a list, and its settings."""

from flask import request

from lms import i18n
from lms.authoring import quiz_settings_form as form, quiz_settings_words as words
from lms.authoring.errors import StaleError
from lms.authoring.question_forms import Typed
from lms.authoring.quiz_views.blueprint import Edited, Page, bp, page, problems, quiz, saved, seen, sent
from lms.quizzes import grading
from lms.quizzes.draws import Draw
from lms.quizzes.services import bank, drawing
from lms.web.access import requires


@bp.route("", methods=["GET", "POST"])
@requires()
def edit(course: str, lesson: str) -> Page:
    edited = quiz(course, lesson)
    if request.method == "GET":
        return _page(edited, form.show_settings(edited.part.content))
    typed = sent()
    if grown := form.grown(typed):
        return _page(edited, grown, seen())
    content = form.read_settings(typed, edited.part.content, i18n.locales())
    if typed.errors:
        return _page(edited, typed, seen()), 422
    try:
        edited.save(seen(), **content)
    except StaleError as error:
        return _page(edited, typed, conflict=error), 409
    return saved(edited.address())


def _page(edited: Edited, typed: Typed, seen: int | None = None, conflict: StaleError | None = None) -> str:
    return page(
        "quiz",
        edited,
        typed,
        seen,
        conflict,
        items=edited.items,
        problems=problems(edited, edited.texts),
        form=form,
        words=words,
        grading=grading,
        groups={group: form.is_open(typed, group) for group in form.GROUPS},
        available=_available(edited, typed),
        categories=[path for path, _count in (*bank.categories(edited.course), *bank.categories(None))],
        theirs=words.in_words(edited.part.content) if conflict else [],
    )


def _available(edited: Edited, typed: Typed) -> dict[int, tuple[Draw, int]]:
    """What each row of the form draws, and of how many."""
    found = {at: draw for at in range(form.rows(typed, "draws")) if (draw := form.draw_at(typed, at))}
    return dict(
        zip(found, zip(found.values(), drawing.available(edited.course, [*found.values()]), strict=True), strict=True)
    )
