"""Whole integer counts of receipts that can be added and taken away exactly, whatever the order.

Nothing here is pruned, faded or divided: a sum over days and stores equals a count of all receipts at once,
bit for bit (design ruling 3). Keys are the numbers of one catalogue and one list of stores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from crosssell_desktop.suggest.arrays import I32, I64

_LOW = 32
_LOW_MASK = (1 << _LOW) - 1
_BLOCK_CELLS = 12_000_000
"""Rough number of products of one block of B'B kept in memory at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """How often each pair of small numbers (a, b) occurred; keys are sorted, no count is 0."""

    key: I64
    n: I64

    @staticmethod
    def of(a: I64, b: I64, n: I64 | None = None) -> Tally:
        """Count rows (or sum ``n`` over rows) by (a, b).

        Raises:
            ValueError: if a number is negative or does not fit (a below 2^31, b below 2^32).
        """
        if len(a) and (int(a.min()) < 0 or int(a.max()) >= 1 << 31 or int(b.min()) < 0 or int(b.max()) > _LOW_MASK):
            msg = "a tally counts by numbers from 0 to 2^31 and 2^32"
            raise ValueError(msg)
        key = (a.astype(np.int64) << _LOW) | b.astype(np.int64)
        return _sum_by_key(key, np.ones(len(key), np.int64) if n is None else n.astype(np.int64))

    @staticmethod
    def empty() -> Tally:
        """Return the tally of nothing."""
        return Tally(np.empty(0, np.int64), np.empty(0, np.int64))

    @property
    def a(self) -> I64:
        """The first number of each key."""
        return self.key >> _LOW

    @property
    def b(self) -> I64:
        """The second number of each key."""
        return self.key & _LOW_MASK

    def __add__(self, other: Tally) -> Tally:
        """Return the sum, key by key."""
        return _sum_by_key(np.concatenate([self.key, other.key]), np.concatenate([self.n, other.n]))

    def __sub__(self, other: Tally) -> Tally:
        """Return what is left, key by key; keys that come to 0 vanish."""
        return _sum_by_key(np.concatenate([self.key, other.key]), np.concatenate([self.n, -other.n]))

    def same(self, other: Tally) -> bool:
        """Say whether both hold exactly the same counts."""
        return np.array_equal(self.key, other.key) and np.array_equal(self.n, other.n)


