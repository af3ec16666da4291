"""The course's own question bank as files: Moodle XML in each language, and its pictures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from lms.bundles import banks, content
from lms.bundles.bundle import BankQuestion, File
from lms.bundles.content import Content
from lms.bundles.files import read_files
from lms.bundles.layout import BANK, BankFiles
from lms.bundles.questions import difference
from lms.bundles.sources import Sources
from lms.i18n import gettext
from lms.quizzes import images, moodle
from lms.quizzes.draws import CATEGORY_LENGTH, category_path
from lms.quizzes.imported import REPEATED, FormatError, Item
from lms.quizzes.importing import MOST_BYTES
from lms.quizzes.kinds import TITLE_LENGTH, Question


@dataclass(frozen=True, slots=True)
class _Found:
    """A question in one language."""

    path: str
    line: int
    category: str
    question: Question


def read_bank(sources: Sources, files: BankFiles) -> tuple[BankQuestion, ...]:
    """Of languages that have the same question, it is held to the first one."""
    versions: dict[str, dict[str, _Found]] = {}
    for code, path in sorted(files.texts.items()):
        for one in _read(sources, path):
            versions.setdefault(one.question.name, {})[code] = one
    pictures = {file.path: file for file in read_files(sources, BANK, files.pictures)}
    used: set[str] = set()
    found = [_question(sources, one, pictures, used) for one in versions.values()]
    for path in pictures.keys() - used:
        sources.wrong(f"{BANK}/{path}", 0, gettext("No question of the bank shows this picture."))
    return tuple(sorted(found, key=banks.place))


def _read(sources: Sources, path: str) -> Iterator[_Found]:
    text = sources.text(path, MOST_BYTES)
    if text is None:
        return
    first: dict[str, int] = {}
    try:
        for item in moodle.items(text):
            yield from _found(sources, path, item, first)
    except FormatError as error:
        for problem in error.problems:
            sources.wrong(path, problem.line, gettext(problem.message, **problem.params))


def _found(sources: Sources, path: str, item: Item, first: dict[str, int]) -> Iterator[_Found]:
    """The question, unless there is none; `first` has the lines of those before it by their names."""
    for problem in (*item.problems, *item.notes):
        sources.wrong(path, problem.line, gettext(problem.message, **problem.params))
    for name in item.files:
        message = gettext("The file “%(file)s” is embedded. Put it into bank/images, and name it.", file=name)
        sources.wrong(path, item.line, message)
    if item.question is None:
        return
    name, category = item.question.name, category_path("/".join(item.category))
    if not name:
        sources.wrong(path, item.line, gettext("The question has no name."))
    elif (line := first.setdefault(name, item.line)) != item.line:
        sources.wrong(path, item.line, gettext(REPEATED, title=name[:TITLE_LENGTH], first=line))
    elif len(category) > CATEGORY_LENGTH:
        message = gettext("The name of the category is longer than %(limit)s characters.", limit=CATEGORY_LENGTH)
        sources.wrong(path, item.line, message)
    else:
        yield _Found(path, item.line, category, item.question)


def _question(
    sources: Sources, versions: Mapping[str, _Found], pictures: Mapping[str, File], used: set[str]
) -> BankQuestion:
    first, *others = versions.values()
    for other in others:
        if other.category != first.category:
            values = {"name": other.question.name, "category": first.category, "file": first.path}
            message = gettext("“%(name)s” is in another category than in %(file)s: “%(category)s”.", **values)
            sources.wrong(other.path, other.line, message)
        if message := difference(first.question, other.question, first.path):
            sources.wrong(other.path, other.line, message)
    shown = {path: one for one in versions.values() for path in images.paths(one.question)}
    files = [_picture(sources, one, path, pictures, used) for path, one in sorted(shown.items())]
    said = {code: one.question for code, one in versions.items()}
    return BankQuestion(first.category, said, tuple(filter(None, files)))


def _picture(sources: Sources, one: _Found, path: str, pictures: Mapping[str, File], used: set[str]) -> File | None:
    """What the question means by that path: its own picture, or else what all questions mean by it."""
    if not path.startswith("images/"):
        return None
    for place in (_own(one.question.name, path), path):
        if place in pictures:
            used.add(place)
            return File(path, pictures[place].content_type, pictures[place].content)
    message = gettext("There is no picture “%(address)s” in the folder “bank”.", address=path[:120])
    sources.wrong(one.path, one.line, message)
    return None


def _own(name: str, path: str) -> str:
    """Where a picture lies if another question means something else by its path."""
    return f"{sha256(name.encode()).hexdigest()[:12]}/{path}"


def write_bank(bank: Sequence[BankQuestion]) -> Iterator[tuple[str, Content]]:
    for code in sorted({code for question in bank for code in question.versions}):
        said = (one for one in bank if code in one.versions)
        items = (Item(0, one.versions[code], tuple(filter(None, one.category.split("/")))) for one in said)
        yield f"{BANK}.{code}.xml", content.of(moodle.write_items(items).encode())
    placed: dict[str, Content] = {}
    for question in bank:
        for file in question.files:
            is_other = placed.setdefault(file.path, file.content) != file.content
            yield f"{BANK}/{_own(question.name, file.path) if is_other else file.path}", file.content
