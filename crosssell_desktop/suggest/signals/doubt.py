"""How much learned pairs are doubted: more in a small shop, where a pair met twice says little."""

from __future__ import annotations

from crosssell_desktop.suggest.model import Model

SMALL_SHOP = 10_000
"""Receipts from which on a shop is no longer small."""


def smallness(model: Model) -> float:
    """Return 1 where nothing is learned, 0 from :data:`SMALL_SHOP` receipts on, in a straight line between."""
    return max(0, SMALL_SHOP - model.receipts) / SMALL_SHOP
