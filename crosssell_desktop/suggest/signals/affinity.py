"""aff: the share of the customer's baskets with the candidate's type, fresh ones counting more."""

from __future__ import annotations

import numpy as np

from crosssell_desktop.suggest.arrays import F64
from crosssell_desktop.suggest.signals.base import Scene


def values(scene: Scene) -> F64:
    """Return aff_j (suggestion rules, section 3)."""
    by_type = np.zeros(len(scene.model.types))
    by_type[scene.history.types] = scene.own.affinity
    return by_type[scene.model.type_of[scene.candidates]]
