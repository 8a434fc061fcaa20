"""E3: fewer returns of the core with the item than without it, by the two-proportion test, both ways.

Shown only with at least 50 receipts in both groups and p below 0.05 (domain rules, section 3). When the difference is
as sure but points the other way, it speaks against the offer and suspends it.
"""

from __future__ import annotations

from dataclasses import dataclass

from crosssell_desktop.domain.money import half_up
from crosssell_desktop.domain.spoken import ShareValue
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.suggest.stats import two_proportions

METHOD = "two-proportion/1"
LEAST_N = 50
LEVEL = 0.05
_CLAIM = N_(
    "returns {share} ({back} of {n}) with it and {share_without} ({back_without} of {n_without}) without; "
    "a link, not a proven cause"
)


@dataclass(frozen=True, slots=True)
class Returns:
    """Receipts with the core: how many came back, with the item and without it."""

    back: int
    n: int
    back_without: int
    n_without: int


@dataclass(frozen=True, slots=True)
class FewerReturns:
    """What the counts say."""

    z: float
    p: float
    enough: bool
    """Both groups are large enough to say anything."""
    shown: bool
    against: bool
    """Surely more come back with the item."""


def assess(counts: Returns) -> FewerReturns:
    """Return the test of four whole numbers; the same numbers give the same answer.

    >>> found = assess(Returns(4, 310, 31, 640))
    >>> round(found.z, 2), found.shown, found.against
    (-2.73, True, False)
    """
    enough = min(counts.n, counts.n_without) >= LEAST_N
    if not enough:
        return FewerReturns(0.0, 1.0, enough=False, shown=False, against=False)
    test = two_proportions(counts.back, counts.n, counts.back_without, counts.n_without)
    sure = test.p < LEVEL
    return FewerReturns(test.z, test.p, enough=True, shown=sure and test.z < 0, against=sure and test.z > 0)


def text(counts: Returns) -> Text:
    """Return the claim in words; shares to a tenth of a per cent."""
    return Text(
        _CLAIM,
        {
            "share": _tenths(counts.back, counts.n),
            "back": counts.back,
            "n": counts.n,
            "share_without": _tenths(counts.back_without, counts.n_without),
            "back_without": counts.back_without,
            "n_without": counts.n_without,
        },
    )


def _tenths(hits: int, n: int) -> ShareValue:
    return ShareValue(half_up(hits * 1_000, n) * 10)
