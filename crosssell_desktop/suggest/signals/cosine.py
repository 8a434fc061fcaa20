"""cos: how much the candidate belongs to the basket as a whole; silent for a single product."""

from __future__ import annotations

import numpy as np

from crosssell_desktop.suggest.arrays import F64
from crosssell_desktop.suggest.signals.base import Scene
from crosssell_desktop.suggest.signals.doubt import smallness

DOUBT = 10.0
SMALL_SHOP_DOUBT = 90.0
"""As much more in the smallest shop, fading with the square: under it cosine lost to popularity at 500 receipts."""


def values(scene: Scene) -> F64:
    """Return (1 - 1/k)/sqrt(k) sum C_ij/(sqrt(c_i c_j) + 10) (suggestion rules, section 3)."""
    size = len(scene.basket)
    if size <= 1:
        return np.zeros(len(scene.candidates))
    support = scene.model.support
    both = support[scene.near_from].astype(np.float64) * support[scene.near_to]
    each = scene.near_joint / (np.sqrt(both) + DOUBT + SMALL_SHOP_DOUBT * smallness(scene.model) ** 2)
    return scene.over(scene.near, each) * ((1 - 1 / size) / float(np.sqrt(size)))
