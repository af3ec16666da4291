"""What the settings of a quiz are called, and what they are set to, in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel.speaklater import LazyString

from lms import i18n
from lms.i18n import gettext, lazy_gettext as _l
from lms.quizzes.draws import Draw
from lms.quizzes.models import Counts, Shows
from lms.quizzes.settings import Settings

COUNTS: Mapping[str, LazyString] = {
    Counts.highest: _l("The best attempt"),
    Counts.average: _l("The mean of all attempts"),
    Counts.first: _l("The first attempt"),
    Counts.last: _l("The last attempt"),
}
SHOWS: Mapping[str, LazyString] = {
    Shows.always: _l("After each attempt"),
    Shows.done: _l("When they have passed, or have no attempt left"),
    Shows.closed: _l("When the quiz has closed"),
    Shows.never: _l("Never"),
}
BANKS: Mapping[str, LazyString] = {"": _l("The bank of this course"), "shared": _l("The bank of all courses")}
TICKS = {
    "shuffle": _l("Ask in a new order each time"),
    "final": _l("This is the final quiz: its best score is the score of the course"),
    "going_back": _l("Pages that were left can be opened again"),
    "tries": _l("Each answer can be checked and tried again, with its hints; a wrong try costs a part of the points"),
    "practice": _l("Learners may practise the quiz as often as they like, without record"),
    "blind": _l("Graders of longer texts do not see whose they are"),
}
LABELS: Mapping[str, LazyString] = {
    "pass_mark": _l("To pass"),
    "attempts": _l("Attempts"),
    "counts": _l("Which attempt counts"),
    "pause": _l("Pause between two attempts"),
    "access_word": _l("Access word"),
    "opens_at": _l("Opens on"),
    "closes_at": _l("Closes on"),
    "time_limit": _l("Time limit"),
    "minutes": _l("How long it takes, about"),
    "feedback": _l("Feedback shows"),
    "answers": _l("Right answers show"),
    "per_page": _l("Questions on a page"),
}
CHOICES = {"counts": COUNTS, "feedback": SHOWS, "answers": SHOWS}


def in_words(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each setting of a draft's quiz and its value, for whoever compares."""
    settings = Settings.from_json(content)
    found = [(in_language(gettext("Title"), code), text) for code, text in (content.get("title") or {}).items()]
    found += [(str(label), _value(settings, content, name)) for name, label in LABELS.items()]
    found += [
        (str(label), gettext("yes") if getattr(settings, name) else gettext("no")) for name, label in TICKS.items()
    ]
    for remark in settings.overall:
        said = gettext("Said from %(percent)s on", percent=i18n.percent(remark.least))
        found += [(in_language(said, code), text) for code, text in remark.text.items()]
    return found + [(gettext("From the question bank"), draw_in_words(draw)) for draw in settings.draws]


def in_language(label: str, code: str) -> str:
    return f"{label} ({i18n.NAMES.get(code, code)})"


def _value(settings: Settings, content: Mapping[str, Any], name: str) -> str:
    value: Any = content.get("minutes") if name == "minutes" else getattr(settings, name)
    if name in CHOICES:
        return str(CHOICES[name][value])
    if isinstance(value, datetime):
        return f"{i18n.day_and_time(value)}, {i18n.zone_label()}"
    return i18n.percent(value) if name == "pass_mark" else i18n.numerals(value or "")


def draw_in_words(draw: Draw) -> str:
    bank = gettext("from the bank of all courses") if draw.shared else gettext("from the bank of this course")
    if draw.question:
        return f"“{draw.question}”, {bank}"
    tags = f", {', '.join(draw.tags)}" if draw.tags else ""
    return f"{i18n.numerals(draw.number)} × {draw.category}{tags}, {bank}"
