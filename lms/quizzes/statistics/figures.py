"""The figures of a quiz and of each of its questions.

Marks are counted in percent of what an attempt could bring in all. Where every attempt could bring the same, this is
the page's calculation in other units, and no figure depends on the units; where a quiz has changed, or drew questions
of different marks, it keeps attempts comparable.

Attempts that are not submitted, or wait for a grader, are left out by whoever calls; a question that was asked and not
answered counts as 0 ("Incomplete attempts").
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lms.quizzes.statistics import moments

Sitting = Mapping[int, float]
"""One attempt: by question, in the order asked, how much of its mark was reached, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question."""

    id: int
    max_mark: float
    place: Hashable = None
    """What it is one wording of, where every attempt was asked one; None: drawn at random."""


@dataclass(frozen=True, slots=True)
class QuizFigures:
    """Section "Test statistics"."""

    attempts: int
    mean: float | None = None
    median: float | None = None
    deviation: float | None = None
    """Standard deviation."""
    skewness: float | None = None
    kurtosis: float | None = None
    consistency: float | None = None
    """Coefficient of internal consistency: Cronbach's alpha, in percent."""
    error_ratio: float | None = None
    standard_error: float | None = None


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """Section "Position statistics"; for a question drawn at random "Item statistics", of those who were asked it."""

    asked: int
    drawn: bool
    facility: float | None = None
    deviation: float | None = None
    """Standard deviation, in percent of the question's mark."""
    intended_weight: float | None = None
    effective_weight: float | None = None
    """None also where the question pulls against the rest (its covariance with the score is negative), and for one
    that is drawn: only the place that it stood in has a weight."""
    discrimination: float | None = None
    """Discrimination index."""
    efficiency: float | None = None
    """Discriminative efficiency."""


@dataclass(frozen=True, slots=True)
class Analysis:
    quiz: QuizFigures
    items: Mapping[int, ItemFigures]
    drawn_weight: float | None
    """The effective weights of all places whose questions are drawn at random, together; None without such places."""
    totals: Sequence[float]
    """The score of each attempt, in percent."""


@dataclass(slots=True)
class _Column:
    """What stands below one question, or in one place, over the attempts that have it."""

    fractions: list[float] = field(default_factory=list)
    marks: list[float] = field(default_factory=list)
    """In percent of all that the attempt could bring."""
    most: list[float] = field(default_factory=list)
    """The highest possible marks."""
    totals: list[float] = field(default_factory=list)

    def add(self, fraction: float, most: float, total: float) -> None:
        self.fractions.append(fraction)
        self.marks.append(fraction * most)
        self.most.append(most)
        self.totals.append(total)

    @property
    def pull(self) -> float | None:
        """C(x_p, T), with the score as a whole."""
        return moments.covariance(self.marks, self.totals) if len(self.marks) > 1 else None


def analyse(items: Iterable[Item], sittings: Iterable[Sitting]) -> Analysis:
    """The figures of each of these questions and of the quiz. Linear in attempts times questions, but for sorting."""
    known = {item.id: item for item in items}
    of_items: dict[int, _Column] = {id_: _Column() for id_ in known}
    of_places: defaultdict[Hashable, _Column] = defaultdict(_Column)
    totals = []
    for sitting in sittings:
        out_of = math.fsum(known[id_].max_mark for id_ in sitting)
        if not out_of:
            continue
        shares = {id_: 100 * known[id_].max_mark / out_of for id_ in sitting}
        totals.append(total := math.fsum(sitting[id_] * share for id_, share in shares.items()))
        for (id_, share), place in zip(shares.items(), _places(known[id_] for id_ in sitting), strict=True):
            for column in (of_items[id_], of_places[place]):
                column.add(sitting[id_], share, total)
    weights = _effective_weights(of_places)
    return Analysis(
        _of_quiz(totals, of_places),
        {id_: _of_item(known[id_], column, weights) for id_, column in of_items.items()},
        _together(weight for place, weight in weights.items() if _is_drawn(place)),
        totals,
    )


def _places(items: Iterable[Item]) -> list[Hashable]:
    """Section "Notation": i(p, s) is the item that student s had in position p. Those drawn fill their positions in
    the order asked.
    """
    drawn = 0
    places: list[Hashable] = []
    for item in items:
        drawn += item.place is None
        places.append(("drawn", drawn) if item.place is None else ("fixed", item.place))
    return places


def _is_drawn(place: Hashable) -> bool:
    return isinstance(place, tuple) and place[0] == "drawn"


def _together(weights: Iterable[float | None]) -> float | None:
    known = [weight for weight in weights if weight is not None]
    return math.fsum(known) if known else None


