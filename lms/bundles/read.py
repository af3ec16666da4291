"""From files to a bundle: everything is checked, and everything that is wrong is told at once."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from lms.bundles import archive, layout, rule, toml
from lms.bundles.bank_files import read_bank
from lms.bundles.bundle import Bundle, Unit
from lms.bundles.content import Content
from lms.bundles.files import read_files
from lms.bundles.layout import COURSE
from lms.bundles.lessons import read_lesson
from lms.bundles.limits import Limits
from lms.bundles.sources import Sources
from lms.bundles.toml import MAX_SLUG, is_slug
from lms.i18n import gettext
from lms.web import markdown

MAX_HOURS = 10_000


def read(files: Mapping[str, bytes | Content]) -> Bundle:
    """A course from its files by path. Raises RefusedError, which names everything that is wrong by file and line.

    What is stored was checked before, and is not read.
    """
    sources = Sources(files)
    course, completion = _course(sources)
    units = layout.sort(sources, course.title)
    if not units:
        sources.wrong(COURSE, 0, gettext("The course has no unit: a folder with a name like 01-first-unit."))
    slugs = [unit.slug for unit in units]
    in_order = tuple(_unit(sources, unit, course, slugs[:at]) for at, unit in enumerate(units))
    bundle = replace(course, units=in_order, bank=read_bank(sources, layout.bank(sources)))
    rule.check(bundle.completion, [lesson for _unit, lesson in bundle.lessons], completion)
    sources.settle()
    return bundle


def read_path(path: Path, limits: Limits) -> Bundle:
    """The same for a folder or a ZIP."""
    return read(archive.read(path, limits))


def _course(sources: Sources) -> tuple[Bundle, toml.Table]:
    """The course without its units, and the table of its completion rule."""
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
        completion=rule.read(completion),
        statement=certificate.translated("statement", title, lines=True),
        units=(),
        requires_line=table.line("requires"),
        requires=table.slugs("requires"),
    )
    if course.slug in course.requires:
        table.wrong("requires", gettext("A course cannot require itself."))
    for code, text in course.description.items():
        if any(markdown.pictures(text)):
            table.table("description").wrong(code, gettext("A description has no pictures; lessons have."))
    for each in (completion, certificate, table):
        each.end()
    return course, completion


def _slug(table: toml.Table) -> str:
    slug = table.text("slug")
    if slug and not is_slug(slug):
        message = gettext("“slug” is made of up to %(limit)s small Latin letters, digits and hyphens.", limit=MAX_SLUG)
        table.wrong("slug", message)
    return slug


def _unit(sources: Sources, files: layout.UnitFiles, course: Bundle, earlier: Collection[str]) -> Unit:
    table = sources.table(files.settings)
    unit = Unit(
        slug=files.slug,
        number=files.number,
        title=table.translated("title", course.title, required=True),
        summary=table.translated("summary", course.title),
        lessons=tuple(read_lesson(sources, lesson, files, course) for lesson in files.lessons.values()),
        files=read_files(sources, files.folder, files.files),
        requires=table.slugs("requires"),
        opens_at=table.moment("opens_at"),
    )
    for slug in unit.requires:
        if slug not in earlier:
            table.wrong("requires", gettext("“%(slug)s” is no unit that comes before this one.", slug=slug))
    table.end()
    if not files.lessons:
        sources.wrong(files.folder, 0, gettext("The unit has no lesson."))
    return unit
