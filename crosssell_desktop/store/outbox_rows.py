"""Retention of the outbox: what the centre took is kept long enough to feed a centre that is put back.

Law: what is unsent is never deleted; what is sent goes by marks of the centre's clock, never by this counter's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.store.schema.exchange import outbox
from crosssell_desktop.store.schema.publications import outbox_mark

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

KEPT_DAYS = 70
"""Twice the 35 days for which backups of the centre are kept."""
AT_ONCE = 5_000
"""Operations deleted in one transaction, so that the write lane stays free."""


def wants_mark(connection: Connection, server_ms: int) -> bool:
    """Say whether a day has passed since the last mark; reads only."""
    last = connection.execute(select(func.max(outbox_mark.c.at))).scalar()
    return last is None or last <= server_ms - DAY_MS


def mark(connection: Connection, server_ms: int) -> None:
    """Note up to where everything is taken at this moment of the centre's clock."""
    taken = _taken(connection)
    top = connection.execute(select(func.max(outbox_mark.c.seq))).scalar()
    if top is not None and top > taken:
        # The numbers began anew (a new incarnation, a centre put back): old marks say nothing of these operations.
        connection.execute(delete(outbox_mark))
        top = None
    if top is None or top < taken:
        connection.execute(insert(outbox_mark).values(seq=taken, at=server_ms))


def retire(connection: Connection, server_ms: int) -> int:
    """Delete operations the centre had taken 70 days ago; return how many."""
    upto = connection.execute(
        select(func.max(outbox_mark.c.seq)).where(outbox_mark.c.at <= server_ms - KEPT_DAYS * DAY_MS)
    ).scalar()
    if upto is None:
        return 0
    first = connection.execute(select(func.min(outbox.c.seq))).scalar()
    # Operations are taken in order; one that is marked as unsent again ends the run.
    upto = min(upto, _taken(connection), (first or 0) + AT_ONCE - 1)
    return connection.execute(delete(outbox).where(outbox.c.seq <= upto, outbox.c.acked == 1)).rowcount


def _taken(connection: Connection) -> int:
    """Return the last operation up to which all are taken."""
    unsent = connection.execute(select(func.min(outbox.c.seq)).where(outbox.c.acked == 0)).scalar()
    if unsent is not None:
        return int(unsent) - 1
    return int(connection.execute(select(func.max(outbox.c.seq))).scalar() or 0)
