"""own: how often the customer had the product in baskets like this one, fresh ones counting more."""

from __future__ import annotations

from crosssell_desktop.suggest.arrays import F64
from crosssell_desktop.suggest.signals.base import Scene


def values(scene: Scene) -> F64:
    """Return own_j (suggestion rules, section 3)."""
    return scene.over(scene.own_place, scene.own.like_this)
