"""The second look: the best candidates of the first are ordered once more by a small ensemble of trees.

It only changes the order among the first few dozen: they keep the scores the first look gave, dealt out anew, so that
a relevance means the same with and without it. It takes place only for a customer who comes back and buys again what
was bought before — what the trees were grown on; for everybody else the first look stands.
"""

from __future__ import annotations

import numpy as np

from crosssell_desktop.suggest.arrays import I32, I64
from crosssell_desktop.suggest.history import OwnHistory

LOOKED_AT = 48
"""Candidates that are looked at again."""
FEWEST_VISITS = 3
"""Visits of the customer before habits can be told from chance."""
LEAST_REPEATED = 0.1
"""Share of what the customer bought that had been bought before; below it people buy each thing once."""


LEAST_BASKET = 4.0
"""Products of the customer's usual basket from which on something new is judged by the trees: in small baskets of
durable goods they order it worse than the first look (docs/suggestions.md)."""


def worth_it(history: OwnHistory, *, new: bool = False) -> bool:
    """Say whether the customer's history is of the kind the trees know; ``new`` asks for things never had."""
    return (
        len(history) >= FEWEST_VISITS
        and history.past.repeated >= LEAST_REPEATED
        and (not new or history.past.mean_size >= LEAST_BASKET)
    )


def first_places(score: I64, candidates: I32, sku_rank: I32, allowed: I64 | None, count: int) -> I64:
    """Return the places of the ``count`` best among ``allowed`` (None is all): by score, then by SKU."""
    kept = score if allowed is None else score[allowed]
    if 0 < count < len(kept):
        border = np.partition(kept, len(kept) - count)[len(kept) - count]
        among = np.flatnonzero(kept >= border)  # all that tie with the last included
    else:
        among = np.arange(len(kept))
    places = among if allowed is None else allowed[among]
    order = np.lexsort((sku_rank[candidates[places]], -score[places]))
    best: I64 = places[order[:count]]
    return best


def dealt_anew(score: I64, at: I64, gains: I64) -> I64:
    """Return all scores, those of the places ``at`` (best first) dealt out by gain; equal gains keep their order.

    The last of them keeps its score; each further one lies at least a billionth above the next.
    """
    order = np.argsort(-gains, kind="stable")
    anew = score.copy()
    anew[at[order]] = score[at] + np.arange(len(at) - 1, -1, -1)
    return anew
