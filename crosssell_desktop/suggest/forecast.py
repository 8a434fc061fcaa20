"""What a customer will probably buy on the next visit, with the number of visits it rests on (requirement A44).

p_j = (sum_b w_b [j in b] + DOUBT g_j) / (sum_b w_b + DOUBT): the faded share of the customer's own baskets with the
product, drawn towards its popularity at the store by ``DOUBT`` invented baskets. Unlike a score of relevance it is a
probability, so it can be held against what came true.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosssell_desktop.domain.ids import ProductId, StoreId
from crosssell_desktop.suggest.arrays import F64, I32
from crosssell_desktop.suggest.history import OwnHistory
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.second_look import first_places

LEAST_VISITS = 20
"""Under so many visits the only thing said is «мало данных»."""
DOUBT = 2.0
"""Baskets of an average customer of the store that are added to the customer's own."""
_BASIS = 10_000


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One product of the forecast."""

    product: ProductId
    p_bps: int
    """Probability that the next basket holds it, in basis points."""
    times: int
    """In how many of the customer's baskets it was."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The likeliest products of the next visit."""

    foreseen: tuple[Foreseen, ...]
    """The likeliest first; empty when there is too little to go by."""
    n: int
    """Visits known."""
    model: str
    """Digest of the model it was made with."""

    @property
    def enough(self) -> bool:
        """Say whether enough is known to foresee anything; if not, «мало данных» is said."""
        return self.n >= LEAST_VISITS


def forecast(model: Model, history: OwnHistory, store: StoreId | None, day: int, k: int = 3) -> Forecast:
    """Return what the customer will probably buy; deterministic, ties by SKU."""
    n = len(history)
    if n < LEAST_VISITS:
        return Forecast((), n, model.digest)
    candidates, p = probabilities(model, history, store, day)
    scaled = np.rint(p * 1e9).astype(np.int64)
    best = first_places(scaled, candidates, model.sku_rank, None, k)
    return Forecast(
        tuple(
            Foreseen(
                model.product(int(candidates[at])),
                round(float(p[at]) * _BASIS),
                history.times_bought(int(candidates[at])),
            )
            for at in best.tolist()
        ),
        n,
        model.digest,
    )


def probabilities(model: Model, history: OwnHistory, store: StoreId | None, day: int) -> tuple[I32, F64]:
    """Return the customer's products and the most popular ones (model indexes), and the probability of each."""
    view = model.store_view(store)
    candidates = np.union1d(history.items, view.by_popularity[:100]).astype(np.int32)
    own = np.zeros(len(candidates))
    total = 0.0
    if len(history):
        today = history.on(day)
        total = today.total
        own[np.searchsorted(candidates, history.items)] = today.always * total
    return candidates, (own + DOUBT * view.popularity[candidates]) / (total + DOUBT)
