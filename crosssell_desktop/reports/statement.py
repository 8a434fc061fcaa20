"""A person's own statement: every credit with the sentence that makes its amount, totals, room to sign."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from crosssell_desktop.domain.canon import digest, short
from crosssell_desktop.domain.spoken import Voice
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.reports.layout import MARGIN_X, SOFT, WIDTH, Column, Fonts, Footer, Sheet
from crosssell_desktop.reports.words import Words

StatementKind = Literal["earn", "reverse", "adjust", "hold", "release"]
StatementState = Literal["pending", "confirmed", "vested", "paid"]

_ROLES = {"closer": N_("goal"), "assist1": N_("assist"), "assist2": N_("assist"), "team": N_("team")}
_KINDS = {
    "earn": N_("earned"),
    "reverse": N_("reversed"),
    "adjust": N_("corrected"),
    "hold": N_("held"),
    "release": N_("released"),
}
_STATES = {
    "pending": N_("provisional"),
    "confirmed": N_("confirmed"),
    "vested": N_("vested"),
    "paid": N_("paid"),
}


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One credit entry; ``amount_minor`` is signed kopecks."""

    at_ms: int
    receipt: str
    product: str
    role: Literal["closer", "assist1", "assist2", "team"]
    kind: StatementKind
    amount_minor: int
    explain: Text
    state: StatementState


@dataclass(frozen=True, slots=True)
class StatementData:
    """A person's entries of a period; ``carried_minor`` is what earlier periods left (I12: never negative pay)."""

    company: str
    store: str
    person: str
    department: str
    from_day: dt.date
    to_day: dt.date
    policy_version: str
    rows: tuple[StatementRow, ...]
    generated_at_ms: int
    utc_offset_minutes: int
    carried_minor: int = 0
    is_closed: bool = False
    """The period is closed: nothing of it changes any more."""

    @property
    def total_minor(self) -> int:
        """The sum of the period's entries."""
        return sum(row.amount_minor for row in self.rows)

    @property
    def vested_minor(self) -> int:
        """The part of it that an ordinary return can no longer take back."""
        return sum(row.amount_minor for row in self.rows if row.state in {"vested", "paid"})

    @property
    def due_minor(self) -> int:
        """What is to be paid: vested and carried over, never below 0."""
        return max(0, self.vested_minor + self.carried_minor)

    def content_hash(self) -> bytes:
        """Return the SHA-256 of what the statement says, whenever it is printed."""
        return digest("crosssell.statement", replace(self, generated_at_ms=0))


def statement_pdf(data: StatementData, fonts: Fonts, voice: Voice) -> bytes:
    """Return the statement as PDF bytes in the reader's language; ``voice.names`` names the passers."""
    words = Words(Voice(voice.translator, data.utc_offset_minutes, voice.names))
    sheet = Sheet(fonts, f"{words.bare(N_('Personal statement'))} {data.person}", _footer(data, words))
    _head(sheet, data, words)
    _entries(sheet, data, words)
    sheet.signatures(
        "",
        words.bare(N_("Signatures")),
        [
            (words.bare(N_("I have read it")), data.person),
            (words.bare(N_("Store manager")), ""),
        ],
        (words.bare(N_("signature")), words.bare(N_("name")), words.bare(N_("date, time"))),
    )
    return sheet.finish()


def _period(data: StatementData, words: Words) -> str:
    return f"{words.date(data.from_day)}\u2013{words.date(data.to_day)}"


def _footer(data: StatementData, words: Words) -> Footer:
    content = data.content_hash()
    made = Text(N_("Generated {moment}"), {"moment": words.moment(data.generated_at_ms)})
    return Footer(
        lines=(f"{words.bare(N_('Personal statement'))} · {_period(data, words)}", words.say(made)),
        page=lambda n, m: words.say(Text(N_("page {n} of {m}"), {"n": n, "m": m})),
        hash_label=f"SHA-256 {short(content)}",
        running_title=f"{words.bare(N_('Personal statement'))} · {data.person} · {_period(data, words)}",
        qr_payload=f"CROSSSELL-1 STATEMENT {data.from_day} {data.to_day} {content.hex()}".upper(),
    )


def _head(sheet: Sheet, data: StatementData, words: Words) -> None:
    sheet.text(MARGIN_X, sheet.y - 17, words.bare(N_("Personal statement")), 20, weight="bold")
    sheet.space(22)
    sheet.sentence(f"{data.company} · {data.store}", 10)
    sheet.space(8)
    sheet.line(MARGIN_X, MARGIN_X + WIDTH, sheet.y)
    sheet.space(2)
    state = words.bare(N_("closed")) if data.is_closed else words.bare(N_("open, may still change"))
    sheet.fields(
        [
            (words.bare(N_("Person")), data.person),
            (words.bare(N_("Department")), data.department),
            (words.bare(N_("Assist policy")), data.policy_version),
            (words.bare(N_("Period")), _period(data, words)),
            (words.bare(N_("State of the period")), state),
        ],
    )
    sheet.space(8)
    sheet.figures(
        [
            (words.bare(N_("in the period")), words.money(data.total_minor)),
            (words.bare(N_("of it vested")), words.money(data.vested_minor)),
            (words.bare(N_("carried over")), words.money(data.carried_minor)),
            (words.bare(N_("to be paid")), words.money(data.due_minor)),
        ],
    )


def _entries(sheet: Sheet, data: StatementData, words: Words) -> None:
    sheet.heading("", words.bare(N_("Credits, and why they are what they are")))
    if not data.rows:
        sheet.sentence(words.bare(N_("No credits in this period.")), ink=SOFT)
        return
    sheet.table(
        [
            Column(words.bare(N_("Date"))),
            Column(words.bare(N_("Receipt"))),
            Column(words.bare(N_("Product")), grow=3),
            Column(words.bare(N_("For"))),
            Column(words.bare(N_("How it came about")), grow=6),
            Column(words.bare(N_("State"))),
            Column(words.bare(N_("Amount, ₽")), "right"),
        ],
        [
            (
                words.day_of(row.at_ms),
                row.receipt,
                row.product,
                _for(row, words),
                words.say(row.explain),
                words.bare(_STATES[row.state]),
                words.amount(row.amount_minor),
            )
            for row in data.rows
        ],
        (words.bare(N_("Total")), "", "", "", "", "", words.amount(data.total_minor)),
        size=8,
    )


def _for(row: StatementRow, words: Words) -> str:
    role = words.bare(_ROLES[row.role])
    return role if row.kind == "earn" else f"{role}, {words.bare(_KINDS[row.kind])}"
