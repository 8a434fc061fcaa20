"""E2: how many of the receipts with the core also hold the item, with Wilson bounds.

Shown only with at least 30 receipts with the core in the window, lift of at least 1.2 and a lower bound of at least
10 % (domain rules, section 3). Under the minimum the only thing said is «мало данных».
"""

from __future__ import annotations

from dataclasses import dataclass

from crosssell_desktop.domain.money import half_up
from crosssell_desktop.domain.text import N_, NP_, Text
from crosssell_desktop.suggest.evidence.base import Evidence, Pairing, percent
from crosssell_desktop.suggest.model import Pair
from crosssell_desktop.suggest.snapshot import RankSettings
from crosssell_desktop.suggest.stats import wilson
from crosssell_desktop.suggest.vocabulary import EvidenceKind

METHOD = "wilson95/receipts/1"
_CLAIM = NP_(
    "{joint} of {n} buyer of {core} took {item} ({share}%, {low}–{high}%)",
    "{joint} of {n} buyers of {core} took {item} ({share}%, {low}–{high}%)",
)
_FEW = NP_(
    "too little data: {joint} of {n} receipt, at least {minimum} are needed",
    "too little data: {joint} of {n} receipts, at least {minimum} are needed",
)
_LIMITS = N_("Counted by receipts of the last {days} days; a link, not a proven cause.")


@dataclass(frozen=True, slots=True)
class CoPurchase:
    """The figures of a pair and whether they may be shown."""

    joint: int
    n: int
    support_bps: int
    share_bps: int
    low_bps: int
    high_bps: int
    lift_bps: int
    enough: bool
    """The core was sold often enough to say anything."""
    shown: bool


def assess(pair: Pair, settings: RankSettings) -> CoPurchase:
    """Return the figures of a pair; each is computed from four integers, so it can be computed again."""
    share = wilson(pair.joint, pair.first)
    base = pair.first * pair.second
    lift_bps = half_up(pair.joint * pair.receipts * 10_000, base) if base else 0
    enough = pair.first >= settings.evidence_min_n
    low_bps = int(share.low * 10_000)
    shown = enough and lift_bps >= settings.evidence_min_lift_bps and low_bps >= settings.evidence_min_lower_bps
    return CoPurchase(
        joint=pair.joint,
        n=pair.first,
        support_bps=half_up(pair.joint * 10_000, pair.receipts) if pair.receipts else 0,
        share_bps=half_up(pair.joint * 10_000, pair.first) if pair.first else 0,
        low_bps=low_bps,
        high_bps=int(share.high * 10_000 + 0.5),
        lift_bps=lift_bps,
        enough=enough,
        shown=shown,
    )


def text(figures: CoPurchase, core: str, item: str) -> Text:
    """Return the claim in words."""
    return Text(
        _CLAIM[0],
        {
            "joint": figures.joint,
            "n": figures.n,
            "core": core,
            "item": item,
            "share": percent(figures.share_bps),
            "low": percent(figures.low_bps),
            "high": percent(figures.high_bps),
        },
        _CLAIM[1],
        figures.n,
    )


def too_little(figures: CoPurchase, settings: RankSettings) -> Text:
    """Return «мало данных» with the figures."""
    return Text(
        _FEW[0], {"joint": figures.joint, "n": figures.n, "minimum": settings.evidence_min_n}, _FEW[1], figures.n
    )


def make(pairing: Pairing) -> Evidence | None:
    """Return the evidence of a pair, None when it may not be shown."""
    if pairing.pair is None:
        return None
    figures = assess(pairing.pair, pairing.settings)
    valid_until = pairing.pair.last_day + pairing.settings.evidence_valid_days
    if not figures.shown or pairing.day > valid_until:
        return None
    return Evidence(
        kind=EvidenceKind.CO_PURCHASE,
        text=text(figures, pairing.core.name, pairing.item.name),
        hits=figures.joint,
        n=figures.n,
        share_bps=figures.share_bps,
        low_bps=figures.low_bps,
        high_bps=figures.high_bps,
        lift_bps=figures.lift_bps,
        period_days=pairing.pair.window_days,
        until_day=pairing.pair.last_day,
        valid_until_day=valid_until,
        source="receipts",
        method=METHOD,
        limits=Text(_LIMITS, {"days": pairing.pair.window_days}),
        strength_bps=4_000 + figures.low_bps // 2,
    )
