"""E1: the item fits the core by rules that name their source."""

from __future__ import annotations

from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.suggest.evidence.base import Evidence, Pairing
from crosssell_desktop.suggest.vocabulary import EvidenceKind


def make(pairing: Pairing) -> Evidence | None:
    """Return the compatibility fact, None unless it fits and each rule has a source."""
    if not pairing.fit.sourced:
        return None
    sources = sorted({finding.source for finding in pairing.fit.findings})
    reason = pairing.fit.reason
    return Evidence(
        kind=EvidenceKind.COMPATIBILITY,
        text=Text(
            N_("{item} fits {core}: {reason} ({source})"),
            {"item": pairing.item.name, "core": pairing.core.name, "reason": reason, "source": "; ".join(sources)},
        ),
        source="; ".join(sources),
        method="fit/1",
        strength_bps=7_000,
    )
