"""The pictures, attachments and films of a draft. What is taught keeps its files until the draft is published."""

import json
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from sqlalchemy import delete, exists, select

from lms import clock, db
from lms.accounts.models import Person
from lms.authoring import films, pictures
from lms.authoring.models import Draft, DraftFile, DraftPart
from lms.authoring.services import drafts
from lms.bundles import kinds
from lms.bundles.limits import Limits, too_large
from lms.courses import services as courses
from lms.courses.models import CourseFile, FileData
from lms.courses.pictures import Size
from lms.courses.pieces import Data, of_stream
from lms.courses.services import files as stored
from lms.errors import ConflictError, InvalidError, NotFoundError
from lms.i18n import gettext, pick
from lms.quizzes.models import BankFile

IMAGES, FILES, FILMS = "images/", "files/", "videos/"
KEPT_FOR = timedelta(days=1)
"""So long bytes are kept that nothing refers to: a draft may be about to."""
MOST_FILES = 500
"""Of a unit."""
_LONGEST_NAME = 60
_OTHER = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a unit, and where it is used."""

    row: DraftFile
    path: str
    """Below the unit, as texts have it."""
    size: int
    """Bytes."""
    parts: Sequence[DraftPart]

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name

    @property
    def is_picture(self) -> bool:
        return self.row.content_type.startswith("image/")

    @property
    def is_film(self) -> bool:
        return self.row.content_type.startswith("video/")

    @property
    def markdown(self) -> str:
        """What to write to show it; of a film its path, which the page has a field for."""
        if self.is_film:
            return self.path
        stem = PurePosixPath(self.path).stem
        return f"![{gettext('What the picture shows')}]({self.path})" if self.is_picture else f"[{stem}]({self.path})"


def add_file(draft: Draft, unit: DraftPart, name: str, stream: BinaryIO, person: Person, limits: Limits) -> DraftFile:
    """Keeps what was uploaded, under a name that is safe and free; the same again is the same file.

    What it is is told by its content. Pictures are drawn anew, and of films the place is forgotten; the stream may be
    changed. Raises InvalidError for the field `file`, with the reason.
    """
    drafts.touch(draft.course_id, person)
    path, content_type, digest = _kept(name, stream, limits)
    present = {row.path: row for row in _rows(draft, unit)}
    if len(present) >= MOST_FILES:
        raise InvalidError("file", gettext("The unit has too many files; delete some that are not used."))
    for candidate in _candidates(f"{unit.slug}/{path}"):
        row = present.get(candidate)
        if row is not None and row.digest == digest:
            return row
        if row is None:
            break
    made = DraftFile(course_id=draft.course_id, path=candidate, content_type=content_type, digest=digest)
    db.session.add(made)
    db.session.flush()
    return made


def _candidates(path: str) -> list[str]:
    stem, dot, ending = path.rpartition(".")
    return [path, *(f"{stem}-{counter}{dot}{ending}" for counter in range(2, MOST_FILES + 3))]


def _kept(name: str, stream: BinaryIO, limits: Limits) -> tuple[str, str, str]:
    """The path below the unit, the content type, and the digest of what is kept."""
    size = stream.seek(0, 2)
    stream.seek(0)
    head = stream.read(32)
    _check_size(size, limits.of(name))
    if kinds.is_film(name):
        return _kept_film(name, stream)
    stream.seek(0)
    data = stream.read()
    if pictures.kind(head):
        data, ending = pictures.redraw(data)
        name = f"{PurePosixPath(name).stem}{ending}"
    _check_kind(data, name)
    content_type = kinds.content_type(name)
    folder = IMAGES if content_type.startswith("image/") else FILES
    return folder + safe_name(name), content_type, courses.keep(data)


def _kept_film(name: str, stream: BinaryIO) -> tuple[str, str, str]:
    _check_kind(of_stream(stream), name)
    content_type = kinds.content_type(name)
    if content_type == kinds.VIDEOS[".mp4"]:
        films.forget_place(stream)
    return FILMS + safe_name(name), content_type, courses.keep_stream(stream)


def _check_size(size: int, most: int) -> None:
    if not size:
        raise InvalidError("file", gettext("The file is empty."))
    if size > most:
        raise InvalidError("file", too_large(most))


def _check_kind(data: Data, name: str) -> None:
    faults = kinds.faults(data, name)
    if faults:
        raise InvalidError("file", " ".join(faults[:5]))


def safe_name(name: str) -> str:
    """In letters, digits, hyphens and underscores, with an ending in small letters; made up where none is left."""
    path = PurePosixPath(name.replace("\\", "/"))
    plain = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode()
    stem = _OTHER.sub("-", plain).strip("-_")[:_LONGEST_NAME].strip("-_").lower()
    ending = path.suffix.lower()
    made_up = "picture" if ending in kinds.PICTURES else "film" if ending in kinds.VIDEOS else "file"
    return f"{stem or made_up}{ending}"


def _rows(draft: Draft, unit: DraftPart) -> Sequence[DraftFile]:
    wanted = select(DraftFile).where(DraftFile.course_id == draft.course_id)
    return db.session.scalars(wanted.where(DraftFile.path.startswith(f"{unit.slug}/", autoescape=True))).all()


def file(draft: Draft, path: str) -> DraftFile | None:
    """By the unit's slug and the path below it."""
    return db.session.scalar(select(DraftFile).where(DraftFile.course_id == draft.course_id, DraftFile.path == path))


