"""pst: the share of the last weeks' receipts with the product, drawn towards what this store sells."""

from __future__ import annotations

from crosssell_desktop.suggest.arrays import F64
from crosssell_desktop.suggest.signals.base import Scene


def values(scene: Scene) -> F64:
    """Return (n_sj + 200 g_j)/(n_s + 200) (suggestion rules, section 3)."""
    return scene.store.popularity[scene.candidates]
