"""The questions of a quiz's draft: one list made of the texts of its languages, and changes to it. Pure."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from lms.quizzes import formats
from lms.quizzes.kinds import NAME_LENGTH, Kind, Question

Texts: TypeAlias = Mapping[str, str]
"""GIFT or Moodle XML by language."""
Slot: TypeAlias = str | int
"""What tells questions apart within a language, and joins those of several: the name, or else the place."""
NAME_FROM_TEXT = 40
NO_NAME = "question"
"""Of what has no Latin words."""
NO_WORD = re.compile(r"[^a-z0-9]+")
TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Item:
    """A question in the languages that it is written in."""

    name: str
    versions: Mapping[str, Question]
    sources: Mapping[str, str]
    """The piece of each language's text that it stands in."""

    @property
    def kind(self) -> Kind:
        return next(iter(self.versions.values())).kind

    @property
    def key(self) -> str:
        """Finds the question again when others have moved; one without a name is known by what it says."""
        said = "\n".join(f"{code}:{source}" for code, source in sorted(self.sources.items()))
        return self.name or "#" + hashlib.sha256(said.encode()).hexdigest()[:16]


def read(texts: Texts) -> list[Item]:
    """In the order of the first language; what only others have stands where they have it. Raises FormatError."""
    versions = {code: _slotted(formats.read_text(text)) for code, text in texts.items()}
    sources = {code: dict(zip(versions[code], formats.split(text)[0], strict=True)) for code, text in texts.items()}
    return [
        Item(
            name=slot if isinstance(slot, str) else "",
            versions={code: found[slot] for code, found in versions.items() if slot in found},
            sources={code: found[slot] for code, found in sources.items() if slot in found},
        )
        for slot in _merged([list(found) for found in versions.values()])
    ]


def _slotted(questions: Sequence[Question]) -> dict[Slot, Question]:
    return {question.name or place: question for place, question in enumerate(questions)}


def _merged(orders: Sequence[Sequence[Slot]]) -> list[Slot]:
    """What only a later language has stands before what follows it in the earlier ones, or else at the end."""
    merged: list[Slot] = []
    for order in orders:
        at, known = len(merged), set(merged)
        for slot in reversed(order):
            if slot not in known:
                merged.insert(at, slot)
            elif at and merged[at - 1] == slot:
                at -= 1
            else:
                at = merged.index(slot)
    return merged


def find(items: Sequence[Item], key: str) -> int | None:
    """The place of a question in the list, from 0."""
    return next((at for at, item in enumerate(items) if item.key == key), None)


def move(texts: Texts, key: str, by: int) -> dict[str, str]:
    """One question further up (-1) or down (1); at the end of the list nothing changes."""
    items = read(texts)
    at = find(items, key)
    if at is not None:
        item = items.pop(at)
        items.insert(max(at + by, 0), item)
    return _written(texts, items)


def remove(texts: Texts, key: str) -> dict[str, str]:
    return _written(texts, [item for item in read(texts) if item.key != key])


def copy(texts: Texts, key: str) -> dict[str, str]:
    """The same question once more, below it and under a name of its own."""
    items = read(texts)
    at = find(items, key)
    if at is not None:
        named = _named(items[at].versions, _free_name(items, items[at].name or "question"))
        items.insert(at + 1, _item(named, None))
    return _written(texts, items)


def put(texts: Texts, key: str, versions: Mapping[str, Question]) -> dict[str, str]:
    """The question of that key in new words; as the last one where there is none, or none any more."""
    items = read(texts)
    at = find(items, key)
    old = None if at is None else items[at]
    name = (old.name if old else "") or _free_name(items, name_from(versions))
    new = _item(_named(versions, name), old)
    if at is None:
        items.append(new)
    else:
        items[at] = new
    return _written(texts, items)


def put_all(texts: Texts, several: Sequence[Mapping[str, Question]]) -> dict[str, str]:
    """Named questions, each instead of the one of its name, or at the end where there is none."""
    items = {item.key: item for item in read(texts)}
    for versions in several:
        name = next(iter(versions.values())).name
        items[name] = _item(versions, items.get(name))
    return _written(texts, [*items.values()])


def name_all(texts: Texts) -> dict[str, str]:
    """A name for each question that has none: publishing needs it, to know the question again in the next version."""
    items = read(texts)
    if all(item.name for item in items):
        return dict(texts)
    for at, item in enumerate(items):
        if not item.name:
            items[at] = _item(_named(item.versions, _free_name(items, name_from(item.versions))), item)
    return _written(texts, items)


def _item(versions: Mapping[str, Question], old: Item | None) -> Item:
    """Keeps the comments, and all of the text where the question is the same."""
    sources = {}
    for code, question in versions.items():
        source = old.sources.get(code, "") if old else ""
        same = old is not None and old.versions.get(code) == question
        sources[code] = source if same else formats.rewrite(source, question)
    return Item(next(iter(versions.values())).name, versions, sources)


def _named(versions: Mapping[str, Question], name: str) -> dict[str, Question]:
    return {code: replace(question, name=name) for code, question in versions.items()}


def name_from(versions: Mapping[str, Question]) -> str:
    """The first words of the text, as far as they are Latin."""
    found = (NO_WORD.sub("-", TAG.sub(" ", question.text.lower())).strip("-") for question in versions.values())
    return max(found, key=len, default="")[:NAME_FROM_TEXT].strip("-") or NO_NAME


def _free_name(items: Sequence[Item], wanted: str) -> str:
    taken = {item.name for item in items}
    wanted = re.sub(r"-\d+$", "", wanted)[: NAME_LENGTH - 6] or "question"
    numbered = (f"{wanted}-{number}" for number in range(2, len(items) + 3))
    return next(name for name in (wanted, *numbered) if name not in taken)


def _written(texts: Texts, items: Sequence[Item]) -> dict[str, str]:
    """By language, without those that have nothing."""
    codes = dict.fromkeys([*texts, *(code for item in items for code in item.sources)])
    written = {
        code: formats.join(
            [item.sources[code] for item in items if code in item.sources],
            formats.split(texts.get(code, ""))[1],
        )
        for code in codes
    }
    return {code: text for code, text in written.items() if text}
