"""How a customer can be reached, in full: asked by the act that reveals it, and by what must check a consent."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import select

from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.store.clusters import cluster_of
from crosssell_desktop.store.queries.card import contacts_of
from crosssell_desktop.store.schema.customers import customer

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def of_customer(
    connection: Connection, customer_id: CustomerId, kinds: Collection[str]
) -> tuple[tuple[str, str], ...] | None:
    """Return kind and value of a person's contacts, the surest first; None when the card is not here."""
    status = connection.execute(select(customer.c.status).where(customer.c.id == customer_id)).scalar()
    if status is None or status == "erased":
        return None
    ways = contacts_of(connection, cluster_of(connection, customer_id))
    return tuple((way.type, way.value) for way in ways if way.type in kinds)
