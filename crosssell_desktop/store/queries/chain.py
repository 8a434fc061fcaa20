"""The counter's chain and outbox: the head, and everything that can be checked about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select, text

from crosssell_desktop.store import journal
from crosssell_desktop.store.schema.base import metadata
from crosssell_desktop.store.schema.exchange import chain, me, outbox

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SLICE = 400
"""Ids in one statement."""


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

    The end of the chain is held against what stands outside it: the numbers SQLite gave out, and the heads that
    Z reports print. Each fault names the operation or the row; an empty list is well.
    """
    salt = connection.execute(select(me.c.salt)).scalar_one_or_none()
    if salt is None:
        return []
    links = {row.op_id: row for row in connection.execute(select(chain).order_by(chain.c.no))}
    found = _chain_faults(connection, [(row.no, row.op_id, row.fact_hash, row.head) for row in links.values()])
    heads = {link.head for link in links.values()} | {journal.FIRST_HEAD}
    previous_seq: int | None = None
    for op in connection.execute(select(outbox).order_by(outbox.c.seq)):
        if previous_seq is not None and op.seq != previous_seq + 1:
            found.append(f"outbox jumps from {previous_seq} to {op.seq}")
        previous_seq = op.seq
        link = links.get(op.op_id)
        if link is None:
            found.append(f"operation {op.seq} ({op.kind}) is not in the chain")
        elif link.fact_hash != op.hash:
            found.append(f"operation {op.seq} ({op.kind}) is not the one the chain knows")
        if journal.op_hash(salt, op.op_id, op.body, op.salt or "") != op.hash:
            # What it says is not believed, so it is not compared with the rows either.
            found.append(f"operation {op.seq} ({op.kind}) was changed")
            continue
        rows = journal.rows_of(op.body)
        found += [
            f"the head that Z report {row['z_number']} printed is not in the chain"
            for row in rows.get("shift_close", ())
            if row["chain_head"] not in heads
        ]
        if not journal.is_correction(op.body):
            found += _row_faults(connection, op.seq, rows)
    given = _given_out(connection, "outbox")
    if (previous_seq or 0) < given:
        found.append(f"operations {(previous_seq or 0) + 1} to {given} are missing from the outbox")
    return found


def _chain_faults(connection: Connection, links: list[tuple[int, UUID, str, str]]) -> list[str]:
    found = []
    previous_no, previous_head = 0, journal.FIRST_HEAD
    for no, op_id, fact_hash, head in links:
        if no != previous_no + 1:
            found.append(f"chain links {previous_no + 1} to {no - 1} are missing")
        if head != journal.chain_head(previous_head, fact_hash):
            found.append(f"chain link {no} ({op_id}) does not follow from link {previous_no}")
        previous_no, previous_head = no, head
    given = _given_out(connection, "chain")
    if previous_no < given:
        found.append(f"chain links {previous_no + 1} to {given} are missing")
    return found


def _given_out(connection: Connection, name: str) -> int:
    """Return the last number SQLite gave out for a table; it outlives the deletion of the row."""
    last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": name}).scalar()
    return int(last or 0)


def _row_faults(connection: Connection, seq: int, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    found: list[str] = []
    for name, some in rows.items():
        table = metadata.tables[name]
        if table.info["kind"] != "fact":
            continue
        ids = [row["id"] for row in some]
        kept = {
            row["id"]: row
            for start in range(0, len(ids), SLICE)
            for row in connection.execute(select(table).where(table.c.id.in_(ids[start : start + SLICE]))).mappings()
        }
        for row in some:
            stored = kept.get(row["id"])
            if stored is None:
                found.append(f"{name} {row['id']} of operation {seq} is missing")
                continue
            changed = [column for column, value in row.items() if stored[column] != value]
            if changed:
                found.append(f"{name} {row['id']} of operation {seq} was changed: {', '.join(sorted(changed))}")
    return found
