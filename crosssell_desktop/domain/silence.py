"""When a counter that is silent becomes an alarm: after a day, a week, a month."""

from __future__ import annotations

from typing import Literal

from crosssell_desktop.domain.clock import DAY_MS

Silence = Literal["", "day", "week", "month"]
ALARMS: tuple[tuple[int, Silence], ...] = ((30 * DAY_MS, "month"), (7 * DAY_MS, "week"), (DAY_MS, "day"))
"""After how long, and what it is called; the longest first."""


def silence(for_ms: int) -> Silence:
    """Return the alarm of a counter that was last heard so many milliseconds ago."""
    return next((name for limit, name in ALARMS if for_ms >= limit), "")
