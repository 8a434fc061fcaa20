"""E4: what both cost together and apart at today's prices, the arithmetic shown."""

from __future__ import annotations

from crosssell_desktop.domain.spoken import MoneyValue
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.suggest.evidence.base import Evidence, Pairing
from crosssell_desktop.suggest.vocabulary import EvidenceKind


def make(pairing: Pairing) -> Evidence | None:
    """Return the saving of the bundle, None when there is no bundle price or it saves nothing."""
    together = pairing.combination.bundle_price_minor if pairing.combination else None
    apart = pairing.core.price_minor + pairing.item.price_minor
    if together is None or not 0 < together < apart:
        return None
    return Evidence(
        kind=EvidenceKind.BUNDLE,
        text=Text(
            N_("together {together}, apart {apart}, you save {saving}"),
            {"together": MoneyValue(together), "apart": MoneyValue(apart), "saving": MoneyValue(apart - together)},
        ),
        source="prices",
        method="sum/1",
        valid_until_day=pairing.day,
        strength_bps=4_000,
    )
