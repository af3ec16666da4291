"""Where imported questions go: a bank, or a quiz that is being written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.authoring import questions
from lms.authoring.models import DraftFile, DraftPart
from lms.authoring.services import drafts
from lms.authoring.services.files import MOST_FILES
from lms.authoring.services.importing import Plan, Planned, Present
from lms.errors import ConflictError, InvalidError
from lms.i18n import gettext
from lms.quizzes.services import bank as banks
from lms.quizzes.services.bank import Entry, Owner


@dataclass(frozen=True, slots=True)
class IntoBank:
    owner: Owner
    has_categories: bool = True

    def present(self, names: Sequence[str]) -> dict[str, Present]:
        found = banks.of_names(self.owner, names)
        files = banks.files_of([entry.row.id for entry in found.values()])
        digests = {id_: {path: row.digest for path, row in rows.items()} for id_, rows in files.items()}
        return {name: _present(entry, digests.get(entry.row.id, {})) for name, entry in found.items()}

    def around(self) -> dict[str, str]:
        """A new question has no pictures yet."""
        return {}

    def take(self, plan: Plan, person: Person) -> None:
        """Raises ConflictError if somebody has changed one of the questions meanwhile; then nothing is taken."""
        present = banks.of_names(self.owner, [line.name for line in plan.taken if line.seen])
        for line in plan.taken:
            entry = present.get(line.name)
            row = entry.row if entry else banks.add(self.owner, line.category, line.versions, person)
            if entry:
                _change(entry, line, person)
            pictures = {path: (picture.content_type, picture.digest) for path, picture in line.files.items()}
            banks.keep_files(row, pictures)


def _present(entry: Entry, files: Mapping[str, str]) -> Present:
    return Present(entry.versions, entry.category, files, entry.row.archived, entry.row.version)


def _change(entry: Entry, line: Planned, person: Person) -> None:
    if not banks.save(entry, line.seen, line.category, line.versions, person):
        raise ConflictError(gettext("Somebody else has changed these questions meanwhile. Please look again."))
    if entry.row.archived:
        banks.archive(entry.row, archived=False)


@dataclass(frozen=True, slots=True)
class IntoQuiz:
    part: DraftPart
    texts: Mapping[str, str]
    """Those of the quiz, which can be read."""
    has_categories: bool = False

    def present(self, names: Sequence[str]) -> dict[str, Present]:
        around = self.around()
        found = {item.name: item for item in questions.read(self.texts) if item.name}
        version = self.part.version
        return {name: Present(found[name].versions, "", around, version=version) for name in names if name in found}

    def around(self) -> dict[str, str]:
        """The pictures of its unit, which all its questions share."""
        unit = self._unit
        return {row.path.removeprefix(f"{unit}/"): row.digest for row in self._files(unit)}

    @property
    def _unit(self) -> str:
        return db.session.get_one(DraftPart, self.part.unit_id).slug

    def _files(self, unit: str) -> Sequence[DraftFile]:
        wanted = select(DraftFile).where(DraftFile.course_id == self.part.course_id)
        return db.session.scalars(wanted.where(DraftFile.path.startswith(f"{unit}/", autoescape=True))).all()

    def take(self, plan: Plan, person: Person) -> None:
        """Raises StaleError if somebody else has saved the quiz meanwhile; then nothing is taken."""
        seen = self.part.version
        self._keep_pictures(plan)
        texts = questions.put_all(self.texts, [line.versions for line in plan.taken])
        drafts.save(self.part, seen, {**self.part.content, "gift": texts}, person)

    def _keep_pictures(self, plan: Plan) -> None:
        unit = self._unit
        present = {row.path for row in self._files(unit)}
        files = {f"{unit}/{path}": picture for line in plan.taken for path, picture in line.files.items()}
        missing = {path: picture for path, picture in files.items() if path not in present}
        if len(present) + len(missing) > MOST_FILES:
            raise InvalidError("", gettext("The unit has too many files; delete some that are not used."))
        for path, picture in missing.items():
            said = {"content_type": picture.content_type, "digest": picture.digest}
            db.session.add(DraftFile(course_id=self.part.course_id, path=path, **said))
        db.session.flush()
