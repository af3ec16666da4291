"""The quiz as a learner sees it; answers are graded on the spot, and nothing is recorded."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flask import redirect, request

from lms.authoring.bank_opening import Bank
from lms.authoring.question_forms import Typed
from lms.authoring.quiz_views.blueprint import Edited, Page, bp, page, quiz
from lms.bundles.services import mark
from lms.quizzes import grading, services as quizzes
from lms.quizzes.kinds import Kind
from lms.quizzes.models import Question, Response
from lms.quizzes.services import Asked, drawing
from lms.quizzes.settings import Settings
from lms.web.access import requires

SEED = 0
"""Each time the same, so that what is sent fits what was shown."""
LONGEST = 20_000
"""Characters of what the page says about earlier tries that are looked at."""
Values = list[str]
"""As a form sends them, for `grading.parse_response`."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A question on this page."""

    asked: Asked
    pictures: str
    """What their addresses begin with."""
    earlier: Sequence[Values] = ()
    """What was checked before, which only the page keeps."""

    @property
    def tries(self) -> str:
        """For the page to keep."""
        return json.dumps(self.earlier)


@bp.route("/preview", methods=["GET", "POST"])
@requires()
def preview(course: str, lesson: str) -> Page:
    edited = quiz(course, lesson)
    if edited.items is None:
        return redirect(edited.address("text"))
    settings = Settings.from_json(edited.part.content)
    shown = [*_shown(edited, settings)]
    to_check = request.form.get("check", 0, int) if settings.tries else 0
    if request.method == "POST":
        shown = [_answered(one, settings.tries, checks=one.asked.row.id == to_check) for one in shown]
    is_done = request.method == "POST" and not to_check
    asked = [one.asked for one in shown]
    score = grading.score((one.fraction or 0.0, one.row.max_mark) for one in asked)
    bases = {one.asked.row.id: one.pictures for one in shown}
    return page(
        "quiz_preview",
        edited,
        Typed(),
        shown=shown,
        asked=asked,
        checked=is_done,
        waits=any(one.waits for one in asked),
        score=float(score.percent),
        settings=settings,
        explains=True,
        grading=grading,
        picture=bases.get,
    )


def _shown(edited: Edited, settings: Settings) -> Iterator[Shown]:
    """The quiz's own questions, then what an attempt might draw."""
    for number, item in enumerate(edited.items or [], 1):
        body = {code: version.to_json() for code, version in item.versions.items()}
        yield Shown(_asked(item.name, body, number), edited.picture_base)
    own = len(edited.items or [])
    for number, entry in enumerate(drawing.sample(edited.course, settings.draws, SEED), own + 1):
        bank = Bank(edited.course if entry.row.course_id else None)
        base = bank.address("picture", entry=entry.row.id, path="-")[:-1]
        yield Shown(_asked(entry.row.name, entry.version.body, number), base)


def _asked(name: str, body: dict[str, dict[str, object]], number: int) -> Asked:
    """As it would be stored, but for this page only."""
    values = {"name": name, "position": number, "body": body, "max_mark": mark(body), "retired": False}
    return Asked(Question(id=number, quiz_id=0, **values), number, SEED)


def _answered(one: Shown, tries: bool, checks: bool) -> Shown:
    """With what was given, and what that is worth; where it is checked, it is one more try."""
    asked, earlier = one.asked, [*_earlier(one.asked)] if tries else []
    # A question that is found right, or has no try left, has no fields any more.
    values = grading.sent(request.form.items(multi=True), asked.row.id) or (earlier[-1] if earlier else [])
    given = grading.parse_response(asked.question, values)
    if checks and _is_a_try(asked, given) and (not earlier or earlier[-1] != values):
        earlier.append(values)
    response = Response(value={"given": given}, tries=[_try(asked, one) for one in earlier])
    fraction = None if asked.question.kind == Kind.essay else quizzes.worth(asked.row.body, given, response.tries)
    return replace(one, asked=replace(asked, given=given, fraction=fraction, response=response), earlier=earlier)


def _is_a_try(asked: Asked, given: grading.Response) -> bool:
    return asked.question.kind != Kind.essay and grading.is_answered(asked.question, given)


def _try(asked: Asked, values: Values) -> dict[str, object]:
    given = grading.parse_response(asked.question, values)
    return {"given": given, "fraction": quizzes.grade(asked.row.body, given).fraction}


def _earlier(asked: Asked) -> Iterator[Values]:
    """What the page says was checked; as much as there are tries."""
    try:
        said = json.loads(request.form.get(f"tries{asked.row.id}", "[]")[:LONGEST])
    except (ValueError, RecursionError):
        return
    for values in said[: quizzes.most_tries(asked.row.body)] if isinstance(said, list) else ():
        if isinstance(values, list):
            yield [value for value in values if isinstance(value, str)]
