"""Remembers which row of which foreign system a thing came from, so that the same file twice changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from crosssell_desktop.store.among import ask
from crosssell_desktop.store.schema.base import canonical_json
from crosssell_desktop.store.schema.catalogue import import_source

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SLICE = 400


@dataclass(frozen=True, slots=True)
class Ref:
    """What is known of an external row: our id and the digest of what it said last."""

    id: UUID
    digest: str


def source_no(connection: Connection, name: str, *, now_ms: int, mapping: Mapping[str, Any] | None = None) -> int:
    """Return the number of a source, made at its first import; a mapping handed in replaces the saved one."""
    values: dict[str, Any] = {"name": name, "mapping": mapping or {}, "last_at": now_ms}
    replaced = {"last_at": now_ms} if mapping is None else {"last_at": now_ms, "mapping": mapping}
    connection.execute(
        upsert(import_source).values(values).on_conflict_do_update(index_elements=["name"], set_=replaced)
    )
    return int(connection.execute(select(import_source.c.no).where(import_source.c.name == name)).scalar_one())


def known_source(connection: Connection, name: str) -> tuple[int, dict[str, Any]] | None:
    """Return a source's number and saved mapping, or None when nothing was ever imported from it."""
    row = connection.execute(
        select(import_source.c.no, import_source.c.mapping).where(import_source.c.name == name)
    ).one_or_none()
    return None if row is None else (int(row.no), dict(row.mapping))


def refs(connection: Connection, source: int, entity: str, external_ids: Collection[str]) -> dict[str, Ref]:
    """Return what is known of some external rows."""
    asked = json.dumps(list(external_ids), ensure_ascii=False)
    found = ask(connection, _REFS, asked, source, entity)
    return {row.external_id: Ref(UUID(bytes=row.id), row.digest) for row in found}


_REFS = (
    "SELECT e.external_id, e.id, e.digest FROM json_each(?) AS j CROSS JOIN external_ref AS e "
    "ON e.source_no = ? AND e.entity = ? AND e.external_id = j.value"
)


def remember(connection: Connection, source: int, entity: str, known: Iterable[tuple[str, Ref]]) -> None:
    """Keep what external rows said this time."""
    connection.exec_driver_sql(
        "INSERT INTO external_ref(source_no, entity, external_id, id, digest) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT(source_no, entity, external_id) DO UPDATE SET id = excluded.id, digest = excluded.digest",
        [(source, entity, external_id, ref.id.bytes, ref.digest) for external_id, ref in known],
    )


REMEMBER_OF_BATCH = (
    "INSERT INTO external_ref(source_no, entity, external_id, id, digest, batch_no, ver) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT(source_no, entity, external_id) DO UPDATE SET id = excluded.id, digest = excluded.digest"
)
"""Keeps what rows of a batch said; the batch that first told a row stays its own."""

FORGET_CUSTOMER = "DELETE FROM external_ref WHERE source_no = ? AND entity = 'customer' AND external_id = ?"
"""Forgets that a row was told: it is new when it comes again."""


def digest_of(value: Any) -> str:
    """Return the 32 hex digits of a JSON-like value; equal values give equal digests on every machine."""
    return hashlib.blake2b(canonical_json(value).encode(), digest_size=16).hexdigest()