def _sum_by_key(key: I64, n: I64) -> Tally:
    if len(key) == 0:
        return Tally.empty()
    order = np.argsort(key, kind="stable")
    key, n = key[order], n[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    key, total = key[first], np.add.reduceat(n, first)
    kept = total != 0
    return Tally(key[kept], total[kept])


@dataclass(frozen=True, slots=True, eq=False)
class PairCounts:
    """In how many receipts each thing occurs, and each two together (row below column, sorted)."""

    keys: I64
    support: I64
    starts: I64
    others: I32
    joint: I32

    @staticmethod
    def empty() -> PairCounts:
        """Return the counts of no receipt."""
        return PairCounts(
            np.empty(0, np.int64),
            np.empty(0, np.int64),
            np.zeros(1, np.int64),
            np.empty(0, np.int32),
            np.empty(0, np.int32),
        )

    @staticmethod
    def of(receipt: I64, thing: I64) -> PairCounts:
        """Count receipts and joint receipts by the sparse product B'B; a thing twice in a receipt counts once."""
        if len(receipt) == 0:
            return PairCounts.empty()
        keys = np.unique(thing)
        rows = np.unique(receipt)
        cell = np.searchsorted(rows, receipt).astype(np.int64) * len(keys) + np.searchsorted(keys, thing)
        cell.sort()
        cell = cell[np.concatenate([[True], cell[1:] != cell[:-1]])]
        row = cell // len(keys)
        column = (cell - row * len(keys)).astype(np.int32)
        starts = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(np.bincount(row, minlength=len(rows)), out=starts[1:])
        baskets = sparse.csr_matrix((np.ones(len(cell), np.int32), column, starts), shape=(len(rows), len(keys)))
        by_thing = baskets.T.tocsr()
        support = np.diff(by_thing.indptr).astype(np.int64)
        # The work of a row of B'B is the sum of the sizes of the receipts that hold the thing.
        sizes = np.diff(starts)
        work = np.zeros(len(keys) + 1, np.int64)
        np.cumsum(
            np.bincount(column, weights=np.repeat(sizes, sizes), minlength=len(keys)).astype(np.int64), out=work[1:]
        )
        parts: list[tuple[I64, I32, I32]] = []
        begin = 0
        while begin < len(keys):
            end = int(np.searchsorted(work, work[begin] + _BLOCK_CELLS, side="right")) - 1
            end = min(len(keys), max(begin + 1, end))
            parts.append(_upper(by_thing[begin:end] @ baskets, begin))
            begin = end
        lengths = np.concatenate([part[0] for part in parts])
        pair_starts = np.zeros(len(keys) + 1, np.int64)
        np.cumsum(lengths, out=pair_starts[1:])
        return PairCounts(
            keys.astype(np.int64),
            support,
            pair_starts,
            np.concatenate([p[1] for p in parts]),
            np.concatenate([p[2] for p in parts]),
        )

    def __add__(self, other: PairCounts) -> PairCounts:
        """Return the counts of both sets of receipts."""
        return _combine(self, other, 1)

    def __sub__(self, other: PairCounts) -> PairCounts:
        """Return the counts without the receipts of ``other``; things and pairs at 0 vanish."""
        return _combine(self, other, -1)

    def same(self, other: PairCounts) -> bool:
        """Say whether both hold exactly the same counts."""
        return all(
            np.array_equal(mine, theirs)
            for mine, theirs in (
                (self.keys, other.keys),
                (self.support, other.support),
                (self.starts, other.starts),
                (self.others, other.others),
                (self.joint, other.joint),
            )
        )

    def of_pair(self, first: int, second: int) -> tuple[int, int, int]:
        """Return (receipts with both, with the first, with the second) for two keys."""
        at = [int(np.searchsorted(self.keys, key)) for key in (first, second)]
        known = [i < len(self.keys) and int(self.keys[i]) == key for i, key in zip(at, (first, second), strict=True)]
        supports = [int(self.support[i]) if seen else 0 for i, seen in zip(at, known, strict=True)]
        if not all(known):
            return 0, supports[0], supports[1]
        if first == second:
            return supports[0], supports[0], supports[0]
        low, high = sorted(at)
        begin, end = int(self.starts[low]), int(self.starts[low + 1])
        place = begin + int(np.searchsorted(self.others[begin:end], high))
        joint = int(self.joint[place]) if place < end and int(self.others[place]) == high else 0
        return joint, supports[0], supports[1]


def _upper(product: sparse.csr_matrix, first_row: int) -> tuple[I64, I32, I32]:
    """Return row lengths, columns and counts of the part right of the diagonal, sorted."""
    product.sort_indices()
    row = np.repeat(np.arange(product.shape[0], dtype=np.int32), np.diff(product.indptr))
    right = product.indices > row + first_row
    lengths = np.bincount(row[right], minlength=product.shape[0]).astype(np.int64)
    return lengths, product.indices[right].astype(np.int32), product.data[right].astype(np.int32)


def _combine(left: PairCounts, right: PairCounts, sign: int) -> PairCounts:
    keys = np.union1d(left.keys, right.keys).astype(np.int64)
    support = np.zeros(len(keys), np.int64)
    total: sparse.csr_matrix | None = None
    for side, factor in ((left, 1), (right, sign)):
        place = np.searchsorted(keys, side.keys).astype(np.int64)
        support[place] += factor * side.support
        lengths = np.zeros(len(keys), np.int64)
        lengths[place] = np.diff(side.starts)
        starts = np.zeros(len(keys) + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])
        # keys are sorted on both sides, so renumbering keeps rows and columns in order
        others = place.astype(np.int32)[side.others] if len(side.others) else side.others
        joint = side.joint if factor == 1 else -side.joint
        matrix = sparse.csr_matrix((joint, others, starts), shape=(len(keys), len(keys)))
        matrix.has_sorted_indices = True
        matrix.has_canonical_format = True
        total = matrix if total is None else total + matrix
    if total is None:  # pragma: no cover  # the loop above always runs twice
        return PairCounts.empty()
    total.eliminate_zeros()
    total.sort_indices()
    result = PairCounts(
        keys, support, total.indptr.astype(np.int64), total.indices.astype(np.int32), total.data.astype(np.int32)
    )
    return result if np.all(support > 0) else _without_unseen(result)


