"""From receipt lines to whole counts, and from whole counts to the pruned model that a counter carries.

Returns and lines of quantity 0 are taken out; what is not in the catalogue is counted as left out. Pruning,
recency and shares are made here, in one canonical order, from counts that are integers (design ruling 3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from crosssell_desktop.suggest.arrays import I32, I64, AnyArray, Bools
from crosssell_desktop.suggest.catalogue import LearnCatalogue
from crosssell_desktop.suggest.counts import Counts, PairCounts, Tally
from crosssell_desktop.suggest.ease import kin_of_types
from crosssell_desktop.suggest.forest import SecondLook
from crosssell_desktop.suggest.model import to_bytes

_PRICE_CEILING = (1 << 32) - 1
_Place = Callable[[I64], I64]


@dataclass(frozen=True, slots=True, eq=False)
class ReceiptLines:
    """A chunk of receipt lines as columns of equal length; a receipt may run on into the next chunk."""

    receipt_no: I64
    customer_no: I64
    """-1 for an anonymous customer."""
    store_no: I64
    product_no: I64
    day: I64
    """Days since 1970-01-01."""
    qty_milli: I64
    amount_minor: I64

    def only(self, kept: Bools) -> ReceiptLines:
        """Return the lines where ``kept`` is true."""
        return ReceiptLines(
            self.receipt_no[kept],
            self.customer_no[kept],
            self.store_no[kept],
            self.product_no[kept],
            self.day[kept],
            self.qty_milli[kept],
            self.amount_minor[kept],
        )


@dataclass(frozen=True, slots=True)
class LearnSettings:
    """How a model is made from counts; all of it is kept in the model's header."""

    window_days: int = 180
    """Evidence looks back this far (evidence.window_days)."""
    recent_days: int = 56
    """Popularity looks back this far."""
    lately_days: int = 14
    """What is rising or falling shows in the last days."""
    min_joint: int = 2
    """Pairs that met less often are noise."""
    neighbours: int = 30
    """Neighbours kept of a product by count; as many again by cosine."""
    min_store: int = 2
    """Sales of a product at a store under this many are not kept by store."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What learning a set of lines gave: all counts, those of the evidence window, and what was left out."""

    total: Counts
    window: Counts
    lines_read: int
    lines_returned: int
    lines_left_out: int
    last_receipt: int
    """The highest receipt number read, -1 for none: what comes after it is not in the counts."""


def count(lines: ReceiptLines, catalogue: LearnCatalogue) -> Counts:
    """Count a set of whole receipts; lines of quantity 0 or less and unknown products are ignored."""
    return _count(_usable(lines, catalogue), catalogue)


def learn(chunks: Iterable[ReceiptLines], catalogue: LearnCatalogue, settings: LearnSettings | None = None) -> Learned:
    """Count all receipts of an iterable of chunks, and those of the evidence window apart."""
    settings = settings or LearnSettings()
    kept: list[ReceiptLines] = []
    read = returned = 0
    last_receipt = -1
    for chunk in chunks:
        read += len(chunk.receipt_no)
        last_receipt = max(last_receipt, int(chunk.receipt_no.max(initial=-1)))
        sold = chunk.qty_milli > 0
        returned += int(len(sold) - np.count_nonzero(sold))
        kept.append(_usable(chunk, catalogue))
    lines = _join(kept)
    last_day = int(lines.day.max()) if len(lines.day) else 0
    # Both halves are counted once and added, which costs less than counting the window twice.
    recent = lines.day > last_day - settings.window_days
    window = _count(lines.only(recent), catalogue)
    total = _count(lines.only(~recent), catalogue) + window
    return Learned(total, window, read, returned, read - returned - len(lines.day), last_receipt)


def _usable(lines: ReceiptLines, catalogue: LearnCatalogue) -> ReceiptLines:
    if len(catalogue.numbers) == 0:
        return lines.only(np.zeros(len(lines.receipt_no), np.bool_))
    place = np.searchsorted(catalogue.numbers, lines.product_no)
    place[place == len(catalogue.numbers)] = 0
    return lines.only((catalogue.numbers[place] == lines.product_no) & (lines.qty_milli > 0))


def _join(chunks: list[ReceiptLines]) -> ReceiptLines:
    none = np.empty(0, np.int64)

    def column(name: str) -> I64:
        return np.concatenate([getattr(chunk, name) for chunk in chunks]).astype(np.int64) if chunks else none

    return ReceiptLines(*(column(name) for name in ReceiptLines.__slots__))


