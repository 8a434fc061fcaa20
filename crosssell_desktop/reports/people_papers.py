"""Two papers of the law on personal data: what is kept of a person, and the act that it was destroyed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crosssell_desktop.domain.canon import digest, short
from crosssell_desktop.domain.spoken import Voice
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.reports.layout import MARGIN_X, SOFT, WIDTH, Column, Fonts, Footer, Sheet
from crosssell_desktop.reports.words import Words

TABLES: dict[str, str] = {
    "customer": N_("Card"),
    "contact_point": N_("Contacts"),
    "identifier": N_("Cards and numbers in other systems"),
    "channel_pref": N_("Preferred channel"),
    "consent": N_("Consents and withdrawals"),
    "customer_note": N_("Notes"),
    "note_text": N_("Words of notes"),
    "need": N_("Needs"),
    "ownership": N_("Things owned"),
    "promise": N_("Promises"),
    "sale": N_("Purchases"),
    "return": N_("Returns"),
    "offer": N_("Offers"),
    "offer_answer": N_("Answers to offers"),
    "pass": N_("Passes to colleagues"),
    "access": N_("Who looked at the data"),
    "customer_field_lost": N_("Values that were replaced"),
    "erasure_step": N_("Wishes to be erased"),
}
"""What a person would call the tables; one that is not here bears its own name."""


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table, each as pairs of column and value; times are told as UTC milliseconds."""

    table: str
    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class ExtractData:
    """All that is kept of a person, for the person."""

    company: str
    store: str
    subject: str
    sections: tuple[Section, ...]
    generated_at_ms: int
    utc_offset_minutes: int

    def content_hash(self) -> bytes:
        """Return the SHA-256 of what the extract says, whenever it is printed."""
        return digest("crosssell.extract", replace(self, generated_at_ms=0))


@dataclass(frozen=True, slots=True)
class ErasureActData:
    """What was destroyed: no name and no contact, for the act must not keep what it says is gone."""

    company: str
    store: str
    act_no: str
    ids: tuple[str, ...]
    ground: Text
    asked_at_ms: int
    approved_at_ms: int
    erased_at_ms: int
    counts: tuple[tuple[str, int], ...]
    executor: str
    generated_at_ms: int
    utc_offset_minutes: int

    def content_hash(self) -> bytes:
        """Return the SHA-256 of what the act says, whenever it is printed."""
        return digest("crosssell.erasure", replace(self, generated_at_ms=0))


def extract_pdf(data: ExtractData, fonts: Fonts, voice: Voice) -> bytes:
    """Return the extract as PDF bytes."""
    words = Words(Voice(voice.translator, data.utc_offset_minutes, voice.names))
    title = words.bare(N_("Extract of personal data"))
    sheet = Sheet(fonts, f"{title} {data.subject}", _footer(title, data.generated_at_ms, data.content_hash(), words))
    _top(sheet, title, f"{data.company} · {data.store}")
    sheet.fields(
        [
            (words.bare(N_("Person")), data.subject),
            (words.bare(N_("Made")), words.moment(data.generated_at_ms)),
        ]
    )
    for number, section in enumerate(data.sections, start=1):
        sheet.heading(str(number), f"{_named(section.table, words)} · {len(section.rows)}")
        sheet.table(
            [Column(words.bare(N_("What"))), Column(words.bare(N_("Value")), grow=1)],
            [pair for row in section.rows for pair in (*row, ("", ""))],
            size=8,
        )
    return sheet.finish()


def erasure_act_pdf(data: ErasureActData, fonts: Fonts, voice: Voice) -> bytes:
    """Return the act as PDF bytes."""
    words = Words(Voice(voice.translator, data.utc_offset_minutes, voice.names))
    title = words.bare(N_("Act of destruction of personal data"))
    sheet = Sheet(fonts, f"{title} {data.act_no}", _footer(title, data.generated_at_ms, data.content_hash(), words))
    _top(sheet, f"{title} {data.act_no}", f"{data.company} · {data.store}")
    sheet.fields(
        [
            (words.bare(N_("Ground")), words.say(data.ground)),
            (words.bare(N_("Asked")), words.moment(data.asked_at_ms)),
            (words.bare(N_("Approved")), words.moment(data.approved_at_ms)),
            (words.bare(N_("Destroyed")), words.moment(data.erased_at_ms)),
            (words.bare(N_("By")), data.executor),
        ]
    )
    sheet.heading("1", words.bare(N_("Whose data")))
    sheet.sentence(
        words.bare(
            N_("The person is named here by the random number under which sales stay; the name is written by hand.")
        )
    )
    for one in data.ids:
        sheet.sentence(one, 9)
    sheet.heading("2", words.bare(N_("What was destroyed")))
    sheet.table(
        [Column(words.bare(N_("What")), grow=1), Column(words.bare(N_("Rows")), "right")],
        [(_named(table, words), words.count(n)) for table, n in data.counts],
        part=0.6,
    )
    sheet.heading("3", words.bare(N_("How")))
    sheet.sentence(
        words.bare(
            N_(
                "Deleted with overwriting in the database of this computer; at the centre in tables, operations and"
                " feed; at every counter with its next exchange. Copies of databases are"
                " destroyed by their age, in 30 days."
            )
        ),
        ink=SOFT,
    )
    sheet.signatures(
        "",
        words.bare(N_("Signatures")),
        [(words.bare(N_("Executed by")), data.executor), (words.bare(N_("Store manager")), "")],
        (words.bare(N_("signature")), words.bare(N_("name")), words.bare(N_("date, time"))),
    )
    return sheet.finish()


def _named(table: str, words: Words) -> str:
    return words.bare(TABLES[table]) if table in TABLES else table


def _top(sheet: Sheet, title: str, place: str) -> None:
    sheet.text(MARGIN_X, sheet.y - 17, title, 17, weight="bold")
    sheet.space(22)
    sheet.sentence(place, 10)
    sheet.space(8)
    sheet.line(MARGIN_X, MARGIN_X + WIDTH, sheet.y)
    sheet.space(2)


def _footer(title: str, at_ms: int, content: bytes, words: Words) -> Footer:
    return Footer(
        lines=(title, words.say(Text(N_("Generated {moment}"), {"moment": words.moment(at_ms)}))),
        page=lambda n, m: words.say(Text(N_("page {n} of {m}"), {"n": n, "m": m})),
        hash_label=f"SHA-256 {short(content)}",
        running_title=title,
        qr_payload=f"CROSSSELL-1 PERSONAL {content.hex()}".upper(),
    )