def _without_unseen(counts: PairCounts) -> PairCounts:
    """Return the counts without keys that no receipt holds any more."""
    seen = counts.support > 0
    renumber = (np.cumsum(seen) - 1).astype(np.int32)
    lengths = np.diff(counts.starts)[seen]
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return PairCounts(counts.keys[seen], counts.support[seen], starts, renumber[counts.others], counts.joint)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """All that is learned from a set of receipts, as integers that add."""

    receipts: int
    lines: int
    products: PairCounts
    types: PairCounts
    by_day: Tally
    """(day, product) -> receipts."""
    by_store: Tally
    """(store, product) -> receipts."""
    receipts_by_day: Tally
    """(day, 0) -> receipts."""
    receipts_by_store: Tally
    """(store, 0) -> receipts."""
    prices: Tally
    """(product, price of one in minor units) -> lines."""
    units_milli: Tally
    """(product, 0) -> thousandths of a unit sold."""
    amounts_minor: Tally
    """(product, 0) -> turnover in minor units."""

    @staticmethod
    def empty() -> Counts:
        """Return the counts of no receipt."""
        nothing = Tally.empty()
        return Counts(0, 0, PairCounts.empty(), PairCounts.empty(), *([nothing] * 7))

    def __add__(self, other: Counts) -> Counts:
        """Return the counts of both sets of receipts; the sets must not share a receipt."""
        return Counts(
            self.receipts + other.receipts,
            self.lines + other.lines,
            self.products + other.products,
            self.types + other.types,
            self.by_day + other.by_day,
            self.by_store + other.by_store,
            self.receipts_by_day + other.receipts_by_day,
            self.receipts_by_store + other.receipts_by_store,
            self.prices + other.prices,
            self.units_milli + other.units_milli,
            self.amounts_minor + other.amounts_minor,
        )

    def __sub__(self, other: Counts) -> Counts:
        """Return the counts without the receipts of ``other`` (a day that leaves a window)."""
        return Counts(
            self.receipts - other.receipts,
            self.lines - other.lines,
            self.products - other.products,
            self.types - other.types,
            self.by_day - other.by_day,
            self.by_store - other.by_store,
            self.receipts_by_day - other.receipts_by_day,
            self.receipts_by_store - other.receipts_by_store,
            self.prices - other.prices,
            self.units_milli - other.units_milli,
            self.amounts_minor - other.amounts_minor,
        )

    def same(self, other: Counts) -> bool:
        """Say whether both hold exactly the same counts."""
        return (
            (self.receipts, self.lines) == (other.receipts, other.lines)
            and self.products.same(other.products)
            and self.types.same(other.types)
            and all(
                getattr(self, name).same(getattr(other, name))
                for name in (
                    "by_day",
                    "by_store",
                    "receipts_by_day",
                    "receipts_by_store",
                    "prices",
                    "units_milli",
                    "amounts_minor",
                )
            )
        )

    @property
    def pairs(self) -> int:
        """Number of different pairs of products seen together."""
        return len(self.products.joint)

    @property
    def last_day(self) -> int:
        """The last day with a receipt (days since 1970-01-01), 0 when there is none."""
        return int(self.receipts_by_day.a[-1]) if len(self.receipts_by_day.key) else 0
