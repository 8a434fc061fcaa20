"""Tells the time of this machine; the only place that reads it."""

from __future__ import annotations

import time


class SystemClock:
    """The machine's clock as a :class:`crosssell_desktop.domain.clock.Clock`."""

    def now_ms(self) -> int:
        """Return UTC epoch milliseconds; may jump when the clock is set, so it orders nothing."""
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        """Return milliseconds that only grow, from an arbitrary start: for waits, timeouts and durations."""
        return time.monotonic_ns() // 1_000_000
