"""Writes catalogue and customer rows as business events that travel, and those of a foreign system at most once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection

from crosssell_desktop.domain.clock import Clock
from crosssell_desktop.domain.ids import IdSource
from crosssell_desktop.store import field_rows, sources
from crosssell_desktop.store.puts import Put, rows_of_puts
from crosssell_desktop.store.schema.catalogue import category, external_ref, product
from crosssell_desktop.store.schema.customers import contact_point, customer
from crosssell_desktop.store.unit import Unit, begin

if TYPE_CHECKING:
    from crosssell_desktop.store.engine import Database

Connected = Connection
"""An open transaction, by the name that packages without SQL may use: they hand it on and never call it."""

CHUNK = 250
"""Foreign rows in one operation and one transaction: the write lane stays free for sales between them."""


class Arrival(Protocol):
    """One row of a foreign system, typed: its key there, the digest of all it says, and what to put."""

    @property
    def external_id(self) -> str:
        """The key in the foreign system."""

    @property
    def digest(self) -> str:
        """The digest of what it says."""

    @property
    def id(self) -> UUID:
        """Our id for it when nothing else is known."""

    def puts(self, connection: Connection, known: UUID | None) -> Sequence[Put]:
        """Return the rows it makes; ``known`` is the id under which the source's row is kept already."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did with the rows of one kind."""

    added: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return both together."""
        return Counts(self.added + other.added, self.changed + other.changed, self.same + other.same)


def put(unit: Unit, kind: str, puts: Sequence[Put]) -> UUID:
    """Record one event that puts these rows; return the operation's id."""
    hlc = unit.tick()
    rows: dict[str, Sequence[Mapping[str, Any]]] = {**rows_of_puts(puts, hlc)}
    if customer.name in rows:
        rows[customer.name] = field_rows.as_edits(
            unit.connection, customer, rows[customer.name], hlc=hlc, counter_id=unit.me.counter_id
        )
    if contact_point.name in rows:
        rows[contact_point.name] = field_rows.as_edits(
            unit.connection,
            contact_point,
            rows[contact_point.name],
            hlc=hlc,
            counter_id=unit.me.counter_id,
            only_edited=True,
        )
    return unit.record(kind, rows)


def put_all(database: Database, clock: Clock, ids: IdSource, kind: str, puts: Sequence[Put]) -> int:
    """Put many rows in as many events and transactions as keep the write lane free; return how many events."""
    made = 0
    for start in range(0, len(puts), CHUNK):
        with begin(database, clock, ids) as unit:
            put(unit, kind, puts[start : start + CHUNK])
        made += 1
    return made


@dataclass(frozen=True, slots=True)
class Desk:
    """Where and when an import writes: the file, the clock, the ids and the source's number and entity."""

    database: Database
    clock: Clock
    ids: IdSource
    source: int
    entity: str


def receive(desk: Desk, kind: str, arrivals: Sequence[Arrival]) -> Counts:
    """Take one chunk of foreign rows: what says the same as last time is left, the rest is one event."""
    with begin(desk.database, desk.clock, desk.ids) as unit:
        counts, fresh = _sift(unit.connection, desk, arrivals)
        if fresh:
            puts = [one for arrival, known in fresh for one in arrival.puts(unit.connection, known)]
            if puts:
                put(unit, kind, puts)
            sources.remember(
                unit.connection,
                desk.source,
                desk.entity,
                [(a.external_id, sources.Ref(known or a.id, a.digest)) for a, known in fresh],
            )
    return counts


def foresee(database: Database, source: int | None, entity: str, arrivals: Sequence[Arrival]) -> Counts:
    """Say what :func:`receive` would do, writing nothing."""
    if source is None:
        return Counts(added=len(arrivals))
    with database.read() as connection:
        known = sources.refs(connection, source, entity, [a.external_id for a in arrivals])
    return _count(arrivals, known)[0]


def _sift(
    connection: Connection, desk: Desk, arrivals: Sequence[Arrival]
) -> tuple[Counts, list[tuple[Arrival, UUID | None]]]:
    known = sources.refs(connection, desk.source, desk.entity, [a.external_id for a in arrivals])
    return _count(arrivals, known)


def _count(
    arrivals: Sequence[Arrival], known: dict[str, sources.Ref]
) -> tuple[Counts, list[tuple[Arrival, UUID | None]]]:
    added = changed = same = 0
    fresh: list[tuple[Arrival, UUID | None]] = []
    for arrival in arrivals:
        ref = known.get(arrival.external_id)
        if ref is None:
            added += 1
            fresh.append((arrival, None))
        elif ref.digest == arrival.digest:
            same += 1
        else:
            changed += 1
            fresh.append((arrival, ref.id))
    return Counts(added, changed, same), fresh


def in_chunks(arrivals: Iterable[Arrival], act: Callable[[Sequence[Arrival]], Counts]) -> Counts:
    """Apply an act to chunk after chunk and add up."""
    total = Counts()
    coming = iter(arrivals)
    while chunk := list(islice(coming, CHUNK)):
        total += act(chunk)
    return total


def product_nos(connection: Connection) -> dict[str, int]:
    """Return the local number of every product by SKU."""
    return {row.sku: row.no for row in connection.execute(select(product.c.sku, product.c.no))}


def customer_nos(connection: Connection, source: int) -> dict[str, int]:
    """Return the local number of every customer a source brought, by the key it has there."""
    joined = select(external_ref.c.external_id, customer.c.no).join(customer, customer.c.id == external_ref.c.id)
    rows = connection.execute(joined.where(external_ref.c.source_no == source, external_ref.c.entity == "customer"))
    return {row.external_id: row.no for row in rows}


def product_ids(connection: Connection, skus: Sequence[str]) -> dict[str, UUID]:
    """Return the ids of the products that exist, by SKU."""
    found: dict[str, UUID] = {}
    for start in range(0, len(skus), sources.SLICE):
        part = skus[start : start + sources.SLICE]
        found |= {
            r.sku: r.id for r in connection.execute(select(product.c.sku, product.c.id).where(product.c.sku.in_(part)))
        }
    return found


def category_ids(connection: Connection) -> dict[str, UUID]:
    """Return every category's id by its code."""
    return {row.code: row.id for row in connection.execute(select(category.c.code, category.c.id))}


def existing_ids(connection: Connection, entity: str) -> frozenset[UUID]:
    """Return the ids of every category, product or customer that is here."""
    table = {"category": category, "product": product, "customer": customer}[entity]
    return frozenset(connection.execute(select(table.c.id)).scalars())
