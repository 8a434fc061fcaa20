"""Evidence that people or a job have recorded (E3, E5, E6, E8, E9, and any other kind): shown while it is live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crosssell_desktop.suggest.evidence.base import Evidence
from crosssell_desktop.suggest.snapshot import StoredEvidence
from crosssell_desktop.suggest.vocabulary import EvidenceKind

STRENGTH: Mapping[EvidenceKind, int] = {
    EvidenceKind.COMPATIBILITY: 7_000,
    EvidenceKind.CO_PURCHASE: 5_000,
    EvidenceKind.FEWER_RETURNS: 6_000,
    EvidenceKind.BUNDLE: 4_000,
    EvidenceKind.OWNERSHIP_COST: 4_000,
    EvidenceKind.SERVICE_DATA: 6_000,
    EvidenceKind.OWN_HISTORY: 5_000,
    EvidenceKind.MAKER: 5_000,
    EvidenceKind.DEMO: 6_000,
}
"""How much a recorded proof of each kind counts, in basis points."""


def live(records: Iterable[StoredEvidence], day: int) -> list[Evidence]:
    """Return the evidence that may be shown on a day, for and against, in a fixed order."""
    return [
        Evidence(
            kind=record.kind,
            text=None,
            claim_ru=record.claim_ru,
            claim_en=record.claim_en,
            n=record.n,
            valid_until_day=record.valid_until_day,
            source=record.source,
            method="recorded",
            strength_bps=STRENGTH[record.kind],
            against=record.against,
            evidence_id=record.evidence_id,
        )
        for record in sorted(records, key=lambda record: (record.kind, record.evidence_id))
        if record.live(day)
    ]
