"""What a counter does after a round beside exchanging: publications whose time has come, and retention."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from crosssell_desktop.domain.clock import MINUTE_MS
from crosssell_desktop.store import exchange_rows, outbox_rows, publication_rows, sweeping
from crosssell_desktop.store.exchange_rows import Applied
from crosssell_desktop.sync.tables import HEARD

if TYPE_CHECKING:
    from crosssell_desktop.store.engine import Database
    from crosssell_desktop.store.unit import Connection

T = TypeVar("T")


class Writer(Protocol):
    """Runs a short writing transaction."""

    def __call__(self, work: Callable[[Connection], T], /) -> T:
        """Run and return."""


KNOWN = frozenset(HEARD)
NOTED_EVERY_MS = 60 * MINUTE_MS


def flip_due(database: Database, write: Writer, now_ms: int) -> Applied:
    """Make every publication count that is whole and whose time has come; each in one transaction."""
    done = Applied()
    with database.read() as connection:
        waiting = publication_rows.due(connection, now_ms)
        leavings = bool(waiting) or publication_rows.has_leavings(connection)
    for one in waiting:
        with database.read() as connection:
            ready = publication_rows.prepare(connection, one, KNOWN)
        done.add(write(functools.partial(publication_rows.flip, ready=ready, known=KNOWN, now_ms=now_ms)))
        done.changes.add(f"publication:{one.kind}")
    while leavings:
        # In short transactions: a sale may be waiting.
        leavings = write(publication_rows.sweep) == publication_rows.SWEPT_AT_ONCE
    return done


def note_heard(database: Database, write: Writer, now_ms: int) -> None:
    """Note once an hour that the centre answered; an idle look writes nothing in between."""
    with database.read() as connection:
        known = exchange_rows.heard_at(connection)
    if abs(now_ms - known) >= NOTED_EVERY_MS:
        write(functools.partial(exchange_rows.note_heard, at_ms=now_ms))


def retire(database: Database, write: Writer, server_ms: int) -> int:
    """Forget what is due: erased people's remains at once; once a day what has a term, and old operations.

    By the centre's clock. Returns how many operations went.
    """
    sweeping.sweep_erased(database, write, server_ms)
    sweeping.keep_terms(database, write, server_ms)
    with database.read() as connection:
        if not outbox_rows.wants_mark(connection, server_ms):
            return 0

    write(functools.partial(outbox_rows.mark, server_ms=server_ms))
    gone = 0
    while True:
        # In short transactions: a sale may be waiting.
        some = write(functools.partial(outbox_rows.retire, server_ms=server_ms))
        gone += some
        if some < outbox_rows.AT_ONCE:
            return gone
