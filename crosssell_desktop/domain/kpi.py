"""The key figures of a shop, one definition each, with exact denominators (domain rules, section 2).

Law: whole counts go in; a figure keeps its numerator and denominator until it is shown; a figure with
no denominator is None and prints «—», never 0. Receipts are sales of the period by business date,
without gift cards, bags and deposits; turnover is VAT-inclusive, margin is without VAT; returns are
told apart and lower only the margin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal
from uuid import UUID

from crosssell_desktop.domain.money import BPS_ONE, MILLI_ONE, half_up
from crosssell_desktop.domain.stats import wilson

COVERAGE_MIN_BPS = 8_000
"""Below this coverage the acceptance of offers is hidden: logging only wins must not pay (rule G9)."""

Role = Literal["core", "periphery", "service"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A fraction of whole counts, kept exact."""

    numerator: int
    denominator: int

    def scaled(self, scale: int) -> int | None:
        """Return the ratio times ``scale`` rounded half up, or None when there is no denominator."""
        return half_up(self.numerator * scale, self.denominator) if self.denominator else None

    @property
    def bps(self) -> int | None:
        """The ratio in basis points (``10000`` is 100 %)."""
        return self.scaled(BPS_ONE)

    @property
    def hundredths(self) -> int | None:
        """The ratio in hundredths (``245`` is 2,45)."""
        return self.scaled(100)

    @property
    def minor(self) -> int | None:
        """The ratio of an amount in kopecks to a count, in kopecks."""
        return self.scaled(1)


@dataclass(frozen=True, slots=True)
class ShareFigure:
    """A share with its Wilson 95 % interval, in basis points, and the count it rests on."""

    ratio: Ratio
    low_bps: int
    high_bps: int

    @property
    def bps(self) -> int:
        """The share in basis points."""
        return half_up(self.ratio.numerator * BPS_ONE, self.ratio.denominator)


@dataclass(frozen=True, slots=True)
class LineCount:
    """What a receipt's line counts for.

    ``is_attached`` says that the line is linked to a core line of the same receipt; ``is_counted`` is
    False for gift cards, bags and deposits.
    """

    role: Role
    qty_milli: int
    amount_minor: int
    business_line: UUID | str
    is_attached: bool = False
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class ReceiptCount:
    """What a paid receipt counts for; ``has_decision`` says an offer to its core was answered and logged."""

    lines: tuple[LineCount, ...]
    is_identified: bool = False
    has_decision: bool = False
    is_held_out: bool = False
    """Held-out receipts of an experiment leave the denominators of coverage (design ruling 8)."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The whole counts of a period that every figure is made of; two add up to one.

    ``visitors`` is None where no visitor counter works; ``net_ex_vat_minor``, ``cost_minor`` and
    ``stock_minor`` are None where cost is not known (or not for this reader).
    """

    receipts: int = 0
    sold_minor: int = 0
    returned_minor: int = 0
    units_milli: int = 0
    lines: int = 0
    core_units_milli: int = 0
    core_receipts: int = 0
    attached_units_milli: int = 0
    attached_receipts: int = 0
    eligible_receipts: int = 0
    """Core receipts that count for coverage: those not held out."""
    decided_receipts: int = 0
    mixed_receipts: int = 0
    """Receipts with two or more business lines."""
    identified_receipts: int = 0
    offers_shown: int = 0
    """Answered or not, postponed ones too."""
    offers_accepted: int = 0
    decisions_reversed: int = 0
    passes_sent: int = 0
    passes_accepted: int = 0
    passes_credited: int = 0
    help_acts: int = 0
    worked_minutes: int = 0
    consultations: int = 0
    consultations_with_sale: int = 0
    visitors: int | None = None
    net_ex_vat_minor: int | None = None
    cost_minor: int | None = None
    stock_minor: int | None = None

    def __add__(self, other: Counts) -> Counts:
        """Add two periods or two people; an unknown count stays unknown unless one side knows it."""
        return Counts(
            **{f.name: _added(getattr(self, f.name), getattr(other, f.name)) for f in fields(Counts)},  # type: ignore[arg-type]
        )


def _added(left: int | None, right: int | None) -> int | None:
    if left is None:
        return right
    return left if right is None else left + right


def count_receipts(receipts: Iterable[ReceiptCount]) -> Counts:
    """Count paid receipts: everything of :class:`Counts` that receipts alone can tell."""
    total = Counts()
    for receipt in receipts:
        total += _one_receipt(receipt)
    return total


