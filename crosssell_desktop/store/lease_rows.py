"""The lease on customers' data as this file keeps it: what was counted, whether it is closed, who may write meanwhile.

Law: only an exchange begins or renews a lease. While it is closed nothing personal is written (``journal.append``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.lease import DEFAULT_DAYS, LIMIT_DAYS, Counted, Stage, Terms
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.store import law_ddl, settings_rows
from crosssell_desktop.store.schema.exchange import me
from crosssell_desktop.store.schema.lease import lease

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_MET_BY_A_SALE = frozenset({"need"})
"""What a sale itself writes of a customer; it is sealed a moment later."""
_GUARDED = frozenset(law_ddl.personal_names()) - _MET_BY_A_SALE


@dataclass(frozen=True, slots=True)
class Lease:
    """The lease as it is kept; see ``store.schema.lease``."""

    public_key: str
    counted: Counted
    closed_at: int
    is_clean: bool
    erased_at: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How the lease stands now: its stage, for how many whole days it has run, and when the data were locked."""

    stage: Stage
    days: int
    closed_at: int
    terms: Terms


def read(connection: Connection) -> Lease | None:
    """Return the lease; None before the first exchange and where there is no centre."""
    row = connection.execute(select(lease)).first()
    if row is None:
        return None
    return Lease(row.public_key, Counted(row.counted_ms, row.wall_ms), row.closed_at, row.is_clean, row.erased_at)


def terms(connection: Connection) -> Terms:
    """Return the days of the lease as they are set for this counter."""
    who = connection.execute(select(me.c.counter_id, me.c.department_id, me.c.store_id)).first()
    scopes = {} if who is None else {"counter": who.counter_id, "department": who.department_id, "store": who.store_id}
    known = settings_rows.resolved(connection, scopes)

    def days(key: str) -> int:
        low, high = LIMIT_DAYS[key]
        return min(max(int(known.get(key, DEFAULT_DAYS[key])), low), high)

    return Terms(days("pii.warn_days"), days("pii.lock_days"), days("pii.lease_days"))


def standing(connection: Connection, now_ms: int) -> Standing:
    """Return how the lease stands by the clock; open where there is none."""
    kept = read(connection)
    if kept is None:
        return Standing(Stage.OPEN, 0, 0, Terms())
    the_terms = terms(connection)
    counted = kept.counted.grown(now_ms, the_terms).ms
    stage = the_terms.stage(counted)
    if kept.closed_at and not stage.is_closed:
        stage = Stage.LOCKED
    return Standing(stage, counted // 86_400_000, kept.closed_at, the_terms)


def locked() -> Refusal:
    """Return the refusal of everything that needs customers' data while they are locked."""
    return Refusal(
        "people_locked",
        Text(
            N_(
                "Customers' data are locked: this counter has not reached the centre for too long. "
                "Selling goes on; after the next exchange everything is back."
            )
        ),
    )


def require_open(connection: Connection, now_ms: int) -> None:
    """Refuse to show customers' data when the lease is over, sealed already or not.

    Raises:
        Refusal: ``people_locked``.
    """
    if standing(connection, now_ms).stage.is_closed:
        raise locked()


def require_writable(connection: Connection, names: Collection[str]) -> None:
    """Refuse an event that writes personal rows beside what is sealed.

    Raises:
        Refusal: ``people_locked``.
    """
    if not _GUARDED.isdisjoint(names):
        kept = read(connection)
        if kept is not None and kept.closed_at:
            raise locked()


def begin(connection: Connection, public_key: str, now_ms: int) -> None:
    """Begin the first lease of this file."""
    connection.execute(insert(lease).values(one=1, public_key=public_key, counted_ms=0, wall_ms=now_ms))


def count(connection: Connection, counted: Counted) -> None:
    """Keep what was counted."""
    connection.execute(update(lease).values(counted_ms=counted.ms, wall_ms=counted.wall_ms))


def close(connection: Connection, now_ms: int) -> None:
    """Note that sealing began."""
    connection.execute(update(lease).values(closed_at=now_ms, is_clean=False))


def mark_clean(connection: Connection, *, is_clean: bool) -> None:
    """Note whether remains of what was sealed may be left in the file."""
    connection.execute(update(lease).values(is_clean=is_clean))


def mark_erased(connection: Connection, now_ms: int) -> None:
    """Note that what the centre has as well is erased."""
    connection.execute(update(lease).values(erased_at=now_ms, is_clean=False))


def reopen(connection: Connection, now_ms: int) -> None:
    """Note that everything is back. Whom the centre gives the key may read: the lease begins anew."""
    connection.execute(
        update(lease).values(closed_at=0, is_clean=False, erased_at=0, counted_ms=0, wall_ms=now_ms),
    )
