"""Keeps the lease on customers' data: counts it, locks and erases where the centre is silent, opens when it answers.

Law: what is locked opens by the key that the centre gives to a counter that may still log in, and by nothing that is
kept here; what the centre has not taken yet goes up after it as if nothing had been.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from crosssell_desktop.domain.clock import MINUTE_MS, Clock
from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.domain.lease import Counted, Stage
from crosssell_desktop.store import exchange_rows, law_ddl, lease_rows, seal, sweeping
from crosssell_desktop.sync import pull
from crosssell_desktop.sync.tables import HEARD
from crosssell_desktop.system import sealing

if TYPE_CHECKING:
    from crosssell_desktop.store.engine import Database
    from crosssell_desktop.store.unit import Connection

T = TypeVar("T")

KEPT_EVERY_MS = 10 * MINUTE_MS
RENEWED_EVERY_MS = 60 * MINUTE_MS
PERSONAL = frozenset(law_ddl.personal_names()) & frozenset(HEARD)


class Writer(Protocol):
    """Runs a short writing transaction."""

    def __call__(self, work: Callable[[Connection], T], /) -> T:
        """Run and return."""


class Keeper(Protocol):
    """The centre, as far as it keeps the key."""

    def lease_key(self) -> bytes:
        """Return this counter's private key, 32 bytes."""


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


@dataclass(slots=True)
class LeaseWatch:
    """Looks after the lease of one file, from the exchange's thread."""

    database: Database
    write: Writer
    clock: Clock
    monotonic_ms: Callable[[], int] = _monotonic_ms
    _kept_at: int | None = None
    """When, by the running of the program, what is in the file was counted; None before the first look."""

    def count(self) -> Stage:
        """Count what has passed, keep it now and then, and return how far the lease is."""
        with self.database.read() as connection:
            kept = lease_rows.read(connection)
            terms = lease_rows.terms(connection)
        if kept is None:
            return Stage.OPEN
        run_ms = None if self._kept_at is None else self.monotonic_ms() - self._kept_at
        counted = kept.counted.grown(self.clock.now_ms(), terms, run_ms)
        grew = max(counted.ms - kept.counted.ms, abs(counted.wall_ms - kept.counted.wall_ms))
        if run_ms is None or grew >= KEPT_EVERY_MS:
            self._keep(counted)
        return terms.stage(counted.ms)

    def _keep(self, counted: Counted) -> None:
        self.write(lambda c: lease_rows.count(c, counted))
        self._kept_at = self.monotonic_ms()

    def enforce(self) -> bool:
        """After the centre did not answer: lock or erase what is due; say whether anything was done."""
        stage = self.count()
        with self.database.read() as connection:
            kept = lease_rows.read(connection)
            is_due = kept is not None and stage.is_closed and (not kept.closed_at or seal.is_due(connection))
        if kept is None or not (stage.is_closed or kept.closed_at):
            return False
        now_ms = self.clock.now_ms()
        done = False
        if is_due or (kept.closed_at and not kept.is_clean):
            if not kept.closed_at:
                self.write(lambda c: lease_rows.close(c, now_ms))
            seal.close(self.write, kept.public_key)
            done = True
        if stage is Stage.ERASED and not kept.erased_at:
            self.write(seal.forget)
            self.write(lambda c: lease_rows.mark_erased(c, now_ms))
            done = True
        if done:
            self._remove_remains(now_ms)
        return done

    def _remove_remains(self, now_ms: int) -> None:
        """Write the file anew, and copies of it too: in free pages and in copies stands what was sealed."""
        self.write(lambda c: lease_rows.mark_clean(c, is_clean=False))
        try:
            self.database.compact()
        except EnvironmentTrouble as trouble:
            if trouble.code != "database_busy":
                raise
            # A sale goes first; the next look goes on here.
            return
        sweeping.replace_copies(self.database, now_ms)
        self.write(lambda c: lease_rows.mark_clean(c, is_clean=True))

    def reopen(self, centre: Keeper) -> bool:
        """Before a round: open what is locked by the centre's key; say whether anything was.

        Raises:
            CentreAway, AccessRefused: no key; everything stays locked.
            Refusal: ``seal_not_ours``.
        """
        with self.database.read() as connection:
            kept = lease_rows.read(connection)
        if kept is None or not kept.closed_at:
            return False
        seal.reopen(self.write, centre.lease_key(), apply_operations=bool(kept.erased_at))
        now_ms = self.clock.now_ms()

        def finish(connection: Connection) -> None:
            lease_rows.reopen(connection, now_ms)
            if kept.erased_at:
                # What was erased here the centre tells again.
                if exchange_rows.link_state(connection).plan is None:
                    pull.fetch_again(connection, PERSONAL, now_ms=now_ms)
                else:
                    exchange_rows.drop_cursors(connection)

        self.write(finish)
        self._kept_at = self.monotonic_ms()
        return True

    def renew(self, centre: Keeper) -> None:
        """After a round: the lease begins anew, the first one with the key that sealing needs."""
        with self.database.read() as connection:
            kept = lease_rows.read(connection)
        now_ms = self.clock.now_ms()
        if kept is None:
            public = sealing.public_key(centre.lease_key())
            self.write(lambda c: lease_rows.begin(c, public, now_ms))
        elif kept.counted.ms >= RENEWED_EVERY_MS or abs(now_ms - kept.counted.wall_ms) >= RENEWED_EVERY_MS:
            self.write(lambda c: lease_rows.count(c, Counted(0, now_ms)))
        else:
            return
        self._kept_at = self.monotonic_ms()
