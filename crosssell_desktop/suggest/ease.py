"""EASE^R over types: learned weights from one type to another, from whole counts, kept as integers.

B = I - P / diag(P) with P the inverse of the counts with a penalty on the diagonal (H. Steck, "Embarrassingly shallow
autoencoders for sparse data", 2019). It is worked out once where a model is built and travels inside it, rounded to
millionths, so every machine that has the model has the same weights.
"""

from __future__ import annotations

import numpy as np

from crosssell_desktop.suggest.arrays import I32, I64
from crosssell_desktop.suggest.counts import PairCounts
from crosssell_desktop.suggest.model import KIN_ONE

PENALTY = 300.0
MOST_TYPES = 3_000
"""Types that take part, the most frequent ones: the inverse costs the cube of them."""
KEPT = 60
"""Weights kept of a type: the largest."""


def kin_of_types(counts: PairCounts, place: I64, size: int) -> tuple[I64, I32, I32]:
    """Return starts, related types and weights (millionths) for each of ``size`` types.

    ``place`` is the index of each key of ``counts``, -1 for types the model does not carry.
    """
    order = np.lexsort((place, -counts.support))
    order = order[place[order] >= 0][:MOST_TYPES]
    taken = np.sort(place[order])
    starts = np.zeros(size + 1, np.int64)
    if len(taken) < 2:  # nothing to relate
        return starts, np.empty(0, np.int32), np.empty(0, np.int32)
    row_of = np.full(size + 1, -1, np.int64)
    row_of[taken] = np.arange(len(taken))
    row = row_of[place]  # -1 lands on the spare last cell
    gram = np.zeros((len(taken), len(taken)))
    gram[row[row >= 0], row[row >= 0]] = counts.support[row >= 0]
    first = np.repeat(row, np.diff(counts.starts))
    second = row[counts.others]
    both = (first >= 0) & (second >= 0)
    gram[first[both], second[both]] = counts.joint[both]
    gram[second[both], first[both]] = counts.joint[both]
    gram[np.diag_indices(len(taken))] += PENALTY
    inverse = np.linalg.inv(gram)
    weights = np.rint(inverse / -np.diag(inverse) * KIN_ONE).astype(np.int64)
    np.fill_diagonal(weights, 0)
    kept = min(KEPT, len(taken) - 1)
    best = np.sort(np.argsort(-weights, axis=1, kind="stable")[:, :kept], axis=1)
    values = np.take_along_axis(weights, best, axis=1)
    positive = values > 0
    np.cumsum(np.bincount(np.repeat(taken, positive.sum(axis=1)), minlength=size), out=starts[1:])
    return starts, taken[best[positive]].astype(np.int32), values[positive].astype(np.int32)
