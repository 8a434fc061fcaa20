"""Pairs that were learned to go together beyond doubt: what an office may turn into curated combinations.

A pair is strong when the lower bound of its share, divided by the usual share of the item, still exceeds a lift. The
bound is the Wilson bound at 3.29 standard errors (one in a thousand), because very many pairs are looked at. Two
accessories of one camera meet often only because each goes with the camera: a pair whose joint receipts a third
product explains is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosssell_desktop.suggest.arrays import F64
from crosssell_desktop.suggest.model import Model

STRICT_Z = 3.290527
LEAST_LIFT = 1.2
LEAST_JOINT = 5


@dataclass(frozen=True, slots=True)
class StrongPair:
    """Two products (model indexes), the direction in which the share is larger, and its figures."""

    core: int
    item: int
    joint: int
    n: int
    lift: float
    low_lift: float


def strong_pairs(model: Model, least_lift: float = LEAST_LIFT, z: float = STRICT_Z) -> list[StrongPair]:
    """Return the pairs whose lift is at least ``least_lift`` beyond doubt and their own, the surest first, each once.

    Two of the same type that meet less than chance would have it are bought instead of each other and never listed;
    their lift is below 1.
    """
    row = np.repeat(np.arange(len(model)), np.diff(model.starts))
    column = model.neighbours.astype(np.int64)
    first, second = model.support[row].astype(np.float64), model.support[column].astype(np.float64)
    # once for each pair: from the rarer product, whose buyers take the other more often
    once = (first < second) | ((first == second) & (row < column))
    kept = once & (model.joint >= LEAST_JOINT)
    row, column, joint = row[kept], column[kept], model.joint[kept].astype(np.float64)
    first, second = first[kept], second[kept]
    usual = second / max(1, model.receipts)
    lift = joint / first / usual
    low = _wilson_low(joint, first, z) / usual
    sure = np.flatnonzero(low >= least_lift)
    order = sure[np.lexsort((model.sku_rank[column[sure]], model.sku_rank[row[sure]], -low[sure]))]
    found = [
        StrongPair(int(row[at]), int(column[at]), int(joint[at]), int(first[at]), float(lift[at]), float(low[at]))
        for at in order.tolist()
    ]
    return _not_explained(found, model, least_lift, z)


def _not_explained(found: list[StrongPair], model: Model, least_lift: float, z: float) -> list[StrongPair]:
    """Leave out the pairs that third products explain.

    Where both go with ``a`` and nothing else binds them, they meet in ``C_ax C_ay / C_a`` of its receipts instead of
    ``C_a p_x p_y``; what all such ``a`` add to chance is what is expected, and the pair must exceed it as it must
    exceed chance. A pair that is only explained meets less often than both pairs that explain it, so the pairs are
    gone through from the most frequent on, and only those found to be their own explain others.
    """
    near: dict[int, dict[int, int]] = {}
    receipts = max(1, model.receipts)
    own: set[tuple[int, int]] = set()
    for one in sorted(found, key=lambda pair: (-pair.joint, model.sku_rank[pair.core], model.sku_rank[pair.item])):
        chance = int(model.support[one.core]) * int(model.support[one.item]) / receipts
        expected = chance
        for third in near.get(one.core, {}).keys() & near.get(one.item, {}).keys():
            support = int(model.support[third])
            through = near[one.core][third] * near[one.item][third] / support
            expected += max(0.0, through - chance * support / receipts)
        low = float(_wilson_low(np.array([float(one.joint)]), np.array([float(one.n)]), z)[0]) * one.n
        if low >= least_lift * expected:
            own.add((one.core, one.item))
            near.setdefault(one.core, {})[one.item] = one.joint
            near.setdefault(one.item, {})[one.core] = one.joint
    return [one for one in found if (one.core, one.item) in own]


def _wilson_low(hits: F64, n: F64, z: float) -> F64:
    share, spread = hits / n, z * z / n
    half = z * np.sqrt(share * (1 - share) / n + spread / (4 * n))
    low: F64 = np.maximum(0.0, (share + spread / 2 - half) / (1 + spread))
    return low
