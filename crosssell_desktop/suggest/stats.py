"""The few statistics evidence rests on: shares with Wilson bounds and the two-proportion test."""

from __future__ import annotations

import math
from dataclasses import dataclass

from crosssell_desktop.domain.stats import wilson as bounds


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its Wilson 95 % bounds, each between 0 and 1."""

    hits: int
    n: int
    value: float
    low: float
    high: float


def wilson(hits: int, n: int) -> Share:
    """Return the share of ``hits`` in ``n`` with its Wilson 95 % interval.

    With ``n`` 0 nothing is known: the share is 0 and the bounds are 0 and 1.

    >>> share = wilson(24, 40)
    >>> round(share.low, 3), round(share.high, 3)
    (0.446, 0.737)

    Raises:
        ValueError: if ``hits`` is negative or above ``n``.
    """
    low, high = bounds(hits, n)
    return Share(hits, n, hits / n if n else 0.0, low, high)


@dataclass(frozen=True, slots=True)
class TwoProportions:
    """A two-proportion test: the z value and its two-sided p."""

    z: float
    p: float


def two_proportions(hits_1: int, n_1: int, hits_2: int, n_2: int) -> TwoProportions:
    """Test whether two shares differ, with the pooled variance; z is negative when the first is smaller.

    >>> round(two_proportions(4, 310, 31, 640).z, 2)
    -2.73

    Raises:
        ValueError: if a group is empty or has more hits than members.
    """
    if n_1 <= 0 or n_2 <= 0 or not 0 <= hits_1 <= n_1 or not 0 <= hits_2 <= n_2:
        msg = f"{hits_1} of {n_1} and {hits_2} of {n_2} cannot be compared"
        raise ValueError(msg)
    pooled = (hits_1 + hits_2) / (n_1 + n_2)
    variance = pooled * (1 - pooled) * (1 / n_1 + 1 / n_2)
    if variance == 0:
        return TwoProportions(0.0, 1.0)
    z = (hits_1 / n_1 - hits_2 / n_2) / math.sqrt(variance)
    return TwoProportions(z, math.erfc(abs(z) / math.sqrt(2)))


def lift(joint: int, first: int, second: int, n: int) -> float:
    """Return how many times more often two things meet than by chance; 0 when one never occurs."""
    return joint * n / (first * second) if first > 0 and second > 0 else 0.0
