"""Evidence for an offer: computed kinds by the registry, recorded ones while they are live.

A new computed kind is a file and a line in ``MAKERS``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crosssell_desktop.suggest.evidence import bundle, co_purchase, compatibility, own_history, stored
from crosssell_desktop.suggest.evidence.base import Evidence, Maker, Pairing
from crosssell_desktop.suggest.vocabulary import EvidenceKind

MAKERS: Mapping[EvidenceKind, Maker] = {
    EvidenceKind.COMPATIBILITY: compatibility.make,
    EvidenceKind.CO_PURCHASE: co_purchase.make,
    EvidenceKind.BUNDLE: bundle.make,
    EvidenceKind.OWN_HISTORY: own_history.make,
}

_WHOLE = 10_000

__all__ = ["MAKERS", "Evidence", "Pairing", "collect", "speaks_for", "strength_bps", "suspended"]


def collect(pairing: Pairing) -> tuple[Evidence, ...]:
    """Return all live evidence of a pairing, computed before recorded; a computed kind replaces a recorded one."""
    made = [evidence for make in MAKERS.values() if (evidence := make(pairing)) is not None]
    kinds = {evidence.kind for evidence in made}
    records = pairing.combination.evidence if pairing.combination else ()
    recorded = [
        evidence
        for evidence in stored.live(records, pairing.day, pairing.item.price_minor)
        if evidence.against or evidence.kind not in kinds
    ]
    return (*made, *recorded)


def speaks_for(evidence: Sequence[Evidence]) -> bool:
    """Say whether anything speaks for the offer."""
    return any(not one.against for one in evidence)


def suspended(evidence: Sequence[Evidence]) -> bool:
    """Say whether the offer is suspended: more returns with the item than without (E3 points the other way)."""
    return any(one.against and one.kind is EvidenceKind.FEWER_RETURNS for one in evidence)


def strength_bps(evidence: Sequence[Evidence]) -> int:
    """Return how strong all evidence is together, 0 to 10,000.

    Each proof closes its share of what is still open; what speaks against takes its share away from the result.
    """
    remaining = against = _WHOLE
    for one in evidence:
        if one.against:
            against = against * (_WHOLE - one.strength_bps) // _WHOLE
        else:
            remaining = remaining * (_WHOLE - one.strength_bps) // _WHOLE
    return (_WHOLE - remaining) * against // _WHOLE
