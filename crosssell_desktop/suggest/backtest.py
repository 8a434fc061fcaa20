"""Held against what came true: the forecast of the next visit, made from the past alone (requirement A44).

The last weeks are put aside, a model is learned from what lies before them, and for every customer of at least twenty
visits the first basket of the weeks put aside is compared with what would have been foreseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from crosssell_desktop.domain.ids import StoreId
from crosssell_desktop.suggest.arrays import F64, I64, Bools
from crosssell_desktop.suggest.catalogue import LearnCatalogue
from crosssell_desktop.suggest.forecast import LEAST_VISITS, forecast, probabilities
from crosssell_desktop.suggest.history import OwnHistory
from crosssell_desktop.suggest.learn import ReceiptLines, build_model, learn
from crosssell_desktop.suggest.model import Model

ASIDE_DAYS = 42
"""Six weeks are put aside: long enough for most customers to come again."""
EDGES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
LEAST_OF_A_BAND = 200
"""Of fewer cases a band's share says nothing."""
ERROR_MOST = 0.10
"""The calibration error the requirement allows."""


@dataclass(frozen=True, slots=True)
class Band:
    """Products foreseen with a probability from ``least`` to ``most``: how many, what was said, what came true."""

    least: float
    most: float
    n: int
    said: float
    seen: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """How the forecast did; ``hits`` are customers whose next basket held one of the three products foreseen."""

    customers: int
    hits: int
    popular_hits: int
    """The same for the three most popular products of the store: what anybody could say."""
    bands: tuple[Band, ...]
    from_day: int
    """The first day that was put aside, since 1970-01-01."""

    @property
    def worst(self) -> float:
        """The largest difference between said and seen in a band of enough cases, as a share."""
        return max((abs(band.said - band.seen) for band in self.bands if band.n >= LEAST_OF_A_BAND), default=0.0)

    @property
    def holds(self) -> bool:
        """Say whether the forecast is better than popularity and says what comes true."""
        return self.hits > self.popular_hits and self.worst <= ERROR_MOST


def backtest(chunks: Iterable[ReceiptLines], catalogue: LearnCatalogue, aside_days: int = ASIDE_DAYS) -> Backtest:
    """Return how the forecast would have done in the last weeks; nobody is counted who has too few visits before."""
    lines = _joined(chunks)
    from_day = int(lines.day.max(initial=0)) - aside_days + 1
    before = lines.only(lines.day < from_day)
    counts = learn([before], catalogue)
    model = Model.from_buffer(build_model(counts.total, counts.window, catalogue))
    known = dict(_visits(before, _indexes(before, catalogue, model), model))
    after = lines.only(lines.day >= from_day)
    hits = popular_hits = 0
    said: list[F64] = []
    seen: list[Bools] = []
    for customer, store_no, day, bought in _next_baskets(after, _indexes(after, catalogue, model)):
        history = known.get(customer)
        if history is None or len(history) < LEAST_VISITS:
            continue
        store: StoreId | None = catalogue.stores.get(store_no)
        foreseen = model.indexes([one.product for one in forecast(model, history, store, day).foreseen])
        hits += bool(np.isin(foreseen, bought).any())
        popular_hits += bool(np.isin(model.store_view(store).by_popularity[:3], bought).any())
        candidates, p = probabilities(model, history, store, day)
        said.append(p)
        seen.append(np.isin(candidates, bought))
    return Backtest(len(said), hits, popular_hits, tuple(_bands(said, seen)), from_day)


def _joined(chunks: Iterable[ReceiptLines]) -> ReceiptLines:
    """Return the lines that were sold to somebody known."""
    some = [chunk.only((chunk.customer_no >= 0) & (chunk.qty_milli > 0)) for chunk in chunks]
    none = np.empty(0, np.int64)
    names = ReceiptLines.__slots__
    return ReceiptLines(*(np.concatenate([none, *(getattr(one, name) for one in some)]) for name in names))


def _indexes(lines: ReceiptLines, catalogue: LearnCatalogue, model: Model) -> I64:
    """Return the model index of the product of each line, -1 for what is not in the catalogue."""
    places = model.indexes([one.product for one in catalogue.products]).tolist()
    by_number = {one.number: at for one, at in zip(catalogue.products, places, strict=True)}
    return np.array([by_number.get(int(number), -1) for number in lines.product_no], np.int64)


def _visits(lines: ReceiptLines, item: I64, model: Model) -> Iterator[tuple[int, OwnHistory]]:
    order = np.lexsort((lines.receipt_no, lines.day, lines.customer_no))
    receipt, day, customer, item = lines.receipt_no[order], lines.day[order], lines.customer_no[order], item[order]
    for begin, end in _runs(customer):
        new = np.concatenate([[True], receipt[begin + 1 : end] != receipt[begin : end - 1]])
        basket = np.cumsum(new) - 1
        yield int(customer[begin]), OwnHistory.of_indexes(day[begin:end][new], basket, item[begin:end], model)


def _next_baskets(lines: ReceiptLines, item: I64) -> Iterator[tuple[int, int, int, I64]]:
    """Yield customer, store, day and products of the first receipt of each."""
    order = np.lexsort((lines.receipt_no, lines.day, lines.customer_no))
    for begin, end in _runs(lines.customer_no[order]):
        rows = order[begin:end]
        rows = rows[lines.receipt_no[rows] == lines.receipt_no[rows[0]]]
        first = rows[0]
        yield int(lines.customer_no[first]), int(lines.store_no[first]), int(lines.day[first]), np.unique(item[rows])


def _runs(values: I64) -> Iterator[tuple[int, int]]:
    if len(values):
        yield from pairwise(np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1], [True]])).tolist())


def _bands(said: list[F64], seen: list[Bools]) -> Iterator[Band]:
    if not said:
        return
    p, came = np.concatenate(said), np.concatenate(seen)
    band = np.minimum(np.digitize(p, EDGES) - 1, len(EDGES) - 2)
    for at, (least, most) in enumerate(pairwise(EDGES)):
        in_it = band == at
        if in_it.any():
            yield Band(least, most, int(in_it.sum()), float(p[in_it].mean()), float(came[in_it].mean()))