def _of_quiz(totals: Sequence[float], places: Mapping[Hashable, _Column]) -> QuizFigures:
    """Sections "Average", "Median" and "Standard deviation": SD = √V(T)."""
    count = len(totals)
    if not count:
        return QuizFigures(0)
    deviation = math.sqrt(moments.variance(totals)) if count > 1 else None
    consistency = _consistency(totals, places)
    error_ratio = None if consistency is None else 100 * math.sqrt(max(0.0, 1 - consistency / 100))
    return QuizFigures(
        attempts=count,
        mean=moments.mean(totals),
        median=moments.median(totals),
        deviation=deviation,
        skewness=_skewness(totals),
        kurtosis=_kurtosis(totals),
        consistency=consistency,
        error_ratio=error_ratio,
        standard_error=None if error_ratio is None or deviation is None else error_ratio * deviation / 100,
    )


def _skewness(totals: Sequence[float]) -> float | None:
    """Section "Skewness and kurtosis": k₃ / k₂^(3/2), with k₂ = S m₂ / (S - 1), k₃ = S² m₃ / ((S - 1)(S - 2))."""
    count = len(totals)
    if count < 3 or not moments.varies(totals):
        return None
    third = count**2 * moments.central(totals, 3) / ((count - 1) * (count - 2))
    return float(third / moments.variance(totals) ** 1.5)


def _kurtosis(totals: Sequence[float]) -> float | None:
    """The same section: k₄ / k₂², with k₄ = S² ((S + 1) m₄ - 3 (S - 1) m₂²) / ((S - 1)(S - 2)(S - 3))."""
    count = len(totals)
    if count < 4 or not moments.varies(totals):
        return None
    second, fourth = moments.central(totals, 2), moments.central(totals, 4)
    spread = (count + 1) * fourth - 3 * (count - 1) * second**2
    return count**2 * spread / ((count - 1) * (count - 2) * (count - 3)) / moments.variance(totals) ** 2


def _consistency(totals: Sequence[float], places: Mapping[Hashable, _Column]) -> float | None:
    """Section "Coefficient of internal consistency": CIC = 100 · P / (P - 1) · (1 - Σ V(x_p) / V(T)).

    From it "Error ratio", ER = 100 √(1 - CIC / 100), and "Standard error", SE = ER / 100 · SD. All positions must be
    filled in all attempts.
    """
    count = len(places)
    if count < 2 or not moments.varies(totals) or any(len(one.marks) < len(totals) for one in places.values()):
        return None
    of_places = math.fsum(moments.variance(one.marks) for one in places.values())
    return 100 * count / (count - 1) * (1 - of_places / moments.variance(totals))


def _effective_weights(places: Mapping[Hashable, _Column]) -> dict[Hashable, float | None]:
    """Section "Effective question weight": 100 √C(x_p, T) / Σ √C(x_p, T); none where the covariance is negative."""
    roots = {place: _root(column.pull) for place, column in places.items()}
    total = math.fsum(root for root in roots.values() if root is not None)
    if total <= moments.NOISE:
        return dict.fromkeys(roots)
    return {place: None if root is None else 100 * root / total for place, root in roots.items()}


def _root(pull: float | None) -> float | None:
    return None if pull is None or pull < -moments.NOISE else math.sqrt(max(pull, 0.0))


def _of_item(item: Item, column: _Column, weights: Mapping[Hashable, float | None]) -> ItemFigures:
    """Sections "Facility index", F = 100 x̄ / x(max); "Standard deviation"; "Intended question weight", 100 x(max) /
    T(max).
    """
    asked, is_drawn = len(column.fractions), item.place is None
    if not asked:
        return ItemFigures(0, is_drawn)
    discrimination, efficiency = _discrimination(column, is_drawn)
    return ItemFigures(
        asked=asked,
        drawn=is_drawn,
        facility=100 * moments.mean(column.fractions),
        deviation=100 * math.sqrt(moments.variance(column.fractions)) if asked > 1 else None,
        intended_weight=moments.mean(column.most),
        effective_weight=None if is_drawn else weights[("fixed", item.place)],
        discrimination=discrimination,
        efficiency=efficiency,
    )


def _discrimination(column: _Column, is_drawn: bool) -> tuple[float | None, float | None]:
    """Section "Discrimination index": DI = 100 C(x, X) / √(V(x) V(X)), X being what the rest of the quiz brought.

    Section "Discriminative efficiency": DE = 100 C(x, X) / C_max(x, X); C_max is the covariance when the highest mark
    meets the highest rest, the second the second, and so on. For a question drawn at random X is the whole score, as
    in "Item statistics": the rest of its askers' quizzes are not the same questions.
    """
    marks = column.marks
    parts = zip(column.totals, marks, strict=True)
    rest = column.totals if is_drawn else [total - mark for total, mark in parts]
    if not moments.varies(marks) or not moments.varies(rest):
        return None, None
    together = moments.covariance(marks, rest)
    index = 100 * together / math.sqrt(moments.variance(marks) * moments.variance(rest))
    efficiency = 100 * together / moments.covariance(sorted(marks), sorted(rest))
    return max(-100.0, min(index, 100.0)), min(efficiency, 100.0)
