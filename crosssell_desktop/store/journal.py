"""Writes a business event: its rows, its outbox operation and its link of the chain, in one transaction.

Law: nothing that must reach the centre is written any other way. The operation's body holds the rows
themselves, so one operation is whole at both ends.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Table, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from crosssell_desktop.store import find_index
from crosssell_desktop.store.schema.base import canonical_json, metadata
from crosssell_desktop.store.schema.exchange import chain, outbox

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""Rows by table name, parents before children."""

SCHEMA_V = 1
FIRST_HEAD = "0" * 64
_LOCAL_COLUMNS = frozenset({"no"})


def plain(value: Any) -> Any:
    """Return a column value as JSON can carry it: a UUID as its text, everything else as it is."""
    return str(value) if isinstance(value, UUID) else value


def body_of(rows: Rows) -> str:
    """Return the canonical text of an operation's rows."""
    return canonical_json(
        {"rows": {name: [{k: plain(v) for k, v in row.items()} for row in some] for name, some in rows.items() if some}}
    )


def rows_of(body: str) -> dict[str, list[dict[str, Any]]]:
    """Read an operation's rows back with ids as UUIDs."""
    parsed: dict[str, list[dict[str, Any]]] = json.loads(body)["rows"]
    return {name: [typed_row(metadata.tables[name], row) for row in some] for name, some in parsed.items()}


def typed_row(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON row as the table takes it; columns this program does not know are left out."""
    typed: dict[str, Any] = {}
    for name, value in row.items():
        column = table.columns.get(name)
        if column is None or name in _LOCAL_COLUMNS:
            continue
        is_id = type(column.type).__name__ == "Id"
        typed[name] = UUID(value) if is_id and value is not None else value
    return typed


def op_hash(salt: str, op_id: UUID, body: str) -> str:
    """Return the 32 hex digits that tell one operation from another with the same number.

    Salted by a secret of the counter, so that a hash of personal data cannot be guessed back.
    """
    return hmac.new(bytes.fromhex(salt), op_id.bytes + body.encode(), hashlib.sha256).hexdigest()[:32]


def chain_head(previous: str, fact_hash: str) -> str:
    """Return the next head of the counter's chain."""
    return hashlib.sha256(b"crosssell-chain-1\x00" + bytes.fromhex(previous) + bytes.fromhex(fact_hash)).hexdigest()


def save_rows(connection: Connection, rows: Rows) -> None:
    """Insert facts and put registers to their newest version; what things are found by follows at once."""
    for name, some in rows.items():
        if not some:
            continue
        table = metadata.tables[name]
        if table.info["kind"] == "register":
            save_registers(connection, table, some)
        else:
            connection.execute(insert(table), list(some))
    find_index.refresh(connection, rows)


def save_registers(connection: Connection, table: Table, some: Sequence[Row]) -> int:
    """Insert or replace register rows whose ``ver`` is newer than what is kept; return how many changed."""
    changed = 0
    for names, alike in groupby(some, key=tuple):
        statement = upsert(table)
        kept = [c.name for c in table.columns if c.name not in {"id", "no"} and c.name in names]
        statement = statement.on_conflict_do_update(
            index_elements=[table.c.id],
            set_={name: statement.excluded[name] for name in kept},
            where=table.c.ver < statement.excluded.ver,
        )
        changed += connection.execute(statement, [dict(row) for row in alike]).rowcount
    return changed


def append(connection: Connection, *, op_id: UUID, kind: str, rows: Rows, hlc: int, made_at: int, salt: str) -> str:
    """Save the rows of one event with its outbox operation and chain link; return the new chain head."""
    body = body_of(rows)
    save_rows(connection, rows)
    digest = op_hash(salt, op_id, body)
    connection.execute(
        insert(outbox).values(
            op_id=op_id, kind=kind, schema_v=SCHEMA_V, body=body, hash=digest, hlc=hlc, made_at=made_at, acked=0
        )
    )
    last = connection.execute(select(chain.c.head).order_by(chain.c.no.desc()).limit(1)).scalar_one_or_none()
    head = chain_head(last or FIRST_HEAD, digest)
    connection.execute(insert(chain).values(op_id=op_id, fact_hash=digest, head=head))
    return head


def mark_acked(connection: Connection, *, up_to_seq: int) -> int:
    """Mark operations the centre has taken; return how many were newly marked."""
    return connection.execute(
        update(outbox).where(outbox.c.seq <= up_to_seq, outbox.c.acked == 0).values(acked=1)
    ).rowcount
