"""Small statistics a shop can check by hand; whole counts go in, shares between 0 and 1 come out."""

from __future__ import annotations

import math

Z_95 = 1.959964
"""The two-sided 95 % point of the normal distribution."""


def wilson(successes: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of a share; ``(0.0, 1.0)`` when nothing was observed.

    Source: E. B. Wilson (1927), in the form with centre ``(p + z²/2n) / (1 + z²/n)``.

    >>> low, high = wilson(44, 110)
    >>> round(low, 3), round(high, 3)
    (0.313, 0.493)

    Raises:
        ValueError: if ``successes`` is not between 0 and ``n``.
    """
    if not 0 <= successes <= n:
        msg = f"{successes} of {n} is no share"
        raise ValueError(msg)
    if n == 0:
        return 0.0, 1.0
    share = successes / n
    spread = z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high
