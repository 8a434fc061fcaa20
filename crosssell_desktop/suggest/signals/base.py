"""What every signal sees: one question, its candidates, and the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crosssell_desktop.suggest.arrays import F64, I32, I64
from crosssell_desktop.suggest.history import OwnFigures, OwnHistory
from crosssell_desktop.suggest.model import Model, StoreView


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One question put to the model: the candidates, and where each of them meets basket and history."""

    model: Model
    basket: I32
    """Products in the basket (model indexes, sorted, no duplicates), the core among them."""
    basket_types: I64
    """The types of the products in the basket (sorted)."""
    candidates: I32
    """Model indexes, sorted."""
    near: I32
    """For each neighbour of a basket product: place in ``candidates``; one past the end for what lies in the basket."""
    near_to: I32
    """For each neighbour: its model index."""
    near_from: I32
    """For each neighbour: the basket product it is a neighbour of."""
    near_joint: I32
    """For each neighbour: receipts with both."""
    history: OwnHistory
    own_place: I32
    """For each own item: place in ``candidates``; one past the end for what lies in the basket."""
    own: OwnFigures
    store: StoreView

    def over(self, place: I32, values: F64) -> F64:
        """Spread values over the candidates, adding up what falls on the same one (in a fixed order)."""
        spread: F64 = np.bincount(place, weights=values, minlength=len(self.candidates) + 1).astype(
            np.float64, copy=False
        )
        return spread[:-1]


Values = Callable[[Scene], F64]
"""A signal: one value for each candidate, 0 where it has nothing to say."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A named signal."""

    name: str
    values: Values
