"""Questions of a file into the bank or a quiz: kept when the file is sent, planned and shown, taken at one go."""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from lms.authoring import alignment
from lms.authoring.services import banking
from lms.authoring.services.banking import Picture
from lms.courses import services as courses
from lms.errors import InvalidError, Problem as Refusal, RefusedError
from lms.i18n import NAMES, gettext, numerals
from lms.quizzes import images, importing
from lms.quizzes.draws import CATEGORY_LENGTH, category_path
from lms.quizzes.importing import Format, Imported, Item, Problem
from lms.quizzes.kinds import NAME_LENGTH, Question

MOST_PICTURES = 300
"""Of a file."""


class Outcome(StrEnum):
    """What becomes of a question of a file."""

    new = "new"
    changed = "changed"
    """There is one of that name, which gets a new version."""
    same = "same"
    repeated = "repeated"
    """The same stands further up in the file."""
    refused = "refused"


TAKEN = (Outcome.new, Outcome.changed)


@dataclass(frozen=True, slots=True)
class Present:
    """A question that is there already."""

    versions: Mapping[str, Question]
    category: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """Digests by path."""
    archived: bool = False
    version: int = 0


class Target(Protocol):
    """Where the questions go."""

    @property
    def has_categories(self) -> bool:
        """Whether questions lie in categories there, each with pictures of its own."""

    def present(self, names: Sequence[str]) -> Mapping[str, Present]:
        """Those of these names."""

    def around(self) -> Mapping[str, str]:
        """The digests of pictures that a new question finds there, by path."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What whoever imports says of the file."""

    language: str
    category: str = ""
    """Of questions that name none."""
    all_there: bool = False
    """And of all others."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent and could be read."""

    imported: Imported
    pictures: Mapping[str, Picture]
    faults: Mapping[str, str]
    """Why a picture is not taken, by its path."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What happens with one question of the file."""

    item: Item
    outcome: Outcome
    why: Sequence[str] = ()
    """Why it is refused, or what comes otherwise than the file has it."""
    name: str = ""
    category: str = ""
    versions: Mapping[str, Question] = field(default_factory=dict)
    """As it will be, in all languages."""
    seen: int = 0
    """The number of the version that it follows."""
    files: Mapping[str, Picture] = field(default_factory=dict)
    """Its pictures, by the paths that `versions` have."""


@dataclass(frozen=True, slots=True)
class Plan:
    lines: Sequence[Planned]

    def count(self, *outcomes: Outcome) -> int:
        return sum(line.outcome in outcomes for line in self.lines)

    @property
    def taken(self) -> list[Planned]:
        return [line for line in self.lines if line.outcome in TAKEN]

    @property
    def stamp(self) -> str:
        """Stands for what was shown: whoever agrees agrees to that."""
        said = [[line.outcome, line.name, line.category, line.seen] for line in self.lines]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


# The file


def keep(data: bytes, name: str, most: int) -> str:
    """Reads the file, draws its pictures anew and keeps both; returns what `kept` finds them by.

    Raises RefusedError with all that is wrong with the file as a whole.
    """
    imported = importing.read(data, name)
    if imported.problems:
        raise RefusedError([Refusal(name, one.line, in_words(one)) for one in imported.problems])
    if len(imported.files) > MOST_PICTURES:
        raise RefusedError([Refusal(name, 0, gettext("The file has too many pictures. Part it."))])
    pictures, faults = _pictures(imported.files, most)
    said = {"file": courses.keep(data), "name": name, "pictures": pictures, "faults": faults}
    return courses.keep(json.dumps(said).encode())


def _pictures(found: Mapping[str, bytes], most: int) -> tuple[dict[str, Any], dict[str, str]]:
    kept: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for path, data in found.items():
        try:
            picture = banking.checked_picture(path, data, most)
            kept[path] = [picture.path, picture.content_type, picture.digest]
        except InvalidError as error:
            faults[path] = str(error)
    return kept, faults


def kept(digest: str) -> Upload:
    """Raises NoResultFound if it was kept too long ago."""
    said = json.loads(courses.data(digest))
    imported = importing.read(courses.data(said["file"]), said["name"])
    return Upload(imported, pictures_of(digest), said["faults"])


def pictures_of(digest: str) -> dict[str, Picture]:
    """Those of the file, by the paths that its texts have for them."""
    return {path: Picture(*picture) for path, picture in json.loads(courses.data(digest))["pictures"].items()}


def in_words(problem: Problem) -> str:
    return gettext(problem.message, **problem.params)


# What would happen


def plan(target: Target, upload: Upload, wanted: Wanted) -> Plan:
    """What becomes of each question of the file, in its order."""
    named = list(_named(upload.imported.items))
    present = target.present(list(dict.fromkeys(name for _item, name, _first in named if name)))
    around = target.around()
    lines = (_Line(target, upload, wanted, *one) for one in named)
    return Plan([line.planned(present, around) for line in lines])


