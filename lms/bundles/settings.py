"""The settings of a quiz, out of its `….quiz.toml`."""

from collections.abc import Iterator

from lms.bundles.bundle import Bundle
from lms.bundles.toml import Table
from lms.i18n import gettext
from lms.quizzes.draws import CATEGORY_LENGTH, Draw, category_path
from lms.quizzes.kinds import NAME_LENGTH
from lms.quizzes.models import Counts, Shows
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


def read_settings(table: Table, course: Bundle) -> tuple[Settings, tuple[int, ...]]:
    """The settings, and the line on which each of its draws begins."""
    draws = [(one.line(), _draw(one)) for one in table.tables("draw")]
    settings = Settings(
        pass_mark=table.number("pass_mark", course.pass_mark, 100),
        attempts=table.whole("attempts", USUAL.attempts, MAX_ATTEMPTS),
        shuffle=table.flag("shuffle", default=USUAL.shuffle),
        final=table.flag("final", default=USUAL.final),
        per_page=table.whole("per_page", USUAL.per_page, MAX_PER_PAGE, low=1),
        opens_at=table.moment("opens_at"),
        closes_at=table.moment("closes_at"),
        time_limit=table.whole("time_limit", USUAL.time_limit, MAX_TIME_LIMIT),
        pause=table.whole("pause", USUAL.pause, MAX_PAUSE),
        counts=table.word("counts", list(Counts), USUAL.counts),
        feedback=table.word("feedback", list(Shows), USUAL.feedback),
        answers=table.word("answers", list(Shows), USUAL.answers),
        access_word=table.short("access_word", ACCESS_WORD_LENGTH),
        going_back=table.flag("going_back", default=USUAL.going_back),
        tries=table.flag("tries", default=USUAL.tries),
        practice=table.flag("practice", default=USUAL.practice),
        blind=table.flag("blind", default=USUAL.blind),
        overall=_overall(table.tables("overall"), course),
        draws=tuple(draw for _line, draw in draws if draw),
    )
    if settings.opens_at and settings.closes_at and settings.closes_at <= settings.opens_at:
        table.wrong("closes_at", gettext("The quiz closes before it opens."))
    return settings, tuple(line for line, draw in draws if draw)


def _overall(tables: list[Table], course: Bundle) -> tuple[Remark, ...]:
    found: dict[float, Remark] = {}
    for table in tables:
        if "from" not in table:
            table.wrong("", gettext("“%(key)s” is missing.", key=table.name("from")))
        least = table.number("from", 0, 100)
        if least in found:
            table.wrong("from", gettext("There are two texts for a score from %(least)s percent on.", least=least))
        found[least] = Remark(least, table.translated("text", course.title, required=True, lines=True))
        table.end()
    return tuple(found[least] for least in sorted(found, reverse=True))


def _draw(table: Table) -> Draw | None:
    """One question, or some of a category; None after a complaint that there is neither."""
    shared = table.flag("shared", default=False)
    draw = None
    if "question" in table:
        draw = Draw(question=table.short("question", NAME_LENGTH), shared=shared)
    elif "category" in table:
        number = table.whole("number", 1, MAX_DRAWN, low=1)
        draw = Draw(category=_category(table), number=number, tags=_tags(table), shared=shared)
    else:
        table.wrong("", gettext("A draw has a “question”, or a “category” to take some of."))
    table.end()
    return draw


def _category(table: Table) -> str:
    path = table.short("category", CATEGORY_LENGTH)
    if path and path != category_path(path):
        table.wrong("category", gettext("Write the category as “%(path)s”.", path=category_path(path)))
    return path


def _tags(table: Table) -> tuple[str, ...]:
    tags = table.texts("tags")
    if faults := list(_tag_faults(tags)):
        table.wrong("tags", faults[0])
    return tags


def _tag_faults(tags: tuple[str, ...]) -> Iterator[str]:
    if any("," in tag for tag in tags):
        yield gettext("A tag must have a text, without commas.")
    if len({tag.casefold() for tag in tags}) < len(tags):
        yield gettext("A tag stands there twice.")
