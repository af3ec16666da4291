"""Questions of the bank or of a quiz as a file, in one language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select

from lms import db
from lms.authoring import questions
from lms.authoring.models import DraftFile, DraftPart
from lms.courses.models import FileData
from lms.errors import ConflictError
from lms.i18n import gettext
from lms.quizzes import gift, images, moodle
from lms.quizzes.importing import MOST_BYTES, Format, Item
from lms.quizzes.kinds import Question
from lms.quizzes.services import bank as banks
from lms.quizzes.services.bank import Owner, Search

MOST_OF_PICTURES = MOST_BYTES * 7 // 10
"""Bytes; as text they are larger by a third."""


@dataclass(frozen=True, slots=True)
class Written:
    """A question, and the digests of its pictures by their paths."""

    name: str
    versions: Mapping[str, Question]
    category: tuple[str, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)


def of_bank(owner: Owner, wanted: Search) -> list[Written]:
    """What is looked for. Two queries."""
    entries = banks.found_all(owner, wanted)
    files = banks.files_of([entry.row.id for entry in entries])
    return [
        Written(
            entry.row.name,
            entry.versions,
            tuple(filter(None, entry.category.split("/"))),
            {path: row.digest for path, row in files.get(entry.row.id, {}).items()},
        )
        for entry in entries
    ]


def of_quiz(part: DraftPart, texts: Mapping[str, str]) -> list[Written]:
    """The questions of a quiz that is being written, whose texts can be read."""
    unit = db.session.get_one(DraftPart, part.unit_id).slug
    wanted = select(DraftFile).where(DraftFile.course_id == part.course_id)
    rows = db.session.scalars(wanted.where(DraftFile.path.startswith(f"{unit}/", autoescape=True)))
    pictures = {row.path.removeprefix(f"{unit}/"): row.digest for row in rows}
    return [Written(item.name, item.versions, (), pictures) for item in questions.read(texts)]


def languages(written: Iterable[Written]) -> list[str]:
    return sorted({code for one in written for code in one.versions})


def lost(written: Iterable[Written], code: str) -> list[Written]:
    """Those that GIFT cannot hold."""
    return [one for one in written if code in one.versions and not gift.holds(one.versions[code])]


def write(written: Sequence[Written], code: str, format_: Format) -> str:
    """The file. Raises ConflictError where its pictures are too much for one file."""
    items = [Item(0, one.versions[code], one.category) for one in written if code in one.versions]
    if format_ is Format.gift:
        return gift.write_items(item for item in items if item.question and gift.holds(item.question))
    shown = [_shown(one, code) for one in written if code in one.versions]
    data = _data({digest for pictures in shown for digest in pictures.values()})
    embedded = ({path: data[digest] for path, digest in pictures.items() if digest in data} for pictures in shown)
    return moodle.write_items(replace(item, files=files) for item, files in zip(items, embedded, strict=True))


def _shown(one: Written, code: str) -> dict[str, str]:
    """The pictures that the question shows."""
    if not one.pictures:
        return {}
    return {path: one.pictures[path] for path in images.paths(one.versions[code]) if path in one.pictures}


def _data(digests: Iterable[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for some in db.batches(sorted(digests)):
        these = FileData.digest.in_(some)
        size = db.session.scalar(select(func.sum(FileData.size)).where(these)) or 0
        if size + sum(map(len, found.values())) > MOST_OF_PICTURES:
            raise ConflictError(gettext("The pictures are too much for one file. Export one category after the other."))
        found |= {row.digest: row.data for row in db.session.scalars(select(FileData).where(these))}
    return found
