"""A draft as the files of a bundle, and a bundle as a draft."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.authoring import contents
from lms.authoring.models import Draft, DraftFile, DraftPart, PartKind
from lms.authoring.services import creating, drafts
from lms.bundles import banks, content, services as bundles, write
from lms.bundles.bundle import Bundle, File, stem
from lms.bundles.content import Content
from lms.bundles.layout import COURSE
from lms.courses import services as courses
from lms.courses.models import Course, FileData
from lms.errors import Problem, RefusedError
from lms.i18n import gettext


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a draft from being published, and where to mend it."""

    page: Literal["settings", "completion", "outline", "part"]
    part: DraftPart | None
    line: int
    """Of the questions of a quiz, in the text of that language; else 0."""
    message: str


def files(draft: Draft, course: Course, bank: bool = False) -> dict[str, Content]:
    """By path, also while there is something wrong in them; of those that are stored nothing is read.

    What is archived is left out. With `bank` the questions of the course's bank are there too, which are in no draft.
    """
    outline = drafts.outline(draft)
    below = _files_by_unit(draft)
    units = tuple(
        replace(unit, files=tuple(below.get(unit.slug, ()))) for unit in contents.to_units(outline, questions=False)
    )
    bundle = replace(contents.to_course(draft, course.slug), units=units, bank=banks.load(course) if bank else ())
    texts = {path: content.of(text.encode()) for path, text in _gifts(outline)}
    return dict(sorted({**write.to_files(bundle), **texts}.items()))


def _files_by_unit(draft: Draft) -> dict[str, list[File]]:
    wanted = select(DraftFile, FileData.size).join(FileData, FileData.digest == DraftFile.digest)
    wanted = wanted.where(DraftFile.course_id == draft.course_id).order_by(DraftFile.path)
    found: dict[str, list[File]] = {}
    for row, size in db.session.execute(wanted):
        unit, _, path = row.path.partition("/")
        found.setdefault(unit, []).append(File(path, row.content_type, content.stored(row.digest, size)))
    return found


def _gifts(outline: drafts.Outline) -> Iterator[tuple[str, str]]:
    """The questions as they were written: right or not, with their comments."""
    for unit, lessons in outline:
        for lesson in lessons:
            for code, text in contents.gifts(lesson).items():
                yield f"{place(unit)}/{place(lesson)}.{code}.{write.questions_ending(text)}", text


def place(part: DraftPart) -> str:
    """The name of a unit's folder, or the beginning of the name of a lesson's files."""
    return stem(part.position, part.slug)


def troubles(draft: Draft, refused: RefusedError, texts: Mapping[str, Content]) -> list[Trouble]:
    """What was refused, by where it is mended."""
    parts: dict[str, DraftPart] = {}
    for unit, lessons in drafts.outline(draft):
        parts[place(unit)] = unit
        parts |= {f"{place(unit)}/{place(lesson)}": lesson for lesson in lessons}
    course = texts[COURSE][:].decode().split("\n")
    return [_trouble(problem, parts, course) for problem in refused.problems]


def _trouble(problem: Problem, parts: dict[str, DraftPart], course: list[str]) -> Trouble:
    if problem.file == COURSE:
        above = course[: problem.line]
        in_rule = "[completion]" in above and "[certificate]" not in above
        if "[completion]" in problem.message or in_rule:
            return Trouble("completion", None, 0, problem.message)
        without_units = not parts
        return Trouble("outline" if without_units else "settings", None, 0, problem.message)
    folder, _, name = problem.file.partition("/")
    part = parts.get(f"{folder}/{name.partition('.')[0]}") or parts.get(folder)
    is_quiz = part is not None and part.kind == PartKind.quiz
    line = problem.line if is_quiz and not name.endswith(".toml") else 0
    return Trouble("part" if part else "outline", part, line, problem.message)


def take(draft: Draft, bundle: Bundle, person: Person) -> Mapping[str, int]:
    """Makes the draft what the bundle says; what the bundle does not have is archived. The questions of the bank are
    taken at once: what was done to how many of them is returned.
    """
    drafts.touch(draft.course_id, person)
    drafts.fill(draft, bundle)
    kept = {path: (file.content_type, file.content.keep()) for path, file in bundles.files_of(bundle).items()}
    drafts.set_files(draft, kept)
    return banks.store(db.session.get_one(Course, draft.course_id), bundle.bank, person)


def create(bundle: Bundle, person: Person) -> Course:
    """A new course, not published, whose draft is the bundle. Raises RefusedError if its name is taken."""
    if courses.by_slug(bundle.slug):
        message = gettext(
            "There is a course with the name “%(slug)s” already. Import into its draft, or change the name."
        )
        raise RefusedError([Problem(COURSE, 1, message % {"slug": bundle.slug})])
    course = creating.create(bundle.title, bundle.slug, person)
    take(drafts.open_draft(course, person), bundle, person)
    return course
