"""The counter's chain and outbox: the head, and everything that can be checked about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from crosssell_desktop.store import journal
from crosssell_desktop.store.schema.base import metadata
from crosssell_desktop.store.schema.exchange import chain, me, outbox

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def head_of(connection: Connection) -> str:
    """Return the newest head, 64 zeros before the first fact."""
    head = connection.execute(select(chain.c.head).order_by(chain.c.no.desc()).limit(1)).scalar_one_or_none()
    return head or journal.FIRST_HEAD


def facts_in_chain(connection: Connection) -> int:
    """Return how many operations the chain holds."""
    return int(connection.execute(select(func.count()).select_from(chain)).scalar_one())


def unsent(connection: Connection) -> tuple[int, int | None]:
    """Return how many operations the centre has not taken, and when the oldest was made."""
    row = connection.execute(select(func.count(), func.min(outbox.c.made_at)).where(outbox.c.acked == 0)).one()
    return int(row[0]), row[1]


def faults(connection: Connection) -> list[str]:
    """Check density of the outbox, hashes, the chain, and that every fact's row is what its operation says.

    Each fault names the operation or the row; an empty list is well.
    """
    found: list[str] = []
    salt = connection.execute(select(me.c.salt)).scalar_one_or_none()
    if salt is None:
        return found
    links = {row.op_id: row for row in connection.execute(select(chain).order_by(chain.c.no))}
    previous_head = journal.FIRST_HEAD
    for row in links.values():
        expected = journal.chain_head(previous_head, row.fact_hash)
        if row.head != expected:
            found.append(f"chain link {row.no} ({row.op_id}) does not follow from link {row.no - 1}")
        previous_head = row.head
    numbers = [row.no for row in links.values()]
    found += [f"chain link {n} is missing" for n in _gaps(numbers)]
    previous_seq: int | None = None
    for op in connection.execute(select(outbox).order_by(outbox.c.seq)):
        if previous_seq is not None and op.seq != previous_seq + 1:
            found.append(f"outbox jumps from {previous_seq} to {op.seq}")
        previous_seq = op.seq
        digest = journal.op_hash(salt, op.op_id, op.body)
        if digest != op.hash:
            found.append(f"operation {op.seq} ({op.kind}) was changed")
        link = links.get(op.op_id)
        if link is None:
            found.append(f"operation {op.seq} ({op.kind}) is not in the chain")
        elif link.fact_hash != op.hash:
            found.append(f"operation {op.seq} ({op.kind}) is not the one the chain knows")
        found += _row_faults(connection, op.seq, op.body)
    return found


def _gaps(numbers: list[int]) -> list[int]:
    known = set(numbers)
    return [n for n in range(1, max(known, default=0) + 1) if n not in known]


def _row_faults(connection: Connection, seq: int, body: str) -> list[str]:
    found: list[str] = []
    for name, rows in journal.rows_of(body).items():
        table = metadata.tables[name]
        if table.info["kind"] != "fact":
            continue
        for row in rows:
            kept = connection.execute(select(table).where(table.c.id == row["id"])).mappings().first()
            if kept is None:
                found.append(f"{name} {row['id']} of operation {seq} is missing")
                continue
            changed = [column for column, value in row.items() if kept[column] != value]
            if changed:
                found.append(f"{name} {row['id']} of operation {seq} was changed: {', '.join(sorted(changed))}")
    return found
