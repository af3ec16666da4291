"""The lessons of a unit: pages with front matter, and quizzes with their questions."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from lms.bundles import kinds, toml
from lms.bundles.bundle import Bundle, Lesson, Page, Quiz
from lms.bundles.layout import LessonFiles, UnitFiles
from lms.bundles.questions import read_questions
from lms.bundles.settings import read_settings
from lms.bundles.sources import Sources
from lms.i18n import gettext
from lms.web import markdown

FENCE = "+++"
MAX_MINUTES = 10_000


def read_lesson(sources: Sources, files: LessonFiles, unit: UnitFiles, course: Bundle) -> Lesson:
    """Complains if it is a page and a quiz at once. It need not be there in all the languages of the course."""
    if not files.is_quiz:
        return _page(sources, files, unit)
    for path in files.pages.values():
        sources.wrong(path, 0, gettext("A lesson is a page or a quiz, not both; give one of them another number."))
    return _quiz(sources, files, unit, course)


@dataclass(frozen=True, slots=True)
class _Version:
    """A page in one language."""

    title: str = ""
    minutes: int = 0
    video: str = ""
    body: str = ""


def _page(sources: Sources, files: LessonFiles, unit: UnitFiles) -> Page:
    versions: dict[str, _Version] = {}
    minutes = 0
    for code, path in sorted(files.pages.items()):
        versions[code] = _version(sources, path, unit, minutes)
        minutes = minutes or versions[code].minutes
    return Page(
        slug=files.slug,
        number=files.number,
        title={code: version.title for code, version in versions.items()},
        minutes=minutes,
        body={code: version.body for code, version in versions.items()},
        video={code: version.video for code, version in versions.items() if version.video},
    )


def _version(sources: Sources, path: str, unit: UnitFiles, minutes: int) -> _Version:
    """One language of a page, whose other languages take so many minutes; 0 if they do not say."""
    text = sources.text(path)
    if text is None:
        return _Version()
    lines = text.split("\n")
    fences = [at for at, line in enumerate(lines) if line.rstrip() == FENCE][:2]
    if len(fences) < 2 or fences[0] != 0:
        sources.wrong(path, 1, gettext("The text must begin with front matter: its title between two lines of +++."))
        return _Version()
    table = toml.parse("\n".join(lines[1 : fences[1]]), sources.complain_of(path, above=1))
    version = _Version(
        title=table.text("title"),
        minutes=table.whole("minutes", 0, MAX_MINUTES),
        video=_video(table, unit),
        body=_trimmed(lines[fences[1] + 1 :]),
    )
    if minutes and version.minutes not in (0, minutes):
        table.wrong("minutes", gettext("The other languages have %(minutes)s minutes.", minutes=minutes))
    table.end()
    _check_links(sources, path, lines, fences[1] + 1, unit)
    return version


def _video(table: toml.Table, unit: UnitFiles) -> str:
    if "video" not in table:
        return ""
    address = table.text("video")
    is_film = address in unit.files and kinds.content_type(address).startswith("video/")
    if address.startswith("videos/") and not is_film:
        table.wrong("video", gettext("There is no film “%(path)s” in the unit's folder.", path=address[:120]))
    elif address and not is_film and not _is_web_address(address):
        message = gettext("“video” must be an address that begins with https://, or a film like videos/market.mp4.")
        table.wrong("video", message)
    return address


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not any(map(str.isspace, address))


def _trimmed(lines: list[str]) -> str:
    """Without the blank lines around it; a first line may be indented, as code is."""
    first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    return "\n".join(lines[first:]).rstrip()


def _check_links(sources: Sources, path: str, lines: list[str], above: int, unit: UnitFiles) -> None:
    text = "\n".join(lines[above:])
    for line, address in markdown.pictures(text):
        if address not in unit.files or kinds.content_type(address) not in kinds.PICTURES.values():
            message = gettext("There is no picture “%(address)s” in the unit's folder.", address=address[:120])
            sources.wrong(path, line + above, message)
    for line, address in markdown.files(text):
        if unquote(address) not in unit.files:
            message = gettext("There is no file “%(address)s” in the unit's folder.", address=address[:120])
            sources.wrong(path, line + above, message)


def _quiz(sources: Sources, files: LessonFiles, unit: UnitFiles, course: Bundle) -> Quiz:
    table = sources.table(files.settings or files.path("quiz.toml"))
    settings, draw_lines = read_settings(table, course)
    if not files.questions and not settings.draws:
        message = gettext("The quiz has no questions: a file with a name like %(file)s.", file=f"{files.stem}.en.gift")
        sources.wrong(files.place, 0, message)
    quiz = Quiz(
        slug=files.slug,
        number=files.number,
        title=table.translated("title", course.title, required=True),
        minutes=table.whole("minutes", 0, MAX_MINUTES),
        settings=settings,
        questions=read_questions(sources, files.questions, unit.files),
        draw_lines=draw_lines,
    )
    table.end()
    return quiz
