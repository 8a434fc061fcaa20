"""Shift reports and statements: facts in, paper data out; PDF bytes are made by ``reports``."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crosssell_desktop.domain import kpi
from crosssell_desktop.domain.access import Act, Level, Session, may, require
from crosssell_desktop.domain.basket import REFUSAL_WORDS
from crosssell_desktop.domain.errors import EnvironmentTrouble, Refusal
from crosssell_desktop.domain.ids import PersonId, ShiftId
from crosssell_desktop.domain.spoken import Voice, speak, unpack
from crosssell_desktop.domain.text import N_, Language, Text, Translator
from crosssell_desktop.reports import shift_data as paper
from crosssell_desktop.reports.layout import Fonts
from crosssell_desktop.reports.registry import make_paper
from crosssell_desktop.reports.statement import StatementData, StatementRow
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.returns import RETURN_WORDS
from crosssell_desktop.store import people
from crosssell_desktop.store.queries import ledger_facts, report_facts, shifts
from crosssell_desktop.store.queries.chain import head_of
from crosssell_desktop.store.schema.base import canonical_json
from crosssell_desktop.system.paths import resource

PAYMENT_WORDS = {
    "cash": N_("cash"),
    "card": N_("card"),
    "unknown": N_("as the till told"),
}
TOP_COMBINATIONS = 10
ANNEX_AT_MOST = 600


def shift_report(
    desk: Desk,
    session: Session | None,
    shift_id: ShiftId | None,
    *,
    kind: paper.ShiftReportKind,
    speaker: Translator,
    is_copy: bool = False,
) -> bytes:
    """Return the PDF of a shift report: X any time, Z of a closed shift; the last shift when none is named.

    Raises:
        Refusal: ``not_allowed``, ``no_such_shift``, ``shift_still_open``.
    """
    if session is not None:
        require(session, Act.SHIFT_REPORT)
    data = shift_report_data(desk, session, shift_id, kind=kind, language=speaker.language, is_copy=is_copy)
    return make_paper(data, fonts(), _voice(desk, speaker))


def shift_report_data(
    desk: Desk,
    session: Session | None,
    shift_id: ShiftId | None,
    *,
    kind: paper.ShiftReportKind,
    language: Language,
    is_copy: bool = False,
) -> paper.ShiftReportData:
    """Return what the report says; the same facts give the same data and the same hash.

    Raises:
        Refusal: ``not_allowed``, ``no_such_shift``, ``shift_still_open``.
    """
    if session is not None:
        require(session, Act.SHIFT_REPORT)
    with desk.look() as connection:
        if shift_id is None:
            newest = shifts.last_shifts(connection, desk.me.counter_id, 1)
            row = newest[0] if newest else None
        else:
            row = shifts.shift_by_id(connection, shift_id)
        if row is None:
            raise Refusal("no_such_shift", Text(N_("There is no such shift at this counter.")))
        if kind == "Z" and row.closed_at is None:
            raise Refusal(
                "shift_still_open", Text(N_("A Z report belongs to a closed shift: close it first, or print an X."))
            )
        facts = shifts.facts_of(connection, row)
        place = people.place_of(connection, desk.me.counter_id)
        names = people.short_names(connection)
        departments = {
            p.id: (p.department_ru, p.department_en) for p in people.people_of_store(connection, desk.me.store_id)
        }
        exchange = report_facts.exchange_figures(connection)
        products = report_facts.product_names(
            connection, [*(o.product_id for o in facts.offers), *(o.core_product_id for o in facts.runs)]
        )
        makers = report_facts.pass_makers(connection, [c.pass_id for c in facts.credits if c.pass_id is not None])
        note = "" if row.closed_at is None else shifts.text_of_close(connection, row.id)
        reason = shifts.text_of(connection, row.id)
        policy = ledger_facts.policies(connection)[-1].version
        head = row.chain_head or head_of(connection)
    now = desk.clock.now_ms()
    zone = ZoneInfo(place.time_zone) if place else ZoneInfo("UTC")
    side = 0 if language == "ru" else 1
    shows_money = session is None or may(session, Act.STORE_CREDITS) or session.level >= Level.MANAGER
    return paper.ShiftReportData(
        kind=kind,
        is_copy=is_copy,
        heading=paper.ReportHeading(
            company=place.company if place else "",
            store=place.store if place else "",
            counter=place.counter if place else "",
            shift_number=str(row.number),
            business_date=dt.date.fromisoformat(row.business_date),
            opened_at_ms=row.opened_at,
            closed_at_ms=row.closed_at,
            responsible="" if row.responsible_id is None else names.get(row.responsible_id, ""),
            override_reason=reason,
            playbook_version="1",
            policy_version=str(policy),
        ),
        generated_at_ms=now,
        utc_offset_minutes=_offset_minutes(zone, now),
        outcomes=_outcomes(facts),
        sales=_sales(row, facts),
        people=_people(facts, names, departments, side=side, shows_money=shows_money),
        combinations=_combinations(facts, products, side),
        ledger=_ledger(facts, names, makers),
        data=paper.DataBlock(
            chain_head=head,
            chain_facts=exchange.chain_facts,
            unsent_events=exchange.unsent,
            last_sync_at_ms=exchange.last_good_at,
            unanchored_facts=exchange.unsent,
            unanchored_minutes=0
            if exchange.oldest_unsent_at is None
            else max(0, (now - exchange.oldest_unsent_at) // 60_000),
        ),
        kpi=paper.KpiBlock(kpi.kpis(shift_counts(facts))),
        notes=()
        if not note
        else (paper.NoteRow(names.get(row.closed_by or row.opened_by, ""), row.closed_at or 0, note),),
        supervisor=names.get(row.closed_by or row.opened_by, ""),
        receipts=tuple(
            paper.ReceiptRow(
                s.number,
                s.made_at,
                names.get(s.person_id, ""),
                s.line_count,
                s.total_minor,
                Text(PAYMENT_WORDS.get(_means_of(facts).get(s.id, "unknown"), PAYMENT_WORDS["unknown"])),
            )
            for s in facts.sales[:ANNEX_AT_MOST]
        ),
    )


def shift_figures(desk: Desk, shift_id: ShiftId) -> kpi.Counts:
    """Return the counts of a shift, open or closed, that every figure is made of.

    Raises:
        Refusal: ``no_such_shift``.
    """
    with desk.look() as connection:
        row = shifts.shift_by_id(connection, shift_id)
        if row is None:
            raise Refusal("no_such_shift", Text(N_("There is no such shift at this counter.")))
        return shift_counts(shifts.facts_of(connection, row))


def shift_counts(facts: shifts.ShiftFacts) -> kpi.Counts:
    """Count a shift for the KPIs; screens, paper and csv all use this one."""
    lines = defaultdict(list)
    for line in facts.lines:
        lines[line.sale_id].append(line)
    undone = {a.undoes_id for a in facts.answers if a.undoes_id is not None}
    decided = {a.receipt_id for a in facts.answers if a.answer != "undone" and a.id not in undone}
    total = kpi.count_receipts(
        kpi.ReceiptCount(
            lines=tuple(
                kpi.LineCount(
                    role=line.role,
                    qty_milli=line.qty_milli,
                    amount_minor=line.amount_minor,
                    business_line=line.business_line,
                    is_attached=line.attached_to_line_id is not None,
                )
                for line in lines[sale.id]
            ),
            is_identified=sale.customer_id is not None,
            has_decision=sale.id in decided,
            is_held_out=sale.held_out,
        )
        for sale in facts.sales
    )
    final = _final_answers(facts)
    matched = {e.pass_id for e in facts.pass_events if e.event == "matched"}
    return total + kpi.Counts(
        returned_minor=sum(r.total_minor for r in facts.returns),
        offers_shown=len(facts.offers),
        offers_accepted=sum(1 for a in final.values() if a.answer == "accepted"),
        decisions_reversed=sum(1 for a in facts.answers if a.answer == "undone"),
        passes_sent=len(facts.passes),
        passes_accepted=sum(1 for e in facts.pass_events if e.event == "accepted"),
        passes_credited=len(matched),
        help_acts=len(facts.helps),
        consultations=len({s.receipt_id for s in facts.steps} | {s.id for s in facts.sales}),
        consultations_with_sale=len(facts.sales),
    )


def save_report(target: Path, pdf: bytes) -> None:
    """Write a report where the person asked for it; all of it or nothing.

    Raises:
        EnvironmentTrouble: ``cannot_write``.
    """
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(pdf)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise EnvironmentTrouble(
            "cannot_write",
            Text(N_("{file} cannot be written: {why}."), {"file": target.name, "why": error.strerror or ""}),
        ) from error


def statement(desk: Desk, session: Session | None, person_id: UUID, period: str, *, speaker: Translator) -> bytes:
    """Return the PDF of a person's credits of a month, each with its explanation.

    Raises:
        Refusal: ``not_allowed`` for somebody else's money, ``no_person``, ``bad_period``.
    """
    if session is not None and session.person_id != person_id:
        require(session, Act.STORE_CREDITS)
    try:
        first = dt.date.fromisoformat(f"{period}-01")
    except ValueError as error:
        raise Refusal("bad_period", Text(N_("A period is a month like 2026-03."))) from error
    last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    with desk.look() as connection:
        person = next((p for p in people.people_of_store(connection, desk.me.store_id) if p.id == person_id), None)
        if person is None:
            raise Refusal("no_person", Text(N_("This person no longer works here.")))
        rows = report_facts.credits_of_person(connection, person_id, period)
        place = people.place_of(connection, desk.me.counter_id)
        policy = ledger_facts.policies(connection)[-1].version
    now = desk.clock.now_ms()
    zone = ZoneInfo(place.time_zone) if place else ZoneInfo("UTC")
    data = StatementData(
        company=place.company if place else "",
        store=place.store if place else "",
        person=person.full_name,
        department=person.department_ru if speaker.language == "ru" else person.department_en,
        from_day=first,
        to_day=last,
        policy_version=str(policy),
        rows=tuple(
            StatementRow(
                at_ms=row.made_at,
                receipt=row.number or "",
                product=row.name or "",
                role=row.role,
                kind=row.kind,
                amount_minor=row.amount_minor,
                explain=unpack(canonical_json(row.explain)),
                state="pending" if row.state == "provisional" else row.state,
            )
            for row in rows
        ),
        generated_at_ms=now,
        utc_offset_minutes=_offset_minutes(zone, now),
    )
    return make_paper(data, fonts(), _voice(desk, speaker))


@dataclass(frozen=True, slots=True)
class Explained:
    """One ledger entry in words."""

    amount_minor: int
    person: str
    words: str


def explain_entry(desk: Desk, entry_id: UUID, speaker: Translator) -> Explained:
    """Say how an entry came about.

    Raises:
        Refusal: ``no_such_entry``.
    """
    with desk.look() as connection:
        row = report_facts.credit_by_id(connection, entry_id)
        if row is None:
            raise Refusal("no_such_entry", Text(N_("There is no such credit entry.")))
        names = people.short_names(connection)
    words = speak(unpack(canonical_json(row.explain)), _voice(desk, speaker))
    return Explained(row.amount_minor, names.get(row.beneficiary_id, ""), words)


def fonts() -> Fonts:
    """Return the paper's fonts from the program's resources."""
    return Fonts(
        regular=resource("fonts", "PT_Sans-Web-Regular.ttf").read_bytes(),
        bold=resource("fonts", "PT_Sans-Web-Bold.ttf").read_bytes(),
    )


def _voice(desk: Desk, speaker: Translator) -> Voice:
    with desk.look() as connection:
        names = people.short_names(connection)
        place = people.place_of(connection, desk.me.counter_id)
    zone = ZoneInfo(place.time_zone) if place else ZoneInfo("UTC")
    return Voice(
        speaker,
        _offset_minutes(zone, desk.clock.now_ms()),
        {UUID(int=person.int): name for person, name in names.items()},
    )


def _offset_minutes(zone: ZoneInfo, at_ms: int) -> int:
    offset = dt.datetime.fromtimestamp(at_ms / 1000, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def _final_answers(facts: shifts.ShiftFacts) -> dict[UUID, Any]:
    undone = {a.undoes_id for a in facts.answers if a.undoes_id is not None}
    return {a.offer_id: a for a in facts.answers if a.answer != "undone" and a.id not in undone}


def _means_of(facts: shifts.ShiftFacts) -> dict[UUID, str]:
    return {p.sale_id: p.means for p in facts.payments}


def _outcomes(facts: shifts.ShiftFacts) -> paper.CustomerOutcomes:
    by_reason: dict[str, list[int]] = defaultdict(list)
    for one in facts.returns:
        by_reason[one.reason].append(one.total_minor)
    pushed = sum(1 for a in facts.answers if a.reason == "felt_pushed") + len(by_reason.get("felt_pushed", []))
    return paper.CustomerOutcomes(
        needs_met=sum(1 for s in facts.sales if s.core_confirmed_at is not None),
        help_acts=len(facts.helps),
        felt_pushed=pushed,
        decisions_reversed=sum(1 for a in facts.answers if a.answer == "undone"),
        returns=tuple(
            paper.ReturnReasonRow(Text(RETURN_WORDS[reason]), len(amounts), sum(amounts))
            for reason, amounts in sorted(by_reason.items())
        ),
    )


def _sales(row: shifts.ShiftRow, facts: shifts.ShiftFacts) -> paper.SalesBlock:
    by_means: Counter[str] = Counter()
    for one in facts.payments:
        by_means[one.means] += one.amount_minor
    sold = sum(s.total_minor for s in facts.sales)
    payments = [
        paper.PaymentRow(
            Text(PAYMENT_WORDS.get(means, PAYMENT_WORDS["unknown"])),
            amount,
            row.till_total_minor if len(by_means) == 1 else None,
        )
        for means, amount in sorted(by_means.items())
    ]
    return paper.SalesBlock(
        receipts=len(facts.sales),
        sold_minor=sold,
        discount_minor=sum(line.discount_minor for line in facts.lines),
        returned_minor=sum(r.total_minor for r in facts.returns),
        payments=tuple(payments),
        till_z_number=row.till_z_number,
        drawer=paper.CashDrawer(
            opening_minor=row.opening_cash_minor,
            cash_sales_minor=by_means["cash"],
            cash_refunds_minor=0,
            payouts_minor=0,
            drops_minor=0,
            additions_minor=0,
            counted_minor=row.counted_cash_minor if row.closed_at is not None else None,
        ),
    )


def _people(
    facts: shifts.ShiftFacts,
    names: Mapping[PersonId, str],
    departments: Mapping[PersonId, tuple[str, str]],
    *,
    side: int,
    shows_money: bool,
) -> tuple[paper.PersonRow, ...]:
    involved = sorted(
        {s.person_id for s in facts.sales}
        | {line.added_by for line in facts.lines}
        | {c.beneficiary_id for c in facts.credits}
        | {p.person_id for p in facts.passes},
        key=lambda x: (names.get(x, ""), x),
    )
    undone = {a.undoes_id for a in facts.answers if a.undoes_id is not None}
    final = _final_answers(facts)
    rows = []
    for who in involved:
        mine = [s for s in facts.sales if s.person_id == who]
        core = [s for s in mine if s.core_line_id is not None and not s.held_out]
        decided = {
            a.receipt_id for a in facts.answers if a.person_id == who and a.id not in undone and a.answer != "undone"
        }
        shown = [o for o in facts.offers if o.person_id == who]
        accepted = sum(1 for o in shown if getattr(final.get(o.id), "answer", "") == "accepted")
        earns = [c for c in facts.credits if c.beneficiary_id == who and c.kind == "earn"]
        assisted_lines = {c.sale_line_id for c in facts.credits if c.role != "closer" and c.kind == "earn"}
        counts = kpi.Counts(
            eligible_receipts=len(core),
            decided_receipts=sum(1 for s in core if s.id in decided),
            offers_shown=len(shown),
            offers_accepted=accepted,
        )
        rows.append(
            paper.PersonRow(
                name=names.get(who, ""),
                department=departments.get(who, ("", ""))[side],
                minutes=None,
                receipts=len(mine),
                goals=sum(1 for c in earns if c.role == "closer"),
                assists_given=sum(1 for c in earns if c.role != "closer"),
                assists_received=sum(1 for c in earns if c.role == "closer" and c.sale_line_id in assisted_lines),
                coverage=kpi.Ratio(counts.decided_receipts, counts.eligible_receipts),
                acceptance=kpi.acceptance(counts),
                credit_minor=sum(c.amount_minor for c in facts.credits if c.beneficiary_id == who)
                if shows_money
                else None,
            )
        )
    return tuple(rows)


def _combinations(
    facts: shifts.ShiftFacts, products: Mapping[UUID, tuple[str, str]], side: int
) -> paper.CombinationsBlock:
    final = _final_answers(facts)
    shown: Counter[tuple[UUID, UUID]] = Counter()
    accepted: Counter[tuple[UUID, UUID]] = Counter()
    sold: Counter[tuple[UUID, UUID]] = Counter()
    by_offer = {line.offer_id: line.amount_minor for line in facts.lines if line.offer_id is not None}
    for one in facts.offers:
        pair = (one.core_product_id, one.product_id)
        shown[pair] += 1
        accepted[pair] += int(getattr(final.get(one.id), "answer", "") == "accepted")
        sold[pair] += by_offer.get(one.id, 0)
    best = sorted(shown, key=lambda p: (-accepted[p], -sold[p], -shown[p], p))[:TOP_COMBINATIONS]
    declined: Counter[str] = Counter(
        getattr(a, "reason", "") for a in final.values() if getattr(a, "answer", "") == "declined"
    )
    nothing: Counter[UUID] = Counter(r.core_product_id for r in facts.runs if not r.result and not r.held_out)

    def name(product_id: UUID) -> str:
        return products.get(product_id, ("", ""))[side]

    return paper.CombinationsBlock(
        top=tuple(
            paper.CombinationRow(name(core), name(item), shown[core, item], accepted[core, item], sold[core, item])
            for core, item in best
        ),
        declined=tuple(
            (Text(REFUSAL_WORDS[reason]), n)  # type: ignore[index]
            for reason, n in sorted(declined.items(), key=lambda x: (-x[1], x[0]))
            if reason
        ),
        without_result=tuple((name(core), n) for core, n in sorted(nothing.items(), key=lambda x: (-x[1], x[0]))),
    )


def _ledger(
    facts: shifts.ShiftFacts, names: Mapping[PersonId, str], makers: Mapping[UUID, PersonId]
) -> paper.LedgerBlock:
    numbers = {s.id: s.number for s in facts.sales}
    lines = {line.id: line for line in facts.lines}
    earned = [c for c in facts.credits if c.kind == "earn"]
    closers = {c.sale_line_id: c for c in earned if c.role == "closer"}
    rows = [
        paper.AssistRow(
            receipt=numbers.get(c.sale_id, ""),
            product=lines[c.sale_line_id].name if c.sale_line_id in lines else "",
            passer=names.get(makers.get(c.pass_id, c.beneficiary_id), ""),
            closer=names.get(closers[c.sale_line_id].beneficiary_id, "") if c.sale_line_id in closers else "",
            pool_minor=c.pool_minor,
            assist_minor=c.amount_minor,
            closer_minor=closers[c.sale_line_id].amount_minor if c.sale_line_id in closers else 0,
        )
        for c in earned
        if c.role != "closer"
    ]
    return paper.LedgerBlock(
        goals=sum(1 for c in earned if c.role == "closer"),
        assists=len(rows),
        earned_minor=sum(c.amount_minor for c in earned),
        reversed_minor=sum(c.amount_minor for c in facts.credits if c.kind == "reverse"),
        rows=tuple(rows),
    )
