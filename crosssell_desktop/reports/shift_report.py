"""The shift report: nine blocks on A4, customers' outcomes first, signatures last, X, Z or copy."""

from __future__ import annotations

from crosssell_desktop.domain import format as forms
from crosssell_desktop.domain.canon import short
from crosssell_desktop.domain.spoken import Voice
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.reports.kpi_rows import Unit, change, interval, kpi_rows, shown
from crosssell_desktop.reports.layout import MARGIN_X, SOFT, WIDTH, Column, Fonts, Footer, Sheet
from crosssell_desktop.reports.shift_data import CashDrawer, SalesBlock, ShiftReportData
from crosssell_desktop.reports.words import Words

_KINDS = {"X": N_("interim"), "Z": N_("shift closed")}


def shift_report_pdf(data: ShiftReportData, fonts: Fonts, voice: Voice) -> bytes:
    """Return the report as PDF bytes in the reader's language.

    ``voice`` gives language and names; times are shown in the shop's time zone of the data.
    """
    words = Words(Voice(voice.translator, data.utc_offset_minutes, voice.names))
    sheet = Sheet(fonts, f"{words.bare(N_('Shift report'))} {data.heading.shift_number}", _footer(data, words))
    _head(sheet, data, words)
    _outcomes(sheet, data, words)
    _sales(sheet, data.sales, words)
    _kpi(sheet, data, words)
    _people(sheet, data, words)
    _combinations(sheet, data, words)
    _ledger(sheet, data, words)
    _data(sheet, data, words)
    _notes(sheet, data, words)
    _signatures(sheet, data, words)
    _annex(sheet, data, words)
    return sheet.finish()


def _footer(data: ShiftReportData, words: Words) -> Footer:
    content = data.content_hash()
    made = Text(N_("Generated {moment}"), {"moment": words.moment(data.generated_at_ms)})
    title = Text(
        N_("Shift report {kind} · shift {number} · {store} · {counter}"),
        {
            "kind": data.kind,
            "number": data.heading.shift_number,
            "store": data.heading.store,
            "counter": data.heading.counter,
        },
    )
    return Footer(
        lines=(words.bare(N_("Not a fiscal document")), words.say(made)),
        page=lambda n, m: words.say(Text(N_("page {n} of {m}"), {"n": n, "m": m})),
        hash_label=f"SHA-256 {short(content)}",
        running_title=words.say(title),
        qr_payload=f"CROSSSELL-1 {data.kind} {data.heading.shift_number} {content.hex()}".upper(),
    )


def _head(sheet: Sheet, data: ShiftReportData, words: Words) -> None:
    heading = data.heading
    badge = 40.0
    right = MARGIN_X + WIDTH
    sheet.box(right - badge, sheet.y - badge, badge, badge)
    letter = data.kind
    sheet.text(right - badge / 2 - sheet.width(letter, 26, "bold") / 2, sheet.y - 29.5, letter, 26, weight="bold")
    sheet.text(right - badge - 9, sheet.y - 17, words.bare(_KINDS[data.kind]), 9, align="right", ink=SOFT)
    if data.is_copy:
        sheet.text(right - badge - 9, sheet.y - 32, words.bare(N_("COPY")), 12, weight="bold", align="right")
    sheet.text(MARGIN_X, sheet.y - 17, words.bare(N_("Shift report")), 20, weight="bold")
    place = f"{heading.company} · {heading.store} · {heading.counter}"
    top = sheet.y
    sheet.space(22)
    sheet.narrow_sentence(place, 10, WIDTH - badge - 90)
    sheet.sentence(words.bare(N_("Not a fiscal document")), 8, ink=SOFT)
    sheet.y = min(sheet.y, top - badge)
    sheet.space(8)
    sheet.line(MARGIN_X, MARGIN_X + WIDTH, sheet.y)
    sheet.space(2)
    closed = words.bare(N_("still open")) if heading.closed_at_ms is None else words.moment(heading.closed_at_ms)
    fields = [
        (words.bare(N_("Shift no.")), heading.shift_number),
        (words.bare(N_("Business date")), words.date(heading.business_date)),
        (words.bare(N_("Responsible for complex sales")), heading.responsible or forms.DASH),
        (words.bare(N_("Opened")), words.moment(heading.opened_at_ms)),
        (words.bare(N_("Closed")), closed),
        (
            words.bare(N_("Playbook and assist policy")),
            words.say(
                Text(
                    N_("playbook {playbook}, policy {policy}"),
                    {"playbook": heading.playbook_version, "policy": heading.policy_version},
                ),
            ),
        ),
    ]
    sheet.fields(fields)
    if heading.override_reason:
        sheet.space(4)
        reason = Text(N_("Another person than planned is responsible: {reason}"), {"reason": heading.override_reason})
        sheet.sentence(words.say(reason), 8.5)