def listed(draft: Draft, unit: DraftPart) -> list[Listed]:
    """The files of a unit, the newest first. Two queries."""
    wanted = (
        select(DraftFile, FileData.size)
        .join(FileData, FileData.digest == DraftFile.digest)
        .where(DraftFile.course_id == draft.course_id, DraftFile.path.startswith(f"{unit.slug}/", autoescape=True))
        .order_by(DraftFile.id.desc())
    )
    rows = db.session.execute(wanted).all()
    texts = [(part, _text(part.content)) for part in _lessons(draft, unit)]
    found = []
    for row, size in rows:
        path = row.path.removeprefix(f"{unit.slug}/")
        found.append(Listed(row, path, size, [part for part, text in texts if path in text]))
    return found


def _lessons(draft: Draft, unit: DraftPart) -> Sequence[DraftPart]:
    wanted = select(DraftPart).where(DraftPart.course_id == draft.course_id, DraftPart.unit_id == unit.id)
    return db.session.scalars(wanted.order_by(DraftPart.position)).all()


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)


def picture_sizes(unit: DraftPart, files: Collection[Listed]) -> dict[str, Size]:
    """Width and height of the unit's pictures, by their paths below it."""
    return stored.sizes_of({file.path: file.row.digest for file in files if file.is_picture})


def remove_file(draft: Draft, unit: DraftPart, path: str, person: Person) -> None:
    """Takes a file out of the draft. Raises ConflictError where a lesson uses it, NotFoundError where there is none."""
    drafts.touch(draft.course_id, person)
    row = file(draft, f"{unit.slug}/{path}")
    if row is None:
        raise NotFoundError
    users = [part for part in _lessons(draft, unit) if path in _text(part.content)]
    if users:
        titles = ", ".join(pick(part.content.get("title")) or part.slug for part in users)
        raise ConflictError(gettext("The file is used in %(lessons)s; take it out there first.", lessons=titles))
    db.session.delete(row)
    db.session.flush()


def sweep() -> None:
    """Forgets bytes that no course, no draft and no question refers to, a day after they were given."""
    used = (exists().where(entity.digest == FileData.digest) for entity in (CourseFile, DraftFile, BankFile))
    old = FileData.kept_at < clock.now() - KEPT_FOR
    db.session.execute(
        delete(FileData).where(old, *(~one for one in used)).execution_options(synchronize_session=False)
    )
