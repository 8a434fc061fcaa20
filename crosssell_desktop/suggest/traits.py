"""What the second look sees: the traits of the best candidates, one row for each trait, one column for each candidate.

All of it is division, comparison and sums in a fixed order, so a trait is the same number on every machine; nothing in
it depends on a currency, and shares are used instead of counts of receipts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from crosssell_desktop.suggest.arrays import F64, I32, I64
from crosssell_desktop.suggest.history import FADING
from crosssell_desktop.suggest.signals import Scene
from crosssell_desktop.suggest.spans import ranges

NEVER = 1_000.0
"""Days since a purchase that never was."""
_FEW = 1e-9
_DOUBT = 5.0
_FAST_DOUBT = 0.5

NAMES = (
    # the first look
    "counter",
    "counter_share",
    "place",
    "own",
    "household",
    "confidence",
    "popularity",
    "affinity",
    # the customer's own history of the product
    "times",
    "times_share",
    "since",
    "interval",
    "due",
    "own_ratio",
    "fast",
    "own_lately",
    "visits_ago",
    # and of its type
    "type_times",
    "type_due",
    "type_fast",
    # the customer
    "visits",
    "visit_gap",
    "own_size",
    # the basket
    "basket_size",
    "core_times",
    "type_in_basket",
    "category_in_basket",
    "type_confidence",
    "type_lift",
    "best_confidence",
    "confidence_lift",
    "price_ratio",
    # the product
    "price_level",
    "support",
    "type_share",
    "trend",
    "lately",
    "lately_trend",
    "store_ratio",
)
"""The traits in the order of their rows; trees grown on another list are not used."""
_ROW: Mapping[str, int] = {name: row for row, name in enumerate(NAMES)}
_FROM_FIRST_LOOK = ("own", "household", "confidence", "popularity", "affinity")


def traits(scene: Scene, values: Mapping[str, F64], score: I64, at: I64, day: int) -> F64:
    """Return the traits of the candidates ``at`` (places in the scene, the best first)."""
    table = np.zeros((len(NAMES), len(at)))
    if len(at) == 0:
        return table
    table[_ROW["counter"]] = score[at]
    table[_ROW["counter_share"]] = score[at] / max(1, int(score[at[0]]))
    table[_ROW["place"]] = np.arange(len(at))
    for name in _FROM_FIRST_LOOK:
        table[_ROW[name]] = values[name][at]
    chosen = scene.candidates[at]
    _of_product(table, scene, chosen)
    _of_basket(table, scene, at, chosen)
    table[_ROW["since"]] = NEVER
    if len(scene.history):
        _of_history(table, scene, chosen, day)
    return table


def _of_product(table: F64, scene: Scene, chosen: I32) -> None:
    model = scene.model
    support = model.support[chosen]
    share = support / max(1, model.receipts)
    everywhere = model.recent[chosen] / max(1, model.recent_receipts)
    lately = model.lately[chosen] / max(1, model.lately_receipts)
    table[_ROW["support"]] = share
    table[_ROW["type_share"]] = support / np.maximum(model.type_support[model.type_of[chosen]], 1)
    table[_ROW["trend"]] = _ratio(everywhere, share)
    table[_ROW["lately"]] = lately
    table[_ROW["lately_trend"]] = _ratio(lately, everywhere)
    table[_ROW["store_ratio"]] = _ratio(table[_ROW["popularity"]], everywhere)
    table[_ROW["confidence_lift"]] = _ratio(table[_ROW["confidence"]], share)
    table[_ROW["price_level"]] = model.price_minor[chosen] / model.usual_price_minor


def _of_basket(table: F64, scene: Scene, at: I64, chosen: I32) -> None:
    model, basket = scene.model, scene.basket
    table[_ROW["basket_size"]] = len(basket)
    if len(basket) == 0:
        return
    kinds = model.type_of[chosen]
    held = model.type_of[basket]
    table[_ROW["type_in_basket"]] = np.bincount(held, minlength=len(model.types))[kinds]
    categories = np.bincount(model.category_of[basket], minlength=len(model.categories))
    table[_ROW["category_in_basket"]] = categories[model.category_of[chosen]]
    table[_ROW["price_ratio"]] = model.price_minor[chosen] / max(1, int(model.price_minor[basket].max()))
    held = np.unique(held)
    begins = model.type_starts[held]
    lengths = model.type_starts[held + 1] - begins
    pairs = ranges(begins, lengths)
    each = model.type_joint[pairs] / np.repeat(model.type_support[held] + _DOUBT, lengths)
    dense = np.bincount(model.type_neighbours[pairs], weights=each, minlength=len(model.types))
    table[_ROW["type_confidence"]] = dense[kinds] / len(held)
    table[_ROW["type_lift"]] = _ratio(
        table[_ROW["type_confidence"]], model.type_support[kinds] / max(1, model.receipts)
    )
    row = np.full(len(scene.candidates) + 1, -1, np.int32)
    row[at] = np.arange(len(at), dtype=np.int32)
    to = row[scene.near]
    kept = np.flatnonzero(to >= 0)
    best = np.zeros(len(at))
    np.maximum.at(best, to[kept], scene.near_joint[kept] / (model.support[scene.near_from[kept]] + _DOUBT))
    table[_ROW["best_confidence"]] = best


def _of_history(table: F64, scene: Scene, chosen: I32, day: int) -> None:
    history, past = scene.history, scene.history.past
    visits = len(history)
    weight = FADING[np.clip(day - history.days, 0, len(FADING) - 1)]
    fast = weight * weight
    fast = fast * fast  # a month instead of four
    total = float(np.add.accumulate(fast)[-1]) + _FAST_DOUBT
    visit_since = max(0, day - past.last_day)
    table[_ROW["visits"]] = visits
    table[_ROW["visit_gap"]] = past.visit_gap
    table[_ROW["own_size"]] = past.mean_size

    column, place = _met(history.items, chosen)
    times = past.item_times[place]
    since = np.maximum(day - past.item_last[place], 0)
    every = (past.item_last[place] - past.item_first[place]) / np.maximum(times - 1, 1)
    quick = _spread(history.item_of, fast[history.basket_of], len(history.items))[place] / total
    table[_ROW["times"], column] = times
    table[_ROW["times_share"], column] = times / visits
    table[_ROW["since"], column] = since
    table[_ROW["interval"], column] = every
    table[_ROW["due"], column] = since / np.maximum(every, 1.0) * (times > 1)
    table[_ROW["fast"], column] = quick
    table[_ROW["own_lately"], column] = _ratio(quick, table[_ROW["household"], column])
    table[_ROW["visits_ago"], column] = since - visit_since
    table[_ROW["own_ratio"]] = _ratio(table[_ROW["own"]], table[_ROW["household"]])

    column, place = _met(history.types, scene.model.type_of[chosen])
    times = past.type_times[place]
    since = np.maximum(day - past.type_last[place], 0)
    every = (past.type_last[place] - past.type_first[place]) / np.maximum(times - 1, 1)
    table[_ROW["type_times"], column] = times
    table[_ROW["type_due"], column] = since / np.maximum(every, 1.0) * (times > 1)
    by_type = _spread(history.type_of, fast[history.type_basket], len(history.types))
    table[_ROW["type_fast"], column] = by_type[place] / total

    column, place = _met(history.items, scene.basket)
    table[_ROW["core_times"]] = past.item_times[place].max() if len(place) else 0


def _met(held: I32, wanted: I32) -> tuple[I64, I64]:
    """Return where in ``wanted`` something of ``held`` (sorted) stands, and where in ``held`` that is."""
    if len(held) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    place = np.searchsorted(held, wanted)
    place[place == len(held)] = 0
    column = np.flatnonzero(held[place] == wanted)
    return column, place[column]


def _spread(place: I64, values: F64, size: int) -> F64:
    return np.bincount(place, weights=values, minlength=size).astype(np.float64, copy=False)


def _ratio(above: F64, below: F64) -> F64:
    """Return above / below, 0 where there is nothing below."""
    quotient: F64 = above / np.maximum(below, _FEW) * (below > 0)
    return quotient
