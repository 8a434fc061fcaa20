"""Runs of consecutive places in an array, taken together."""

from __future__ import annotations

import numpy as np

from crosssell_desktop.suggest.arrays import I64


def ranges(begins: I64, lengths: I64) -> I64:
    """Return begins[0], begins[0]+1, … for each range, one after the other."""
    total = int(lengths.sum())
    if total == 0:
        return np.empty(0, np.int64)
    ends = np.cumsum(lengths)
    places: I64 = np.arange(total) + np.repeat(begins - (ends - lengths), lengths)
    return places
