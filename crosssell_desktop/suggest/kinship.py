"""Which kinds of products belong to a basket, when the customer never had them: the type level of «new for you».

At the level of single products something truly new can hardly be foreseen, at the level of types it can (suggestion
rules, section 1). The weights are EASE^R's over receipts (H. Steck, 2019): what each type of a basket adds for
another type beyond what the other types explain.
"""

from __future__ import annotations

import numpy as np

from crosssell_desktop.suggest.arrays import F64, I32, I64, Bools
from crosssell_desktop.suggest.model import KIN_ONE, Model
from crosssell_desktop.suggest.relevance import Question
from crosssell_desktop.suggest.spans import ranges

_OWN = 0.5
"""How much the types the customer has count beside a single core; the more types a basket holds, the less they add."""
_SHARE = 0.1
"""How much plain confidence counts beside, for a single core."""
_DOUBT = 5.0
_RARE = 0.002
_TINY = 1e-6


def new_kinds(model: Model, question: Question, k: int, good: Bools | None = None) -> I32:
    """Return up to ``k`` types the customer never had and the basket does not hold, the likeliest first.

    ``good`` marks the types that may be returned at all. Equal scores go by the order of the model's types.
    """
    held = np.unique(model.type_of[question.basket])
    score = _from(model, held, np.full(len(held), 1.0 / max(1, len(held))))
    if len(question.basket) == 1:
        score += _SHARE * _confidence(model, held)
    history = question.history
    if len(history):
        affinity = history.on(question.day).affinity
        whole = float(np.add.accumulate(affinity)[-1]) if len(affinity) else 0.0
        if whole > 0.0:
            score += _OWN / max(1, len(held)) * _from(model, history.types, affinity / whole)
    score += _TINY * (model.type_support / max(1, model.receipts))
    kept = np.ones(len(model.types), np.bool_) if good is None else good.copy()
    kept[held] = False
    kept[history.types] = False
    kept &= model.type_support > 0
    places = np.flatnonzero(kept)
    figures = np.rint(score[places] * 1e9).astype(np.int64)
    best: I32 = places[np.argsort(-figures, kind="stable")[:k]].astype(np.int32)
    return best


def _from(model: Model, kinds: I32 | I64, weights: F64) -> F64:
    begins = model.kin_starts[kinds]
    lengths = model.kin_starts[kinds + 1] - begins
    at = ranges(begins, lengths)
    each = model.kin_weight[at] / KIN_ONE * weights.repeat(lengths)
    return np.bincount(model.kin[at], weights=each, minlength=len(model.types)).astype(np.float64, copy=False)


def _confidence(model: Model, kinds: I32 | I64) -> F64:
    """Return confidence over the fourth root of the type's share: neither the popular nor the rare first."""
    begins = model.type_starts[kinds]
    lengths = model.type_starts[kinds + 1] - begins
    at = ranges(begins, lengths)
    other = model.type_neighbours[at]
    share = model.type_support[other] / max(1, model.receipts)
    each = model.type_joint[at] / (model.type_support[kinds] + _DOUBT).repeat(lengths) / np.sqrt(np.sqrt(share + _RARE))
    return np.bincount(other, weights=each, minlength=len(model.types)).astype(np.float64, copy=False)
