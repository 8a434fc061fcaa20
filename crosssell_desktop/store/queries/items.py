"""Products as they are sold now: item with today's price, found by id, SKU or barcode."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, func, select

from crosssell_desktop.domain.basket import Item
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.ids import CategoryId, DepartmentId, ProductId
from crosssell_desktop.domain.matrix import CompetitiveClaim, Words
from crosssell_desktop.domain.text import Language
from crosssell_desktop.store.schema.catalogue import (
    attribute_definition,
    barcode,
    category,
    competitive_claim,
    price,
    product,
    stock,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

RETAIL = "retail"


def _selected(now_ms: int) -> Select[Any]:
    newest = (
        select(price.c.amount_minor)
        .where(price.c.product_id == product.c.id, price.c.price_type == RETAIL, price.c.valid_from <= now_ms)
        .order_by(price.c.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(product, category.c.business_line, newest.label("price_minor"))
        .outerjoin(category, category.c.id == product.c.category_id)
        .where(product.c.archived.is_(False))
    )


def _item(row: Any) -> Item:
    return Item(
        product_id=ProductId(row.id),
        sku=row.sku,
        kind=row.kind,
        name_ru=row.name_ru,
        name_en=row.name_en,
        category_id=CategoryId(row.category_id),
        product_type=row.product_type,
        business_line=row.business_line or "",
        department_id=DepartmentId(row.department_id or UUID(int=0)),
        credit_role=row.credit_role,
        price_minor=row.price_minor or 0,
        vat_bps=row.vat_bps,
    )


def item_by_id(connection: Connection, product_id: ProductId, now_ms: int) -> Item | None:
    """Return a product that is sold, with its retail price at a time."""
    row = connection.execute(_selected(now_ms).where(product.c.id == product_id)).first()
    return None if row is None else _item(row)


def items_by_id(connection: Connection, product_ids: Iterable[UUID], now_ms: int) -> dict[ProductId, Item]:
    """Return several products at once."""
    wanted = list(product_ids)
    if not wanted:
        return {}
    return {
        ProductId(row.id): _item(row) for row in connection.execute(_selected(now_ms).where(product.c.id.in_(wanted)))
    }


def items_by_code(connection: Connection, code: str, now_ms: int) -> tuple[Item, ...]:
    """Return the products a scanned or typed code names: SKU first, then barcodes compared without leading zeros."""
    found = connection.execute(_selected(now_ms).where(product.c.sku == code)).all()
    if not found and code.isdigit():
        bare = code.lstrip("0")
        found = connection.execute(
            _selected(now_ms).where(
                product.c.id.in_(
                    select(barcode.c.product_id).where(
                        barcode.c.gtin.in_({code, bare, *(bare.zfill(n) for n in (8, 12, 13, 14))})
                    )
                )
            )
        ).all()
    return tuple(_item(row) for row in found)


def is_marked(connection: Connection, product_id: ProductId) -> bool:
    """Say whether each unit of a product bears a code of its own (Честный знак)."""
    return bool(connection.execute(select(product.c.marked).where(product.c.id == product_id)).scalar())


def stock_here(connection: Connection, store_id: UUID, product_ids: Iterable[UUID]) -> dict[ProductId, tuple[int, str]]:
    """Return what a store was told it has: thousandths and place."""
    rows = connection.execute(
        select(stock.c.product_id, stock.c.qty_milli, stock.c.place).where(
            stock.c.store_id == store_id, stock.c.product_id.in_(list(product_ids))
        )
    )
    return {ProductId(row.product_id): (row.qty_milli, row.place) for row in rows}


def product_count(connection: Connection) -> int:
    """Return how many products are sold."""
    return int(
        connection.execute(select(func.count()).select_from(product).where(product.c.archived.is_(False))).scalar_one()
    )


def claims_of(
    connection: Connection, product_ids: Iterable[ProductId], day: int
) -> dict[ProductId, tuple[CompetitiveClaim, ...]]:
    """Return the approved comparisons of products that may be said on a day, the newest source first."""
    rows = connection.execute(
        select(competitive_claim)
        .where(competitive_claim.c.product_id.in_(list(product_ids)), competitive_claim.c.status == "approved")
        .order_by(competitive_claim.c.dated_at.desc(), competitive_claim.c.id)
    )
    found: dict[ProductId, tuple[CompetitiveClaim, ...]] = {}
    for row in rows:
        claim = CompetitiveClaim(
            versus=Words(row.versus_ru, row.versus_en),
            fact=Words(row.fact_ru, row.fact_en),
            is_worse=bool(row.is_worse),
            source=row.source,
            dated_day=None if row.dated_at is None else row.dated_at // DAY_MS,
            valid_until_day=None if row.valid_until is None else row.valid_until // DAY_MS,
        )
        if claim.may_be_said(day):
            product_id = ProductId(row.product_id)
            found[product_id] = (*found.get(product_id, ()), claim)
    return found


def attribute_names(connection: Connection, language: Language) -> dict[str, str]:
    """Return what attributes are called in a language, by key."""
    name = attribute_definition.c.name_ru if language == "ru" else attribute_definition.c.name_en
    return {row.key: row.name for row in connection.execute(select(attribute_definition.c.key, name.label("name")))}
