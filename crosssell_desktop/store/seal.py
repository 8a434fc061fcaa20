"""Puts customers' data of this file under seal and takes them out again, row by row, in short transactions.

Sealing needs only a public key; the private key is at the centre and never written here. The row of a card stays,
empty, under its random id, for sales and receipts in the making point at it; so does an operation of the outbox,
without its personal rows and with the digest of them, so that chain and hashes go on holding (as after an erasure).

Law: rows leave the tables in the transaction that brings them under seal, and come back the same way; what nobody else
has (operations the centre has not taken, versions it has lost) stays under seal however long it takes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Table, delete, func, insert, select

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.store import find_index, journal, law_ddl
from crosssell_desktop.store.schema.base import canonical_json, metadata
from crosssell_desktop.store.schema.lease import sealed
from crosssell_desktop.system import sealing

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

T = TypeVar("T")

AT_ONCE = 50
"""Rows in one transaction: a sale waits for no more."""
LOCKED = "locked"
"""The status of a card that is under seal."""
_ABOUT = b"crosssell-lease-1"
_PERSONAL = frozenset(law_ddl.personal_names())
_PUT_ASIDE = "SELECT q.seq FROM quarantine_up q JOIN me m ON m.incarnation = q.incarnation WHERE q.resent_as IS NULL"


class Writer(Protocol):
    """Runs a short writing transaction."""

    def __call__(self, work: Callable[[Connection], T], /) -> T:
        """Run and return."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How rows of a table go under seal: which, and what stays in their place."""

    table: str
    due: str = "1"
    """Which rows are not under seal yet, as SQL."""
    blank: Mapping[str, str] | None = None
    """What the sealed columns say meanwhile, as SQL; None where the whole row goes."""
    stays: str = "0"
    """Which of the rows nobody else has, as SQL."""

    @property
    def shape(self) -> Table:
        return metadata.tables[self.table]

    @property
    def key(self) -> list[str]:
        """The columns by which a row is found again."""
        own = {"outbox": ["op_id"], "customer": ["id"]}
        return own.get(self.table) or [c.name for c in self.shape.primary_key.columns]


def _card() -> _Kind:
    names, values = law_ddl.blank_card("id", "0")
    blank = {name.strip('"'): value for name, value in zip(names, values, strict=True) if name != '"id"'}
    return _Kind("customer", "status NOT IN ('locked', 'erased')", {**blank, "status": f"'{LOCKED}'"})


def _operations() -> _Kind:
    # Quotes inside a text of JSON are escaped, so that a word of a person cannot look like this.
    speaks = " OR ".join(f"instr(body, '\"{name}\":[') > 0" for name in sorted(_PERSONAL))
    due = f"json_valid(body) AND json_type(body, '$.rows') = 'object' AND ({speaks})"
    return _Kind("outbox", due, {"body": "body", "salt": "salt"}, f"acked = 0 OR seq IN ({_PUT_ASIDE})")


KINDS: tuple[_Kind, ...] = (
    _card(),
    *(_Kind(table.name) for table in law_ddl.personal_registers()),
    _Kind("external_ref", "entity = 'customer'"),
    _Kind("import_change"),
    _Kind("match_detail"),
    _Kind("suggestion_input"),
    _Kind("quarantine_down"),
    # Versions that the centre has lost: they are here only.
    _Kind("only_here", "body IS NOT NULL", None, "1"),
    _Kind("basket", "customer_id IS NOT NULL AND label <> ''", {"label": "''"}),
    _operations(),
)
"""What goes under seal, the cards first, so that nobody is found while the rest follows."""


# ---------------------------------------------------------------------------------------------------- closing


def close(write: Writer, public_key: str) -> int:
    """Bring everything that is open under seal; return how many rows that were."""
    brought = 0
    for kind in KINDS:
        while some := write(lambda c, kind=kind: _close_some(c, kind, public_key)):  # type: ignore[misc]
            brought += some
    return brought


def is_due(connection: Connection) -> bool:
    """Say whether anything is open."""
    return any(
        connection.exec_driver_sql(f'SELECT 1 FROM "{kind.table}" WHERE {kind.due} LIMIT 1').first() is not None  # noqa: S608  # our own metadata
        for kind in KINDS
    )


def _close_some(connection: Connection, kind: _Kind, public_key: str) -> int:
    names = [c.name for c in kind.shape.columns] if kind.blank is None else [*kind.key, *kind.blank]
    told = ", ".join(f'"{name}"' for name in names)
    query = f'SELECT ({kind.stays}), {told} FROM "{kind.table}" WHERE {kind.due} LIMIT {AT_ONCE}'  # noqa: S608  # the same
    rows = connection.exec_driver_sql(query).all()
    taken = [(bool(row[0]), dict(zip(names, row[1:], strict=True))) for row in rows]
    for stays in (False, True):
        some = [row for is_only, row in taken if is_only is stays]
        if some:
            told_bytes = _seal(some, public_key, kind.table)
            connection.execute(insert(sealed).values(entity=kind.table, stays=stays, bytes=told_bytes))
    if taken:
        _empty(connection, kind, [row for _, row in taken])
    return len(taken)


