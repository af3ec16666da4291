"""The course's own question bank: its rows as values of a bundle, and back. It is in no draft: edits are immediate."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.bundles import content
from lms.bundles.bundle import BankQuestion, Bundle, File, Quiz, Unit, stem
from lms.bundles.layout import BANK
from lms.courses.models import Course, FileData
from lms.errors import Problem, RefusedError
from lms.i18n import gettext
from lms.quizzes import images, models
from lms.quizzes.draws import Draw
from lms.quizzes.services import bank, drawing
from lms.quizzes.services.bank import Entry


def load(course: Course) -> tuple[BankQuestion, ...]:
    """What is not archived, with the pictures that it shows now. Two queries; of pictures nothing is read."""
    pictures = _pictures(course)
    found = [_question(entry, pictures[entry.row.id]) for entry in bank.everything(course)]
    return tuple(sorted(found, key=place))


def place(question: BankQuestion) -> tuple[str, str]:
    """By which a bank is ordered."""
    return question.category, question.name


def _question(entry: Entry, pictures: Sequence[File]) -> BankQuestion:
    versions = dict(sorted(entry.versions.items()))
    shown = {path for version in versions.values() for path in images.paths(version)} if pictures else set()
    return BankQuestion(entry.category, versions, tuple(file for file in pictures if file.path in shown))


def _pictures(course: Course) -> dict[int, list[File]]:
    """By question, in order of their paths."""
    wanted = select(models.BankFile, FileData.size).join(FileData, FileData.digest == models.BankFile.digest)
    wanted = wanted.join(models.BankQuestion).where(models.BankQuestion.course_id == course.id)
    found: dict[int, list[File]] = defaultdict(list)
    ordered = wanted.order_by(models.BankFile.path).execution_options(populate_existing=True)
    for row, size in db.session.execute(ordered):
        found[row.bank_question_id].append(File(row.path, row.content_type, content.stored(row.digest, size)))
    return found


def store(course: Course, wanted: Sequence[BankQuestion], by: Person | None) -> Counter[str]:
    """Makes the bank these questions, and tells what was done to how many. What changed has a new version, what is not
    among them is archived; where there are none, the bank stays as it is. Raises RefusedError if somebody edits it.
    """
    changes: Counter[str] = Counter()
    if not wanted:
        return changes
    stored = {entry.row.name: entry for entry in bank.everything(course, archived=True)}
    pictures = _pictures(course)
    for one in wanted:
        entry = stored.pop(one.name, None)
        if entry is None:
            row = bank.add(course, one.category, one.versions, by)
            _keep(row, one.files, ())
            changes["bank questions added"] += 1
        else:
            changes[_change(entry, one, pictures[entry.row.id], by)] += 1
    for entry in stored.values():
        if not entry.row.archived:
            bank.archive(entry.row, archived=True)
            changes["bank questions archived"] += 1
    db.session.flush()
    del changes[""]
    return changes


def _change(entry: Entry, wanted: BankQuestion, pictures: Sequence[File], by: Person | None) -> str:
    """Makes a question what is wanted, and tells what that was; nothing if it was so already."""
    is_same = (entry.versions, entry.category) == (wanted.versions, wanted.category)
    if not is_same and not bank.save(entry, entry.row.version, wanted.category, wanted.versions, by):
        message = gettext("Somebody else is changing “%(name)s” in the question bank. Try again.", name=wanted.name)
        raise RefusedError([Problem(BANK, 0, message)])
    has_new_pictures = _keep(entry.row, wanted.files, pictures)
    if entry.row.archived:
        bank.archive(entry.row, archived=False)
        return "bank questions revived"
    return "" if is_same and not has_new_pictures else "bank questions changed"


def _keep(row: models.BankQuestion, files: Sequence[File], stored: Sequence[File]) -> bool:
    """Keeps the pictures that are not there yet, and tells whether there were any."""
    new = {file.path: (file.content_type, file.content.keep()) for file in files if file not in stored}
    bank.keep_files(row, new)
    return bool(new)


# What quizzes draw


def check_draws(course: Course, bundle: Bundle) -> None:
    """Raises RefusedError for what a quiz asks of a bank that does not have it. One query, none without draws."""
    drawing_quizzes = [(unit, quiz) for unit, quiz in bundle.lessons if isinstance(quiz, Quiz) and quiz.settings.draws]
    wanted = {draw for _unit, quiz in drawing_quizzes for draw in quiz.settings.draws}
    lacking = drawing.lacking(course, wanted) if wanted else set()
    problems = [problem for unit, quiz in drawing_quizzes for problem in _problems(unit, quiz, lacking)]
    if problems:
        raise RefusedError(problems)


def _problems(unit: Unit, quiz: Quiz, lacking: set[Draw]) -> Iterator[Problem]:
    file = f"{stem(unit.number, unit.slug)}/{stem(quiz.number, quiz.slug)}.quiz.toml"
    lines = quiz.draw_lines or (0,) * len(quiz.settings.draws)
    for line, draw in zip(lines, quiz.settings.draws, strict=True):
        if draw in lacking:
            yield Problem(file, line, _lacks(draw))


def _lacks(draw: Draw) -> str:
    names = {"name": draw.question, "category": draw.category, "tags": ", ".join(draw.tags)}
    if draw.question and draw.shared:
        return gettext("The shared question bank has no question named “%(name)s”.", **names)
    if draw.question:
        return gettext("The question bank of the course has no question named “%(name)s”.", **names)
    if draw.tags and draw.shared:
        return gettext("The shared question bank has nothing in “%(category)s” with the tags %(tags)s.", **names)
    if draw.tags:
        return gettext("The question bank of the course has nothing in “%(category)s” with the tags %(tags)s.", **names)
    if draw.shared:
        return gettext("The shared question bank has nothing in “%(category)s”.", **names)
    return gettext("The question bank of the course has nothing in “%(category)s”.", **names)
