"""What is another in a new version of a course, as a list that learners and trainers read. Pure functions."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms.bundles.bundle import Bundle, File, Lesson, Page, Quiz, Unit
from lms.bundles.rule import canonical
from lms.db import Translated
from lms.quizzes import images

COURSE = ("title", "summary", "description", "statement", "hours", "pass_mark", "requires")
UNIT = ("title", "summary", "requires", "opens_at")
Change = dict[str, Any]
"""`{"what": "lesson added", "title": {language: text}}`; what: a part, and what happened."""


def between(old: Bundle | None, new: Bundle) -> list[Change]:
    """The course first, then units and lessons in their order, and last what is gone; nothing of a first version."""
    if old is None:
        return []
    return [*_course(old, new), *_parts(old, new), *_removed(old, new)]


def _change(what: str, title: Translated) -> Change:
    return {"what": what, "title": dict(title)}


def _course(old: Bundle, new: Bundle) -> Iterator[Change]:
    if _differ(old, new, COURSE):
        yield _change("course changed", new.title)
    if canonical(old.completion) != canonical(new.completion):
        yield _change("rule changed", new.title)


def _parts(old: Bundle, new: Bundle) -> Iterator[Change]:
    units = {unit.slug: unit for unit in old.units}
    lessons = {lesson.slug: (unit, lesson) for unit, lesson in old.lessons}
    moved = _moved(list(units), [unit.slug for unit in new.units])
    for unit in new.units:
        was = units.get(unit.slug)
        if was is None:
            yield _change("unit added", unit.title)
        elif _differ(was, unit, UNIT) or _loose_files(was, unit):
            yield _change("unit changed", unit.title)
        if unit.slug in moved:
            yield _change("unit moved", unit.title)
        yield from _lessons(was, unit, lessons)


def _lessons(was: Unit | None, unit: Unit, old: Mapping[str, tuple[Unit, Lesson]]) -> Iterator[Change]:
    moved = _moved([lesson.slug for lesson in (was.lessons if was else ())], [lesson.slug for lesson in unit.lessons])
    for lesson in unit.lessons:
        if lesson.slug not in old:
            yield _change("lesson added", lesson.title)
            continue
        old_unit, old_lesson = old[lesson.slug]
        if replace(old_lesson, number=lesson.number) != lesson or _shown(old_unit, old_lesson) != _shown(unit, lesson):
            yield _change("quiz changed" if isinstance(lesson, Quiz) else "lesson changed", lesson.title)
        if old_unit.slug != unit.slug or lesson.slug in moved:
            yield _change("lesson moved", lesson.title)


def _removed(old: Bundle, new: Bundle) -> Iterator[Change]:
    units, lessons = {unit.slug for unit in new.units}, {lesson.slug for _unit, lesson in new.lessons}
    for unit in old.units:
        if unit.slug not in units:
            yield _change("unit removed", unit.title)
        for lesson in unit.lessons:
            if lesson.slug not in lessons:
                yield _change("lesson removed", lesson.title)


def _differ(old: object, new: object, names: Collection[str]) -> bool:
    return any(getattr(old, name) != getattr(new, name) for name in names)


def _shown(unit: Unit, lesson: Lesson) -> list[File]:
    """The files of a unit that a lesson shows or links to."""
    if isinstance(lesson, Page):
        texts = [*lesson.body.values(), *lesson.video.values()]
    else:
        texts = [text for asked in lesson.questions.values() for question in asked for text in images.texts(question)]
    return [file for file in unit.files if any(file.path in text for text in texts)]


def _loose_files(old: Unit, new: Unit) -> bool:
    """Whether files came, went or changed that no page shows."""
    shown = {file.path for unit in (old, new) for lesson in unit.lessons for file in _shown(unit, lesson)}
    before, now = ([file for file in unit.files if file.path not in shown] for unit in (old, new))
    return before != now


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """As few names as explain the new order of those that are in both: the others are its longest rising run."""
    place = {name: at for at, name in enumerate(old)}
    both = [name for name in new if name in place]
    ends: list[int] = []
    """The last place of the best run of each length; it only gets better."""
    lengths = []
    for name in both:
        length = bisect_left(ends, place[name])
        ends[length : length + 1] = [place[name]]
        lengths.append(length)
    stayed: set[str] = set()
    wanted = len(ends) - 1
    for name, length in zip(reversed(both), reversed(lengths), strict=True):
        if length == wanted and all(place[name] < place[other] for other in stayed):
            stayed.add(name)
            wanted -= 1
    return set(both) - stayed
