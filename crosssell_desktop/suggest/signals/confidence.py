"""conf: the share of receipts with a basket product that also hold the candidate, drawn to 0 where receipts are few."""

from __future__ import annotations

from crosssell_desktop.suggest.arrays import F64
from crosssell_desktop.suggest.signals.base import Scene
from crosssell_desktop.suggest.signals.doubt import smallness

DOUBT = 5.0
"""Receipts added to the support of the basket product."""
SMALL_SHOP_DOUBT = 25.0
"""As many more in the smallest shop."""


def values(scene: Scene) -> F64:
    """Return 1/k sum C_ij/(c_i + 5), in small shops + 30 (suggestion rules, section 3)."""
    doubt = DOUBT + SMALL_SHOP_DOUBT * smallness(scene.model)
    each = scene.near_joint / (scene.model.support[scene.near_from] + doubt)
    return scene.over(scene.near, each) / max(1, len(scene.basket))
