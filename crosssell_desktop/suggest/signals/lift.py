"""lift: how much likelier the candidate is with this basket than by itself, capped; silent for a single product."""

from __future__ import annotations

import numpy as np

from crosssell_desktop.suggest.arrays import F64
from crosssell_desktop.suggest.signals import confidence
from crosssell_desktop.suggest.signals.base import Scene

CAP = 3.0


def values(scene: Scene) -> F64:
    """Return (1 - 1/k) min(3, conf_j N/(2 c_j)) (suggestion rules, section 3)."""
    size = len(scene.basket)
    if size <= 1:
        return np.zeros(len(scene.candidates))
    support = np.maximum(scene.model.support[scene.candidates], 1)
    raw = confidence.values(scene) * scene.model.receipts / (2.0 * support)
    return np.minimum(CAP, raw) * (1 - 1 / size)
