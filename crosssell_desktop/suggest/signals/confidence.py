"""conf: the share of receipts with a basket product that also hold the candidate, drawn to 0 where receipts are few."""

from __future__ import annotations

from crosssell_desktop.suggest.arrays import F64
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.signals.base import Scene

DOUBT = 5.0
"""Receipts added to the support of the basket product."""
SMALL_SHOP_DOUBT = 30.0
"""The same where nothing is learned yet: a pair met twice says little about a shop of a few hundred receipts."""
SMALL_SHOP = 10_000
"""Receipts from which on a shop is no longer small."""


def doubt(model: Model) -> float:
    """Return the receipts added: 30 in the smallest shop, 5 from 10,000 receipts on, in a straight line between."""
    small = max(0, SMALL_SHOP - model.receipts) / SMALL_SHOP
    return DOUBT + (SMALL_SHOP_DOUBT - DOUBT) * small


def values(scene: Scene) -> F64:
    """Return 1/k sum C_ij/(c_i + 5), in small shops + 30 (suggestion rules, section 3)."""
    each = scene.near_joint / (scene.model.support[scene.near_from] + doubt(scene.model))
    return scene.over(scene.near, each) / max(1, len(scene.basket))
