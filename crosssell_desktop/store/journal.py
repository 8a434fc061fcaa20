"""Writes a business event: its rows, its outbox operation and its link of the chain, in one transaction.

Law: nothing that must reach the centre is written any other way. The operation's body holds the rows
themselves, so one operation is whole at both ends.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Table, update

from crosssell_desktop.store import clusters, field_rows, find_index, lease_rows
from crosssell_desktop.store.schema.base import canonical_json, metadata
from crosssell_desktop.store.schema.exchange import outbox

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""Rows by table name, parents before children."""

SCHEMA_V = 1
FIRST_HEAD = "0" * 64
_SALT, _DIGEST = "s", "d"
_LOCAL_COLUMNS = frozenset({"no"})


def plain(value: Any) -> Any:
    """Return a column value as JSON can carry it: a UUID as its text, everything else as it is."""
    return str(value) if isinstance(value, UUID) else value


@dataclass(frozen=True, slots=True)
class _Body:
    """The text of an operation's rows, and of its facts and registers apart, as :func:`op_hash` takes them."""

    text: str
    facts: str
    registers: str


def _body(rows: Rows) -> _Body:
    told = {name: list(some) for name, some in rows.items() if some}
    facts = {name: some for name, some in told.items() if not _is_register(name)}
    if len(facts) == len(told):
        text = _ROWS.encode({"rows": told})
        return _Body(text, text, "")
    registers = _ROWS.encode({name: some for name, some in told.items() if name not in facts})
    text = _ROWS.encode({"rows": told}) if facts else f'{{"rows":{registers}}}'
    return _Body(text, _ROWS.encode({"rows": facts}), registers)


def _id_text(value: object) -> str:
    """Return an id as text, the one value of a row that JSON has no form for.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, UUID):
        msg = f"{type(value).__name__} cannot travel"
        raise TypeError(msg)
    return str(value)


_ROWS = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_id_text)
"""Writes rows as ``canonical_json`` would after :func:`plain`, without a copy of each."""


def body_of(rows: Rows) -> str:
    """Return the canonical text of an operation's rows."""
    return _body(rows).text


def rows_of(body: str) -> dict[str, list[dict[str, Any]]]:
    """Read an operation's rows back with ids as UUIDs."""
    parsed: dict[str, list[dict[str, Any]]] = json.loads(body)["rows"]
    return {name: [typed_row(metadata.tables[name], row) for row in some] for name, some in parsed.items()}


def typed_row(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON row as the table takes it; columns this program does not know are left out."""
    is_id = _travelling(table)
    return {
        name: UUID(value) if is_id[name] and value is not None else value
        for name, value in row.items()
        if name in is_id
    }


@functools.cache
def _travelling(table: Table) -> dict[str, bool]:
    """Return the columns of a table that travel, and whether each is an id."""
    return {c.name: type(c.type).__name__ == "Id" for c in table.columns if c.name not in _LOCAL_COLUMNS}


def new_salt() -> str:
    """Return a fresh salt of one operation."""
    return _SALT + secrets.token_hex(16)


def kept_digest(op_salt: str, body: str) -> str:
    """Return what of an operation's registers may stay when they are erased: their digest, the salt being gone."""
    if op_salt.startswith(_DIGEST):
        return op_salt
    return _DIGEST + _digest(op_salt, _parts(body)[1])


def op_hash(salt: str, op_id: UUID, body: str, op_salt: str) -> str:
    """Return the 32 hex digits that tell one operation from another with the same number.

    Salted by a secret of the counter, so that a hash of personal data cannot be guessed back. Registers, which alone
    may be personal, go in by a digest under a salt of the operation's own: erasure takes both away and leaves the
    digest (``op_salt`` then), and the hash goes on vouching for the facts.
    """
    return _hash(salt, op_id, _Body(body, *_parts(body)), op_salt)


def _hash(salt: str, op_id: UUID, body: _Body, op_salt: str) -> str:
    digest = op_salt[1:] if op_salt.startswith(_DIGEST) else _digest(op_salt, body.registers)
    told = op_id.bytes + body.facts.encode() + b"\0" + digest.encode()
    return hmac.new(bytes.fromhex(salt), told, hashlib.sha256).hexdigest()[:32]


def _digest(op_salt: str, registers: str) -> str:
    return hmac.new(op_salt.encode(), registers.encode(), hashlib.sha256).hexdigest() if registers else ""


def _parts(body: str) -> tuple[str, str]:
    """Return what an operation says beside registers, and its registers, each as text."""
    try:
        told = json.loads(body)
        rows = dict(told["rows"])
    except (ValueError, TypeError, KeyError):
        # No operation of ours looks so: it was changed on the disk, and its hash will say it.
        return body, ""
    registers = {name: some for name, some in rows.items() if _is_register(name)}
    if not registers:
        return body, ""
    facts = {name: some for name, some in rows.items() if name not in registers}
    return canonical_json({**told, "rows": facts}), canonical_json(registers)


def _is_register(name: str) -> bool:
    table = metadata.tables.get(name)
    return table is not None and table.info["kind"] == "register"


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
            _write(connection, table, some)
    find_index.refresh(connection, rows, clusters.refresh(connection, rows))


def save_registers(connection: Connection, table: Table, some: Sequence[Row]) -> int:
    """Insert or replace register rows whose ``ver`` is newer than what is kept; return how many changed.

    Rows whose fields have clocks of their own are merged instead.
    """
    changed = 0
    if field_rows.is_by_field(table):
        some, changed = field_rows.save(connection, table, some, tie_to_coming=False)
    return changed + _write(connection, table, some)


def _write(connection: Connection, table: Table, some: Sequence[Row]) -> int:
    """Write rows by the driver's own bulk path: a sale's rows are on the way to the customer's receipt."""
    changed = 0
    for names, alike in groupby(some, key=tuple):
        statement, givers = _statement(table.name, names)
        values = [list(map(row.__getitem__, names)) for row in alike]
        for place, give in givers:
            for one in values:
                one[place] = give(one[place])
        changed += connection.exec_driver_sql(statement, [tuple(one) for one in values]).rowcount
    return changed


@functools.cache
def _statement(name: str, columns: tuple[str, ...]) -> tuple[str, tuple[tuple[int, Callable[[Any], Any]], ...]]:
    """Return the statement that writes rows of these columns, and by place what gives the driver's form of a value."""
    table = metadata.tables[name]
    quoted = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{name}" ({quoted}) VALUES ({marks})'  # noqa: S608  # names come from our own metadata
    if table.info["kind"] == "register":
        sets = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column not in {"id", "no"})
        statement += f' ON CONFLICT (id) DO UPDATE SET {sets} WHERE "{name}".ver < excluded.ver'
    kinds = enumerate(type(table.columns[column].type).__name__ for column in columns)
    return statement, tuple((place, _GIVERS[kind]) for place, kind in kinds if kind in _GIVERS)


