"""What a question of the bank has to do with courses as they are being written, and with its pictures."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from sqlalchemy import select

from lms import clock, db
from lms.accounts.models import Person
from lms.accounts.policy import is_admin
from lms.authoring import pictures, questions
from lms.authoring.models import DraftFile, DraftPart, PartKind
from lms.authoring.services import drafts
from lms.authoring.services.files import IMAGES
from lms.bundles import kinds as files
from lms.bundles.limits import too_large
from lms.courses import services as courses
from lms.courses.models import Course, CourseTrainer, FileData
from lms.db import Translated
from lms.errors import InvalidError, NotFoundError
from lms.i18n import gettext
from lms.quizzes import grading, images
from lms.quizzes.draws import CATEGORY_LENGTH, Draw, category_path, moved
from lms.quizzes.kinds import NAME_LENGTH, TITLE_LENGTH, Question
from lms.quizzes.models import BankQuestion
from lms.quizzes.services import bank as banks, drawing
from lms.quizzes.services.bank import Entry, Owner, Versions

MOST_PICTURES = 40
"""Of a question."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is kept: what texts call it, what it is, and its digest."""

    path: str
    content_type: str
    digest: str


@dataclass(frozen=True, slots=True)
class DraftUse:
    """A quiz that is being written and asks a question of the bank, or may."""

    course: Course
    slug: str
    title: Translated


# Categories


def path_of(text: str, field: str = "category") -> str:
    """A category as people type it. Raises InvalidError for the field."""
    path = category_path(text)
    if not path:
        raise InvalidError(field, gettext("Please fill this in."))
    if len(path) > CATEGORY_LENGTH:
        raise InvalidError(field, gettext("Please write less than this."))
    return path


def rename_category(owner: Owner, old: str, new: str, person: Person) -> None:
    """With what is below it; quizzes go on drawing from it, those that are taught and those being written."""
    paths = [path for path, _count in banks.categories(owner) if f"{path}/".startswith(f"{old}/")]
    if not paths:
        raise NotFoundError
    if max(map(len, paths)) - len(old) + len(new) > CATEGORY_LENGTH:
        raise InvalidError("to", gettext("Please write less than this."))
    banks.rename_category(owner, old, new)
    drawing.follow(owner, old, new)
    for part in _quizzes(owner):
        draws = moved(part.content.get("draws", []), owner is None, old, new)
        if draws != part.content.get("draws", []):
            _rewrite(part, draws, person)


def _rewrite(part: DraftPart, draws: Sequence[Mapping[str, object]], person: Person) -> None:
    drafts.save(part, part.version, {**part.content, "draws": list(draws)}, person)


def _quizzes(owner: Owner) -> Sequence[DraftPart]:
    wanted = select(DraftPart).where(DraftPart.kind == PartKind.quiz, ~DraftPart.archived).order_by(DraftPart.id)
    wanted = wanted.where(DraftPart.course_id == owner.id) if owner else wanted
    return db.session.scalars(wanted.execution_options(populate_existing=True)).all()


# Where a question is used


def drafts_using(entry: Entry) -> list[DraftUse]:
    """The quizzes of drafts that ask it, or may draw it. One query."""
    said = (DraftPart.slug, DraftPart.content["title"], DraftPart.content["draws"])
    wanted = select(Course, *said).join(Course, Course.id == DraftPart.course_id)
    wanted = wanted.where(DraftPart.kind == PartKind.quiz, ~DraftPart.archived)
    if entry.row.course_id:
        wanted = wanted.where(DraftPart.course_id == entry.row.course_id)
    rows = db.session.execute(wanted.order_by(Course.id, DraftPart.position))
    return [DraftUse(course, slug, title or {}) for course, slug, title, draws in rows if _takes(draws, entry)]


def _takes(draws: Sequence[Mapping[str, object]] | None, entry: Entry) -> bool:
    return any(drawing.takes(Draw.from_json(draw), entry) for draw in draws or ())


def add_draw(part: DraftPart, draw: Draw, person: Person) -> bool:
    """A quiz that is being written asks this too; False if it does already. Raises StaleError."""
    present = part.content.get("draws", [])
    if draw.to_json() in present:
        return False
    _rewrite(part, [*present, draw.to_json()], person)
    return True


# Questions that go from one place to another


def copy(entry: Entry, owner: Owner, person: Person) -> BankQuestion:
    """The same question once more, in this bank, under a name that is free there."""
    made = banks.add(owner, entry.category, named(entry.versions, free_name(owner, entry.row.name)), person)
    kept = {row.path: (row.content_type, row.digest) for row in banks.files(entry.row)}
    banks.keep_files(made, kept)
    return made


