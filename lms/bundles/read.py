"""From files to a bundle: everything is checked, and everything that is wrong is told at once."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from lms.bundles import archive, layout, toml
from lms.bundles.bundle import Bundle, Unit
from lms.bundles.layout import COURSE, MAX_SLUG, SLUG
from lms.bundles.lessons import read_lesson
from lms.bundles.pictures import read_pictures
from lms.bundles.sources import Sources
from lms.courses.completion import PARTS
from lms.i18n import gettext
from lms.web import markdown

MAX_HOURS = 10_000


def read(files: Mapping[str, bytes]) -> Bundle:
    """A course from its files by path. Raises RefusedError, which names everything that is wrong by file and line."""
    sources = Sources(files)
    course = _course(sources)
    units = layout.sort(sources, course.title)
    if not units:
        sources.wrong(COURSE, 0, gettext("The course has no unit: a folder with a name like 01-first-unit."))
    bundle = replace(course, units=tuple(_unit(sources, unit, course) for unit in units))
    _check_completion(sources, bundle)
    sources.settle()
    return bundle


def read_path(path: Path, max_bytes: int) -> Bundle:
    """The same for a folder or a ZIP; `max_bytes` is the setting LMS_MAX_BUNDLE_BYTES."""
    return read(archive.read(path, max_bytes))


def _course(sources: Sources) -> Bundle:
    table = sources.table(COURSE)
    title = table.translated("title", (), required=True)
    completion, certificate = table.table("completion"), table.table("certificate")
    course = Bundle(
        slug=_slug(table),
        hours=table.number("hours", 0, MAX_HOURS),
        pass_mark=table.number("pass_mark", 60, 100),
        title=title,
        summary=table.translated("summary", title),
        description=table.translated("description", title, lines=True),
        completion={part: completion.choice(part, ("all", "none")) for part in PARTS},
        statement=certificate.translated("statement", title, lines=True),
        units=(),
    )
    for code, text in course.description.items():
        if any(markdown.pictures(text)):
            table.table("description").wrong(code, gettext("A description has no pictures; lessons have."))
    for each in (completion, certificate, table):
        each.end()
    return course


def _slug(table: toml.Table) -> str:
    slug = table.text("slug")
    if slug and (not SLUG.fullmatch(slug) or len(slug) > MAX_SLUG):
        message = gettext("“slug” is made of up to %(limit)s small Latin letters, digits and hyphens.", limit=MAX_SLUG)
        table.wrong("slug", message)
    return slug


def _unit(sources: Sources, files: layout.UnitFiles, course: Bundle) -> Unit:
    table = sources.table(files.settings)
    unit = Unit(
        slug=files.slug,
        number=files.number,
        title=table.translated("title", course.title, required=True),
        summary=table.translated("summary", course.title),
        lessons=tuple(read_lesson(sources, lesson, files, course) for lesson in files.lessons.values()),
        pictures=read_pictures(sources, files.folder, files.pictures),
    )
    table.end()
    if not files.lessons:
        sources.wrong(files.folder, 0, gettext("The unit has no lesson."))
    return unit


def _check_completion(sources: Sources, bundle: Bundle) -> None:
    """A rule that asks for nothing would complete the course for everyone who enrols."""
    kinds = {lesson.kind for unit in bundle.units for lesson in unit.lessons}
    asked = {kind for part, kind in PARTS.items() if bundle.completion[part] != "none"}
    if not kinds & asked:
        sources.wrong(COURSE, 0, gettext("The rule in [completion] asks for nothing that the course has."))
