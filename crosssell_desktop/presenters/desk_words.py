"""Words of the desk that several screens share: roles, states of passes, figures of the shift, attributes."""

from __future__ import annotations

from collections.abc import Mapping

from crosssell_desktop.domain.access import Level
from crosssell_desktop.domain.basket import Situation
from crosssell_desktop.domain.format import money, percent, whole
from crosssell_desktop.domain.kpi import Kpis
from crosssell_desktop.domain.text import N_, Text, Translator
from crosssell_desktop.presenters.state import ReportRow, Tone

ROLES: Mapping[int, str] = {
    Level.CASHIER: N_("cashier"),
    Level.CONSULTANT: N_("consultant"),
    Level.SUPERVISOR: N_("shift supervisor"),
    Level.MANAGER: N_("store manager"),
    Level.DATA_ADMIN: N_("data administrator"),
}
PASS_STATES: Mapping[str, tuple[str, Tone]] = {
    "sent": (N_("sent"), "assist"),
    "accepted": (N_("accepted"), "ok"),
    "matched": (N_("became an assist"), "ok"),
    "declined": (N_("declined"), "bad"),
    "expired": (N_("expired"), "plain"),
    "void": (N_("void"), "plain"),
}

SITUATIONS: tuple[tuple[Situation, str], ...] = (
    ("gift", N_("gift")),
    ("first_time", N_("first time")),
    ("repair", N_("repair")),
    ("move", N_("move")),
    ("child", N_("for a child")),
    ("work", N_("for work")),
)


def role_at(level: int, department: str) -> Text:
    """Return the name of a level with the department it is for."""
    return Text(N_("{role} · {department}"), {"role": Text(ROLES[level]), "department": department})


def pass_state(state: str) -> tuple[Text, Tone]:
    """Return a pass's state in words with its tone."""
    words, tone = PASS_STATES[state]
    return Text(words), tone


def figures(found: Kpis, sold_minor: int, returned_minor: int, speaker: Translator) -> tuple[ReportRow, ...]:
    """Return the shift's figures for its screen: the same numbers as on paper; «—» where nothing can be said."""
    language = speaker.language

    def share(bps: int | None) -> str:
        return "—" if bps is None else percent(bps, language)

    acceptance = "—"
    if found.acceptance is not None:
        a = found.acceptance
        acceptance = f"{percent(a.bps, language)} ({percent(a.low_bps, language)}–{percent(a.high_bps, language)})"
    atv = found.atv.minor
    return (
        ReportRow(Text(N_("Receipts")), whole(found.atv.denominator, language)),
        ReportRow(Text(N_("Sold")), money(sold_minor, language)),
        ReportRow(Text(N_("Returned")), money(-returned_minor, language) if returned_minor else money(0, language)),
        ReportRow(Text(N_("Average receipt")), "—" if atv is None else money(atv, language)),
        ReportRow(Text(N_("Receipts with an add-on")), share(found.attach_receipts.bps)),
        ReportRow(Text(N_("Offers accepted")), acceptance),
        ReportRow(Text(N_("Offers logged")), share(found.coverage.bps)),
        ReportRow(Text(N_("Known customers")), share(found.identified.bps)),
        ReportRow(
            Text(N_("Passes sent / accepted / credited")),
            f"{found.passes_sent} / {found.passes_accepted} / {found.passes_credited}",
            "assist",
        ),
    )
