"""E7: the customer's own history: due again, or usually bought."""

from __future__ import annotations

from crosssell_desktop.domain.money import half_up
from crosssell_desktop.domain.text import NP_, Text
from crosssell_desktop.suggest.evidence.base import Evidence, Pairing
from crosssell_desktop.suggest.vocabulary import EvidenceKind

_DUE = NP_(
    "{item}: bought {age} day ago, lasts {lasts} d.",
    "{item}: bought {age} days ago, lasts {lasts} d.",
)
_HABIT = NP_(
    "{item}: in {times} of your {n} purchase",
    "{item}: in {times} of your {n} purchases",
)


def is_due(pairing: Pairing) -> bool:
    """Say whether the last one bought has lasted its time."""
    every, last = pairing.item.due_every_days, pairing.last_bought_day
    return every is not None and last is not None and pairing.day - last >= every


def is_habit(pairing: Pairing) -> bool:
    """Say whether the customer buys it often enough to speak of a habit."""
    settings = pairing.settings
    return (
        pairing.own_times >= settings.habit_min_times
        and pairing.own_times * 10_000 >= settings.habit_min_share_bps * pairing.own_baskets
    )


def make(pairing: Pairing) -> Evidence | None:
    """Return what the history says, None when it says nothing."""
    if is_due(pairing):
        last, lasts = pairing.last_bought_day or 0, pairing.item.due_every_days or 0
        age = pairing.day - last
        return Evidence(
            kind=EvidenceKind.OWN_HISTORY,
            text=Text(_DUE[0], {"item": pairing.item.name, "age": age, "lasts": lasts}, _DUE[1], age),
            n=pairing.own_baskets,
            hits=pairing.own_times,
            until_day=pairing.day,
            source="own purchases",
            method="due/1",
            strength_bps=8_000,
        )
    if is_habit(pairing):
        share = half_up(pairing.own_times * 10_000, pairing.own_baskets)
        return Evidence(
            kind=EvidenceKind.OWN_HISTORY,
            text=Text(
                _HABIT[0],
                {"item": pairing.item.name, "times": pairing.own_times, "n": pairing.own_baskets},
                _HABIT[1],
                pairing.own_baskets,
            ),
            n=pairing.own_baskets,
            hits=pairing.own_times,
            share_bps=share,
            until_day=pairing.day,
            source="own purchases",
            method="habit/1",
            strength_bps=5_000 + share // 4,
        )
    return None
