"""The signals of learned relevance, one file each; a new one is a file and a line here."""

from __future__ import annotations

from crosssell_desktop.suggest.signals import affinity, confidence, cosine, household, lift, own, popularity
from crosssell_desktop.suggest.signals.base import Scene, Signal

SIGNALS = (
    Signal("own", own.values),
    Signal("household", household.values),
    Signal("confidence", confidence.values),
    Signal("cosine", cosine.values),
    Signal("lift", lift.values),
    Signal("popularity", popularity.values),
    Signal("affinity", affinity.values),
)

__all__ = ["SIGNALS", "Scene", "Signal"]
