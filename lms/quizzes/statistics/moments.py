"""Sums over the attempts, as "Notation used in the calculations" has them: variance and covariance over S - 1.

Added up without rounding in between (`math.fsum`), so that the order of the attempts decides nothing. Each is linear
in the number of values; only a median and a sorted covariance take sorting.
"""

import math
from collections.abc import Sequence

NOISE = 1e-9
"""What rounding may leave of nothing, in percent."""


def mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def median(values: Sequence[float]) -> float:
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def varies(values: Sequence[float]) -> bool:
    """Whether there are two that differ, by more than rounding does."""
    return bool(values) and max(values) - min(values) > NOISE


def covariance(ones: Sequence[float], others: Sequence[float]) -> float:
    """C(x, y) = 1 / (S - 1) · Σ (x - x̄)(y - ȳ), of at least two."""
    of_ones, of_others = mean(ones), mean(others)
    products = ((one - of_ones) * (other - of_others) for one, other in zip(ones, others, strict=True))
    return math.fsum(products) / (len(ones) - 1)


def variance(values: Sequence[float]) -> float:
    """V(x) = C(x, x)."""
    return covariance(values, values)


def central(values: Sequence[float], power: int) -> float:
    """m₂, m₃ or m₄: 1 / S · Σ (x - x̄)ᵖ."""
    of_all = mean(values)
    return math.fsum((value - of_all) ** power for value in values) / len(values)
