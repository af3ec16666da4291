"""What trainers see of a draft at a glance: what is missing, and what is not published yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from lms import db
from lms.accounts.models import Person
from lms.authoring import contents
from lms.authoring.models import Draft, DraftPart, PartKind
from lms.authoring.services import drafts
from lms.bundles import load
from lms.bundles.bundle import Bundle, Unit
from lms.courses.models import Course


@dataclass(frozen=True, slots=True)
class State:
    """Of a unit or lesson."""

    is_new: bool
    is_changed: bool
    lacking: Sequence[str]
    """The languages in which something is missing."""


@dataclass(slots=True)
class Overview:
    outline: drafts.Outline
    archived: list[DraftPart]
    """What can be brought back: archived units, and archived lessons of the others."""
    states: dict[int, State]
    lacking: list[str]
    """Of the course's own texts."""
    is_changed: bool
    """Whether publishing would change anything of what is taught."""


def overview(course: Course, draft: Draft) -> Overview:
    """Some ten queries, whatever the size of the course."""
    every = drafts.outline(draft, archived=True)
    shown = [(unit, [x for x in lessons if not x.archived]) for unit, lessons in every if not unit.archived]
    taught = load.load(course)
    codes = contents.languages(draft.content)
    states = _states(shown, taught, codes)
    units = contents.to_units(shown)
    return Overview(
        outline=shown,
        archived=[part for unit, lessons in every for part in _archived(unit, lessons)],
        states=states,
        lacking=contents.lacking(None, draft.content, codes),
        is_changed=not course.published or _differs(draft, taught, units),
    )


def _differs(draft: Draft, taught: Bundle, units: Sequence[Unit]) -> bool:
    course = replace(contents.to_course(draft, taught.slug), units=())
    return course != replace(taught, units=()) or contents.plain(units) != contents.plain(taught.units)


def count(outline: drafts.Outline) -> tuple[int, int]:
    """Pages and quizzes."""
    kinds = [lesson.kind for _unit, lessons in outline for lesson in lessons]
    return kinds.count(PartKind.page), kinds.count(PartKind.quiz)


def _archived(unit: DraftPart, lessons: list[DraftPart]) -> list[DraftPart]:
    return [unit] if unit.archived else [lesson for lesson in lessons if lesson.archived]


def _states(outline: drafts.Outline, taught: Bundle, codes: Sequence[str]) -> dict[int, State]:
    units = {unit.slug: contents.alone(unit) for unit in taught.units}
    lessons = {lesson.slug: contents.alone(lesson) for _unit, lesson in taught.lessons}
    found = {}
    for unit, below in outline:
        found[unit.id] = _state(unit, contents.to_unit(unit), units.get(unit.slug), codes)
        for lesson in below:
            found[lesson.id] = _state(lesson, contents.to_lesson(lesson), lessons.get(lesson.slug), codes)
    return found


def _state(part: DraftPart, mine: object, taught: object | None, codes: Sequence[str]) -> State:
    lacking = contents.lacking(PartKind(part.kind), part.content, codes)
    return State(taught is None, taught is not None and contents.alone(mine) != taught, lacking)


def writer(row: Draft | DraftPart) -> Person | None:
    """Who saved it last."""
    return db.session.get(Person, row.changed_by_id) if row.changed_by_id else None


def others(course: Course) -> Sequence[Course]:
    """The courses that this one can require: those of the catalogue, the newest first."""
    wanted = select(Course).where(Course.id != course.id, Course.published, ~Course.archived)
    return db.session.scalars(wanted.order_by(Course.id.desc())).all()
