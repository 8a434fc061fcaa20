"""The key figures as rows for people: name, fact, interval, plan, change; the same on screen and paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from crosssell_desktop.domain.format import DASH, NBSP, fixed
from crosssell_desktop.domain.kpi import Kpis, Ratio
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.reports.words import Words

Unit = Literal["percent", "money", "decimal", "count"]


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One figure in its own unit: basis points, kopecks, hundredths or a count; None is «—»."""

    key: str
    name: Text
    unit: Unit
    fact: int | None
    low: int | None = None
    high: int | None = None
    plan: int | None = None
    baseline: int | None = None

    @property
    def over_plan(self) -> int | None:
        """Fact less plan, in the figure's unit."""
        return None if self.fact is None or self.plan is None else self.fact - self.plan

    @property
    def over_baseline(self) -> int | None:
        """Fact less baseline, in the figure's unit."""
        return None if self.fact is None or self.baseline is None else self.fact - self.baseline


_NAMES: Mapping[str, tuple[str, Unit]] = {
    "conversion": (N_("Conversion"), "percent"),
    "atv": (N_("Average ticket"), "money"),
    "upt": (N_("Units per ticket"), "decimal"),
    "lpt": (N_("Lines per ticket"), "decimal"),
    "attach_receipts": (N_("Receipts with an add-on"), "percent"),
    "attach_units": (N_("Add-ons per core unit"), "percent"),
    "cross_sell": (N_("Receipts across departments"), "percent"),
    "acceptance": (N_("Accepted offers"), "percent"),
    "coverage": (N_("Logged decisions (coverage)"), "percent"),
    "margin": (N_("Gross margin"), "percent"),
    "gmroi": (N_("Gross margin return on stock"), "decimal"),
    "return_rate": (N_("Returns of sales"), "percent"),
    "passes_sent": (N_("Passes sent"), "count"),
    "passes_accepted": (N_("Passes accepted"), "count"),
    "passes_credited": (N_("Passes that became assists"), "count"),
    "pass_conversion": (N_("Conversion of passes"), "percent"),
    "identified": (N_("Identified customers"), "percent"),
    "help_acts": (N_("Help without a sale"), "count"),
    "reversed_decisions": (N_("Reversed decisions"), "percent"),
}
_BY_CONSULTATIONS = N_("Conversion of consultations")


def _scaled(ratio: Ratio | None, unit: Unit) -> int | None:
    if ratio is None:
        return None
    match unit:
        case "percent":
            return ratio.bps
        case "money":
            return ratio.minor
        case "decimal" | "count":
            return ratio.hundredths


def kpi_rows(
    kpis: Kpis,
    plan: Mapping[str, int] | None = None,
    baseline: Mapping[str, int] | None = None,
) -> tuple[KpiRow, ...]:
    """Return every figure as a row, with plan and baseline where given; margin and GMROI only when known.

    Raises:
        KeyError: if a plan or baseline names a figure that does not exist.
    """
    plan, baseline = plan or {}, baseline or {}
    for key in (*plan, *baseline):
        _ = _NAMES[key]
    rows = []
    for key, (name, unit) in _NAMES.items():
        value = getattr(kpis, key)
        if value is None and key in {"margin", "gmroi"}:
            continue
        message = _BY_CONSULTATIONS if key == "conversion" and kpis.conversion_by_consultations else name
        low = high = None
        if key == "acceptance":
            fact = None if kpis.acceptance is None else kpis.acceptance.bps
            if kpis.acceptance is not None:
                low, high = kpis.acceptance.low_bps, kpis.acceptance.high_bps
        else:
            fact = value if unit == "count" else _scaled(value, unit)
        rows.append(KpiRow(key, Text(message), unit, fact, low, high, plan.get(key), baseline.get(key)))
    return tuple(rows)


def shown(words: Words, unit: Unit, value: int | None) -> str:
    """Return a figure in its unit, as it stands on screen and paper."""
    match unit:
        case "percent":
            return words.percent(value)
        case "money":
            return words.money(value)
        case "decimal":
            return words.decimal(value)
        case "count":
            return words.count(value)


def change(words: Words, unit: Unit, value: int | None) -> str:
    """Return a difference in its unit with its sign; shares differ by percentage points."""
    if value is None:
        return DASH
    match unit:
        case "percent":
            points = Text(N_("{points} pp"), {"points": _points(words, value)})
            return words.say(points)
        case "money":
            return words.money(value, plus=True)
        case "decimal":
            return words.decimal(value, plus=True)
        case "count":
            return fixed(value, 0, words.language, plus=True)


def _points(words: Words, bps: int) -> str:
    return words.percent(bps, plus=True).rstrip(f"%{NBSP}")


def interval(words: Words, low_bps: int | None, high_bps: int | None) -> str:
    """Return a 95 % interval as «31,3–49,3 %», or nothing."""
    if low_bps is None or high_bps is None:
        return ""
    return f"{_points(words, low_bps).lstrip('+')}\u2013{words.percent(high_bps)}"