def _named(items: Iterable[Item]) -> Iterable[tuple[Item, str, int]]:
    """Each item with the name that it will have, which depends on the file alone, so that the same file means the same
    again; and for one that repeats another the line of that.
    """
    first: dict[object, tuple[str, int]] = {}
    numbers: dict[str, int] = {}
    for item in items:
        if item.question is None:
            yield item, "", 0
            continue
        wanted = item.question.name or banking.beginning(item.question, "html")
        same = (wanted, item.category, item.question)
        if same in first:
            yield item, *first[same]
            continue
        name = wanted
        while name in numbers:
            numbers[wanted] += 1
            ending = f" ({numbers[wanted]})"
            name = wanted[: NAME_LENGTH - len(ending)] + ending
        numbers[name] = 1
        first[same] = name, item.line
        yield item, name, 0


@dataclass(frozen=True, slots=True)
class _Line:
    target: Target
    upload: Upload
    wanted: Wanted
    item: Item
    name: str
    first: int
    """The line of the question that this one repeats."""

    def planned(self, present: Mapping[str, Present], around: Mapping[str, str]) -> Planned:
        why = list(self._problems())
        if why or self.item.question is None:
            return Planned(self.item, Outcome.refused, why, self.name)
        notes = [self.where(note) for note in self.item.notes]
        if self.first:
            notes.append(gettext("It stands on line %(line)s already.", line=numerals(self.first)))
            return Planned(self.item, Outcome.repeated, notes, self.name)
        there = present.get(self.name)
        category = self.category(there)
        files, question = self._placed(replace(self.item.question, name=self.name), there.files if there else around)
        present_versions, code = there.versions if there else {}, self.wanted.language
        if self.upload.imported.format is not Format.moodle:
            question = alignment.completed(question, present_versions, code)
        versions = alignment.merged(present_versions, code, question)
        pictures = {*files, *(there.files if there else ())}
        if unfit := alignment.parted(versions, code, NAMES) or self._lacks(pictures, question):
            return Planned(self.item, Outcome.refused, [unfit], self.name, category)
        outcome, seen = _outcome(there, versions, category), there.version if there else 0
        return Planned(self.item, outcome, notes, self.name, category, versions, seen, files)

    def _problems(self) -> Iterable[str]:
        yield from (self.where(problem) for problem in self.item.problems)
        for path in self.item.files:
            if path in self.upload.faults:
                yield gettext("The picture %(file)s: %(reason)s", file=path, reason=self.upload.faults[path])
        if self.item.question and len(self.category(None)) > CATEGORY_LENGTH:
            yield gettext("The name of its category is too long.")

    def _lacks(self, pictures: Collection[str], question: Question) -> str:
        """Why it cannot be taken for want of a picture. A quiz that is being written may get it later."""
        try:
            banking.check_pictures({self.wanted.language: question} if self.target.has_categories else {}, pictures)
        except InvalidError as error:
            return str(error)
        return ""

    def where(self, problem: Problem) -> str:
        return gettext("Line %(line)s: ", line=numerals(problem.line)) + in_words(problem)

    def category(self, there: Present | None) -> str:
        """Where it goes; what is there already stays where it is, if the file does not say."""
        if not self.target.has_categories:
            return ""
        if self.wanted.all_there:
            return self.wanted.category
        # A slash within a name would begin a drawer below.
        own = category_path("/".join(name.replace("/", "-") for name in self.item.category))
        return own or (there.category if there else self.wanted.category)

    def _placed(self, question: Question, present: Mapping[str, str]) -> tuple[dict[str, Picture], Question]:
        """The question with the paths that its pictures get, and the pictures by these."""
        used = {path: self.upload.pictures[path] for path in self.item.files}
        # Another text of the file may have brought what this one shows.
        used |= {path: self.upload.pictures[path] for path in images.paths(question) if path in self.upload.pictures}
        placed = {path: banking.placed(picture, present) for path, picture in used.items()}
        return {placed[path]: picture for path, picture in used.items()}, _renamed(question, placed)


def _outcome(there: Present | None, versions: Mapping[str, Question], category: str) -> Outcome:
    if there is None:
        return Outcome.new
    is_same = dict(there.versions) == dict(versions) and there.category == category and not there.archived
    return Outcome.same if is_same else Outcome.changed


def _renamed(question: Question, paths: Mapping[str, str]) -> Question:
    """With other paths wherever a text has them."""
    changed = {path: new for path, new in paths.items() if path != new}
    if not changed:
        return question
    found = "|".join(map(re.escape, sorted(changed, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![\w./-])(?:{found})(?![\w-])")
    return Question.from_json(_each_text(question.to_json(), lambda text: pattern.sub(lambda at: changed[at[0]], text)))


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return {key: _each_text(one, change) for key, one in value.items()}
    if isinstance(value, list):
        return [_each_text(one, change) for one in value]
    return change(value) if isinstance(value, str) else value