def _one_receipt(receipt: ReceiptCount) -> Counts:
    counted = [line for line in receipt.lines if line.is_counted]
    if not counted:
        return Counts()
    core_units = sum(line.qty_milli for line in counted if line.role == "core")
    has_core = any(line.role == "core" for line in counted)
    attached = [line for line in counted if line.role != "core" and line.is_attached] if has_core else []
    is_eligible = has_core and not receipt.is_held_out
    return Counts(
        receipts=1,
        sold_minor=sum(line.amount_minor for line in counted),
        units_milli=sum(line.qty_milli for line in counted),
        lines=len(counted),
        core_units_milli=core_units,
        core_receipts=int(has_core),
        attached_units_milli=sum(line.qty_milli for line in attached),
        attached_receipts=int(bool(attached)),
        eligible_receipts=int(is_eligible),
        decided_receipts=int(is_eligible and receipt.has_decision),
        mixed_receipts=int(len({line.business_line for line in counted}) >= 2),
        identified_receipts=int(receipt.is_identified),
    )


@dataclass(frozen=True, slots=True)
class Kpis:
    """The figures of a period; None stands for «—»."""

    conversion: Ratio
    conversion_by_consultations: bool
    """True when no visitor counter works and consultations stand in; the label must say so."""
    atv: Ratio
    upt: Ratio
    lpt: Ratio
    attach_receipts: Ratio
    attach_units: Ratio
    cross_sell: Ratio
    acceptance: ShareFigure | None
    """None when nothing was shown or coverage is below 80 %."""
    coverage: Ratio
    margin: Ratio | None
    gmroi: Ratio | None
    return_rate: Ratio
    passes_sent: int
    passes_accepted: int
    passes_credited: int
    pass_conversion: Ratio
    identified: Ratio
    help_acts: int
    help_per_8_hours: Ratio
    reversed_decisions: Ratio


def share_figure(successes: int, n: int) -> ShareFigure | None:
    """Return a share with its Wilson 95 % interval in basis points, or None when ``n`` is 0."""
    if n == 0:
        return None
    low, high = wilson(successes, n)
    return ShareFigure(Ratio(successes, n), round(low * BPS_ONE), round(high * BPS_ONE))


def acceptance(counts: Counts) -> ShareFigure | None:
    """Return accepted ÷ shown, or None when nothing was shown or coverage is below 80 %."""
    coverage_bps = Ratio(counts.decided_receipts, counts.eligible_receipts).bps
    if coverage_bps is None or counts.decided_receipts * BPS_ONE < COVERAGE_MIN_BPS * counts.eligible_receipts:
        return None
    return share_figure(counts.offers_accepted, counts.offers_shown)


def kpis(counts: Counts) -> Kpis:
    """Compute every figure of a period from its counts."""
    by_consultations = counts.visitors is None
    net, cost, stock = counts.net_ex_vat_minor, counts.cost_minor, counts.stock_minor
    gross = None if net is None or cost is None else net - cost
    return Kpis(
        conversion=Ratio(counts.consultations_with_sale, counts.consultations)
        if counts.visitors is None
        else Ratio(counts.receipts, counts.visitors),
        conversion_by_consultations=by_consultations,
        atv=Ratio(counts.sold_minor, counts.receipts),
        upt=Ratio(counts.units_milli, counts.receipts * MILLI_ONE),
        lpt=Ratio(counts.lines, counts.receipts),
        attach_receipts=Ratio(counts.attached_receipts, counts.core_receipts),
        attach_units=Ratio(counts.attached_units_milli, counts.core_units_milli),
        cross_sell=Ratio(counts.mixed_receipts, counts.receipts),
        acceptance=acceptance(counts),
        coverage=Ratio(counts.decided_receipts, counts.eligible_receipts),
        margin=None if gross is None or net is None else Ratio(gross, net),
        gmroi=None if gross is None or stock is None else Ratio(gross, stock),
        return_rate=Ratio(counts.returned_minor, counts.sold_minor),
        passes_sent=counts.passes_sent,
        passes_accepted=counts.passes_accepted,
        passes_credited=counts.passes_credited,
        pass_conversion=Ratio(counts.passes_credited, counts.passes_sent),
        identified=Ratio(counts.identified_receipts, counts.receipts),
        help_acts=counts.help_acts,
        help_per_8_hours=Ratio(counts.help_acts * 480, counts.worked_minutes),
        reversed_decisions=Ratio(counts.decisions_reversed, counts.offers_accepted),
    )
