"""Wishes to be erased and how they stand, and what there is of a person who is about to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.store import law_ddl, tombstones
from crosssell_desktop.store.clusters import cluster_of
from crosssell_desktop.store.schema.base import metadata
from crosssell_desktop.store.schema.catalogue import external_ref, import_source
from crosssell_desktop.store.schema.customers import contact_point, customer, identifier
from crosssell_desktop.store.schema.law import erasure_step, tombstone

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_CARDS = frozenset({"loyalty_ean13", "card", "card_hash"})


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish that is not executed; ``due_at`` is the end of the law's term (UTC ms)."""

    customer_id: CustomerId
    name: str
    ground: str
    asked_at: int
    asked_by: UUID
    approved_at: int | None
    due_at: int


@dataclass(frozen=True, slots=True)
class Person:
    """What is about to go: every card of the person, the hashes an import is held against, rows by table."""

    ids: tuple[CustomerId, ...]
    keys: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]


def wish_of(connection: Connection, customer_id: UUID, *, term_ms: int = 0) -> Wish | None:
    """Return the open wish of a person; None when nobody asked, it was refused since, or it is executed."""
    ids = cluster_of(connection, customer_id)
    steps = connection.execute(
        select(erasure_step)
        .where(erasure_step.c.customer_id.in_(ids))
        .order_by(erasure_step.c.made_at, erasure_step.c.id)
    ).all()
    buried = connection.execute(select(func.count()).where(tombstone.c.customer_id.in_(ids))).scalar_one()
    return None if buried else _open(connection, steps, term_ms)


def waiting(connection: Connection, *, term_ms: int) -> tuple[Wish, ...]:
    """Return every open wish, the oldest first."""
    asked = connection.execute(select(erasure_step.c.customer_id).distinct()).scalars().all()
    found = {wish.customer_id: wish for one in asked if (wish := wish_of(connection, one, term_ms=term_ms)) is not None}
    return tuple(sorted(found.values(), key=lambda wish: (wish.asked_at, wish.customer_id)))


def _open(connection: Connection, steps: Iterable[Any], term_ms: int) -> Wish | None:
    asked: Any = None
    approved: int | None = None
    for step in steps:
        if step.step == "asked":
            asked, approved = step, None
        elif step.step == "refused":
            asked = None
        elif step.step == "approved" and asked is not None:
            approved = step.made_at
    if asked is None:
        return None
    name = connection.execute(select(customer.c.display_name).where(customer.c.id == asked.customer_id)).scalar()
    return Wish(
        CustomerId(asked.customer_id),
        name or "",
        asked.ground,
        asked.made_at,
        asked.person_id,
        approved,
        asked.made_at + term_ms,
    )


def person_of(connection: Connection, customer_id: CustomerId) -> Person:
    """Return what there is of a person, over all cards that were merged."""
    ids = cluster_of(connection, customer_id)
    secret = tombstones.company_secret(connection)
    hashes = sorted({tombstones.key_hash(secret, kind, value) for kind, value in _keys(connection, ids)})
    counts = [("customer", len(ids))]
    for table in law_ddl.personal_registers():
        n = connection.execute(select(func.count()).select_from(table).where(table.c.customer_id.in_(ids))).scalar_one()
        if n:
            counts.append((table.name, int(n)))
    return Person(ids, tuple(hashes), tuple(counts))


def _keys(connection: Connection, ids: tuple[CustomerId, ...]) -> list[tuple[str, str]]:
    ways = connection.execute(select(contact_point).where(contact_point.c.customer_id.in_(ids)))
    found = [(row.type, row.value) for row in ways if row.type in {"phone", "email"}]
    known = connection.execute(select(identifier).where(identifier.c.customer_id.in_(ids)))
    found += [("card" if row.type in _CARDS else "external", row.value) for row in known]
    refs = (
        select(import_source.c.name, external_ref.c.external_id)
        .join(import_source, import_source.c.no == external_ref.c.source_no)
        .where(external_ref.c.entity == "customer", external_ref.c.id.in_(ids))
    )
    found += [("external", f"{row.name}:{row.external_id}") for row in connection.execute(refs)]
    return found


def tables_of_person() -> list[Any]:
    """Return every travelling table that names a customer, in one order: what an extract is made from."""
    return [t for t in metadata.sorted_tables if "customer_id" in t.columns and t.info["kind"] != "local"]
