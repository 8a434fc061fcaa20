"""Money as integer minor units (kopecks), shares as integer basis points, and the one rounding rule.

Law: no float ever holds money. Amounts are ``int`` kopecks, rates and shares are ``int`` basis
points (1 bps = 0.01 %), quantities are ``int`` thousandths of a unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType

Minor = NewType("Minor", int)
"""An amount in minor units of the shop's currency (kopecks)."""

BPS_ONE = 10_000
"""One whole in basis points."""

MILLI_ONE = 1_000
"""One piece in thousandths."""


def half_up(numerator: int, denominator: int) -> int:
    """Return ``numerator / denominator`` rounded half away from zero; the only rounding in the program.

    >>> half_up(5, 2), half_up(-5, 2), half_up(4, 3)
    (3, -3, 1)

    Raises:
        ZeroDivisionError: if ``denominator`` is 0.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def take_bps(amount_minor: int, bps: int) -> int:
    """Return ``bps`` basis points of an amount, rounded half up."""
    return half_up(amount_minor * bps, BPS_ONE)


def extend(price_minor: int, qty_milli: int) -> int:
    """Return price times quantity, rounded half up once (design ruling 15)."""
    return half_up(price_minor * qty_milli, MILLI_ONE)


def without_vat(gross_minor: int, vat_bps: int) -> int:
    """Return the part of a VAT-inclusive amount that is not VAT, rounded half up.

    >>> without_vat(349_000, 2_200)
    286066
    """
    return half_up(gross_minor * BPS_ONE, BPS_ONE + vat_bps)


@dataclass(frozen=True, slots=True)
class Claim:
    """One claimant in a largest-remainder division: a weight, and what decides a tie."""

    weight: int
    tie_key: tuple[int | str, ...]
    """Smaller wins the remainder when the fractions are equal."""


def largest_remainder(total: int, claims: Sequence[Claim]) -> list[int]:
    """Divide ``total`` over the claims in proportion to weight (Hamilton); the parts sum to it exactly.

    Ties go to the bigger fraction, then to the smaller ``tie_key`` (domain.md section 1).

    Raises:
        ValueError: if ``total`` or a weight is negative, or all weights are 0 while ``total`` is not.
    """
    if total < 0 or any(claim.weight < 0 for claim in claims):
        msg = "largest_remainder takes no negative total or weight"
        raise ValueError(msg)
    weight_sum = sum(claim.weight for claim in claims)
    if weight_sum == 0:
        if total:
            msg = "nothing to divide by: all weights are 0"
            raise ValueError(msg)
        return [0] * len(claims)
    parts = [total * claim.weight // weight_sum for claim in claims]
    fractions = [total * claim.weight % weight_sum for claim in claims]
    order = sorted(range(len(claims)), key=lambda i: (-fractions[i], claims[i].tie_key))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts
