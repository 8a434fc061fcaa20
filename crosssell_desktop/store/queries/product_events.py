"""What is said of products and stands on the cards of whoever owns them, for the Office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from crosssell_desktop.store.schema.card import context_event
from crosssell_desktop.store.schema.catalogue import product
from crosssell_desktop.store.schema.places import person

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SHOWN_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class ProductEvent:
    """A recall, a price change or the end of support; names are empty for a product this counter does not know."""

    id: UUID
    type: str
    at: int
    impact: str
    sku: str
    name_ru: str
    name_en: str
    told_by: str


def standing(connection: Connection) -> tuple[ProductEvent, ...]:
    """Return what stands on the cards now, the newest first."""
    e = context_event.c
    rows = connection.execute(
        select(e.id, e.type, e.at, e.impact, product.c.sku, product.c.name_ru, product.c.name_en, person.c.short_name)
        .outerjoin(product, product.c.id == e.product_id)
        .outerjoin(person, person.c.id == e.told_by)
        .where(e.product_id.is_not(None), e.active == 1)
        .order_by(e.at.desc(), e.id)
        .limit(SHOWN_AT_MOST)
    )
    return tuple(
        ProductEvent(
            row.id,
            row.type,
            row.at,
            row.impact,
            row.sku or "",
            row.name_ru or "",
            row.name_en or "",
            row.short_name or "",
        )
        for row in rows
    )
