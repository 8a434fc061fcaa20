"""How a customer can be reached, in full: asked by the act that reveals it, and by what must check a consent."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import select

from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.store.schema.customers import contact_point, customer

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def of_customer(
    connection: Connection, customer_id: CustomerId, kinds: Collection[str]
) -> tuple[tuple[str, str], ...] | None:
    """Return kind and value of a customer's contacts, the first ones first; None when the card is not here."""
    status = connection.execute(select(customer.c.status).where(customer.c.id == customer_id)).scalar()
    if status is None or status == "erased":
        return None
    rows = connection.execute(
        select(contact_point.c.type, contact_point.c.value)
        .where(contact_point.c.customer_id == customer_id, contact_point.c.type.in_(list(kinds)))
        .order_by(contact_point.c.is_primary.desc(), contact_point.c.id)
    )
    return tuple((row.type, row.value) for row in rows)
