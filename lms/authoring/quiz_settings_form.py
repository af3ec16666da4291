"""What the form of a quiz's settings sends, as plain values, and back. Pure, but for the site's zone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lms import i18n
from lms.authoring.question_forms import Typed, plain
from lms.authoring.quiz_settings_words import COUNTS, SHOWS, TICKS
from lms.bundles.lessons import MAX_MINUTES
from lms.i18n import LATIN_DIGITS, gettext
from lms.quizzes import kinds
from lms.quizzes.draws import CATEGORY_LENGTH, Draw, category_path
from lms.quizzes.settings import (
    ACCESS_WORD_LENGTH,
    MAX_ATTEMPTS,
    MAX_DRAWN,
    MAX_PAUSE,
    MAX_PER_PAGE,
    MAX_TIME_LIMIT,
    USUAL,
    Remark,
    Settings,
)

TITLE_LENGTH = 200
MOST_ROWS = 40
MOST_STORED = 1_000
"""Rows that a form can have, where a bundle brought more than are offered."""
LOCAL = "%Y-%m-%dT%H:%M"
WHOLE = {
    "attempts": (0, MAX_ATTEMPTS),
    "pause": (0, MAX_PAUSE),
    "time_limit": (0, MAX_TIME_LIMIT),
    "per_page": (1, MAX_PER_PAGE),
}
"""Whole numbers and their limits; an empty field is as usual."""
GROUPS = {
    "attempts": ("attempts", "counts", "pause", "access_word"),
    "time": ("opens_at", "closes_at", "time_limit"),
    "shows": ("feedback", "answers", "overall"),
    "questions": ("per_page", "shuffle", "going_back", "tries", "blind"),
    "draws": ("draws",),
    "practice": ("practice",),
}


# Showing


def show_settings(content: Mapping[str, Any]) -> Typed:
    settings, typed = Settings.from_json(content), Typed()
    for code, title in content.get("title", {}).items():
        typed.put(f"title-{code}", title)
    typed.put("minutes", str(content.get("minutes") or ""))
    typed.put("pass_mark", plain(settings.pass_mark))
    for name in WHOLE:
        typed.put(name, str(getattr(settings, name) or ""))
    for name in TICKS:
        typed.put(name, "1" if getattr(settings, name) else "")
    for name in ("opens_at", "closes_at"):
        moment = getattr(settings, name)
        typed.put(name, moment.astimezone(i18n.zone()).strftime(LOCAL) if moment else "")
    for name in ("counts", "feedback", "answers", "access_word"):
        typed.put(name, getattr(settings, name))
    _show_overall(typed, settings.overall)
    _show_draws(typed, settings.draws)
    return typed


def _show_overall(typed: Typed, overall: Sequence[Remark]) -> None:
    typed.put("overall", str(max(len(overall), 1)))
    for at, remark in enumerate(overall):
        typed.put(f"from-{at}", plain(remark.least))
        for code, text in remark.text.items():
            typed.put(f"remark-{at}-{code}", text)


def _show_draws(typed: Typed, draws: Sequence[Draw]) -> None:
    typed.put("draws", str(max(len(draws), 1)))
    for at, draw in enumerate(draws):
        typed.put(f"bank-{at}", "shared" if draw.shared else "")
        typed.put(f"question-{at}", draw.question)
        typed.put(f"category-{at}", draw.category)
        typed.put(f"number-{at}", "" if draw.question else str(draw.number))
        typed.put(f"tags-{at}", ", ".join(draw.tags))


# Reading


def read_settings(typed: Typed, content: Mapping[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    """The content with these settings; for use only where nothing is wrong with what was typed."""
    plain_ones: dict[str, Any] = {name: typed.filled(name) for name in TICKS}
    for name, (low, high) in WHOLE.items():
        plain_ones[name] = typed.whole(name, low, high, getattr(USUAL, name))
    settings = Settings(
        pass_mark=_percentage(typed, "pass_mark"),
        **plain_ones,
        opens_at=_moment(typed, "opens_at"),
        closes_at=_moment(typed, "closes_at"),
        counts=_choice(typed, "counts", COUNTS),
        feedback=_choice(typed, "feedback", SHOWS),
        answers=_choice(typed, "answers", SHOWS),
        access_word=_short(typed, "access_word", ACCESS_WORD_LENGTH),
        overall=_overall(typed, Settings.from_json(content).overall, codes),
        draws=_draws(typed),
    )
    if settings.opens_at and settings.closes_at and settings.closes_at <= settings.opens_at:
        typed.wrong("closes_at", gettext("The quiz closes before it opens."))
    minutes = typed.whole("minutes", 0, MAX_MINUTES, 0)
    return {**content, "title": _title(typed, content, codes), "minutes": minutes, **settings.to_json()}


def _title(typed: Typed, content: Mapping[str, Any], codes: Sequence[str]) -> dict[str, str]:
    others = {code: text for code, text in content.get("title", {}).items() if code not in codes}
    title = {code: typed.text(f"title-{code}") for code in codes if typed.filled(f"title-{code}")}
    if not title:
        typed.wrong(f"title-{codes[0]}", gettext("Please fill this in."))
    for code, text in title.items():
        if len(text) > TITLE_LENGTH or "\n" in text:
            typed.wrong(f"title-{code}", gettext("Please write less than this."))
    return others | title


def _percentage(typed: Typed, name: str) -> float:
    value = kinds.number(typed.text(name))
    if value is None or not 0 <= value <= 100:
        typed.wrong(name, gettext("Write a number from %(low)s to %(high)s.", low=0, high=100))
        return 0.0
    return float(value)


def _moment(typed: Typed, name: str) -> datetime | None:
    """As it is typed in the site's zone."""
    if not typed.filled(name):
        return None
    try:
        local = datetime.fromisoformat(typed.text(name).translate(LATIN_DIGITS))
        return local.replace(tzinfo=i18n.zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        typed.wrong(name, gettext("Write the day and the time as in %(example)s.", example="2027-01-31 17:00"))
        return None


def _choice(typed: Typed, name: str, known: Mapping[str, Any]) -> str:
    said = typed.value(name)
    return said if said in known else str(getattr(USUAL, name))


def _short(typed: Typed, name: str, most: int) -> str:
    text = " ".join(typed.text(name).split())
    if len(text) > most:
        typed.wrong(name, gettext("Please write less than this."))
    return text


def rows(typed: Typed, name: str) -> int:
    """How many rows the form has: of `overall` or of `draws`."""
    return typed.count(name, 1, MOST_STORED)


def grown(typed: Typed) -> Typed | None:
    """The same form with one more row, where the button that was pressed asks for that."""
    name = typed.value("go").removeprefix("more-")
    if name not in ("overall", "draws"):
        return None
    return Typed({**typed.values, name: str(min(rows(typed, name) + 1, MOST_ROWS))})


def _overall(typed: Typed, old: Sequence[Remark], codes: Sequence[str]) -> tuple[Remark, ...]:
    """The highest first; what a remark says in languages that the form does not have stays."""
    others = {remark.least: remark.text for remark in old}
    found: dict[float, Remark] = {}
    for at in range(rows(typed, "overall")):
        if not typed.filled(f"from-{at}") and not typed.filled_in(f"remark-{at}", codes):
            continue
        least = _percentage(typed, f"from-{at}")
        if least in found:
            message = gettext("There are two texts for a score from %(least)s percent on.", least=plain(least))
            typed.wrong(f"from-{at}", message)
        kept = {code: text for code, text in others.get(least, {}).items() if code not in codes}
        said = {code: typed.text(f"remark-{at}-{code}") for code in codes if typed.filled(f"remark-{at}-{code}")}
        if not said:
            typed.wrong(f"remark-{at}-{codes[0]}", gettext("Please fill this in, in one language at least."))
        found[least] = Remark(least, kept | said)
    return tuple(found[least] for least in sorted(found, reverse=True))


def _draws(typed: Typed) -> tuple[Draw, ...]:
    return tuple(draw for at in range(rows(typed, "draws")) if (draw := _draw(typed, at)))


def _draw(typed: Typed, at: int) -> Draw | None:
    shared = typed.value(f"bank-{at}") == "shared"
    question = _short(typed, f"question-{at}", kinds.NAME_LENGTH)
    category = category_path(typed.text(f"category-{at}"))
    tags = _tags(typed, f"tags-{at}")
    number = typed.whole(f"number-{at}", 1, MAX_DRAWN, 1)
    if question and not category:
        return Draw(question=question, shared=shared)
    if question:
        typed.wrong(f"question-{at}", gettext("Give a category or a question, not both."))
    if len(category) > CATEGORY_LENGTH:
        typed.wrong(f"category-{at}", gettext("Please write less than this."))
    if not category and (tags or typed.filled(f"number-{at}")):
        typed.wrong(f"category-{at}", gettext("Say from which category."))
    return Draw(category=category, number=number, tags=tags, shared=shared) if category else None


def _tags(typed: Typed, name: str) -> tuple[str, ...]:
    """Each once, whatever its letters."""
    found = (" ".join(tag.split()) for tag in typed.text(name).split(","))
    return tuple({tag.casefold(): tag for tag in reversed([*filter(None, found)])}.values())[::-1]


# What the page says


def draw_at(typed: Typed, at: int) -> Draw | None:
    """What a row of the form would draw, whether right or not."""
    return _draw(replace(typed, errors={}), at)


def is_open(typed: Typed, group: str) -> bool:
    """Whether a group of settings has an error, or is not as usual."""
    usual = show_settings(USUAL.to_json())
    rows_of = {"overall": ("from-", "remark-"), "draws": ("question-", "category-", "number-", "tags-")}
    for name in GROUPS[group]:
        if name in rows_of and typed.says(*rows_of[name]):
            return True
        if name in typed.errors or (name not in rows_of and typed.value(name) != usual.value(name)):
            return True
    return False
