"""Keeps what customers and products are found by in step with their rows, inside the same transaction.

Law: nothing but :func:`refresh` writes ``customer_key``, ``customer_words`` and ``product_words``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from crosssell_desktop.domain.fold import fold, phone_digits, tail
from crosssell_desktop.store.schema.catalogue import product
from crosssell_desktop.store.schema.customers import contact_point, customer, identifier

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SLICE = 400
"""Ids in one statement: below SQLite's limit of variables, above the cost of a statement."""

FOUND_STATUSES = frozenset({"active", "restricted"})
_CARD_TYPES = frozenset({"loyalty_ean13", "card", "card_hash"})


def refresh(connection: Connection, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Index again every customer and product that the saved rows touch."""
    customers = {row["id"] for row in rows.get("customer", ())}
    for name in ("contact_point", "identifier", "tombstone"):
        customers |= {row["customer_id"] for row in rows.get(name, ())}
    for part in _slices(sorted(customers)):
        _index_customers(connection, part)
    for part in _slices(sorted({row["id"] for row in rows.get("product", ())})):
        _index_products(connection, part)


def _slices(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), SLICE):
        yield ids[start : start + SLICE]


def _index_customers(connection: Connection, ids: Sequence[UUID]) -> None:
    c = customer.c
    found = connection.execute(
        select(c.no, c.id, c.display_name, c.family_name, c.given_name, c.patronymic, c.status).where(c.id.in_(ids))
    ).all()
    no_of = {row.id: row.no for row in found if row.status in FOUND_STATUSES}
    keys: set[tuple[str, str, int]] = set()
    points = select(contact_point.c.customer_id, contact_point.c.type, contact_point.c.value)
    for row in connection.execute(points.where(contact_point.c.customer_id.in_(ids))):
        if row.customer_id in no_of:
            keys |= {(kind, value, no_of[row.customer_id]) for kind, value in _contact_keys(row.type, row.value)}
    known = select(identifier.c.customer_id, identifier.c.type, identifier.c.value)
    for row in connection.execute(known.where(identifier.c.customer_id.in_(ids))):
        if row.customer_id in no_of:
            keys.add(("card" if row.type in _CARD_TYPES else "external", row.value, no_of[row.customer_id]))
    gone = [(row.no,) for row in found]
    if not gone:
        return
    connection.exec_driver_sql("DELETE FROM customer_key WHERE customer_no = ?", gone)
    connection.exec_driver_sql("DELETE FROM customer_words WHERE rowid = ?", gone)
    named = [
        (row.no, fold(f"{row.display_name} {row.family_name} {row.given_name} {row.patronymic}"))
        for row in found
        if row.status in FOUND_STATUSES
    ]
    if named:
        connection.exec_driver_sql("INSERT INTO customer_words(rowid, words) VALUES (?, ?)", named)
    if keys:
        connection.exec_driver_sql("INSERT INTO customer_key(kind, value, customer_no) VALUES (?, ?, ?)", sorted(keys))


def _contact_keys(kind: str, value: str) -> Iterator[tuple[str, str]]:
    if kind == "phone":
        yield "phone", phone_digits(value)
        yield "tail", tail(value)
    elif kind == "email":
        yield "email", value.lower()


def _index_products(connection: Connection, ids: Sequence[UUID]) -> None:
    p = product.c
    found = connection.execute(
        select(p.no, p.sku, p.name_ru, p.name_en, p.brand, p.product_type, p.archived).where(p.id.in_(ids))
    ).all()
    if not found:
        return
    connection.exec_driver_sql("DELETE FROM product_words WHERE rowid = ?", [(row.no,) for row in found])
    live = [(row.no, _product_words(row)) for row in found if not row.archived]
    if live:
        connection.exec_driver_sql("INSERT INTO product_words(rowid, words) VALUES (?, ?)", live)


def _product_words(row: Any) -> str:
    names = (row.sku, row.name_ru, "" if row.name_en == row.name_ru else row.name_en, row.brand, row.product_type)
    return fold(" ".join(names))
