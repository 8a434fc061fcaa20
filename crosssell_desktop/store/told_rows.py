"""Registers that lists tell again and again: only what differs is written, so a second run changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.ids import IdSource
from crosssell_desktop.store.registers import CHUNK, Counts
from crosssell_desktop.store.schema.base import metadata
from crosssell_desktop.store.schema.catalogue import barcode, product
from crosssell_desktop.store.schema.places import person, store
from crosssell_desktop.store.unit import begin

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from crosssell_desktop.store.engine import Database
    from crosssell_desktop.store.unit import Unit

Row = Mapping[str, Any]
"""``id`` and the columns a list tells; what it does not tell stays as it is kept."""


def kept(connection: Connection, table: str, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return rows as they travel, by id."""
    shape = metadata.tables[table]
    found: dict[UUID, dict[str, Any]] = {}
    for start in range(0, len(ids), CHUNK):
        rows = connection.execute(select(shape).where(shape.c.id.in_(ids[start : start + CHUNK]))).mappings()
        found |= {row["id"]: dict(row) for row in rows}
    return found


def put(work: Unit, kind: str, table: str, rows: Sequence[Row]) -> None:
    """Record rows as one event; ``ver`` is given here."""
    work.record(kind, {table: [{**row, "ver": work.tick()} for row in rows]})


@dataclass(frozen=True, slots=True)
class Told:
    """Rows of one list for one table; ``new`` holds the columns of a row that nobody told before."""

    table: str
    rows: Sequence[Row]
    new: Row


def receive(database: Database, clock: Clock, ids: IdSource, told: Told, *, write: bool) -> Counts:
    """Take rows of a list in one event; without ``write`` only say what would be done."""
    if not write:
        with database.read() as connection:
            return _sift(connection, told)[0]
    with begin(database, clock, ids) as work:
        counts, fresh = _sift(work.connection, told)
        if fresh:
            put(work, f"{told.table}_imported", told.table, fresh)
    return counts


def _sift(connection: Connection, told: Told) -> tuple[Counts, list[dict[str, Any]]]:
    known = kept(connection, told.table, [row["id"] for row in told.rows])
    fresh: list[dict[str, Any]] = []
    added = 0
    for row in told.rows:
        before = known.get(row["id"])
        after = {**told.new, **row} if before is None else {**before, **row}
        if before is None:
            added += 1
        if after != before:
            fresh.append(after)
    return Counts(added, len(fresh) - added, len(told.rows) - len(fresh)), fresh


def product_ids(connection: Connection, skus: Collection[str], codes: Collection[str]) -> dict[str, UUID]:
    """Return the products that have these SKUs or barcodes, by either."""
    found: dict[str, UUID] = {}
    by_code = select(barcode.c.gtin.label("key"), barcode.c.product_id.label("id"))
    for statement, column, wanted in (
        (by_code, barcode.c.gtin, list(codes)),
        (select(product.c.sku.label("key"), product.c.id), product.c.sku, list(skus)),
    ):
        for start in range(0, len(wanted), CHUNK):
            rows = connection.execute(statement.where(column.in_(wanted[start : start + CHUNK])))
            found |= {row.key: row.id for row in rows}
    return found


def stores(connection: Connection) -> dict[str, UUID]:
    """Return every store by its code."""
    return {row.code: row.id for row in connection.execute(select(store.c.code, store.c.id))}


def names(connection: Connection) -> list[tuple[UUID, UUID, str, str, str]]:
    """Return id, store, full and short name and badge of everybody."""
    p = person.c
    rows = connection.execute(select(p.id, p.store_id, p.full_name, p.short_name, p.badge))
    return [(row.id, row.store_id, row.full_name, row.short_name, row.badge or "") for row in rows]
