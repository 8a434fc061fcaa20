"""Invents a year of receipts for the demo shop whose true complement rates are known.

Everything comes from one seed: the customers, when they come, their habits, which everyday pairs truly go
together and how strongly. The learner never reads the truth; tests hold what is learned against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crosssell_desktop.interchange.demo_people import DemoCustomer, invent_customers
from crosssell_desktop.interchange.demo_truth import (
    Draw,
    Floats,
    Ints,
    Model,
    PairKind,
    Truth,
    Visits,
    make_model,
    solve,
    tell,
)

if TYPE_CHECKING:
    from crosssell_desktop.interchange.demo_shop import DemoShop

YEAR_DAYS = 365
ANONYMOUS = -1

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_KNOWN_SHARE = 0.70
_AT_HOME = 0.88
_LIKED, _OTHER = 1.25, 0.93
_RETURNED = 0.015


@dataclass(frozen=True)
class DemoHistory:
    """A year of receipts as arrays, in the order of time.

    Receipts: ``receipt_no`` (1, 2, 3 …), ``customer_no`` (position in ``customers``, -1 anonymous),
    ``store_no`` (position in the shop's stores), ``at_ms`` (UTC), ``is_return``. Lines, grouped by receipt:
    ``line_receipt`` (position of the receipt), ``product_no`` (position in the shop's products),
    ``qty_milli`` and ``amount_minor`` (after discounts; both negative on returns), ``attached_to`` (position
    of the core line an approved periphery was sold with, -1 none), ``returned_line`` (position of the sale
    line a return line takes back, -1 on sales). Days are ``first_day`` to ``last_day``, both included.
    """

    customers: tuple[DemoCustomer, ...]
    first_day: date
    last_day: date
    receipt_no: Ints
    customer_no: Ints
    store_no: Ints
    at_ms: Ints
    is_return: NDArray[np.bool_]
    line_receipt: Ints
    product_no: Ints
    qty_milli: Ints
    amount_minor: Ints
    attached_to: Ints
    returned_line: Ints
    truth: Truth


@dataclass(frozen=True)
class _Rows:
    """Visits that become sale receipts: who, where, which day, when, for which habit (-1 none)."""

    customer: Ints
    store: Ints
    day: Ints
    at_ms: Ints
    habit: Ints

    def take(self, chosen: Ints | NDArray[np.bool_]) -> _Rows:
        return _Rows(
            self.customer[chosen], self.store[chosen], self.day[chosen], self.at_ms[chosen], self.habit[chosen]
        )

    @staticmethod
    def join(*parts: _Rows) -> _Rows:
        return _Rows(
            np.concatenate([p.customer for p in parts]),
            np.concatenate([p.store for p in parts]),
            np.concatenate([p.day for p in parts]),
            np.concatenate([p.at_ms for p in parts]),
            np.concatenate([p.habit for p in parts]),
        )


class _Year:
    """The calendar and the tastes of one generated year: which segment a visit belongs to."""

    def __init__(self, shop: DemoShop, customers: tuple[DemoCustomer, ...], first_day: date) -> None:
        self.shop = shop
        self.first_day = first_day
        days = [first_day + timedelta(days=n) for n in range(YEAR_DAYS)]
        settings = shop.history
        weights = np.array(
            [settings.weekday_percent[d.weekday()] * settings.month_percent[d.month - 1] for d in days],
            dtype=np.float64,
        )
        weights[[(d.month, d.day) == (1, 1) for d in days]] = 0  # the shop rests on New Year's Day
        self.day_share = weights / weights.sum()
        self.month = np.array([d.month - 1 for d in days])
        start = datetime.combine(first_day, datetime.min.time(), tzinfo=UTC)
        self.start_ms = int(start.timestamp()) * 1000
        self.offset_ms = np.array([s.utc_offset_minutes * _MINUTE_MS for s in shop.stores])
        self.opens = np.array([_minutes(s.opens) for s in shop.stores])
        self.closes = np.array([_minutes(s.closes) for s in shop.stores])
        self.tastes = tuple(d.code for d in shop.departments)
        self.taste = np.array(
            [self.tastes.index(c.interest) + 1 if c.interest is not None else 0 for c in customers] + [0]
        )  # the last one is the anonymous customer, number -1
        self.home = np.array([c.home_store for c in customers])
        self.known_from = np.array([max(0, (c.registered_on - first_day).days) for c in customers])

    @property
    def segments(self) -> int:
        return 12 * len(self.shop.stores) * (len(self.tastes) + 1)

    def segment(self, rows: _Rows) -> Ints:
        """Return the segment of each visit: month, store, taste."""
        place = self.month[rows.day] * len(self.shop.stores) + rows.store
        result: Ints = place * (len(self.tastes) + 1) + self.taste[rows.customer]
        return result

    def lean(self) -> Floats:
        """Return how much more or less each product is bought in each segment, about 1."""
        departments = [p.department for p in self.shop.products]
        factor = np.ones((self.segments, len(departments)))
        column = np.array([self.tastes.index(d) for d in departments])
        for month in range(12):
            by_month = np.array([self.shop.history.department_month_percent[d][month] / 100 for d in self.tastes])
            for store in range(len(self.shop.stores)):
                for taste in range(len(self.tastes) + 1):
                    liking = np.ones(len(self.tastes))
                    if taste > 0:
                        liking[:] = _OTHER
                        liking[taste - 1] = _LIKED
                    segment = (month * len(self.shop.stores) + store) * (len(self.tastes) + 1) + taste
                    factor[segment] = (by_month * liking)[column]
        return factor

    def moments(self, rng: np.random.Generator, day: Ints, store: Ints) -> Ints:
        """Return a UTC millisecond within the store's hours, busier at noon and after work."""
        noon = rng.normal(13.2 * 60, 95, len(day))
        evening = rng.normal(18.1 * 60, 75, len(day))
        minute = np.where(rng.random(len(day)) < 0.45, noon, evening)
        minute = np.clip(minute, self.opens[store] + 1, self.closes[store] - 1)
        inside: Ints = (minute * _MINUTE_MS).astype(np.int64)
        result: Ints = self.start_ms + day * _DAY_MS + inside - self.offset_ms[store]
        return result


def generate_history(
    shop: DemoShop, seed: int, receipts: int = 23_000, *, end_day: date, customers: int = 3_000
) -> DemoHistory:
    """Invent ``receipts`` sale receipts (and about 1.5 % returned lines) of the year before ``end_day``.

    The last day is the day before ``end_day``. The same shop, seed, sizes and day give the same arrays.
    Raises ValueError when a size is not positive.
    """
    if receipts < 1 or customers < 1:
        message = "receipts and customers must be positive"
        raise ValueError(message)
    people_rng, plan_rng, rng = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(3))
    people = invent_customers(shop, people_rng, customers, end_day)
    year = _Year(shop, people, end_day - timedelta(days=YEAR_DAYS))
    substitutes = tuple((shop.numbers[a], shop.numbers[b]) for a, b in shop.history.substitutes)
    model = make_model(_own_chances(shop, plan_rng, year), substitutes, shop.history.substitute_kept_apart_bps / 10_000)

    habits = _habit_visits(rng, year, round(receipts * shop.history.habit_share_bps / 10_000))
    plain = receipts - len(habits.day)
    pool = _ordinary_visits(
        rng, year, round(plain / float(model.not_empty.min()) * 1.15) + 50, known=_known(receipts, habits)
    )
    draw = _plan_pairs(shop, plan_rng, model, _expected_visits(year, model, pool, habits, plain))

    baskets = _draw_own(rng, model, year.segment(pool), pool.habit)
    kept = np.flatnonzero(baskets.any(axis=1))[:plain]
    pool, baskets = pool.take(kept), baskets[kept]
    follow = round(receipts * shop.history.follow_up_share_bps / 10_000)
    first = plain - follow
    later = _follow_ups(rng, year, pool.take(np.arange(first)), baskets[:first], follow)
    ordinary = plain - len(later.day)
    visits_again = _Rows.join(habits, later)
    again = _draw_own(rng, model, year.segment(visits_again), visits_again.habit)
    rows = _Rows.join(pool.take(np.arange(ordinary)), visits_again)
    baskets = np.concatenate([baskets[:ordinary], again])
    _add_drawn(rng, model, draw, baskets)

    truth = tell(
        model,
        draw,
        _count_visits(year, rows, len(shop.products)),
        substitutes,
        tuple(shop.numbers[sku] for sku in shop.history.confounders),
    )
    return _write(rng, year, people, rows, baskets, truth)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _known(receipts: int, habits: _Rows) -> float:
    """Return the share of ordinary visits by known customers that makes 70 % over all receipts."""
    visits = len(habits.day)
    return max(0.0, (receipts * _KNOWN_SHARE - visits) / max(1, receipts - visits))


def _own_chances(shop: DemoShop, rng: np.random.Generator, year: _Year) -> Floats:
    """Return the chance of every product to be bought for its own sake, by segment."""
    low, high = shop.history.other_bps_range
    rates = rng.integers(low, high + 1, len(shop.products)) / 10_000
    prices = np.array([p.price_minor for p in shop.products])
    rates[prices > 2_000_000] *= 0.6
    for wanted in (shop.history.core_bps, shop.history.everyday_bps):
        for sku, bps in wanted.items():
            rates[shop.numbers[sku]] = bps / 10_000
    bought = 0.6
    for _ in range(50):  # a receipt is never empty: P(item | receipt) = chance / P(not empty)
        bought = 1 - float(np.prod(1 - rates * bought))
    lean = year.lean()
    chances: Floats = np.minimum(rates * bought * lean / lean.mean(axis=0), 0.5)
    return chances


def _ordinary_visits(rng: np.random.Generator, year: _Year, count: int, known: float) -> _Rows:
    day = rng.choice(YEAR_DAYS, count, p=year.day_share)
    eager = rng.gamma(1.1, 1.0, len(year.home))
    customer = rng.choice(len(year.home), count, p=eager / eager.sum())
    newcomer = float((year.day_share * np.array([(year.known_from > d).mean() for d in range(YEAR_DAYS)])).sum())
    is_known = rng.random(count) < min(1.0, known / (1 - newcomer))
    is_known &= day >= year.known_from[customer]
    customer = np.where(is_known, customer, ANONYMOUS)
    others = len(year.opens)
    anywhere = np.where(rng.random(count) < 0.62, 0, rng.integers(0, others, count))
    at_home = is_known & (rng.random(count) < _AT_HOME)
    store = np.where(at_home, year.home[customer], anywhere)
    return _Rows(customer, store, day, year.moments(rng, day, store), np.full(count, -1, dtype=np.int64))


def _habit_visits(rng: np.random.Generator, year: _Year, count: int) -> _Rows:
    """Return visits of people who come for the same consumable again and again."""
    habits = year.shop.history.habits
    skus = np.array([year.shop.numbers[h.sku] for h in habits])
    intervals = np.array([h.interval_days for h in habits], dtype=np.float64)
    buyers: list[int] = []
    products: list[int] = []
    days: list[int] = []
    while len(days) < count:
        customer = int(rng.integers(0, len(year.home)))
        chosen = int(rng.integers(0, len(habits)))
        interval = intervals[chosen] * rng.uniform(0.8, 1.25)
        moment = year.known_from[customer] + rng.uniform(0, interval)
        while moment < YEAR_DAYS:
            if year.day_share[int(moment)] > 0:
                buyers.append(customer)
                products.append(int(skus[chosen]))
                days.append(int(moment))
            moment += max(1.0, interval * rng.normal(1.0, 0.12))
    return _visits_at_home(rng, year, buyers[:count], products[:count], days[:count])


def _follow_ups(rng: np.random.Generator, year: _Year, rows: _Rows, baskets: NDArray[np.bool_], limit: int) -> _Rows:
    """Return visits of a core's buyers who come back for its consumables when they are due."""
    buyers: list[int] = []
    products: list[int] = []
    days: list[int] = []
    for plan in year.shop.history.follow_ups:
        owned = np.flatnonzero(baskets[:, year.shop.numbers[plan.core]] & (rows.customer >= 0))
        for row in owned[rng.random(len(owned)) < plan.share_bps / 10_000]:
            moment = float(rows.day[row])
            while (moment := moment + max(1.0, plan.interval_days * rng.normal(1.0, 0.12))) < YEAR_DAYS:
                if year.day_share[int(moment)] > 0:
                    buyers.append(int(rows.customer[row]))
                    products.append(year.shop.numbers[plan.sku])
                    days.append(int(moment))
    visits = _visits_at_home(rng, year, buyers, products, days)
    return visits.take(np.sort(rng.permutation(len(days))[:limit]))


def _visits_at_home(
    rng: np.random.Generator, year: _Year, buyers: list[int], products: list[int], days: list[int]
) -> _Rows:
    customer = np.array(buyers, dtype=np.int64)
    day = np.array(days, dtype=np.int64)
    store = year.home[customer]
    return _Rows(customer, store, day, year.moments(rng, day, store), np.array(products, dtype=np.int64))


def _expected_visits(year: _Year, model: Model, pool: _Rows, habits: _Rows, plain: int) -> Visits:
    """Return the visits as they will be on average, before any basket is drawn."""
    ordinary = np.bincount(year.segment(pool), minlength=year.segments) * model.not_empty
    counted = _count_visits(year, habits, model.own.shape[1])
    return Visits(ordinary * plain / ordinary.sum(), counted.habit)


def _count_visits(year: _Year, rows: _Rows, products: int) -> Visits:
    segment = year.segment(rows)
    plain = rows.habit < 0
    ordinary = np.bincount(segment[plain], minlength=year.segments).astype(np.float64)
    habit = np.zeros((year.segments, products))
    np.add.at(habit, (segment[~plain], rows.habit[~plain]), 1.0)
    return Visits(ordinary, habit)


def _plan_pairs(shop: DemoShop, rng: np.random.Generator, model: Model, visits: Visits) -> Draw:
    """Choose which pairs go together and how strongly, and find the drawing chances for that."""
    settings = shop.history
    pairs: list[tuple[int, int]] = []
    kinds: list[PairKind] = []
    asked: list[float] = []
    for combination in shop.combinations:
        if combination.status != "approved":
            continue
        exact = settings.approved_share_exact_bps.get((combination.core, combination.periphery))
        low, high = exact or settings.approved_share_bps[combination.relation]
        pairs.append((shop.numbers[combination.core], shop.numbers[combination.periphery]))
        kinds.append("approved")
        asked.append(float(rng.uniform(low, high)) / 10_000)
    kept = np.sort(rng.permutation(len(settings.everyday_pairs))[: settings.everyday_pairs_kept])
    low, high = settings.lift_milli_range
    for place in kept:
        source, target = settings.everyday_pairs[int(place)]
        pairs.append((shop.numbers[source], shop.numbers[target]))
        kinds.append("everyday")
        asked.append(float(rng.uniform(low, high)) / 1_000)
    sources, targets = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
    names: dict[tuple[int, str], int] = {}
    slots = np.array([names.setdefault((a, shop.products[b].type), len(names)) for a, b in pairs], dtype=np.int64)
    start = Draw(sources, targets, tuple(kinds), slots, np.full(len(pairs), 0.05))
    return solve(model, start, visits, np.array(asked))


def _draw_own(rng: np.random.Generator, model: Model, segment: Ints, habit: Ints) -> NDArray[np.bool_]:
    """Draw what each visit buys for its own sake; of two substitutes one usually goes back."""
    chances = model.own.astype(np.float32)
    baskets: NDArray[np.bool_] = rng.random((len(segment), chances.shape[1]), dtype=np.float32) < chances[segment]
    again = np.flatnonzero(habit >= 0)
    baskets[again, habit[again]] = True
    for first in np.flatnonzero(model.rival > np.arange(len(model.rival))):
        second = model.rival[first]
        both = np.flatnonzero(baskets[:, first] & baskets[:, second])
        both = both[rng.random(len(both)) < model.apart]
        back = np.where(rng.random(len(both)) < 0.5, first, second)
        back = np.where(habit[both] == first, second, np.where(habit[both] == second, first, back))
        baskets[both, back] = False
    return baskets


def _add_drawn(rng: np.random.Generator, model: Model, draw: Draw, baskets: NDArray[np.bool_]) -> None:
    """Add to each basket what its sources draw: at most one item of a type for one source."""
    order = np.argsort(draw.slots, kind="stable")
    edges = [0, *(np.flatnonzero(np.diff(draw.slots[order])) + 1).tolist(), len(order)]
    for start, end in pairwise(edges):
        slot = order[start:end]
        rows = np.flatnonzero(baskets[:, draw.sources[slot[0]]])
        luck = rng.random(len(rows))
        above = 0.0
        for pair in slot:
            chance = draw.chances[pair]
            taken = rows[(luck >= above) & (luck < above + chance)]
            above += chance
            rival = model.rival[draw.targets[pair]]
            if rival >= 0:
                refused = baskets[taken, rival] & (rng.random(len(taken)) < model.apart)
                taken = taken[~refused]
            baskets[taken, draw.targets[pair]] = True


def _write(
    rng: np.random.Generator,
    year: _Year,
    people: tuple[DemoCustomer, ...],
    rows: _Rows,
    baskets: NDArray[np.bool_],
    truth: Truth,
) -> DemoHistory:
    order = np.argsort(rows.at_ms, kind="stable")
    rows, baskets = rows.take(order), baskets[order]
    shop = year.shop
    prices = np.array([p.price_minor for p in shop.products])
    is_core = np.zeros(len(prices), dtype=bool)
    is_core[[shop.numbers[sku] for sku in shop.cores]] = True
    receipt, product = np.nonzero(baskets)
    inside = np.lexsort((-prices[product], ~is_core[product], receipt))
    receipt, product = receipt[inside], product[inside]

    pieces = np.ones(len(product), dtype=np.int64)
    cheap = prices[product] < 60_000
    luck = rng.random(len(product))
    pieces[cheap & (luck < 0.14)] = 2
    pieces[cheap & (luck < 0.03)] = 3
    percent = np.where(rng.random(len(product)) < 0.06, rng.choice([5, 10], len(product)), 0)
    full = prices[product] * pieces
    amount = full - full * percent // 10_000 * 100  # discounts in whole roubles
    attached = _attach(shop, receipt, product)
    goods = np.array([p.kind == "goods" for p in shop.products])
    back = np.flatnonzero(goods[product] & (rng.random(len(product)) < _RETURNED / goods[product].mean()))
    back_day = rows.day[receipt[back]] + rng.integers(1, 15, len(back))
    open_day = back_day < YEAR_DAYS
    back, back_day = back[open_day], back_day[open_day]
    resting = year.day_share[back_day] == 0
    back_day = np.where(resting, np.minimum(back_day + 1, YEAR_DAYS - 1), back_day)
    back_store = rows.store[receipt[back]]

    at_ms = np.concatenate([rows.at_ms, year.moments(rng, back_day, back_store)])
    by_time = np.argsort(at_ms, kind="stable")
    place = np.empty_like(by_time)
    place[by_time] = np.arange(len(by_time))
    line_receipt = place[np.concatenate([receipt, len(rows.day) + np.arange(len(back))])]
    lines = np.argsort(line_receipt, kind="stable")
    new_line = np.empty_like(lines)
    new_line[lines] = np.arange(len(lines))
    sold = len(product)
    attached_to = np.concatenate([np.where(attached >= 0, new_line[attached], -1), np.full(len(back), -1)])
    returned = np.concatenate([np.full(sold, -1), new_line[back]])
    return DemoHistory(
        customers=people,
        first_day=year.first_day,
        last_day=year.first_day + timedelta(days=YEAR_DAYS - 1),
        receipt_no=np.arange(1, len(at_ms) + 1),
        customer_no=np.concatenate([rows.customer, rows.customer[receipt[back]]])[by_time],
        store_no=np.concatenate([rows.store, back_store])[by_time],
        at_ms=at_ms[by_time],
        is_return=(by_time >= len(rows.day)),
        line_receipt=line_receipt[lines],
        product_no=np.concatenate([product, product[back]])[lines],
        qty_milli=np.concatenate([pieces, -pieces[back]])[lines] * 1_000,
        amount_minor=np.concatenate([amount, -amount[back]])[lines],
        attached_to=attached_to[lines],
        returned_line=returned[lines],
        truth=truth,
    )


def _attach(shop: DemoShop, receipt: Ints, product: Ints) -> Ints:
    """Return for each line the core line of the same receipt it was sold with, -1 when there is none."""
    count = len(shop.products)
    keys = receipt * count + product
    order = np.argsort(keys)
    attached = np.full(len(keys), -1, dtype=np.int64)
    for combination in shop.combinations:
        if combination.status != "approved":
            continue
        core, periphery = shop.numbers[combination.core], shop.numbers[combination.periphery]
        lines = np.flatnonzero(product == periphery)
        wanted = receipt[lines] * count + core
        found = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
        hit = keys[order[found]] == wanted
        attached[lines[hit]] = order[found[hit]]
    return attached
