"""How long to wait after the centre did not answer: full jitter, from one second up to five minutes."""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST_MS = 1_000
LONGEST_MS = 300_000


class Backoff:
    """Counts failures in a row; each wait is a random part of a bound that doubles.

    Full jitter spreads a thousand counters that lost the centre in the same second over the whole bound.
    """

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self.failures = 0

    def failed(self) -> int:
        """Count a failure; return the milliseconds to wait before the next try."""
        bound = min(LONGEST_MS, FIRST_MS << min(self.failures, 16))
        self.failures += 1
        return int(bound * self._chance())

    def succeeded(self) -> None:
        """Begin again from the first bound."""
        self.failures = 0
