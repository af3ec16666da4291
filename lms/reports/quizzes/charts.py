"""The sizes of what pictures show; the templates draw it, in the unit of the picture."""

from collections.abc import Sequence
from typing import NamedTuple

BINS = 10
HEIGHT = 100


class Bin(NamedTuple):
    """Scores from `low` up to `high`, the last one with 100 itself."""

    low: int
    high: int
    attempts: int
    height: float


def histogram(totals: Sequence[float]) -> list[Bin]:
    width = 100 // BINS
    counts = [0] * BINS
    for total in totals:
        counts[min(int(round(total, 6) // width), BINS - 1)] += 1
    most = max(counts, default=0) or 1
    return [Bin(at * width, (at + 1) * width, count, HEIGHT * count / most) for at, count in enumerate(counts)]
