"""What the second look sees: the traits of the best candidates, one row for each trait, one column for each candidate.

All of it is division, comparison and sums in a fixed order, so a trait is the same number on every machine; nothing in
it depends on a currency, and shares are used instead of counts of receipts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from crosssell_desktop.suggest.arrays import F64, I32, I64
from crosssell_desktop.suggest.history import ITEM_TRAITS, TYPE_TRAITS
from crosssell_desktop.suggest.model import PRODUCT_TRAITS, ratio
from crosssell_desktop.suggest.signals import Scene
from crosssell_desktop.suggest.spans import ranges

NEVER = 1_000.0
"""Days since a purchase that never was."""
_DOUBT = 5.0

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
_PRODUCT_ROWS = np.array([_ROW[name] for name in PRODUCT_TRAITS[:-1]])
_ITEM_ROWS = np.array([[_ROW[name]] for name in ITEM_TRAITS])
_TYPE_ROWS = np.array([[_ROW[name]] for name in TYPE_TRAITS])
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
    told = scene.model.product_traits[chosen].T
    table[_PRODUCT_ROWS] = told[:-1]
    table[_ROW["store_ratio"]] = ratio(table[_ROW["popularity"]], told[-1])
    table[_ROW["confidence_lift"]] = ratio(table[_ROW["confidence"]], told[0])


def _of_basket(table: F64, scene: Scene, at: I64, chosen: I32) -> None:
    model, basket = scene.model, scene.basket
    table[_ROW["basket_size"]] = len(basket)
    if len(basket) == 0:
        return
    kinds = model.type_of[chosen]
    table[_ROW["type_in_basket"]] = np.add.reduce(model.type_of[basket][:, None] == kinds, axis=0)
    table[_ROW["category_in_basket"]] = np.add.reduce(
        model.category_of[basket][:, None] == model.category_of[chosen], axis=0
    )
    table[_ROW["price_ratio"]] = model.price_minor[chosen] / max(1, int(model.price_minor[basket].max()))
    held = scene.basket_types
    begins = model.type_starts[held]
    lengths = model.type_starts[held + 1] - begins
    pairs = ranges(begins, lengths)
    each = model.type_joint[pairs] / (model.type_support[held] + _DOUBT).repeat(lengths)
    dense = np.bincount(model.type_neighbours[pairs], weights=each, minlength=len(model.types))
    from_types = dense[kinds] / len(held)
    table[_ROW["type_confidence"]] = from_types
    table[_ROW["type_lift"]] = ratio(from_types, model.type_support[kinds] / max(1, model.receipts))
    row = np.full(len(scene.candidates) + 1, -1, np.int32)
    row[at] = np.arange(len(at), dtype=np.int32)
    to = row[scene.near]
    kept = np.flatnonzero(to >= 0)
    best = np.zeros(len(at))
    np.maximum.at(best, to[kept], scene.near_joint[kept] / (model.support[scene.near_from[kept]] + _DOUBT))
    table[_ROW["best_confidence"]] = best


def _of_history(table: F64, scene: Scene, chosen: I32, day: int) -> None:
    history, past, today = scene.history, scene.history.past, scene.history.on(day)
    table[_ROW["visits"]] = len(history)
    table[_ROW["visit_gap"]] = past.visit_gap
    table[_ROW["own_size"]] = past.mean_size
    column, place = _met(history.items, chosen)
    table[_ITEM_ROWS, column] = today.item_traits[place].T
    table[_ROW["own_ratio"]] = ratio(table[_ROW["own"]], table[_ROW["household"]])
    column, place = _met(history.types, scene.model.type_of[chosen])
    table[_TYPE_ROWS, column] = today.type_traits[place].T
    place = _met(history.items, scene.basket)[1]
    table[_ROW["core_times"]] = past.item_times[place].max() if len(place) else 0


def _met(held: I32, wanted: I32) -> tuple[I64, I64]:
    """Return where in ``wanted`` something of ``held`` (sorted) stands, and where in ``held`` that is."""
    if len(held) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    place = np.searchsorted(held, wanted)
    place[place == len(held)] = 0
    column = np.flatnonzero(held[place] == wanted)
    return column, place[column]
