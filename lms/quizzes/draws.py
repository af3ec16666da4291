"""What a quiz takes from the question bank, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
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
