"""What of a sale may still come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from crosssell_desktop.domain.ids import CustomerId, LineId, ProductId, ReceiptId
from crosssell_desktop.store.schema.selling import return_line, sale, sale_line

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """A line with what is left of it."""

    line_id: LineId
    product_id: ProductId
    name: str
    qty_milli: int
    amount_minor: int
    left_milli: int
    left_minor: int


@dataclass(frozen=True, slots=True)
class ReturnableSale:
    """A sale with what is left of its lines."""

    sale_id: ReceiptId
    number: str
    made_at: int
    customer_id: CustomerId | None
    lines: tuple[ReturnableLine, ...]


def returnable_sale(connection: Connection, number: str) -> ReturnableSale | None:
    """Return a sale by its receipt number, as printed or without hyphens."""
    clean = number.strip().upper()
    return _sale(
        connection, select(sale).where(func.replace(sale.c.number, "-", "") == clean.replace("-", "")).limit(1)
    )


def returnable_sale_by_id(connection: Connection, sale_id: ReceiptId) -> ReturnableSale | None:
    """Return a sale by its id."""
    return _sale(connection, select(sale).where(sale.c.id == sale_id))


def _sale(connection: Connection, statement: Any) -> ReturnableSale | None:
    head = connection.execute(statement).first()
    if head is None:
        return None
    back = (
        select(
            return_line.c.sale_line_id,
            func.sum(return_line.c.qty_milli).label("qty"),
            func.sum(return_line.c.amount_minor).label("amount"),
        )
        .group_by(return_line.c.sale_line_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            sale_line,
            func.coalesce(back.c.qty, 0).label("back_qty"),
            func.coalesce(back.c.amount, 0).label("back_minor"),
        )
        .outerjoin(back, back.c.sale_line_id == sale_line.c.id)
        .where(sale_line.c.sale_id == head.id)
        .order_by(sale_line.c.line_no)
    )
    return ReturnableSale(
        sale_id=ReceiptId(head.id),
        number=head.number,
        made_at=head.made_at,
        customer_id=None if head.customer_id is None else CustomerId(head.customer_id),
        lines=tuple(
            ReturnableLine(
                line_id=LineId(r.id),
                product_id=ProductId(r.product_id),
                name=r.name,
                qty_milli=r.qty_milli,
                amount_minor=r.amount_minor,
                left_milli=r.qty_milli - r.back_qty,
                left_minor=r.amount_minor - r.back_minor,
            )
            for r in rows
        ),
    )
