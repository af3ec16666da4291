"""Which questions of the bank a quiz asks: drawn for an attempt, and seen from the question, where it is used."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from lms import db
from lms.courses.models import Course, Lesson
from lms.quizzes import grading
from lms.quizzes.draws import Draw, moved
from lms.quizzes.models import BankCategory, BankQuestion, BankVersion, Question, Quiz
from lms.quizzes.services import bank


@dataclass(frozen=True, slots=True)
class Use:
    """A quiz that asks a question of the bank, or may."""

    course: Course
    lesson: Lesson
    by_name: bool
    """Not at random, from among others."""


def draw(quiz: Quiz, seed: int) -> list[int]:
    """The questions that an attempt with this seed takes from the bank, in the order of the quiz's draws; each is a
    `Question` of the quiz from now on. What is asked for by its name is not drawn by chance too, and where there are
    fewer than asked for, it is these.
    """
    draws = [Draw.from_json(one) for one in quiz.draws]
    return as_questions(quiz, _chosen(quiz.lesson.course_id, draws, seed))


def sample(course: Course, draws: Sequence[Draw], seed: int) -> list[bank.Entry]:
    """What an attempt with this seed would take in a quiz of this course, for whoever only wants to see it."""
    ids = _chosen(course.id, draws, seed)
    rows = db.session.execute(bank.entries().where(BankVersion.id.in_(ids))) if ids else ()
    found = {version.id: bank.Entry(row, version, path) for row, version, path in rows}
    return [found[id_] for id_ in ids]


def _chosen(course_id: int, draws: Sequence[Draw], seed: int) -> list[int]:
    """The versions."""
    pools = [_pool(course_id, one) for one in draws]
    taken = {pool[0] for one, pool in zip(draws, pools, strict=True) if one.question and pool}
    versions: list[int] = []
    for at, (one, pool) in enumerate(zip(draws, pools, strict=True)):
        if one.question:
            versions += [id_ for id_ in pool if id_ not in versions]
            continue
        chosen = [id_ for id_ in grading.shuffled(pool, f"{seed}:{at}") if id_ not in taken][: one.number]
        taken.update(chosen)
        versions += chosen
    return versions


def _pool(course_id: int, draw: Draw) -> list[int]:
    """The newest versions of what may be drawn, in an order that never changes."""
    owner = BankQuestion.course_id.is_(None) if draw.shared else BankQuestion.course_id == course_id
    wanted = bank.entries().with_only_columns(BankVersion.id).where(owner, ~BankQuestion.archived)
    if draw.question:
        wanted = wanted.where(BankQuestion.name == draw.question)
    else:
        wanted = wanted.where(bank.within(draw.category), *map(bank.tagged, draw.tags))
    return [*db.session.scalars(wanted.order_by(BankQuestion.id))]


def as_questions(quiz: Quiz, versions: Sequence[int]) -> list[int]:
    """The quiz's questions of these versions, made where an attempt asks one for the first time."""
    missing = set(versions) - set(_rows(quiz, versions))
    wanted = select(BankVersion, BankQuestion.name).join(BankQuestion, BankQuestion.id == BankVersion.bank_question_id)
    for version, name in db.session.execute(wanted.where(BankVersion.id.in_(missing))) if missing else ():
        mark = next(iter(version.body.values())).get("mark", 1.0)
        body = {"name": name, "body": version.body, "max_mark": mark, "position": 0, "retired": False}
        db.insert_once(Question, quiz_id=quiz.lesson_id, bank_version_id=version.id, **body)
    rows = _rows(quiz, versions)
    return [rows[id_] for id_ in versions]


def _rows(quiz: Quiz, versions: Collection[int]) -> dict[int, int]:
    """The ids of the quiz's questions by the bank's versions that they are."""
    wanted = select(Question.bank_version_id, Question.id).where(Question.quiz_id == quiz.lesson_id)
    wanted = wanted.where(Question.bank_version_id.in_(versions))
    return {version: id_ for version, id_ in db.session.execute(wanted) if version is not None}


# Where it is used


def uses(entry: bank.Entry) -> list[Use]:
    """The quizzes that are taught and ask it, or may draw it; archived courses too. One query."""
    wanted = select(Course, Lesson, Quiz).join(Lesson, Lesson.course_id == Course.id)
    wanted = wanted.join(Quiz, Quiz.lesson_id == Lesson.id).where(~Lesson.retired)
    if entry.row.course_id:
        wanted = wanted.where(Course.id == entry.row.course_id)
    found = []
    for course, lesson, quiz in db.session.execute(wanted.order_by(Course.id, Lesson.position)):
        draws = [draw for draw in map(Draw.from_json, quiz.draws) if takes(draw, entry)]
        if draws:
            found.append(Use(course, lesson, any(draw.question for draw in draws)))
    return found


def takes(draw: Draw, entry: bank.Entry) -> bool:
    """Whether the question is the one, or among those, that are drawn from."""
    row = entry.row
    is_one = _finds(draw, row.course_id is None, row.name, entry.category, row.tags)
    return is_one and bool(draw.question or not row.archived)


def lacking(course: Course, draws: Collection[Draw]) -> set[Draw]:
    """Those that find nothing in the course's bank, or the shared one. One query."""
    wanted = [*draws]
    return {draw for draw, count in zip(wanted, available(course, wanted), strict=True) if not count}


def available(course: Course, draws: Sequence[Draw]) -> list[int]:
    """How many there are for each of them to draw from. One query."""
    if not draws:
        return []
    wanted = select(BankQuestion.course_id.is_(None), BankQuestion.name, BankCategory.path, BankQuestion.tags)
    wanted = wanted.join(BankCategory, BankCategory.id == BankQuestion.category_id).where(~BankQuestion.archived)
    owned = or_(BankQuestion.course_id == course.id, BankQuestion.course_id.is_(None))
    there = [tuple(row) for row in db.session.execute(wanted.where(owned))]
    return [sum(_finds(draw, *one) for one in there) for draw in draws]


def _finds(draw: Draw, is_shared: bool, name: str, category: str, tags: Sequence[str]) -> bool:
    if draw.shared != is_shared:
        return False
    if draw.question:
        return draw.question == name
    is_below = f"{category}/".startswith(f"{draw.category}/")
    return is_below and set(map(grading.comparable, draw.tags)) <= set(map(grading.comparable, tags))


def follow(owner: bank.Owner, old: str, new: str) -> None:
    """A category has a new path: the quizzes that are taught go on drawing from it."""
    wanted = select(Quiz).join(Lesson, Lesson.id == Quiz.lesson_id).with_for_update(of=Quiz)
    if owner:
        wanted = wanted.where(Lesson.course_id == owner.id)
    for quiz in db.session.scalars(wanted):
        draws = moved(quiz.draws, owner is None, old, new)
        if draws != quiz.draws:
            quiz.draws = draws
    db.session.flush()
