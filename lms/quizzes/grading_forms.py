"""What a grader gives an essay, and the reason for grading anew."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from lms import i18n
from lms.i18n import gettext, lazy_gettext as _l, ngettext
from lms.quizzes import kinds
from lms.quizzes.services.grading_by_hand import Essay, Given
from lms.web.forms import Form, SelectChoice, at_most, not_blank

LEVEL = "level-"


class GradeForm(Form):
    """With a field for each criterion, or one for the points: see `grade_form`."""

    seen = HiddenField()
    comment = TextAreaField(_l("Comment for the learner"), [at_most(5000)], render_kw={"rows": 4})
    reason = TextAreaField(
        _l("Why the grade changes"), [at_most(500)], description=_l("For the trainers of the course."),
        render_kw={"rows": 2},
    )  # fmt: skip
    tell = BooleanField(_l("Tell the learner by mail that the grade has changed"))

    @property
    def levels(self) -> list[Any]:
        """The fields of the rubric, in its order."""
        return [it for it in self if it.name.startswith(LEVEL)]

    @property
    def given(self) -> Given:
        points = kinds.number(self["points"].data or "") if "points" in self else None
        return Given(
            levels=[int(it.data) for it in self.levels],
            points=float(points or 0),
            comment=(self.comment.data or "").strip(),
            reason=(self.reason.data or "").strip(),
            tell=bool(self.tell.data),
        )

    @property
    def seen_at(self) -> datetime | None:
        """When the grade was given that the grader saw. What no page of ours sends is none."""
        try:
            moment = datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None
        return moment if moment.tzinfo else None

    def see(self, essay: Essay) -> None:
        """The grade as it is now has been shown."""
        at = essay.response.graded_at
        self.seen.data = at.isoformat() if at else ""


def grade_form(essay: Essay) -> GradeForm:
    """With what was given already."""
    question, response = essay.question, essay.response
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"comment": response.comment}
    for at, criterion in enumerate(question.rubric):
        choices = [SelectChoice(str(number), _level(level)) for number, level in enumerate(criterion.levels)]
        fields[f"{LEVEL}{at}"] = RadioField(
            criterion.text, [_chosen(len(choices))], choices=choices, validate_choice=False
        )
        if at < len(response.levels):
            data[f"{LEVEL}{at}"] = str(response.levels[at])
    if not fields:
        most = i18n.number(essay.row.max_mark)
        label = _l("Points, from %(least)s to %(most)s", least=i18n.numerals(0), most=most)
        fields["points"] = StringField(
            label,
            [not_blank, _within(essay.row.max_mark)],
            render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20},
        )
        data["points"] = i18n.number(essay.points)
    form: GradeForm = type("GradeForm", (GradeForm,), fields)(data=data)
    if not form.is_submitted():
        form.see(essay)
    return form


def _level(level: kinds.Level) -> str:
    most = ceil(level.points)
    points = ngettext("%(points)s point", "%(points)s points", most, points=i18n.number(level.points))
    return f"{level.text} ({points})"


def _chosen(count: int) -> Callable[[Any, Any], None]:
    def check(_form: Any, field: Any) -> None:
        if field.data not in {str(at) for at in range(count)}:
            raise ValidationError(gettext("Please choose a level."))

    return check


def _within(most: float) -> Callable[[Any, Any], None]:
    def check(_form: Any, field: Any) -> None:
        points = kinds.number(field.data or "")
        if points is None or not 0 <= points <= most:
            words = gettext("Please enter a number from %(least)s to %(most)s.")
            raise ValidationError(words % {"least": i18n.numerals(0), "most": i18n.number(most)})

    return check


class RegradeForm(Form):
    stamp = HiddenField()
    reason = TextAreaField(
        _l("Why this is graded anew"),
        [not_blank, at_most(500)],
        description=_l("It stays on record, for the trainers of the course."),
        render_kw={"rows": 2},
    )
