"""How long a counter may read customers' data without the centre, and how that time is counted (ruling 7).

Law: a clock that is set back or forward never lengthens the lease. Time is counted up, from what passed by the clock
and by the running of the program, whichever is more; only an exchange sets it to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crosssell_desktop.domain.clock import DAY_MS, MINUTE_MS

SLACK_MS = 60 * MINUTE_MS
"""A clock is put right by seconds or minutes every day; what goes back by more was set."""
DEFAULT_DAYS = {"pii.warn_days": 10, "pii.lock_days": 14, "pii.lease_days": 30}
"""Settings: from which day on people are warned, when the data are locked, when they are erased."""
LIMIT_DAYS = {"pii.warn_days": (1, 60), "pii.lock_days": (1, 60), "pii.lease_days": (2, 90)}


class Stage(StrEnum):
    """How far a lease has run."""

    OPEN = "open"
    WARN = "warn"
    LOCKED = "locked"
    ERASED = "erased"

    @property
    def is_closed(self) -> bool:
        """Whether nobody may read customers' data any more."""
        return self in {Stage.LOCKED, Stage.ERASED}


@dataclass(frozen=True, slots=True)
class Terms:
    """The days of a lease."""

    warn_days: int = DEFAULT_DAYS["pii.warn_days"]
    lock_days: int = DEFAULT_DAYS["pii.lock_days"]
    lease_days: int = DEFAULT_DAYS["pii.lease_days"]

    def stage(self, counted_ms: int) -> Stage:
        """Return how far a lease is that has run for so long.

        >>> [str(Terms().stage(day * DAY_MS)) for day in (0, 10, 14, 29, 30)]
        ['open', 'warn', 'locked', 'locked', 'erased']
        """
        if counted_ms >= max(self.lease_days, self.lock_days) * DAY_MS:
            return Stage.ERASED
        if counted_ms >= self.lock_days * DAY_MS:
            return Stage.LOCKED
        return Stage.WARN if counted_ms >= self.warn_days * DAY_MS else Stage.OPEN


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted since the last exchange, and what the clock of this computer said then (UTC ms)."""

    ms: int
    wall_ms: int

    def grown(self, now_ms: int, terms: Terms, run_ms: int | None = None) -> Counted:
        """Return what is counted now.

        A clock found behind where it was left says nothing of how long the computer was off. A day is counted for it,
        and no more than a day is left before the lock: the second time the data are locked.

        Args:
            now_ms: what the clock says, UTC ms.
            terms: the days of the lease.
            run_ms: how long the program has run since this was counted; None where it was started since.
        """
        passed = now_ms - self.wall_ms
        if run_ms is None and passed < -SLACK_MS:
            return Counted(max(self.ms + DAY_MS, (terms.lock_days - 1) * DAY_MS), now_ms)
        return Counted(self.ms + max(passed, run_ms or 0, 0), now_ms)
