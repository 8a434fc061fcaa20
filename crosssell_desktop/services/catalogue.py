"""Products by id for whoever shows them."""

from __future__ import annotations

from collections.abc import Iterable

from crosssell_desktop.domain.basket import Item
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.ids import ProductId
from crosssell_desktop.domain.matrix import CompetitiveClaim
from crosssell_desktop.domain.text import Language
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store.queries import items as item_rows


def items(desk: Desk, product_ids: Iterable[ProductId]) -> dict[ProductId, Item]:
    """Return several products with today's prices."""
    with desk.look() as connection:
        return item_rows.items_by_id(connection, product_ids, desk.clock.now_ms())


def claims(desk: Desk, product_ids: Iterable[ProductId]) -> dict[ProductId, tuple[CompetitiveClaim, ...]]:
    """Return how products compare with named alternatives, as far as it may be said today (A6)."""
    with desk.look() as connection:
        return item_rows.claims_of(connection, product_ids, desk.clock.now_ms() // DAY_MS)


def product_count(desk: Desk) -> int:
    """Return how many products are sold here."""
    with desk.look() as connection:
        return item_rows.product_count(connection)


def attribute_names(desk: Desk, language: Language) -> dict[str, str]:
    """Return what attributes are called, by key."""
    with desk.look() as connection:
        return item_rows.attribute_names(connection, language)