def _count(lines: ReceiptLines, catalogue: LearnCatalogue) -> Counts:
    if len(lines.receipt_no) == 0:
        return Counts.empty()
    product = lines.product_no
    # a receipt belongs to one store and one day; the same product twice in it is once in the counts
    order = np.lexsort((product, lines.receipt_no))
    receipt, thing = lines.receipt_no[order], product[order]
    first = np.concatenate([[True], (receipt[1:] != receipt[:-1]) | (thing[1:] != thing[:-1])])
    new_receipt = np.concatenate([[True], receipt[1:] != receipt[:-1]])
    day, store = lines.day[order], lines.store_no[order]
    zeros = np.zeros(len(product), np.int64)
    types = catalogue.type_numbers[np.searchsorted(catalogue.numbers, thing[first])]
    none = zeros[: int(np.count_nonzero(new_receipt))]
    return Counts(
        receipts=int(np.count_nonzero(new_receipt)),
        lines=len(product),
        products=PairCounts.of(receipt[first], thing[first]),
        types=PairCounts.of(receipt[first], types),
        by_day=Tally.of(day[first], thing[first]),
        by_store=Tally.of(store[first], thing[first]),
        receipts_by_day=Tally.of(day[new_receipt], none),
        receipts_by_store=Tally.of(store[new_receipt], none),
        prices=Tally.of(product, unit_prices(lines.amount_minor, lines.qty_milli)),
        units_milli=Tally.of(product, zeros, lines.qty_milli),
        amounts_minor=Tally.of(product, zeros, lines.amount_minor),
    )


def unit_prices(amount_minor: I64, qty_milli: I64) -> I64:
    """Return the price of one, rounded half up, negative ones as 0; quantities must be positive."""
    price = (2 * 1000 * amount_minor + qty_milli) // (2 * qty_milli)
    clipped: I64 = np.clip(price, 0, _PRICE_CEILING)
    return clipped


def build_model(
    total: Counts,
    window: Counts,
    catalogue: LearnCatalogue,
    settings: LearnSettings | None = None,
    *,
    second_look: SecondLook | None = None,
    last_receipt: int = -1,
) -> bytes:
    """Return the bytes of the model that follows from whole counts; equal counts give equal bytes.

    Every product of the catalogue is in the model, sold or not: a new one takes part through its type.
    """
    settings = settings or LearnSettings()
    products = catalogue.products
    number_to_index = np.empty(len(products), np.int64)
    own_numbers = np.array([product.number for product in products], np.int64)
    number_to_index[np.searchsorted(catalogue.numbers, own_numbers)] = np.arange(len(products))

    def place(numbers: I64) -> I64:
        at = np.searchsorted(catalogue.numbers, numbers)
        at[at == len(catalogue.numbers)] = 0
        if len(catalogue.numbers) == 0:
            return np.full(len(numbers), -1, np.int64)
        return np.where(catalogue.numbers[at] == numbers, number_to_index[at], -1)

    type_keys = sorted({product.type_key for product in products})
    type_index = {key: at for at, key in enumerate(type_keys)}
    type_of_number = {product.type_number: type_index[product.type_key] for product in products}
    categories, category_of = _codes([product.category for product in products])
    departments, department_of = _codes([product.department for product in products])

    def place_type(numbers: I64) -> I64:
        return np.array([type_of_number.get(int(number), -1) for number in numbers], np.int64)

    support = _spread(total.products, place(total.products.keys), len(products))
    window_support = _spread(window.products, place(window.products.keys), len(products))
    starts, nb, joint, nb_window = _neighbours(
        total.products,
        window.products,
        place,
        support,
        len(products),
        min_joint=settings.min_joint,
        keep=settings.neighbours,
    )
    type_support = _spread(total.types, place_type(total.types.keys), len(type_keys))
    type_starts, type_nb, type_joint, _ = _neighbours(
        total.types,
        PairCounts.empty(),
        place_type,
        type_support,
        len(type_keys),
        min_joint=settings.min_joint,
        keep=settings.neighbours,
    )
    kin_starts, kin, kin_weight = kin_of_types(total.types, place_type(total.types.keys), len(type_keys))
    last_day = total.last_day
    recent, recent_receipts = _recent(total, place, len(products), last_day - settings.recent_days)
    lately, lately_receipts = _recent(total, place, len(products), last_day - settings.lately_days)
    store_ids, store_arrays = _by_store(total, catalogue, place, settings.min_store)
    sku, sku_starts, sku_rank = _skus([product.sku for product in products])
    ids = [product.product.int for product in products]
    arrays: dict[str, AnyArray] = {
        "id_hi": np.array([number >> 64 for number in ids], np.uint64),
        "id_lo": np.array([number & ((1 << 64) - 1) for number in ids], np.uint64),
        "sku": sku,
        "sku_starts": sku_starts,
        "sku_rank": sku_rank,
        "type_of": np.array([type_index[product.type_key] for product in products], np.int32),
        "category_of": category_of,
        "department_of": department_of,
        "support": support,
        "window_support": window_support,
        "recent": recent,
        "lately": lately,
        "price_minor": _medians(total.prices, place, len(products)),
        "nb_starts": starts,
        "nb": nb,
        "nb_joint": joint,
        "nb_window": nb_window,
        "type_support": type_support,
        "type_starts": type_starts,
        "type_nb": type_nb,
        "type_joint": type_joint,
        "kin_starts": kin_starts,
        "kin": kin,
        "kin_weight": kin_weight,
        **store_arrays,
    }
    meta: dict[str, object] = {
        "receipts": total.receipts,
        "lines": total.lines,
        "window_receipts": window.receipts,
        "window_days": settings.window_days,
        "recent_receipts": recent_receipts,
        "recent_days": settings.recent_days,
        "lately_receipts": lately_receipts,
        "lately_days": settings.lately_days,
        "min_joint": settings.min_joint,
        "neighbours": settings.neighbours,
        "last_day": last_day,
        "last_receipt": last_receipt,
        "types": type_keys,
        "categories": categories,
        "departments": departments,
        "stores": store_ids,
    }
    return to_bytes(meta, arrays, second_look)


