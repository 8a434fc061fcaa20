"""What the exchange screen shows of this counter's own file: what was put aside, and the last rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, update

from crosssell_desktop.store.schema.exchange import me, outbox, quarantine_down, quarantine_up, sync_log

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SHOWN = 50


@dataclass(frozen=True, slots=True)
class PutAside:
    """An operation of ours that the centre put aside; ``body`` is empty once the outbox no longer keeps it."""

    op_id: UUID
    kind: str
    error: str
    body: str
    at: int
    resent: bool


@dataclass(frozen=True, slots=True)
class NotApplied:
    """A row of the centre that could not be applied here."""

    entity: str
    error: str
    at: int


@dataclass(frozen=True, slots=True)
class Round:
    """A round that did something or failed."""

    at: int
    result: str
    pushed: int
    pulled: int
    error: str


def put_aside(connection: Connection) -> tuple[PutAside, ...]:
    """Return what the centre put aside of this file's operations, the newest first."""
    q, o = quarantine_up.c, outbox.c
    rows = connection.execute(
        select(o.op_id, o.kind, q.error, o.body, q.at, q.resent_as)
        .join(outbox, o.seq == q.seq)
        .where(q.incarnation == select(me.c.incarnation).scalar_subquery())
        .order_by(q.at.desc(), q.seq.desc())
        .limit(SHOWN)
    )
    return tuple(PutAside(r.op_id, r.kind, r.error, r.body, r.at, r.resent_as is not None) for r in rows)


def not_applied(connection: Connection) -> tuple[NotApplied, ...]:
    """Return the centre's rows put aside here, the newest first."""
    d = quarantine_down.c
    rows = connection.execute(select(d.entity, d.error, d.at).order_by(d.at.desc()).limit(SHOWN))
    return tuple(NotApplied(*row) for row in rows)


def rounds(connection: Connection) -> tuple[Round, ...]:
    """Return the last rounds, the newest first."""
    c = sync_log.c
    rows = connection.execute(select(c.at, c.result, c.pushed, c.pulled, c.error).order_by(c.no.desc()).limit(SHOWN))
    return tuple(Round(r.at, r.result, r.pushed, r.pulled, r.error or "") for r in rows)


def mark_resent(connection: Connection, op_id: UUID, resent_as: UUID) -> None:
    """Note which operation stands for one that was put aside; the one put aside stays."""
    seq = select(outbox.c.seq).where(outbox.c.op_id == op_id).scalar_subquery()
    mine = select(me.c.incarnation).scalar_subquery()
    connection.execute(
        update(quarantine_up)
        .where(quarantine_up.c.incarnation == mine, quarantine_up.c.seq == seq)
        .values(resent_as=resent_as)
    )