def _outcomes(sheet: Sheet, data: ShiftReportData, words: Words) -> None:
    block = data.outcomes
    sheet.heading("1", words.bare(N_("Customer outcomes")))
    sheet.figures(
        [
            (words.bare(N_("needs met")), words.count(block.needs_met)),
            (words.bare(N_("help without a sale")), words.count(block.help_acts)),
            (words.bare(N_("promises kept")), words.count(block.promises_kept)),
            (words.bare(N_("promises overdue")), words.count(block.promises_overdue)),
            (words.bare(N_("felt pushed")), words.count(block.felt_pushed)),
            (words.bare(N_("changed their mind")), words.count(block.decisions_reversed)),
        ],
    )
    if not block.returns:
        sheet.sentence(words.bare(N_("No returns.")), ink=SOFT)
        return
    sheet.table(
        [
            Column(words.bare(N_("Reason of return")), grow=1),
            Column(words.bare(N_("Returns")), "right"),
            Column(words.bare(N_("Amount, ₽")), "right"),
        ],
        [(words.say(row.reason), words.count(row.returns), words.amount(row.amount_minor)) for row in block.returns],
        (
            words.bare(N_("Total")),
            words.count(sum(row.returns for row in block.returns)),
            words.amount(sum(row.amount_minor for row in block.returns)),
        ),
        part=0.62,
    )


def _sales(sheet: Sheet, block: SalesBlock, words: Words) -> None:
    sheet.heading("2", words.bare(N_("Sales and payments")))
    sheet.figures(
        [
            (words.bare(N_("receipts")), words.count(block.receipts)),
            (words.bare(N_("sold")), words.money(block.sold_minor)),
            (words.bare(N_("discounts within")), words.money(block.discount_minor)),
            (words.bare(N_("returned")), words.money(block.returned_minor)),
            (words.bare(N_("sold less returned")), words.money(block.sold_minor - block.returned_minor)),
        ],
    )
    if block.payments:
        _payments(sheet, block, words)
    else:
        sheet.sentence(words.bare(N_("No payments.")), ink=SOFT)
    if block.till_z_number:
        sheet.sentence(words.say(Text(N_("Z report of the till: {number}"), {"number": block.till_z_number})), 8.5)
    else:
        sheet.sentence(words.bare(N_("The till's Z report has not been entered.")), 8.5, ink=SOFT)
    if block.drawer is not None:
        _drawer(sheet, block.drawer, words)


def _payments(sheet: Sheet, block: SalesBlock, words: Words) -> None:
    def difference(recorded: int, till: int | None) -> str:
        return forms.DASH if till is None else words.amount(till - recorded, plus=True)

    told = [row.till_minor for row in block.payments if row.till_minor is not None]
    recorded = sum(row.recorded_minor for row in block.payments)
    till = sum(told) if len(told) == len(block.payments) else None
    sheet.table(
        [
            Column(words.bare(N_("Payment")), grow=1),
            Column(words.bare(N_("Recorded, ₽")), "right"),
            Column(words.bare(N_("By the till, ₽")), "right"),
            Column(words.bare(N_("Difference, ₽")), "right"),
        ],
        [
            (
                words.say(row.kind),
                words.amount(row.recorded_minor),
                words.amount(row.till_minor),
                difference(row.recorded_minor, row.till_minor),
            )
            for row in block.payments
        ],
        (words.bare(N_("Total")), words.amount(recorded), words.amount(till), difference(recorded, till)),
    )


