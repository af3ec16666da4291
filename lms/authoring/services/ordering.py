"""The order of units and lessons. The draft's row is locked first, so that two who order at once do so in turn."""

from collections.abc import Sequence

from lms import db
from lms.accounts.models import Person
from lms.authoring.models import Draft, DraftFile, DraftPart
from lms.authoring.services import drafts
from lms.errors import NotFoundError


def move(draft: Draft, part_id: int, up: bool, person: Person) -> DraftPart:
    """One place up or down; a lesson at the end of its unit goes to the next one. At the end of all it stays.

    What is archived is passed over. Raises NotFoundError if the draft has no such part.
    """
    part, every = _held(draft, part_id, person)
    siblings = [one for one in every if one.unit_id == part.unit_id and one.is_unit == part.is_unit]
    shown = [one for one in siblings if not one.archived or one is part]
    at = shown.index(part) + (-1 if up else 1)
    if 0 <= at < len(shown):
        _stand(part, shown[at], siblings, before=up)
    elif not part.is_unit and (unit := _neighbour(every, part, up)):
        _enter(draft, part, unit, every, last=up)
    return part


def move_to(draft: Draft, part_id: int, target_id: int, person: Person) -> DraftPart:
    """To where another part of its kind stands now; a lesson given a unit goes to that unit's end."""
    part, every = _held(draft, part_id, person)
    target = _find(every, target_id)
    if target is part or (part.is_unit and not target.is_unit):
        return part
    if target.is_unit and not part.is_unit:
        if part.unit_id != target.id:
            _enter(draft, part, target, every, last=True)
        return part
    ahead = every.index(part) < every.index(target)
    if part.unit_id != target.unit_id:
        ahead = False
        _enter(draft, part, _find(every, target.unit_id), every, last=True)
    siblings = [one for one in every if one.unit_id == target.unit_id and one.is_unit == target.is_unit]
    _stand(part, target, siblings, before=not ahead)
    return part


def archive(draft: Draft, part_id: int, archived: bool, person: Person) -> DraftPart:
    """Takes a part out of the course, or back in; a unit with its lessons. Nothing of it is lost."""
    part, every = _held(draft, part_id, person)
    part.archived = archived
    siblings = [one for one in every if one.unit_id == part.unit_id and one.is_unit == part.is_unit]
    if not archived:
        if any(one.position == part.position and one is not part for one in siblings):
            part.position = siblings[-1].position + 1
        for one in every:
            if one.id == part.unit_id:
                one.archived = False
    db.session.flush()
    return part


def _held(draft: Draft, part_id: int, person: Person) -> tuple[DraftPart, Sequence[DraftPart]]:
    drafts.touch(draft.course_id, person)
    every = drafts.parts(draft)
    return _find(every, part_id), every


def _find(every: Sequence[DraftPart], part_id: int | None) -> DraftPart:
    found = next((one for one in every if one.id == part_id), None)
    if found is None:
        raise NotFoundError
    return found


def _stand(part: DraftPart, beside: DraftPart, siblings: Sequence[DraftPart], before: bool) -> None:
    """Puts the part before or after another; the positions that there are go round among them."""
    order = sorted((one for one in siblings if one is not part), key=lambda one: (one.position, one.id))
    order.insert(order.index(beside) + (not before), part)
    positions = sorted(one.position for one in order)
    if len(set(positions)) < len(positions):
        positions = list(range(1, len(order) + 1))
    for one, position in zip(order, positions, strict=True):
        one.position = position
    db.session.flush()


def _neighbour(every: Sequence[DraftPart], lesson: DraftPart, up: bool) -> DraftPart | None:
    """The unit before or after that of the lesson."""
    units = [one for one in every if one.is_unit and (not one.archived or one.id == lesson.unit_id)]
    at = next(at for at, one in enumerate(units) if one.id == lesson.unit_id) + (-1 if up else 1)
    return units[at] if 0 <= at < len(units) else None


def _enter(draft: Draft, lesson: DraftPart, unit: DraftPart, every: Sequence[DraftPart], last: bool) -> None:
    there = [one for one in every if one.unit_id == unit.id]
    _carry_files(draft, lesson, _find(every, lesson.unit_id), unit)
    lesson.unit_id = unit.id
    order = [*there, lesson] if last else [lesson, *there]
    for position, one in enumerate(order, 1):
        one.position = position
    db.session.flush()


def _carry_files(draft: Draft, lesson: DraftPart, old: DraftPart, new: DraftPart) -> None:
    """A lesson names its files from its unit on, so they come along; one whose name is taken there gets another."""
    files = {file.path: file for file in drafts.files_of(draft)}
    for file in list(files.values()):
        unit, _, path = file.path.partition("/")
        if unit != old.slug or not _names(lesson, path):
            continue
        free = _free_path(files, new.slug, path, file.digest)
        if free != path:
            _rename(lesson, path, free)
        if f"{new.slug}/{free}" not in files:
            values = {"content_type": file.content_type, "digest": file.digest}
            files[f"{new.slug}/{free}"] = copy = DraftFile(
                course_id=draft.course_id, path=f"{new.slug}/{free}", **values
            )
            db.session.add(copy)
    db.session.flush()


def _names(lesson: DraftPart, path: str) -> bool:
    return any(path in text for text in _texts(lesson))


def _texts(lesson: DraftPart) -> list[str]:
    return [text for key in ("body", "video", "gift") for text in (lesson.content.get(key) or {}).values()]


def _rename(lesson: DraftPart, path: str, new: str) -> None:
    content = dict(lesson.content)
    for key in ("body", "video", "gift"):
        if key in content:
            content[key] = {code: text.replace(path, new) for code, text in content[key].items()}
    lesson.content, lesson.version = content, lesson.version + 1


def _free_path(files: dict[str, DraftFile], unit: str, path: str, digest: str) -> str:
    stem, dot, ending = path.rpartition(".")
    candidates = [path, *(f"{stem}-{number}{dot}{ending}" for number in range(2, len(files) + 3))]
    return next(one for one in candidates if f"{unit}/{one}" not in files or files[f"{unit}/{one}"].digest == digest)
