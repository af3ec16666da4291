"""The score of an attempt."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")
FLOAT_NOISE = Decimal("1e-10")  # three thirds, as floats, still come to one


@dataclass(frozen=True, slots=True)
class Score:
    """The marks of an attempt; percent has two decimals, rounded half up."""

    mark: Decimal
    out_of: Decimal
    percent: Decimal


def score(parts: Iterable[tuple[float, float | Decimal]]) -> Score:
    """Add up (fraction, highest mark) of each question."""
    marks = [(Decimal(str(fraction)), Decimal(str(highest))) for fraction, highest in parts]
    mark = sum((fraction * highest for fraction, highest in marks), Decimal(0))
    mark = mark.quantize(FLOAT_NOISE, ROUND_HALF_UP)
    out_of = sum((highest for _, highest in marks), Decimal(0))
    percent = mark * 100 / out_of if out_of else Decimal(0)
    return Score(mark, out_of, percent.quantize(HUNDREDTH, ROUND_HALF_UP))
