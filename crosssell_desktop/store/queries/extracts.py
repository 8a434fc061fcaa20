"""Everything this file knows of a person, table by table: complete by the schema, whatever tables come later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from crosssell_desktop.store.clusters import cluster_of
from crosssell_desktop.store.queries.erasures import tables_of_person
from crosssell_desktop.store.schema.customers import customer
from crosssell_desktop.store.schema.selling import return_line, sale_line

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_LINES = ((sale_line, "sale", "sale_id"), (return_line, "return", "return_id"))


def everything_of(connection: Connection, customer_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Return the person's rows by table, the card first; ids as texts."""
    ids = cluster_of(connection, customer_id)
    cards = connection.execute(select(customer).where(customer.c.id.in_(ids), customer.c.status != "erased"))
    found = {"customer": [_plain(row) for row in cards.mappings()]}
    for table in tables_of_person():
        rows = connection.execute(select(table).where(table.c.customer_id.in_(ids))).mappings()
        found[table.name] = [_plain(row) for row in rows]
    for table, parent, key in _LINES:
        parents = [UUID(row["id"]) for row in found[parent]]
        lines = connection.execute(select(table).where(table.c[key].in_(parents))).mappings()
        found[table.name] = [_plain(row) for row in lines]
    return found


def _plain(row: Any) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items() if name != "no"}
