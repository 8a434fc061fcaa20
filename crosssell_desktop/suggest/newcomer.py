"""The relevance of a product nobody has bought yet: that of an average product of its type beside this core."""

from __future__ import annotations

import numpy as np

from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.relevance import SCORE, SCORE_ONE
from crosssell_desktop.suggest.signals.confidence import DOUBT

_WEIGHT = next(term.weight for term in SCORE.terms if term.name == "confidence")
TERM = "confidence_of_its_type"


def is_new(model: Model, index: int) -> bool:
    """Say whether nothing at all was learned of a product: the model does not know it, or nobody bought it."""
    return index < 0 or int(model.support[index]) == 0


def relevance_of_new(model: Model, core: int, type_key: str) -> int:
    """Return billionths: conf over types, shared out evenly among the sold products of the type.

    0 when the model knows nothing of the core (index -1), of the type, or of both together.
    """
    if core < 0 or type_key not in model.types:
        return 0
    mine, kind = int(model.type_of[core]), model.types.index(type_key)
    begin, end = int(model.type_starts[mine]), int(model.type_starts[mine + 1])
    place = begin + int(np.searchsorted(model.type_neighbours[begin:end], kind))
    if place >= end or int(model.type_neighbours[place]) != kind:
        return 0
    sold = int(np.count_nonzero((model.type_of == kind) & (model.support > 0)))
    share = int(model.type_joint[place]) / (int(model.type_support[mine]) + DOUBT)
    return round(_WEIGHT * share / max(1, sold) * SCORE_ONE)
