"""Things by the keys other systems know them by: SKU, a customer's card, phone or import key, a store's code."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from crosssell_desktop.domain.ids import CustomerId, ProductId, StoreId
from crosssell_desktop.store.schema.catalogue import external_ref, product
from crosssell_desktop.store.schema.customers import customer
from crosssell_desktop.store.schema.finding import customer_key
from crosssell_desktop.store.schema.history import history_store
from crosssell_desktop.store.schema.places import store

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

EXACT = ("card", "email", "external", "phone")
"""Keys that name one customer; four last digits do not. Named in the statement, because the key begins with them."""


def product_by_sku(connection: Connection, sku: str) -> ProductId | None:
    """Return a product."""
    found = connection.execute(select(product.c.id).where(product.c.sku == sku)).scalar_one_or_none()
    return None if found is None else ProductId(found)


def customer_by_key(connection: Connection, key: str) -> CustomerId | None:
    """Return a customer by id, by the key of the newest import that knows it, or by phone, card or e-mail."""
    try:
        wanted = UUID(key)
    except ValueError:
        wanted = None
    if wanted is not None:
        found = connection.execute(select(customer.c.id).where(customer.c.id == wanted)).scalar_one_or_none()
        return None if found is None else CustomerId(found)
    imported = connection.execute(
        select(external_ref.c.id)
        .where(external_ref.c.entity == "customer", external_ref.c.external_id == key)
        .order_by(external_ref.c.source_no.desc())
        .limit(1)
    ).scalar_one_or_none()
    if imported is not None:
        return CustomerId(imported)
    exact = connection.execute(
        select(customer.c.id)
        .join(customer_key, customer_key.c.customer_no == customer.c.no)
        .where(customer_key.c.kind.in_(EXACT), customer_key.c.value == key.strip().lower())
        .limit(1)
    ).scalar_one_or_none()
    return None if exact is None else CustomerId(exact)


def store_by_code(connection: Connection, code: str) -> StoreId | None:
    """Return a store by our code or by the code of imported receipts."""
    found = connection.execute(select(store.c.id).where(store.c.code == code)).scalar_one_or_none()
    if found is None:
        found = connection.execute(
            select(history_store.c.store_id).where(history_store.c.code == code)
        ).scalar_one_or_none()
    return None if found is None else StoreId(found)
