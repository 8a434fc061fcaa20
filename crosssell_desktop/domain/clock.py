"""Time as UTC epoch milliseconds, the clock as an argument, and the hybrid logical clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

DAY_MS = 86_400_000
MINUTE_MS = 60_000


class Clock(Protocol):
    """Where the time comes from; tests hand in a fixed one."""

    def now_ms(self) -> int:
        """Return UTC epoch milliseconds."""


@dataclass(frozen=True, slots=True)
class Hlc:
    """A hybrid logical clock reading packed as ``wall_ms << 16 | counter``: orders edits across counters."""

    packed: int

    @property
    def wall_ms(self) -> int:
        """The wall part, UTC epoch milliseconds."""
        return self.packed >> 16

    def tick(self, now_ms: int) -> Hlc:
        """Return the next reading: never less than this one, close to the wall clock."""
        return Hlc(max(self.packed + 1, now_ms << 16))

    def merge(self, seen: int) -> Hlc:
        """Return a reading that is not behind a packed reading seen from elsewhere."""
        return Hlc(max(self.packed, seen))
