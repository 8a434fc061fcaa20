"""Who looked at what of whom, when and why, as far as this file knows; and how often a person looked of late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from crosssell_desktop.store.schema.customers import customer
from crosssell_desktop.store.schema.places import access, counter, person

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


REVEALED = ("contact", "address")
"""Groups of fields that are opened by a reveal; other entries (an extract, an erasure) are no looks of a seller."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One look: who, at which counter, whose, what, why, when (UTC ms); at a list of ``cards`` it is nobody's."""

    id: UUID
    at: int
    person_id: UUID
    person: str
    counter: str
    customer_id: UUID | None
    customer: str
    field_group: str
    reason: str
    cards: int | None = None


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which looks are asked for; None does not narrow. ``since`` and ``until`` are UTC ms, the end is outside."""

    customer_id: UUID | None = None
    person_id: UUID | None = None
    since: int | None = None
    until: int | None = None
    limit: int = 500


def looks(connection: Connection, wanted: LogFilter) -> tuple[Looked, ...]:
    """Return the looks recorded in this file, the newest first."""
    query = select(access).order_by(access.c.made_at.desc(), access.c.id.desc()).limit(wanted.limit)
    if wanted.customer_id is not None:
        query = query.where(access.c.customer_id == wanted.customer_id)
    if wanted.person_id is not None:
        query = query.where(access.c.person_id == wanted.person_id)
    if wanted.since is not None:
        query = query.where(access.c.made_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(access.c.made_at < wanted.until)
    return named(connection, [dict(row) for row in connection.execute(query).mappings()])


def named(connection: Connection, rows: list[dict[str, Any]]) -> tuple[Looked, ...]:
    """Return rows of the log with the names this file knows; of the erased there is none."""
    people = _names(connection, person, "short_name", {row["person_id"] for row in rows})
    counters = _names(connection, counter, "name", {row["counter_id"] for row in rows})
    customers = _names(connection, customer, "display_name", {row["customer_id"] for row in rows})
    return tuple(
        Looked(
            row["id"],
            row["made_at"],
            row["person_id"],
            people.get(row["person_id"], ""),
            counters.get(row["counter_id"], ""),
            row["customer_id"],
            customers.get(row["customer_id"], ""),
            row["field_group"],
            row["reason"],
            row["cards"],
        )
        for row in rows
    )


def _names(connection: Connection, table: Any, column: str, ids: set[UUID | None]) -> Mapping[UUID, str]:
    found: dict[UUID, str] = {}
    wanted = sorted(one for one in ids if one is not None)
    for start in range(0, len(wanted), 400):
        part = select(table.c.id, table.c[column]).where(table.c.id.in_(wanted[start : start + 400]))
        found |= {row[0]: row[1] for row in connection.execute(part)}
    return found


def looks_since(connection: Connection, person_id: UUID, since: int) -> int:
    """Count a person's reveals since a moment; one that lies ahead of a clock put back counts too."""
    return int(
        connection.execute(
            select(func.count())
            .select_from(access)
            .where(
                access.c.person_id == person_id,
                access.c.made_at >= since,
                access.c.field_group.in_(REVEALED),
            )
        ).scalar_one()
    )
