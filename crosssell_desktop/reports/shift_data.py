"""Everything a shift report prints, as frozen data; the same data make the same paper and the same hash."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from crosssell_desktop.domain.canon import digest
from crosssell_desktop.domain.kpi import Kpis, Ratio, ShareFigure
from crosssell_desktop.domain.text import Text

ShiftReportKind = Literal["X", "Z"]


@dataclass(frozen=True, slots=True)
class ReportHeading:
    """Who, where and when; ``closed_at_ms`` is None while the shift is open (X)."""

    company: str
    store: str
    counter: str
    shift_number: str
    business_date: dt.date
    opened_at_ms: int
    closed_at_ms: int | None
    responsible: str
    """The person responsible for complex sales in this shift."""
    override_reason: str
    """Why somebody else than planned is responsible; empty when nobody was replaced."""
    playbook_version: str
    policy_version: str


@dataclass(frozen=True, slots=True)
class ReturnReasonRow:
    """Returns of the shift for one reason; the amount is positive kopecks given back."""

    reason: Text
    returns: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CustomerOutcomes:
    """Block 1: what the shift did for people."""

    needs_met: int = 0
    help_acts: int = 0
    promises_kept: int = 0
    promises_overdue: int = 0
    felt_pushed: int = 0
    """Complaints «навязали»."""
    decisions_reversed: int = 0
    returns: tuple[ReturnReasonRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One way of paying: what the assistant recorded, and what the till says (typed or imported)."""

    kind: Text
    recorded_minor: int
    till_minor: int | None = None


@dataclass(frozen=True, slots=True)
class CashDrawer:
    """The drawer: expected = opening + sales − refunds − payouts − drops + additions."""

    opening_minor: int
    cash_sales_minor: int
    cash_refunds_minor: int
    payouts_minor: int
    drops_minor: int
    additions_minor: int
    counted_minor: int | None

    @property
    def expected_minor(self) -> int:
        """What ought to lie in the drawer."""
        return (
            self.opening_minor
            + self.cash_sales_minor
            - self.cash_refunds_minor
            - self.payouts_minor
            - self.drops_minor
            + self.additions_minor
        )

    @property
    def over_minor(self) -> int | None:
        """Counted less expected; negative is a shortage; None while nobody has counted."""
        return None if self.counted_minor is None else self.counted_minor - self.expected_minor


@dataclass(frozen=True, slots=True)
class SalesBlock:
    """Block 2: sales before returns, discounts, returns, payments and the till's own Z."""

    receipts: int = 0
    sold_minor: int = 0
    """After discounts, VAT included."""
    discount_minor: int = 0
    returned_minor: int = 0
    payments: tuple[PaymentRow, ...] = ()
    till_z_number: str = ""
    """The number of the fiscal till's own Z report; empty while not told."""
    drawer: CashDrawer | None = None


@dataclass(frozen=True, slots=True)
class KpiBlock:
    """Block 3: facts, and where given the plan and a frozen baseline as figures of their own."""

    fact: Kpis
    plan: tuple[tuple[str, int], ...] = ()
    """Figure name of :class:`Kpis` to its plan, in the figure's own unit (bps, kopecks, hundredths)."""
    baseline: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Block 4: one person's shift; ``credit_minor`` only on the manager's copy."""

    name: str
    department: str
    minutes: int | None
    receipts: int
    goals: int
    assists_given: int
    assists_received: int
    coverage: Ratio
    acceptance: ShareFigure | None
    credit_minor: int | None = None


@dataclass(frozen=True, slots=True)
class CombinationRow:
    """Block 5: one combination's shift."""

    core: str
    periphery: str
    shown: int
    accepted: int
    sold_minor: int


@dataclass(frozen=True, slots=True)
class CombinationsBlock:
    """Block 5: the ten best, why offers were declined, and cores for which nothing could be suggested."""

    top: tuple[CombinationRow, ...] = ()
    declined: tuple[tuple[Text, int], ...] = ()
    without_result: tuple[tuple[str, int], ...] = ()
    """Core product and how many times nothing passed the gates."""


@dataclass(frozen=True, slots=True)
class AssistRow:
    """One assist of the shift: who passed, who closed, what both earned."""

    receipt: str
    product: str
    passer: str
    closer: str
    pool_minor: int
    assist_minor: int
    closer_minor: int


@dataclass(frozen=True, slots=True)
class LedgerBlock:
    """Block 6: the assist ledger of the shift; earned and reversed are sums of entries (reversed ≤ 0)."""

    goals: int = 0
    assists: int = 0
    earned_minor: int = 0
    reversed_minor: int = 0
    held_minor: int = 0
    late_claims: int = 0
    flags: int = 0
    rows: tuple[AssistRow, ...] = ()


@dataclass(frozen=True, slots=True)
class DataBlock:
    """Block 7: how fresh and how whole the data are."""

    chain_head: str
    """The head of the counter's hash chain, hexadecimal; empty when the chain is empty."""
    chain_facts: int
    unsent_events: int = 0
    last_sync_at_ms: int | None = None
    unanchored_facts: int = 0
    """Facts the centre has not yet seen: the part of the chain nobody else can vouch for."""
    unanchored_minutes: int = 0
    imports: int = 0
    refused_rows: int = 0
    price_warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteRow:
    """Block 8: a note handed over to the next shift."""

    author: str
    at_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One receipt in the annex."""

    number: str
    at_ms: int
    person: str
    lines: int
    amount_minor: int
    payment: Text


@dataclass(frozen=True, slots=True)
class ShiftReportData:
    """A whole shift report."""

    kind: ShiftReportKind
    is_copy: bool
    heading: ReportHeading
    generated_at_ms: int
    utc_offset_minutes: int
    outcomes: CustomerOutcomes
    sales: SalesBlock
    people: tuple[PersonRow, ...]
    combinations: CombinationsBlock
    ledger: LedgerBlock
    data: DataBlock
    kpi: KpiBlock | None = None
    notes: tuple[NoteRow, ...] = ()
    cashier: str = ""
    supervisor: str = ""
    receipts: tuple[ReceiptRow, ...] = ()
    """The annex; empty leaves it out."""

    def content_hash(self) -> bytes:
        """Return the SHA-256 of what the report says: a copy printed later carries the same one."""
        return digest("crosssell.shift_report", replace(self, is_copy=False, generated_at_ms=0))
