"""Keeps the exchange going in a thread of its own: a round by interval with jitter, at once on demand, never two."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from crosssell_desktop.runtime.jobs import Jobs

R = TypeVar("R")

JITTER = 0.2
"""Counters of one shop do not call the centre in the same second: each wait is up to a fifth longer or shorter."""
LONGEST_WAIT_S = 300.0
"""However often the centre failed to answer, it is asked again after this."""


def wait_s(interval_s: float, failures: int, chance: float) -> float:
    """Return how long to wait for the next round: doubled after each failure in a row, spread by ``chance`` in [0, 1).

    >>> wait_s(10.0, 0, 0.5), wait_s(10.0, 3, 0.5)
    (10.0, 80.0)
    """
    base_s = min(interval_s * 2.0 ** min(failures, 16), max(LONGEST_WAIT_S, interval_s))
    return base_s * (1.0 - JITTER + 2.0 * JITTER * chance)


@dataclass(frozen=True, slots=True)
class RoundFailed:
    """A round ended with an error; it is tried again after ``retry_s``."""

    error: Exception
    failures: int
    """In a row, this one included."""
    retry_s: float


class SyncThread(Generic[R]):
    """Runs ``round_`` again and again.

    ``round_`` is handed a question it asks between its steps: should I stop here? A step already begun is finished,
    so stopping loses nothing. ``interval_s`` is asked before each wait (3 s while a shift is open, longer otherwise).
    ``done`` and ``failed`` are bound methods of QObjects, called on the main thread through ``jobs``.
    """

    def __init__(
        self,
        jobs: Jobs,
        round_: Callable[[Callable[[], bool]], R],
        interval_s: Callable[[], float],
        *,
        done: Callable[[R], None],
        failed: Callable[[RoundFailed], None],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._jobs = jobs
        self._round = round_
        self._interval_s = interval_s
        self._done = done
        self._failed = failed
        self._chance = chance
        self._asked = threading.Condition()
        self._wake_wanted = False
        self._stop_wanted = False
        self._thread = threading.Thread(target=self._work, name="exchange", daemon=True)

    def start(self) -> None:
        """Begin with a round at once."""
        self._thread.start()

    def wake(self) -> None:
        """Do a round now; asked during a round, another follows it. Many askings make one round."""
        with self._asked:
            self._wake_wanted = True
            self._asked.notify_all()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Finish the step at hand and end; return whether it ended in time. Calling it again is harmless.

        Call it before ``Jobs.close``: a round saves through the write lane.
        """
        with self._asked:
            self._stop_wanted = True
            self._asked.notify_all()
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _is_stopping(self) -> bool:
        return self._stop_wanted

    def _work(self) -> None:
        failures = 0
        while not self._stop_wanted:
            with self._asked:
                self._wake_wanted = False
            try:
                result = self._round(self._is_stopping)
            except Exception as error:  # noqa: BLE001  # it is told, counted and tried again; the loop must live
                failures += 1
                pause_s = wait_s(self._interval_s(), failures, self._chance())
                self._jobs.deliver(self._failed, RoundFailed(error, failures, pause_s))
            else:
                failures = 0
                pause_s = wait_s(self._interval_s(), 0, self._chance())
                self._jobs.deliver(self._done, result)
            self._wait(pause_s)

    def _wait(self, pause_s: float) -> None:
        until_s = time.monotonic() + pause_s
        with self._asked:
            while not (self._wake_wanted or self._stop_wanted):
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    return
                self._asked.wait(left_s)