def _empty(connection: Connection, kind: _Kind, rows: Sequence[Mapping[str, Any]]) -> None:
    """Take sealed rows out of their table."""
    if kind.table == "outbox":
        values = [(*_without_people(row["body"], row["salt"] or ""), row["op_id"]) for row in rows]
        connection.exec_driver_sql("UPDATE outbox SET body = ?, salt = ? WHERE op_id = ?", values)
        return
    where = " AND ".join(f'"{name}" = ?' for name in kind.key)
    keys = [tuple(row[name] for name in kind.key) for row in rows]
    if kind.blank is None:
        connection.exec_driver_sql(f'DELETE FROM "{kind.table}" WHERE {where}', keys)  # noqa: S608  # the same
        return
    sets = ", ".join(f'"{name}" = {value}' for name, value in kind.blank.items())
    connection.exec_driver_sql(f'UPDATE "{kind.table}" SET {sets} WHERE {where}', keys)  # noqa: S608  # the same
    if kind.table == "customer":
        find_index.refresh(connection, {"customer": [{"id": UUID(bytes=row["id"])} for row in rows]})


def _without_people(body: str, salt: str) -> tuple[str, str]:
    told = json.loads(body)
    rows = {name: some for name, some in told["rows"].items() if name not in _PERSONAL}
    return canonical_json({**told, "rows": rows}), journal.kept_digest(salt, body)


def forget(connection: Connection) -> int:
    """Delete from under the seal what the centre has as well; return how many rows of the table that were."""
    return connection.execute(delete(sealed).where(sealed.c.stays == 0)).rowcount


# ---------------------------------------------------------------------------------------------------- opening


def reopen(write: Writer, seed: bytes, *, apply_operations: bool) -> int:
    """Take everything out of the seal; return how many rows.

    Args:
        write: runs a short writing transaction.
        seed: the private key.
        apply_operations: what sealed operations say of people is put into the tables again too, because the rows
            themselves were erased.

    Raises:
        Refusal: ``seal_not_ours``: the key does not open it; nothing is lost, it stays under seal.
    """
    brought = 0
    for kind in reversed(KINDS):
        while some := write(lambda c, kind=kind: _reopen_one(c, kind, seed, applies=apply_operations)):  # type: ignore[misc]
            brought += some
    return brought


def left(connection: Connection) -> int:
    """Return how many pieces are under seal."""
    return int(connection.execute(select(func.count()).select_from(sealed)).scalar_one())


def _reopen_one(connection: Connection, kind: _Kind, seed: bytes, *, applies: bool) -> int:
    found = connection.execute(
        select(sealed.c.no, sealed.c.bytes).where(sealed.c.entity == kind.table).order_by(sealed.c.no).limit(1)
    ).first()
    if found is None:
        return 0
    rows = _unseal(found.bytes, seed, kind.table)
    if kind.blank is None:
        names = list(rows[0])
        told, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
        # What is sealed is not written meanwhile; who was erased since is kept out by the triggers.
        connection.exec_driver_sql(
            f'INSERT INTO "{kind.table}" ({told}) VALUES ({marks}) ON CONFLICT DO NOTHING',  # noqa: S608  # the same
            [tuple(row.values()) for row in rows],
        )
    else:
        sets = ", ".join(f'"{name}" = ?' for name in kind.blank)
        where = " AND ".join(f'"{name}" = ?' for name in kind.key)
        still = f" AND status = '{LOCKED}'" if kind.table == "customer" else ""
        connection.exec_driver_sql(
            f'UPDATE "{kind.table}" SET {sets} WHERE {where}{still}',  # noqa: S608  # the same
            [(*(row[name] for name in kind.blank), *(row[name] for name in kind.key)) for row in rows],
        )
    if kind.table == "customer":
        find_index.refresh(connection, {"customer": [{"id": UUID(bytes=row["id"])} for row in rows]})
    if kind.table == "outbox" and applies:
        for row in rows:
            _apply(connection, row["body"])
    connection.execute(delete(sealed).where(sealed.c.no == found.no))
    return len(rows)


def _apply(connection: Connection, body: str) -> None:
    rows = {name: some for name, some in journal.rows_of(body).items() if name in _PERSONAL}
    if not journal.is_correction(body):
        for name, some in rows.items():
            journal.save_registers(connection, metadata.tables[name], some)
        find_index.refresh(connection, rows)


# ------------------------------------------------------------------------------------------------- the seal


def _seal(rows: Sequence[Mapping[str, Any]], public_key: str, about: str) -> bytes:
    plain = canonical_json([{k: {"b": v.hex()} if isinstance(v, bytes) else v for k, v in row.items()} for row in rows])
    return sealing.seal_bytes(zlib.compress(plain.encode(), 1), public_key, _ABOUT + about.encode())


def _unseal(told: bytes, seed: bytes, about: str) -> list[dict[str, Any]]:
    plain = sealing.unseal_bytes(told, seed, _ABOUT + about.encode())
    if plain is None:
        raise Refusal(
            "seal_not_ours",
            Text(
                N_(
                    "What was locked here does not open with the key the centre gave. "
                    "Nothing is lost; call the administrator."
                )
            ),
        )
    found: list[dict[str, Any]] = json.loads(zlib.decompress(plain))
    return [{k: bytes.fromhex(v["b"]) if isinstance(v, dict) else v for k, v in row.items()} for row in found]
