"""Small questions an import asks while it writes: what is known of this SKU, this category, this customer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import or_, select

from crosssell_desktop.store.puts import CustomerPut, ProductPut
from crosssell_desktop.store.schema.catalogue import barcode, category, product
from crosssell_desktop.store.schema.customers import customer
from crosssell_desktop.store.schema.exchange import me
from crosssell_desktop.store.schema.finding import customer_key
from crosssell_desktop.store.schema.places import store

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SLICE = 400


def product_named(connection: Connection, sku: str, known: UUID | None) -> ProductPut | None:
    """Return a product by the id a source gave it, else by SKU."""
    wanted = product.c.sku == sku if known is None else or_(product.c.id == known, product.c.sku == sku)
    row = connection.execute(select(product).where(wanted).order_by(product.c.sku != sku).limit(1)).mappings().first()
    return None if row is None else ProductPut(**{f.name: row[f.name] for f in fields(ProductPut)})


def customer_of(connection: Connection, known: UUID) -> CustomerPut | None:
    """Return a customer by id."""
    row = connection.execute(select(customer).where(customer.c.id == known)).mappings().first()
    return None if row is None else CustomerPut(**{f.name: row[f.name] for f in fields(CustomerPut)})


def category_named(connection: Connection, code: str, name: str) -> UUID | None:
    """Return a category by its code, or by its name in either language when only one bears it."""
    c = category.c
    by_code: UUID | None = connection.execute(select(c.id).where(c.code == code)).scalar_one_or_none()
    if by_code is not None:
        return by_code
    found = connection.execute(select(c.id).where(or_(c.name_ru == name, c.name_en == name)).limit(2)).scalars().all()
    return found[0] if len(found) == 1 and "/" not in code else None


def skus_known(connection: Connection, skus: Collection[str]) -> set[str]:
    """Return which of the SKUs exist."""
    return set(_in(connection, product.c.sku, product.c.sku, skus))


def owners_of_barcodes(connection: Connection, codes: Collection[str]) -> dict[str, str]:
    """Return the SKU that has each barcode."""
    joined = select(barcode.c.gtin, product.c.sku).join(product, product.c.id == barcode.c.product_id)
    found: dict[str, str] = {}
    for part in _slices(codes):
        found |= {row.gtin: row.sku for row in connection.execute(joined.where(barcode.c.gtin.in_(part)))}
    return found


def product_nos_by_barcode(connection: Connection) -> dict[str, int]:
    """Return the local number of the product of every barcode."""
    joined = select(barcode.c.gtin, product.c.no).join(product, product.c.id == barcode.c.product_id)
    return {row.gtin: row.no for row in connection.execute(joined)}


def customer_nos_by_key(connection: Connection) -> dict[tuple[str, str], int]:
    """Return the local number of the customer of every card, phone and number of another system."""
    k = customer_key.c
    rows = connection.execute(select(k.kind, k.value, k.customer_no).where(k.kind.in_(("card", "phone", "external"))))
    return {(row.kind, row.value): row.customer_no for row in rows}


def home(connection: Connection) -> tuple[UUID, str]:
    """Return this counter's store and its time zone; UTC while the store is not told yet."""
    store_id = connection.execute(select(me.c.store_id)).scalar_one()
    zone = connection.execute(select(store.c.time_zone).where(store.c.id == store_id)).scalar_one_or_none()
    return store_id, zone or "UTC"


def _slices(values: Collection[str]) -> list[list[str]]:
    wanted = list(values)
    return [wanted[start : start + SLICE] for start in range(0, len(wanted), SLICE)]


def _in(connection: Connection, given: Any, matched: Any, values: Collection[str]) -> list[Any]:
    found: list[Any] = []
    for part in _slices(values):
        found += connection.execute(select(given).where(matched.in_(part))).scalars().all()
    return found
