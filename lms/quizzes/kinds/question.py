"""Quiz questions as plain values: importers make, the database keeps, and grading reads them.

Weights and penalties are percents, as in Moodle: of the question's mark, from -100 to 100. Which fields a kind of
question has is said in `docs/quizzes.md`; those that it does not have are empty.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Any, Self

from lms.quizzes.kinds.text import tidy

FORMATS = ("html", "markdown", "moodle", "plain")
FULL = 100.0
TITLE_LENGTH = 80
ANYTHING = "*"  # the answer that every response matches
USUAL_PENALTY = 33.33333  # what Moodle takes for a wrong try


class Kind(StrEnum):
    """How a question is answered."""

    single = "single"
    multiple = "multiple"
    true_false = "true_false"
    short_answer = "short_answer"
    numerical = "numerical"
    matching = "matching"
    ordering = "ordering"
    gaps = "gaps"
    essay = "essay"


class Scoring(StrEnum):
    """What counts as right in an ordering."""

    place = "place"
    """Each item at its own place."""
    neighbour = "neighbour"
    """Each item that is followed by the one that should follow it; the last by nothing."""
    whole = "whole"
    """Only the order as a whole."""


class Look(StrEnum):
    """How the choices of a gap are shown."""

    menu = "menu"
    list = "list"
    row = "row"


class Value:
    """Kept as JSON without what is as usual, so that a field that comes later changes nothing that is stored."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        return {
            one.name: _to_json(getattr(self, one.name))
            for one in fields(self)  # type: ignore[arg-type]  # all that derive from this are dataclasses
            if one.name in ALWAYS_KEPT or one.default is MISSING or getattr(self, one.name) != one.default
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{name: PARTS[name](value) if name in PARTS else value for name, value in data.items()})


ALWAYS_KEPT = frozenset({"options", "pairs", "feedback", "format", "tolerance"})
"""Which are written also when empty, as they always were."""


def _to_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_to_json(one) for one in value]
    return value.to_json() if isinstance(value, Value) else value


def _tidy_fields(value: object, *names: str) -> None:
    # The only way to set a field of a frozen dataclass, and only while it is being made.
    for name in names:
        object.__setattr__(value, name, tidy(getattr(value, name)))


@dataclass(frozen=True, slots=True)
class Option(Value):
    """One answer and its weight in percent; a numerical question has a number as text, or * for any other.

    The options of an ordering stand in their right order, and weigh nothing.
    """

    text: str
    weight: float
    feedback: str = ""
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        _tidy_fields(self, "text", "feedback")


@dataclass(frozen=True, slots=True)
class Pair(Value):
    """Two sides that belong together; without a left side, a right side that belongs to none."""

    left: str
    right: str

    def __post_init__(self) -> None:
        _tidy_fields(self, "left", "right")


@dataclass(frozen=True, slots=True)
class Gap(Value):
    """A place to fill in: `[[1]]` in the question's text stands for the first one."""

    kind: Kind
    """`single`, `multiple`, `short_answer` or `numerical`."""
    options: tuple[Option, ...]
    mark: float = 1.0
    """Its share of the question, beside the marks of the other gaps."""
    look: str = Look.menu
    case: bool = False
    """Upper and lower case differ."""
    shuffle: bool = False

    @property
    def alone(self) -> "Question":
        """The same as a question of its own."""
        return Question("", self.kind, "…", self.options, case=self.case, shuffle=self.shuffle)


@dataclass(frozen=True, slots=True)
class Unit(Value):
    """A unit that a number may be given in: the number times `factor` is the number in the unit of the answer."""

    name: str
    factor: float

    def __post_init__(self) -> None:
        _tidy_fields(self, "name")


@dataclass(frozen=True, slots=True)
class Level(Value):
    """What a criterion may be found to reach, and its points."""

    text: str
    points: float

    def __post_init__(self) -> None:
        _tidy_fields(self, "text")


@dataclass(frozen=True, slots=True)
class Criterion(Value):
    """One line of a rubric."""

    text: str
    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        _tidy_fields(self, "text")

    @property
    def most(self) -> float:
        return max((level.points for level in self.levels), default=0.0)


@dataclass(frozen=True, slots=True)
class Question(Value):
    """One question; `feedback` is shown to everybody who answered, whatever the answer."""

    name: str
    kind: Kind
    text: str
    options: tuple[Option, ...] = ()
    pairs: tuple[Pair, ...] = ()
    feedback: str = ""
    format: str = "markdown"
    mark: float = 1.0
    """Points for a right answer."""
    hints: tuple[str, ...] = ()
    """Shown one after each wrong try, where a quiz lets people try again."""
    penalty: float = USUAL_PENALTY
    """Percent of the mark that each wrong try costs there."""
    right_feedback: str = ""
    partly_feedback: str = ""
    wrong_feedback: str = ""
    """What is shown to whoever answered rightly, partly so, or wrongly, beside the feedback of each answer."""
    shuffle: bool = True
    """The answers are shown in a random order."""
    case: bool = False
    """Short answers: upper and lower case differ."""
    units: tuple[Unit, ...] = ()
    """Of a number, the unit of the answers first."""
    unit_penalty: float = 0.0
    """Percent of the mark that a missing or wrong unit costs; 0: the unit may be left out, and a wrong one is wrong."""
    scoring: str = Scoring.place
    gaps: tuple[Gap, ...] = ()
    rubric: tuple[Criterion, ...] = ()
    """What an essay is graded by; without one the grader gives points up to the mark."""
    grader_notes: str = ""
    """Of an essay, for its graders alone."""
    template: str = ""
    """What an essay begins with."""
    min_words: int = 0
    max_words: int = 0
    """Of an essay; 0: as few or many as wanted."""
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _tidy_fields(self, "name", "text", "feedback", "right_feedback", "partly_feedback", "wrong_feedback")
        _tidy_fields(self, "grader_notes", "template")
        object.__setattr__(self, "hints", tuple(map(tidy, self.hints)))
        object.__setattr__(self, "tags", tuple(" ".join(tidy(tag).split()) for tag in self.tags))

    @property
    def title(self) -> str:
        """The name, or else the beginning of the text, as in Moodle."""
        return self.name or " ".join(self.text.split())[:TITLE_LENGTH]


def _each(make: Callable[[Any], Any]) -> Callable[[Iterable[Any]], tuple[Any, ...]]:
    return lambda values: tuple(map(make, values))


PARTS: dict[str, Callable[[Any], Any]] = {
    "kind": Kind,
    "options": _each(Option.from_json),
    "pairs": _each(Pair.from_json),
    "hints": tuple,
    "units": _each(Unit.from_json),
    "gaps": _each(Gap.from_json),
    "rubric": _each(Criterion.from_json),
    "levels": _each(Level.from_json),
    "tags": tuple,
}
"""How fields that are no plain values are made of JSON."""