def _codes(names: list[str]) -> tuple[list[str], I32]:
    known = sorted(set(names))
    index = {name: at for at, name in enumerate(known)}
    return known, np.array([index[name] for name in names], np.int32)


def _spread(counts: PairCounts, place: I64, size: int) -> I32:
    support = np.zeros(size, np.int32)
    known = place >= 0
    support[place[known]] = counts.support[known]
    return support


def _neighbours(
    total: PairCounts, window: PairCounts, place: _Place, support: I32, size: int, *, min_joint: int, keep: int
) -> tuple[I64, I32, I32, I32]:
    """Return starts, neighbours, joint counts, those of the window: the best ``keep`` by count and by cosine."""
    upper_row = np.repeat(np.arange(len(total.keys), dtype=np.int32), np.diff(total.starts))
    often = total.joint >= min_joint
    index = place(total.keys)
    first, second, together = index[upper_row[often]], index[total.others[often]], total.joint[often]
    del upper_row, often
    if len(index) and int(index.min()) < 0:
        known = (first >= 0) & (second >= 0)
        first, second, together = first[known], second[known], together[known]
    key = np.concatenate([first * size + second, second * size + first])
    order = np.argsort(key, kind="stable")
    key, joint = key[order], np.concatenate([together, together])[order]
    del first, second, together, order
    row = key // size if size else key
    column = key - row * size
    cosine = joint / (np.sqrt(support[row].astype(np.float64) * support[column]) + 10.0)
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(row, minlength=size), out=starts[1:])
    kept = _best(row, starts, joint.astype(np.int64), keep)
    kept |= _best(row, starts, (cosine * (1 << 40)).astype(np.int64), keep)
    row, column, joint = row[kept], column[kept], joint[kept]
    np.cumsum(np.bincount(row, minlength=size), out=starts[1:])
    return starts, column.astype(np.int32), joint.astype(np.int32), _joint_of(window, place, row, column, size)


def _best(row: I64, starts: I64, value: I64, keep: int) -> Bools:
    """Mark the ``keep`` largest values (below 2^41) of each row; equal ones go to the smaller column."""
    kept = np.ones(len(row), np.bool_)
    crowded = np.flatnonzero(np.diff(starts)[row] > keep)
    order = np.argsort((row[crowded] << 41) - value[crowded], kind="stable")
    rank = np.arange(len(crowded))
    first = np.concatenate([[True], row[crowded][1:] != row[crowded][:-1]]) if len(crowded) else np.empty(0, np.bool_)
    rank = rank - np.maximum.accumulate(np.where(first, rank, 0))
    kept[crowded[order[rank >= keep]]] = False
    return kept


