"""What a quiz takes from the question bank, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

CATEGORY_LENGTH = 255  # what the database has room for


@dataclass(frozen=True, slots=True)
class Draw:
    """One question by its name, or so many at random from a category and what is below it, with all these tags."""

    question: str = ""
    category: str = ""
    number: int = 1
    tags: tuple[str, ...] = ()
    shared: bool = False
    """From what all courses share, and not from the course's own."""

    def to_json(self) -> dict[str, Any]:
        """As `Quiz.draws` and bundles have it."""
        what: dict[str, Any] = {"question": self.question}
        if not self.question:
            what = {"category": self.category, "number": self.number}
            what |= {"tags": list(self.tags)} if self.tags else {}
        return what | ({"shared": True} if self.shared else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Draw":
        return cls(**{**data, "tags": tuple(data.get("tags", ()))})


def category_path(text: str) -> str:
    """In its one spelling: `Budget/Basics`, whatever blanks and slashes were typed."""
    parts = (" ".join(part.split()) for part in text.split("/"))
    return "/".join(filter(None, parts))


def moved(draws: Sequence[Mapping[str, Any]], shared: bool, old: str, new: str) -> list[dict[str, Any]]:
    """The same after the category `old`, and with it what is below, has become `new`."""
    found = []
    for draw in map(Draw.from_json, draws):
        is_below = draw.shared == shared and f"{draw.category}/".startswith(f"{old}/")
        path = new + draw.category.removeprefix(old)
        found.append((replace(draw, category=path) if is_below else draw).to_json())
    return found
