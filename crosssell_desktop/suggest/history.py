"""The customer's own baskets: how they fade, which of them look like this one, what they say of types.

With ``d`` days of age a basket weighs exp(-d/120). The weights come from integers (an exact recurrence), because a
library's exponential may differ in the last bit from one machine to the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from crosssell_desktop.domain.ids import ProductId
from crosssell_desktop.suggest.arrays import F64, I32, I64, U64, Bools
from crosssell_desktop.suggest.model import Model, ratio

FADE_DAYS = 120
_ONE = 1 << 60
_DAY_FACTOR = 1_143_353_746_429_767_928
"""round(2^60 exp(-1/120)): one day's fading."""
_OLDEST = 3_000
"""Days after which a basket weighs nothing (exp(-25))."""
_LOW_64 = (1 << 64) - 1
_NO_DAY = 1 << 40


def _fading() -> F64:
    weights = np.zeros(_OLDEST + 1, np.float64)
    weight = _ONE
    for age in range(_OLDEST):
        weights[age] = weight / _ONE
        weight = (weight * _DAY_FACTOR) >> 60
    return weights


FADING: F64 = _fading()
"""exp(-d/120) by age in days; 0 beyond the last."""


@dataclass(frozen=True, slots=True)
class OwnBasket:
    """One earlier purchase of the customer."""

    day: int
    """Days since 1970-01-01."""
    products: tuple[ProductId, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """When and how often: by own item, by own type, and over all visits."""

    item_times: I64
    item_first: I64
    item_last: I64
    type_times: I64
    type_first: I64
    type_last: I64
    last_day: int
    span: int
    """Days from the first visit to the last."""
    visit_gap: float
    """Mean days between visits, 0 for a single one."""
    mean_size: float
    """Mean number of products of a visit."""
    repeated: float
    """Share of what was bought that had been bought before."""


ITEM_TRAITS = ("times", "times_share", "since", "interval", "due", "fast", "own_lately", "visits_ago")
"""The columns of :attr:`Today.item_traits`."""
TYPE_TRAITS = ("type_times", "type_due", "type_fast")
"""The columns of :attr:`Today.type_traits`."""
_FAST_DOUBT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Today:
    """What a history says on one day whatever the basket: worked out once when the customer is opened."""

    weight: F64
    """w_b of each basket."""
    total: float
    """Sum of the weights."""
    always: F64
    """Faded share of the baskets with each own item."""
    affinity: F64
    """aff: faded share of the baskets with each own type."""
    item_traits: F64
    """(own items, :data:`ITEM_TRAITS`)."""
    type_traits: F64
    """(own types, :data:`TYPE_TRAITS`)."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnHistory:
    """A customer's earlier baskets in the order of days, as arrays over the products of one model."""

    days: I64
    """Day of each basket."""
    items: I32
    """The different products ever bought (model indexes, sorted)."""
    item_of: I64
    """For each (basket, product): place in ``items``."""
    basket_of: I64
    """For each (basket, product): place in ``days``."""
    types: I32
    """The different types ever bought (sorted)."""
    type_of: I64
    """For each (basket, type): place in ``types``."""
    type_basket: I64
    """For each (basket, type): place in ``days``."""
    sizes: I64
    """Number of types of each basket."""
    unknown: int
    """Products of the baskets that the model does not know."""
    past: Past
    _today: dict[int, Today] = field(default_factory=dict, repr=False)
    """What was worked out for the day asked about last."""

    def on(self, day: int) -> Today:
        """Return what the history says on a day; asked again for the same day, it is at hand."""
        today = self._today.get(day)
        if today is None:
            self._today.clear()
            today = self._today[day] = _today(self, day)
        return today

    def __len__(self) -> int:
        """Return the number of baskets known."""
        return len(self.days)

    @staticmethod
    def empty() -> OwnHistory:
        """Return the history of a customer nobody knows."""
        none, none_32 = np.empty(0, np.int64), np.empty(0, np.int32)
        nothing = _Met(none, none, 0)
        return OwnHistory(none, none_32, none, none, none_32, none, none, none, 0, _past(none, nothing, nothing))

    @staticmethod
    def of(baskets: Iterable[OwnBasket], model: Model) -> OwnHistory:
        """Return the history over a model's products; the order of the baskets and duplicates do not matter."""
        ordered = sorted(
            (basket.day, sorted(set(basket.products), key=_by_number)) for basket in baskets if basket.products
        )
        ids = [product.int for _, products in ordered for product in products]
        high = np.array([number >> 64 for number in ids], np.uint64)
        low = np.array([number & _LOW_64 for number in ids], np.uint64)
        lengths = np.array([len(products) for _, products in ordered], np.int64)
        basket = np.repeat(np.arange(len(ordered), dtype=np.int64), lengths)
        return OwnHistory.of_indexes(
            np.array([day for day, _ in ordered], np.int64), basket, _indexes(model, high, low), model
        )

    @staticmethod
    def of_open(baskets: tuple[OwnBasket, ...], model: Model) -> OwnHistory:
        """Return the history of the customer who is being served: the one asked about last is at hand."""
        held = model.last_history
        if held is not None and held[0] is baskets and isinstance(held[1], OwnHistory):
            return held[1]
        history = OwnHistory.of(baskets, model)
        model.last_history = baskets, history
        return history

    @staticmethod
    def of_indexes(days: I64, basket: I64, product: I64, model: Model) -> OwnHistory:
        """Return the history of (basket, product index) rows; index -1 is a product the model does not know."""
        known = product >= 0
        unknown = int(len(product) - np.count_nonzero(known))
        size = max(1, len(model))
        cell = np.unique(basket[known] * size + product[known])
        basket, product = cell // size, cell % size
        items, item_of = np.unique(product, return_inverse=True)
        kinds = max(1, len(model.types))
        type_cell = np.unique(basket * kinds + model.type_of[product]) if len(product) else cell
        type_basket, kind = type_cell // kinds, type_cell % kinds
        types, type_of = np.unique(kind, return_inverse=True)
        return OwnHistory(
            days,
            items.astype(np.int32),
            item_of.astype(np.int64),
            basket,
            types.astype(np.int32),
            type_of.astype(np.int64),
            type_basket,
            np.bincount(type_basket, minlength=len(days)).astype(np.int64),
            unknown,
            _past(days, _Met(item_of, basket, len(items)), _Met(type_of, type_basket, len(types))),
        )

    def times_bought(self, item: int) -> int:
        """Return in how many of the baskets a product (model index) is."""
        place = int(np.searchsorted(self.items, item))
        if place >= len(self.items) or int(self.items[place]) != item:
            return 0
        return int(np.count_nonzero(self.item_of == place))

    def last_bought(self, item: int) -> int | None:
        """Return the day a product was last bought, None when never."""
        place = int(np.searchsorted(self.items, item))
        if place >= len(self.items) or int(self.items[place]) != item:
            return None
        return int(self.days[self.basket_of[self.item_of == place]].max())

    def has_type(self, kind: int) -> bool:
        """Say whether a type was ever bought."""
        place = int(np.searchsorted(self.types, kind))
        return place < len(self.types) and int(self.types[place]) == kind


@dataclass(frozen=True, slots=True, eq=False)
class _Met:
    place: I64
    """For each (basket, thing): place of the thing."""
    basket: I64
    things: int


def _past(days: I64, items: _Met, types: _Met) -> Past:
    def ends(met: _Met) -> tuple[I64, I64, I64]:
        first, last = np.full(met.things, _NO_DAY, np.int64), np.full(met.things, -_NO_DAY, np.int64)
        np.minimum.at(first, met.place, days[met.basket])
        np.maximum.at(last, met.place, days[met.basket])
        return np.bincount(met.place, minlength=met.things).astype(np.int64), first, last

    visits = len(days)
    span = int(days.max() - days.min()) if visits else 0
    return Past(
        *ends(items),
        *ends(types),
        last_day=int(days.max()) if visits else 0,
        span=span,
        visit_gap=span / (visits - 1) if visits > 1 else 0.0,
        mean_size=len(items.place) / visits if visits else 0.0,
        repeated=1.0 - items.things / len(items.place) if len(items.place) else 0.0,
    )


@dataclass(frozen=True, slots=True, eq=False)
class OwnFigures:
    """What the history says on one day at one basket: by own item, and by own type."""

    like_this: F64
    """own_j: faded share of baskets with the item, baskets that look like this one counting more."""
    always: F64
    """hh_j: faded share of baskets with the item."""
    affinity: F64
    """aff: faded share of baskets with the type."""


def figures(history: OwnHistory, basket_types: Bools, day: int, likeness: float, doubt: float) -> OwnFigures:
    """Weigh a history for a basket holding the types marked in ``basket_types``.

    u_b = w_b (1 + likeness * ov_b) with ov_b the cosine of the types of the basket and of this one; shares are
    multiplied by n/(n + doubt), so that thin histories are not believed. Baskets after ``day`` count as of today.
    """
    if len(history) == 0:
        none = np.empty(0, np.float64)
        return OwnFigures(none, none, none)
    today = history.on(day)
    items, types = len(history.items), len(history.types)
    if today.total <= 0.0:  # every basket is older than memory goes
        return OwnFigures(np.zeros(items), np.zeros(items), np.zeros(types))
    shared = np.bincount(
        history.type_basket, weights=basket_types[history.types][history.type_of], minlength=len(history)
    )
    here = max(1, int(np.count_nonzero(basket_types)))
    use = today.weight * (1.0 + likeness * (shared / np.sqrt(np.maximum(history.sizes, 1).astype(np.float64) * here)))
    belief = len(history) / (len(history) + doubt)
    return OwnFigures(
        _spread(history.item_of, use[history.basket_of], items) * (belief / _sum(use)),
        today.always * belief,
        today.affinity,
    )


def _today(history: OwnHistory, day: int) -> Today:
    past, items, types, visits = history.past, len(history.items), len(history.types), len(history)
    weight = FADING[np.minimum(np.maximum(day - history.days, 0), _OLDEST)]
    total = _sum(weight)
    whole = total if total > 0.0 else 1.0
    always = _spread(history.item_of, weight[history.basket_of], items) / whole
    fast = weight * weight
    fast = fast * fast  # a month instead of four
    fast_total = _sum(fast) + _FAST_DOUBT
    since = np.maximum(day - past.item_last, 0)
    every = (past.item_last - past.item_first) / np.maximum(past.item_times - 1, 1)
    quick = _spread(history.item_of, fast[history.basket_of], items) / fast_total
    type_since = np.maximum(day - past.type_last, 0)
    type_every = (past.type_last - past.type_first) / np.maximum(past.type_times - 1, 1)
    return Today(
        weight,
        total,
        always,
        _spread(history.type_of, weight[history.type_basket], types) / whole,
        np.column_stack(
            [
                past.item_times,
                past.item_times / max(1, visits),
                since,
                every,
                since / np.maximum(every, 1.0) * (past.item_times > 1),
                quick,
                ratio(quick, always),
                since - max(0, day - past.last_day),
            ]
        ),
        np.column_stack(
            [
                past.type_times,
                type_since / np.maximum(type_every, 1.0) * (past.type_times > 1),
                _spread(history.type_of, fast[history.type_basket], types) / fast_total,
            ]
        ),
    )


def _spread(place: I64, values: F64, size: int) -> F64:
    return np.bincount(place, weights=values, minlength=size).astype(np.float64, copy=False)


def _sum(values: F64) -> float:
    """Add up from the first to the last, the same on every machine (numpy's own sum adds in blocks)."""
    return float(np.add.accumulate(values)[-1]) if len(values) else 0.0


def _indexes(model: Model, high: U64, low: U64) -> I64:
    return model.indexes_of(high, low)


def _by_number(product: ProductId) -> int:
    return product.int