def take_over(owner: Owner, path: str, item: questions.Item, part: DraftPart, person: Person) -> BankQuestion:
    """A question of a quiz that is being written, with its pictures, as one of the bank. Raises InvalidError for the
    field `file` where one of them is not there.
    """
    pictures = _of_unit(part, item.versions)
    check_pictures(item.versions, pictures)
    name = free_name(owner, item.name or name_for(item.versions))
    made = banks.add(owner, path, named(item.versions, name), person)
    banks.keep_files(made, pictures)
    return made


def _of_unit(part: DraftPart, versions: Versions) -> dict[str, tuple[str, str]]:
    """The pictures of the quiz's unit that a question shows."""
    unit = db.session.get_one(DraftPart, part.unit_id)
    shown = {f"{unit.slug}/{path}": path for version in versions.values() for path in images.paths(version)}
    wanted = select(DraftFile).where(DraftFile.course_id == part.course_id, DraftFile.path.in_(shown))
    return {shown[row.path]: (row.content_type, row.digest) for row in db.session.scalars(wanted)}


def named(versions: Versions, name: str) -> dict[str, Question]:
    return {code: replace(version, name=name) for code, version in versions.items()}


def name_for(versions: Versions) -> str:
    """Of a question that was given none: its first Latin words, or else how it begins."""
    name = questions.name_from(versions)
    first = next(iter(versions.values()))
    return beginning(first, first.format) if name == questions.NO_NAME else name


def beginning(question: Question, markup: str) -> str:
    """What a question without a name is called, as in Moodle."""
    text = " ".join(grading.plain(question.text, markup).split())
    return text[:TITLE_LENGTH].strip() or gettext("Question")


def free_name(owner: Owner, wanted: str) -> str:
    """The name itself, or with the first number from 2 that nobody has."""
    wanted = wanted[: NAME_LENGTH - 6]
    candidates = [wanted, *(f"{wanted}-{number}" for number in range(2, 200))]
    taken = banks.of_names(owner, candidates)
    return next((name for name in candidates if name not in taken), f"{wanted}-{clock.now():%H%M%S}"[:NAME_LENGTH])


# Pictures


def check_pictures(versions: Versions, present: Collection[str]) -> None:
    """Raises InvalidError for the field `file` where a text shows a picture that is not among these paths: such a
    question could be exported, and not imported again.
    """
    shown = (path for version in versions.values() for path in images.paths(version))
    missing = next((path for path in shown if path.startswith(IMAGES) and path not in present), "")
    if missing:
        message = gettext(
            "There is no picture “%(address)s”. Add it, or take it out of the text.", address=missing[:120]
        )
        raise InvalidError("file", message)


def checked_picture(name: str, data: bytes, most: int) -> Picture:
    """Drawn anew, and kept; what is kept already was checked when it came. Raises InvalidError for the field `file`."""
    if not data:
        raise InvalidError("file", gettext("The file is empty."))
    if len(data) > most:
        raise InvalidError("file", too_large(most))
    kept = PurePosixPath(name)
    if not _is_known(data) and pictures.kind(data[:32]):
        data, ending = pictures.redraw(data)
        kept = kept.with_suffix(ending)
    content_type = files.content_type(kept.name)
    faults = files.faults(data, kept.name)
    if faults or not content_type.startswith("image/"):
        raise InvalidError("file", " ".join(faults[:5]) or gettext("This is no picture."))
    return Picture(str(kept), content_type, courses.keep(data))


def _is_known(data: bytes) -> bool:
    digest = hashlib.sha256(data).hexdigest()
    return db.session.scalar(select(FileData.digest).where(FileData.digest == digest)) is not None


def placed(picture: Picture, present: Mapping[str, str]) -> str:
    """The path for a picture where `present` are there, by path their digests: what is shown is never replaced."""
    if present.get(picture.path, picture.digest) == picture.digest:
        return picture.path
    same = next((path for path, digest in present.items() if digest == picture.digest), "")
    if same:
        return same
    path = PurePosixPath(picture.path)
    return str(path.with_name(f"{path.stem}-{picture.digest[:12]}{path.suffix}"))


def add_picture(question: BankQuestion, picture: Picture) -> str:
    """Keeps it for the question; returns the path to write into a text. Raises InvalidError for the field `file`."""
    present = {row.path: row.digest for row in banks.files(question)}
    if len(present) >= MOST_PICTURES:
        raise InvalidError("file", gettext("The question has too many pictures."))
    path = placed(picture, present)
    banks.keep_files(question, {path: (picture.content_type, picture.digest)})
    return path


# Whose banks


def courses_of(person: Person) -> Sequence[Course]:
    """The courses that a person may write, the newest first. One query."""
    wanted = select(Course).where(~Course.archived).order_by(Course.id.desc())
    if not is_admin(person):
        taught = select(CourseTrainer.course_id).where(CourseTrainer.person_id == person.id)
        wanted = wanted.where(Course.id.in_(taught))
    return db.session.scalars(wanted).all()