def _joint_of(counts: PairCounts, place: _Place, row: I64, column: I64, size: int) -> I32:
    """Return in how many receipts each pair of model indexes met."""
    result = np.zeros(len(row), np.int32)
    if len(counts.keys) == 0 or len(row) == 0:
        return result
    back = np.full(size + 1, -1, np.int64)
    back[place(counts.keys)] = np.arange(len(counts.keys))  # unknown ones land on the spare last cell
    one, two = back[row], back[column]
    low, high = np.minimum(one, two), np.maximum(one, two)
    wanted = low * len(counts.keys) + high
    have = np.repeat(np.arange(len(counts.keys), dtype=np.int64) * len(counts.keys), np.diff(counts.starts))
    have += counts.others
    if len(have) == 0:
        return result
    at = np.searchsorted(have, wanted)
    at[at == len(have)] = 0
    found = (have[at] == wanted) & (low >= 0)
    result[found] = counts.joint[at[found]]
    return result


def _recent(total: Counts, place: _Place, size: int, after_day: int) -> tuple[I32, int]:
    recent = total.by_day.a > after_day
    index = place(total.by_day.b[recent])
    known = index >= 0
    counted = np.bincount(index[known], weights=total.by_day.n[recent][known], minlength=size)
    receipts = int(total.receipts_by_day.n[total.receipts_by_day.a > after_day].sum())
    return counted.astype(np.int32), receipts


def _by_store(
    total: Counts, catalogue: LearnCatalogue, place: _Place, minimum: int
) -> tuple[list[str], dict[str, AnyArray]]:
    stores = sorted((str(store), number) for number, store in catalogue.stores.items())
    wanted = {number: at for at, (_, number) in enumerate(stores)}
    code = np.array([wanted.get(int(number), -1) for number in total.receipts_by_store.a], np.int64)
    receipts = np.zeros(len(stores), np.int32)
    receipts[code[code >= 0]] = total.receipts_by_store.n[code >= 0]
    known_stores = total.receipts_by_store.a
    at = np.searchsorted(known_stores, total.by_store.a)
    store = code[at] if len(at) else np.empty(0, np.int64)
    product = place(total.by_store.b)
    kept = (store >= 0) & (product >= 0) & (total.by_store.n >= minimum)
    store, product, n = store[kept], product[kept], total.by_store.n[kept]
    order = np.lexsort((product, store))
    starts = np.zeros(len(stores) + 1, np.int64)
    np.cumsum(np.bincount(store, minlength=len(stores)), out=starts[1:])
    return [name for name, _ in stores], {
        "store_starts": starts,
        "store_products": product[order].astype(np.int32),
        "store_n": n[order].astype(np.int32),
        "store_receipts": receipts,
    }


def _medians(prices: Tally, place: _Place, size: int) -> I64:
    """Return the lower median price of each product from its price counts."""
    product = place(prices.a)
    known = product >= 0
    product, price, n = product[known], prices.b[known], prices.n[known]
    order = np.lexsort((price, product))
    product, price, n = product[order], price[order], n[order]
    result = np.zeros(size, np.int64)
    if len(product) == 0:
        return result
    first = np.flatnonzero(np.concatenate([[True], product[1:] != product[:-1]]))
    total = np.add.reduceat(n, first)
    before = np.cumsum(n) - n
    length = np.diff(np.append(first, len(product)))
    passed = before - np.repeat(before[first], length) + n  # lines at this price or below
    reached = 2 * passed >= np.repeat(total, length)
    at = np.flatnonzero(reached)
    chosen, where = np.unique(product[at], return_index=True)
    result[chosen] = price[at[where]]
    return result


def _skus(skus: list[str]) -> tuple[AnyArray, I64, I32]:
    encoded = [sku.encode() for sku in skus]
    starts = np.zeros(len(skus) + 1, np.int64)
    np.cumsum([len(sku) for sku in encoded], out=starts[1:])
    rank = np.empty(len(skus), np.int32)
    rank[sorted(range(len(skus)), key=lambda at: encoded[at])] = np.arange(len(skus), dtype=np.int32)
    return np.frombuffer(b"".join(encoded), np.uint8), starts, rank
