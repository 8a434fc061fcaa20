"""The invented shop as learning sees it: its products, and its year of receipts as lines."""

from __future__ import annotations

from datetime import date

import numpy as np

from crosssell_desktop.domain.ids import ProductId, StoreId, named_id
from crosssell_desktop.interchange.demo_history import DemoHistory, generate_history
from crosssell_desktop.interchange.demo_shop import DemoShop
from crosssell_desktop.suggest.catalogue import LearnCatalogue, LearnProduct
from crosssell_desktop.suggest.learn import ReceiptLines

END = date(2026, 6, 1)
DAY_MS = 86_400_000


def demo_catalogue(shop: DemoShop) -> LearnCatalogue:
    """Return the products of the invented shop, numbered as its history numbers them."""
    kinds = {kind: number for number, kind in enumerate(sorted({str(one.type) for one in shop.products}))}
    return LearnCatalogue.of(
        (
            LearnProduct(
                number,
                ProductId(named_id("product", one.sku)),
                one.sku,
                kinds[str(one.type)],
                str(one.type),
                one.category,
                "",
            )
            for number, one in enumerate(shop.products)
        ),
        {number: StoreId(named_id("store", one.code)) for number, one in enumerate(shop.stores)},
    )


def demo_year(shop: DemoShop, seed: int, receipts: int = 23_000) -> DemoHistory:
    """Return a year of receipts."""
    return generate_history(shop, seed, receipts, end_day=END)


def demo_lines(history: DemoHistory) -> ReceiptLines:
    """Return the lines of a year; lines that came back later are taken out with what took them back."""
    kept = history.qty_milli > 0
    kept[history.returned_line[history.returned_line >= 0]] = False
    receipt = history.line_receipt[kept]
    return ReceiptLines(
        history.receipt_no[receipt].astype(np.int64),
        history.customer_no[receipt].astype(np.int64),
        history.store_no[receipt].astype(np.int64),
        history.product_no[kept].astype(np.int64),
        (history.at_ms[receipt] // DAY_MS).astype(np.int64),
        history.qty_milli[kept].astype(np.int64),
        history.amount_minor[kept].astype(np.int64),
    )