def _drawer(sheet: Sheet, drawer: CashDrawer, words: Words) -> None:
    sheet.space(4)
    rows = [
        (N_("Cash at opening"), drawer.opening_minor),
        (N_("Cash sales"), drawer.cash_sales_minor),
        (N_("Cash refunds"), -drawer.cash_refunds_minor),
        (N_("Payouts"), -drawer.payouts_minor),
        (N_("Taken to the safe"), -drawer.drops_minor),
        (N_("Change brought in"), drawer.additions_minor),
    ]
    sheet.table(
        [Column(words.bare(N_("Cash drawer")), grow=1), Column(words.bare(N_("Amount, ₽")), "right")],
        [(words.bare(name), words.amount(minor)) for name, minor in rows],
        (words.bare(N_("Expected in the drawer")), words.amount(drawer.expected_minor)),
        part=0.62,
    )
    counted = Text(
        N_("Counted {counted}, difference {difference}"),
        {
            "counted": words.money(drawer.counted_minor),
            "difference": words.money(drawer.over_minor, plus=True),
        },
    )
    sheet.sentence(words.say(counted), 8.5)


def _kpi(sheet: Sheet, data: ShiftReportData, words: Words) -> None:
    sheet.heading("3", words.bare(N_("Key figures")))
    if data.kpi is None:
        sheet.sentence(words.bare(N_("Key figures were not computed for this report.")), ink=SOFT)
        return
    rows = kpi_rows(data.kpi.fact, dict(data.kpi.plan), dict(data.kpi.baseline))
    columns = [
        Column(words.bare(N_("Figure")), grow=1),
        Column(words.bare(N_("Fact")), "right"),
        Column(words.bare(N_("95 % interval")), "right"),
    ]
    if data.kpi.plan:
        columns += [Column(words.bare(N_("Plan")), "right"), Column(words.bare(N_("To plan")), "right")]
    if data.kpi.baseline:
        columns += [Column(words.bare(N_("Baseline")), "right"), Column(words.bare(N_("To baseline")), "right")]
    body = []
    for row in rows:
        cells = [words.say(row.name), shown(words, row.unit, row.fact), interval(words, row.low, row.high)]
        if data.kpi.plan:
            cells += _beside(words, row.unit, row.plan, row.over_plan)
        if data.kpi.baseline:
            cells += _beside(words, row.unit, row.baseline, row.over_baseline)
        body.append(cells)
    sheet.table(columns, body)
    if data.kpi.fact.acceptance is None:
        sheet.sentence(
            words.bare(N_("Accepted offers are shown when at least 80 % of core receipts have a logged decision.")),
            8,
            ink=SOFT,
        )


def _beside(words: Words, unit: Unit, given: int | None, over: int | None) -> list[str]:
    """Return a plan or baseline with the difference to it; a figure without one leaves both cells blank."""
    return ["", ""] if given is None else [shown(words, unit, given), change(words, unit, over)]


