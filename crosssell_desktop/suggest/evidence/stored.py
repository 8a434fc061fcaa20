"""Evidence that people or a job have recorded (E3, E5, E6, E8, E9, and any other kind): shown while it is live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crosssell_desktop.suggest.evidence import fewer_returns
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


LEAST_REPAIRS = 30
"""Repairs E6 must rest on (domain rules, section 3)."""


def live(records: Iterable[StoredEvidence], day: int, item_price_minor: int) -> list[Evidence]:
    """Return the evidence that may be shown on a day, for and against, in a fixed order.

    What was computed from counts is computed again from them (E3). Left out is what rests on fewer cases than its
    kind asks for (E6), and what was reckoned with another price than the item has today (E4, E5).
    """
    found = []
    for record in sorted(records, key=lambda record: (record.kind, record.evidence_id)):
        if not record.live(day):
            continue
        if record.kind is EvidenceKind.SERVICE_DATA and (record.n is None or record.n < LEAST_REPAIRS):
            continue
        if dict(record.numbers).get("price_minor", item_price_minor) != item_price_minor:
            continue
        if record.kind is EvidenceKind.FEWER_RETURNS and record.numbers:
            computed = _returns(record)
            if computed is not None:
                found.append(computed)
            continue
        found.append(_as_recorded(record))
    return found


def _as_recorded(record: StoredEvidence) -> Evidence:
    return Evidence(
        kind=record.kind,
        text=None,
        claim_ru=record.claim_ru,
        claim_en=record.claim_en,
        n=record.n,
        valid_until_day=record.valid_until_day,
        source=record.source,
        method="recorded",
        limits_ru=record.limits_ru,
        limits_en=record.limits_en,
        strength_bps=STRENGTH[record.kind],
        against=record.against,
        evidence_id=record.evidence_id,
    )


def _returns(record: StoredEvidence) -> Evidence | None:
    """Return E3 computed again from its counts, None when they no longer say anything for sure."""
    numbers = dict(record.numbers)
    try:
        counts = fewer_returns.Returns(numbers["back"], numbers["n"], numbers["back_without"], numbers["n_without"])
    except KeyError:
        return _as_recorded(record)
    found = fewer_returns.assess(counts)
    if not found.shown and not found.against:
        return None
    return Evidence(
        kind=record.kind,
        text=fewer_returns.text(counts),
        hits=counts.back,
        n=counts.n,
        valid_until_day=record.valid_until_day,
        source=record.source,
        method=fewer_returns.METHOD,
        strength_bps=STRENGTH[record.kind],
        against=found.against,
        evidence_id=record.evidence_id,
    )
