"""Makes UUIDv7 ids that grow strictly within the process, whatever the clock does."""

from __future__ import annotations

import secrets
from threading import Lock
from uuid import UUID

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.ids import uuid7

_RANDOM_BITS = 74
_STEP_BITS = 32  # the random step between ids of one millisecond: not guessable, and room for millions
_FIELD_LIMIT = 1 << _RANDOM_BITS


class MonotonicIds:
    """A :class:`crosssell_desktop.domain.ids.IdSource`; each id is greater than the one before, from any thread.

    When the clock stands still or is set back, ids go on from the last millisecond used (RFC 9562, section 6.2,
    method 2).
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._last_ms = -1
        self._last_random = 0

    def new(self) -> UUID:
        """Return a fresh UUIDv7."""
        with self._lock:
            now_ms = self._clock.now_ms()
            if now_ms > self._last_ms:
                self._last_ms = now_ms
                self._last_random = secrets.randbits(_RANDOM_BITS)
            else:
                self._last_random += 1 + secrets.randbits(_STEP_BITS)
                if self._last_random >= _FIELD_LIMIT:
                    self._last_ms += 1
                    self._last_random = secrets.randbits(_RANDOM_BITS)
            # uuid7 takes 80 bits and uses the low 74 of them.
            return uuid7(self._last_ms, self._last_random)
