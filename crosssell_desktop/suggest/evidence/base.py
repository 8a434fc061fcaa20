"""What a piece of evidence is, and what its makers see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crosssell_desktop.domain.fit import FitVerdict
from crosssell_desktop.domain.text import Text
from crosssell_desktop.suggest.model import Pair
from crosssell_desktop.suggest.snapshot import CombinationFacts, Goods, RankSettings
from crosssell_desktop.suggest.vocabulary import EvidenceKind


@dataclass(frozen=True, slots=True)
class Evidence:
    """One proof, ready to be said: the claim, its number, what it was computed from, and how far it reaches."""

    kind: EvidenceKind
    text: Text | None
    """The claim from its template; None for stored evidence, which brings its own words."""
    claim_ru: str = ""
    claim_en: str = ""
    hits: int | None = None
    n: int | None = None
    share_bps: int | None = None
    low_bps: int | None = None
    high_bps: int | None = None
    lift_bps: int | None = None
    period_days: int | None = None
    until_day: int | None = None
    """The last day of the data (days since 1970-01-01)."""
    valid_until_day: int | None = None
    source: str = ""
    method: str = ""
    limits: Text | None = None
    limits_ru: str = ""
    limits_en: str = ""
    """The limits a stored record brings in its own words."""
    strength_bps: int = 0
    """How much it counts in the score, 0 to 10,000."""
    against: bool = False
    """It speaks against the offer."""
    evidence_id: str = ""
    """Id of the stored record, empty for what is computed on the spot."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A core and a candidate, with all that evidence can be made from."""

    core: Goods
    item: Goods
    combination: CombinationFacts | None
    fit: FitVerdict
    pair: Pair | None
    """Window counts of core and item; None when they were never seen together often enough."""
    own_times: int
    """In how many of the customer's own baskets the item is (0 without consent)."""
    own_baskets: int
    last_bought_day: int | None
    day: int
    settings: RankSettings


Maker = Callable[[Pairing], Evidence | None]
"""Makes the evidence of one kind, or None when it may not be shown."""


def percent(bps: int) -> int:
    """Return whole per cent, rounded half up."""
    return (bps + 50) // 100
