"""The frozen inputs of suggestion runs, kept at the counter for a while, and the lines learning reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from sqlalchemy import delete, select, text
from sqlalchemy.dialects.sqlite import insert

from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.ids import ProductId, StoreId
from crosssell_desktop.store.schema.catalogue import category, product
from crosssell_desktop.store.schema.history import history_store
from crosssell_desktop.store.schema.places import store
from crosssell_desktop.store.schema.selling import suggestion_input
from crosssell_desktop.suggest.catalogue import LearnCatalogue, LearnProduct
from crosssell_desktop.suggest.learn import ReceiptLines

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

CHUNK_LINES = 200_000
_NO_PAST = (1 << 31) - 1
"""Number of our own store where no past was imported for it."""
_FACT_RECEIPTS_FROM = 1 << 40
"""Own sales get receipt numbers above every history number."""


def keep_input(connection: Connection, input_hash: str, snapshot: bytes, kept_until: int, now_ms: int) -> None:
    """Keep a snapshot so that its run can be run again; drop those whose time is over."""
    connection.execute(delete(suggestion_input).where(suggestion_input.c.kept_until < now_ms))
    statement = insert(suggestion_input).values(
        input_hash=input_hash, snapshot=snapshot.decode(), kept_until=kept_until
    )
    connection.execute(
        statement.on_conflict_do_update(index_elements=[suggestion_input.c.input_hash], set_={"kept_until": kept_until})
    )


def kept_input(connection: Connection, input_hash: str) -> bytes | None:
    """Return the frozen input of a run, while it is kept."""
    found = connection.execute(
        select(suggestion_input.c.snapshot).where(suggestion_input.c.input_hash == input_hash)
    ).scalar_one_or_none()
    return None if found is None else found.encode()


def learn_catalogue(connection: Connection, own_store: StoreId, only: Collection[int] | None = None) -> LearnCatalogue:
    """Return the products that learning may use, by their local numbers; ``only`` names the numbers wanted."""
    types: dict[str, int] = {}
    products = []
    wanted = (
        select(
            product.c.no,
            product.c.id,
            product.c.sku,
            product.c.product_type,
            category.c.code,
            category.c.business_line,
        )
        .outerjoin(category, category.c.id == product.c.category_id)
        .where(product.c.archived.is_(False))
        .order_by(product.c.no)
    )
    if only is not None:
        wanted = wanted.where(product.c.no.in_(only))
    for row in connection.execute(wanted):
        type_key = row.product_type or ""
        products.append(
            LearnProduct(
                number=row.no,
                product=ProductId(row.id),
                sku=row.sku,
                type_number=types.setdefault(type_key, len(types)),
                type_key=type_key,
                category=row.code or "",
                department=row.business_line or "",
            )
        )
    return LearnCatalogue.of(products, {store_number(connection, own_store): own_store, **_stores(connection)})


def _stores(connection: Connection) -> dict[int, StoreId]:
    stores: dict[int, StoreId] = {
        row.no: StoreId(row.store_id)
        for row in connection.execute(select(history_store).where(history_store.c.store_id.is_not(None)))
    }
    return stores


def store_number(connection: Connection, store_id: UUID) -> int:
    """Return the history number of one of our stores; one without imported past has a number of its own."""
    found = connection.execute(
        select(history_store.c.no)
        .join(store, store.c.id == history_store.c.store_id)
        .where(history_store.c.store_id == store_id)
        .limit(1)
    ).scalar_one_or_none()
    return _NO_PAST if found is None else int(found)


def history_lines(connection: Connection) -> Iterator[ReceiptLines]:
    """Give every imported line in chunks of columns, receipts in order."""
    cursor = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]  # the raw driver: 1.5M rows
    cursor.execute(
        "SELECT r.no, coalesce(r.customer_no, -1), r.store_no, l.product_no, r.day, l.qty_milli, l.amount_minor "
        "FROM history_line l JOIN history_receipt r ON r.no = l.receipt_no ORDER BY l.no"
    )
    while True:
        rows = cursor.fetchmany(CHUNK_LINES)
        if not rows:
            return
        yield _columns(rows)


def sale_lines(connection: Connection, store_no: int, *, after: int = -1) -> Iterator[ReceiptLines]:
    """Give the lines sold with this program, less what came back, of receipts numbered above ``after``."""
    rows = connection.execute(
        text(
            "SELECT s.rowid, coalesce(c.no, -1), p.no, s.made_at, "
            "l.qty_milli - coalesce((SELECT sum(b.qty_milli) FROM return_line b WHERE b.sale_line_id = l.id), 0), "
            "l.amount_minor "
            "FROM sale_line l JOIN sale s ON s.id = l.sale_id JOIN product p ON p.id = l.product_id "
            "LEFT JOIN customer c ON c.id = s.customer_id WHERE s.rowid > :after ORDER BY s.rowid, l.line_no"
        ),
        {"after": max(0, after - _FACT_RECEIPTS_FROM)},
    ).all()
    if rows:
        yield _columns(
            [(_FACT_RECEIPTS_FROM + row[0], row[1], store_no, row[2], row[3] // DAY_MS, row[4], row[5]) for row in rows]
        )


def _columns(rows: list[Any]) -> ReceiptLines:
    table = np.array(rows, np.int64)
    return ReceiptLines(
        receipt_no=table[:, 0],
        customer_no=table[:, 1],
        store_no=table[:, 2],
        product_no=table[:, 3],
        day=table[:, 4],
        qty_milli=table[:, 5],
        amount_minor=table[:, 6],
    )