def _people(sheet: Sheet, data: ShiftReportData, words: Words) -> None:
    sheet.heading("4", words.bare(N_("People")))
    if not data.people:
        sheet.sentence(words.bare(N_("Nobody sold in this shift.")), ink=SOFT)
        return
    has_money = any(row.credit_minor is not None for row in data.people)
    columns = [
        Column(words.bare(N_("Person")), grow=3),
        Column(words.bare(N_("Department")), grow=2),
        Column(words.bare(N_("Hours")), "right"),
        Column(words.bare(N_("Receipts")), "right"),
        Column(words.bare(N_("Goals")), "right"),
        Column(words.bare(N_("Assists given")), "right"),
        Column(words.bare(N_("Assists received")), "right"),
        Column(words.bare(N_("Coverage")), "right"),
        Column(words.bare(N_("Accepted")), "right"),
    ]
    if has_money:
        columns.append(Column(words.bare(N_("Credit, ₽")), "right"))
    body = []
    for row in data.people:
        accepted = forms.DASH if row.acceptance is None else words.percent(row.acceptance.bps)
        cells = [
            row.name,
            row.department,
            forms.DASH if row.minutes is None else forms.hours(row.minutes),
            words.count(row.receipts),
            words.count(row.goals),
            words.count(row.assists_given),
            words.count(row.assists_received),
            words.ratio_percent(row.coverage),
            accepted,
        ]
        body.append([*cells, words.amount(row.credit_minor)] if has_money else cells)
    minutes = [row.minutes for row in data.people if row.minutes is not None]
    total = [
        words.bare(N_("Total")),
        "",
        forms.hours(sum(minutes)) if minutes else forms.DASH,
        words.count(sum(row.receipts for row in data.people)),
        words.count(sum(row.goals for row in data.people)),
        words.count(sum(row.assists_given for row in data.people)),
        words.count(sum(row.assists_received for row in data.people)),
        "",
        "",
    ]
    if has_money:
        total.append(words.amount(sum(row.credit_minor or 0 for row in data.people)))
    sheet.table(columns, body, total)


def _combinations(sheet: Sheet, data: ShiftReportData, words: Words) -> None:
    block = data.combinations
    sheet.heading("5", words.bare(N_("Combinations")))
    if block.top:
        sheet.table(
            [
                Column(words.bare(N_("Core")), grow=1),
                Column(words.bare(N_("Periphery")), grow=1),
                Column(words.bare(N_("Shown")), "right"),
                Column(words.bare(N_("Accepted")), "right"),
                Column(words.bare(N_("Sold, ₽")), "right"),
            ],
            [
                (
                    row.core,
                    row.periphery,
                    words.count(row.shown),
                    words.count(row.accepted),
                    words.amount(row.sold_minor),
                )
                for row in block.top
            ],
            (
                words.bare(N_("Total")),
                "",
                words.count(sum(row.shown for row in block.top)),
                words.count(sum(row.accepted for row in block.top)),
                words.amount(sum(row.sold_minor for row in block.top)),
            ),
        )
    else:
        sheet.sentence(words.bare(N_("No combination was offered.")), ink=SOFT)
    if block.declined:
        sheet.space(4)
        sheet.table(
            [Column(words.bare(N_("Reason of refusal")), grow=1), Column(words.bare(N_("Refusals")), "right")],
            [(words.say(reason), words.count(times)) for reason, times in block.declined],
            (words.bare(N_("Total")), words.count(sum(times for _, times in block.declined))),
            part=0.62,
        )
    if block.without_result:
        sheet.space(4)
        sheet.table(
            [Column(words.bare(N_("Core with nothing to offer")), grow=1), Column(words.bare(N_("Times")), "right")],
            [(core, words.count(times)) for core, times in block.without_result],
            (words.bare(N_("Total")), words.count(sum(times for _, times in block.without_result))),
            part=0.62,
        )


def _ledger(sheet: Sheet, data: ShiftReportData, words: Words) -> None:
    block = data.ledger
    sheet.heading("6", words.bare(N_("Goals and assists")))
    sheet.figures(
        [
            (words.bare(N_("goals")), words.count(block.goals)),
            (words.bare(N_("assists")), words.count(block.assists)),
            (words.bare(N_("earned")), words.money(block.earned_minor)),
            (words.bare(N_("reversed by returns")), words.money(block.reversed_minor)),
            (words.bare(N_("held")), words.money(block.held_minor)),
        ],
    )
    counts = Text(
        N_("Late claims: {claims}. Flags to look at: {flags}."), {"claims": block.late_claims, "flags": block.flags}
    )
    sheet.sentence(words.say(counts), 8.5)
    if not block.rows:
        return
    sheet.space(3)
    sheet.table(
        [
            Column(words.bare(N_("Receipt"))),
            Column(words.bare(N_("Product")), grow=4),
            Column(words.bare(N_("Assist")), grow=2),
            Column(words.bare(N_("Goal")), grow=2),
            Column(words.bare(N_("Pool, ₽")), "right"),
            Column(words.bare(N_("Assist, ₽")), "right"),
            Column(words.bare(N_("Goal, ₽")), "right"),
        ],
        [
            (
                row.receipt,
                row.product,
                row.passer,
                row.closer,
                words.amount(row.pool_minor),
                words.amount(row.assist_minor),
                words.amount(row.closer_minor),
            )
            for row in block.rows
        ],
        (
            words.bare(N_("Total")),
            "",
            "",
            "",
            "",  # a line with two assists stands here twice, so only the assists sum up
            words.amount(sum(row.assist_minor for row in block.rows)),
            "",
        ),
    )


