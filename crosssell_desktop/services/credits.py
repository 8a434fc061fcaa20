"""Turning the ledger's proposals into entries: written once, named by content, the same on every machine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from crosssell_desktop.domain.access import Session
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.ids import CustomerId, LineId, ReceiptId, ShiftId
from crosssell_desktop.domain.spoken import pack
from crosssell_desktop.ledger.credit import CreditEntry, LineCredit, credit_lines
from crosssell_desktop.ledger.facts import LineFacts, ReturnFacts
from crosssell_desktop.ledger.reversal import reverse_line
from crosssell_desktop.services.shifts import who
from crosssell_desktop.store import people, unit
from crosssell_desktop.store.queries import ledger_facts


def credit_sale(
    work: unit.Unit, lines: tuple[LineFacts, ...], *, customer_id: CustomerId | None, codes: tuple[str, ...]
) -> tuple[LineCredit, ...]:
    """Divide the pools of a sale being completed, by the passes known at this counter now."""
    passes = ledger_facts.passes_for(work.connection, customer_id=customer_id, codes=codes, now_ms=work.now_ms)
    beside: tuple[LineFacts, ...] = ()
    if passes:
        customers = {one for one in (customer_id, *(p.customer_id for p in passes)) if one is not None}
        slips = {code for code in (*codes, *(p.code for p in passes)) if code is not None}
        since = work.now_ms - ledger_facts.WINDOW_DAYS * DAY_MS
        beside = ledger_facts.lines_beside(work.connection, customers, slips, since_ms=since)
    mine = {line.line_id for line in lines}
    credited = credit_lines((*beside, *lines), passes, ledger_facts.policies(work.connection))
    return tuple(credit for credit in credited if credit.pool.line_id in mine)


def entry_rows(
    work: unit.Unit,
    session: Session,
    shift_id: ShiftId | None,
    credits_: Iterable[tuple[CreditEntry, LineCredit | None]],
    *,
    sale_of: dict[LineId, ReceiptId],
) -> list[dict[str, Any]]:
    """Return the ledger rows of entries; provisional until the centre has recomputed them."""
    place = people.place_of(work.connection, work.me.counter_id)
    zone = ZoneInfo(place.time_zone) if place else dt.UTC
    rows = []
    for entry, credit in credits_:
        period = dt.datetime.fromtimestamp(entry.at_ms / 1000, zone).strftime("%Y-%m")
        rows.append(
            {
                "id": entry.entry_id,
                **who(work, session, shift_id),
                "sale_id": sale_of[entry.line_id],
                "sale_line_id": entry.line_id,
                "beneficiary_id": entry.person_id,
                "role": entry.role,
                "kind": entry.kind,
                "amount_minor": entry.amount_minor,
                "base_minor": 0 if credit is None else credit.pool.base_minor,
                "pool_minor": 0 if credit is None else credit.pool.pool_final_minor,
                "weight_bps": entry.weight_bps,
                "pass_id": entry.pass_id,
                "return_id": entry.return_id,
                "period": period,
                "origin_period": period,
                "policy_version": entry.policy_version,
                "state": "provisional",
                "explain": ledger_facts.explain_json(pack(entry.explain)),
            }
        )
    return rows


def reversal_rows(
    work: unit.Unit,
    session: Session,
    shift_id: ShiftId | None,
    sale_id: ReceiptId,
    new_returns: Iterable[ReturnFacts],
) -> list[dict[str, Any]]:
    """Return the rows that a return adds: the mirror of what was written when the line was sold.

    A pass that arrived later may change what the facts say of the split; the centre settles that by entries of
    its own. A return takes back from those who were given, so that a whole return leaves everybody at 0.
    """
    lines = {line.line_id: line for line in ledger_facts.lines_of_sale(work.connection, sale_id)}
    returns = (*ledger_facts.returns_of_lines(work.connection, lines), *new_returns)
    written = ledger_facts.entry_ids_of_lines(work.connection, lines)
    fresh = [
        entry
        for line_id, credit in ledger_facts.written_credits(work.connection, lines).items()
        for entry in reverse_line(lines[line_id], credit, [one for one in returns if one.line_id == line_id])
        if entry.entry_id not in written
    ]
    return entry_rows(work, session, shift_id, [(e, None) for e in fresh], sale_of=dict.fromkeys(lines, sale_id))