def _id(value: UUID | None) -> bytes | None:
    return None if value is None else value.bytes


def _json(value: Any) -> str | None:
    return None if value is None else canonical_json(value)


def _flag(value: bool | None) -> int | None:  # noqa: FBT001  # a column's value
    return None if value is None else int(value)


_GIVERS: dict[str, Callable[[Any], Any]] = {"Id": _id, "Json": _json, "Flag": _flag}


@dataclass(frozen=True, slots=True)
class Correction:
    """What stands for an operation that was put aside: its rows as they should be, and who says so."""

    kind: str
    rows: Rows
    instead_of: UUID
    by: UUID


def append(connection: Connection, *, op_id: UUID, kind: str, rows: Rows, hlc: int, made_at: int, salt: str) -> str:
    """Save the rows of one event with its outbox operation and chain link; return the new chain head.

    Raises:
        Refusal: ``people_locked``: the event would write personal rows beside those under seal.
    """
    lease_rows.require_writable(connection, {name for name, some in rows.items() if some})
    save_rows(connection, rows)
    return _write_down(connection, op_id=op_id, kind=kind, body=_body(rows), hlc=hlc, made_at=made_at, salt=salt)


def append_correction(
    connection: Connection, correction: Correction, *, op_id: UUID, hlc: int, made_at: int, salt: str
) -> str:
    """Write an operation that stands for one the centre put aside; return the new chain head.

    The facts it corrects stay here as they are, for facts never change; only registers follow.
    """
    rows = correction.rows
    save_rows(connection, {name: some for name, some in rows.items() if metadata.tables[name].info["kind"] != "fact"})
    said = {"instead_of": str(correction.instead_of), "by": str(correction.by)}
    text = canonical_json({**json.loads(body_of(rows)), **said})
    return _write_down(
        connection,
        op_id=op_id,
        kind=correction.kind,
        body=_Body(text, *_parts(text)),
        hlc=hlc,
        made_at=made_at,
        salt=salt,
    )


def append_again(
    connection: Connection, *, op_id: UUID, kind: str, rows: Rows, hlc: int, made_at: int, salt: str
) -> str:
    """Write an operation for rows that are here already and whose own was lost; return the new chain head."""
    return _write_down(connection, op_id=op_id, kind=kind, body=_body(rows), hlc=hlc, made_at=made_at, salt=salt)


def is_correction(body: str) -> bool:
    """Say whether an operation stands for another, so that its rows differ from what is kept here."""
    return "instead_of" in json.loads(body)


def _write_down(
    connection: Connection, *, op_id: UUID, kind: str, body: _Body, hlc: int, made_at: int, salt: str
) -> str:
    """Add an operation to the outbox and its link to the chain; return the new head."""
    op_salt = new_salt()
    digest = _hash(salt, op_id, body, op_salt)
    connection.exec_driver_sql(
        "INSERT INTO outbox (op_id, kind, schema_v, body, hash, hlc, made_at, acked, salt)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)",
        (op_id.bytes, kind, SCHEMA_V, body.text, digest, hlc, made_at, op_salt),
    )
    return link(connection, op_id, digest)


def link(connection: Connection, op_id: UUID, digest: str) -> str:
    """Add an operation's hash to the end of the chain; return the new head."""
    last = connection.exec_driver_sql("SELECT head FROM chain ORDER BY no DESC LIMIT 1").scalar()
    head = chain_head(last or FIRST_HEAD, digest)
    connection.exec_driver_sql(
        "INSERT INTO chain (op_id, fact_hash, head) VALUES (?, ?, ?)", (op_id.bytes, digest, head)
    )
    return head


def mark_acked(connection: Connection, *, up_to_seq: int) -> int:
    """Mark operations the centre has taken; return how many were newly marked."""
    return connection.execute(
        update(outbox).where(outbox.c.seq <= up_to_seq, outbox.c.acked == 0).values(acked=1)
    ).rowcount