def _data(sheet: Sheet, data: ShiftReportData, words: Words) -> None:
    block = data.data
    sheet.heading("7", words.bare(N_("Data and exchange")))
    head = block.chain_head[:8] if block.chain_head else forms.DASH
    sheet.fields(
        [
            (words.bare(N_("Not yet sent")), words.count(block.unsent_events)),
            (words.bare(N_("Last exchange")), words.moment(block.last_sync_at_ms)),
            (
                words.bare(N_("Head of the hash chain")),
                words.say(Text(N_("{head} after {facts} facts"), {"head": head, "facts": block.chain_facts})),
            ),
            (
                words.bare(N_("Not yet known to the centre")),
                words.say(
                    Text(
                        N_("{facts} facts, {minutes} min"),
                        {"facts": block.unanchored_facts, "minutes": block.unanchored_minutes},
                    ),
                ),
            ),
            (words.bare(N_("Imports")), words.count(block.imports)),
            (words.bare(N_("Refused rows")), words.count(block.refused_rows)),
        ],
    )
    for warning in block.price_warnings:
        sheet.sentence(words.say(Text(N_("Price warning: {warning}"), {"warning": warning})), 8.5)


def _notes(sheet: Sheet, data: ShiftReportData, words: Words) -> None:
    sheet.heading("8", words.bare(N_("Notes for the next shift")), 30)
    if not data.notes:
        sheet.sentence(words.bare(N_("No notes.")), ink=SOFT)
    for note in data.notes:
        sheet.space(2)
        sheet.sentence(f"{words.clock(note.at_ms)} · {note.author}", 7.5, ink=SOFT)
        sheet.sentence(note.text)


def _signatures(sheet: Sheet, data: ShiftReportData, words: Words) -> None:
    rows = (
        (N_("Handed over (responsible)"), data.heading.responsible),
        (N_("Cashier"), data.cashier),
        (N_("Accepted (shift supervisor)"), data.supervisor),
    )
    sheet.signatures(
        "9",
        words.bare(N_("Signatures")),
        [(words.bare(role), name) for role, name in rows],
        (words.bare(N_("signature")), words.bare(N_("name")), words.bare(N_("date, time"))),
        words.bare(N_("stamp")),
    )


def _annex(sheet: Sheet, data: ShiftReportData, words: Words) -> None:
    if not data.receipts:
        return
    sheet.page_break()
    sheet.heading("", words.bare(N_("Annex. Receipts of the shift")))
    sheet.table(
        [
            Column(words.bare(N_("Receipt"))),
            Column(words.bare(N_("Time"))),
            Column(words.bare(N_("Person")), grow=2),
            Column(words.bare(N_("Payment")), grow=1),
            Column(words.bare(N_("Lines")), "right"),
            Column(words.bare(N_("Amount, ₽")), "right"),
        ],
        [
            (
                row.number,
                words.clock(row.at_ms),
                row.person,
                words.say(row.payment),
                words.count(row.lines),
                words.amount(row.amount_minor),
            )
            for row in data.receipts
        ],
        (
            words.bare(N_("Total")),
            "",
            "",
            "",
            words.count(sum(row.lines for row in data.receipts)),
            words.amount(sum(row.amount_minor for row in data.receipts)),
        ),
    )
