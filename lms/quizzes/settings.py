"""What a quiz is set to, as one value for its row, its draft and its file in a bundle."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self

from lms.db import Translated
from lms.quizzes.draws import Draw
from lms.quizzes.models import Counts, Shows

MAX_ATTEMPTS = 1_000
MAX_PER_PAGE = 1_000
MAX_TIME_LIMIT = 10_000
MAX_PAUSE = 525_600
"""Minutes of a year."""
MAX_DRAWN = 1_000
ACCESS_WORD_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said of a score from so many percent on."""

    least: float
    text: Translated
    """Markdown."""

    def to_json(self) -> dict[str, Any]:
        """As `models.Quiz.overall` has it."""
        return {"from": self.least, "text": dict(self.text)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(float(data["from"]), dict(data["text"]))


@dataclass(frozen=True, slots=True)
class Settings:
    """Named as the columns of `models.Quiz`, where they are described; each as usual where nothing is said."""

    pass_mark: float = 0.0
    attempts: int = 0
    shuffle: bool = True
    final: bool = False
    per_page: int = 5
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    time_limit: int = 0
    pause: int = 0
    counts: str = Counts.highest
    feedback: str = Shows.always
    answers: str = Shows.done
    access_word: str = ""
    going_back: bool = True
    tries: bool = False
    practice: bool = False
    blind: bool = False
    overall: tuple[Remark, ...] = ()
    """The highest first."""
    draws: tuple[Draw, ...] = ()

    def columns(self) -> dict[str, Any]:
        """The values of the columns."""
        return {one.name: _column(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def of(cls, row: object) -> Self:
        """Those of a `models.Quiz`."""
        return cls._made({one.name: getattr(row, one.name) for one in fields(cls)})

    def to_json(self) -> dict[str, Any]:
        """As a draft keeps them."""
        moments = {name: moment.isoformat() for name in MOMENTS if (moment := getattr(self, name))}
        return {**self.columns(), **moments}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Those of a draft, which may have other entries too, and may lack some of these."""
        found = {one.name: data[one.name] for one in fields(cls) if data.get(one.name) is not None}
        moments = {name: datetime.fromisoformat(found[name]) if found.get(name) else None for name in MOMENTS}
        return cls._made({**found, **moments})

    @classmethod
    def _made(cls, values: Mapping[str, Any]) -> Self:
        made = {name: tuple(map(PARTS[name], values.get(name, ()))) for name in PARTS}
        return cls(**{**values, **made, "pass_mark": float(values.get("pass_mark", 0))})


MOMENTS = ("opens_at", "closes_at")
PARTS: Mapping[str, Any] = {"overall": Remark.from_json, "draws": Draw.from_json}
"""What makes one of the list of them out of JSON."""
USUAL = Settings()


def _column(value: Any) -> Any:
    if isinstance(value, tuple):
        return [one.to_json() for one in value]
    return str(value) if isinstance(value, str) else value
