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
from crosssell_desktop.ledger.facts import LineFacts, PassFacts
from crosssell_desktop.ledger.reversal import recompute
from crosssell_desktop.services.shifts import who
from crosssell_desktop.store import people, unit
from crosssell_desktop.store.queries import ledger_facts


def credit_sale(
    work: unit.Unit, lines: tuple[LineFacts, ...], *, customer_id: CustomerId | None, codes: tuple[str, ...]
) -> tuple[LineCredit, ...]:
    """Divide the pools of a sale being completed, by the passes known at this counter now."""
    passes = ledger_facts.passes_for(work.connection, customer_id=customer_id, codes=codes, now_ms=work.now_ms)
    beside: tuple[LineFacts, ...] = ()
    if passes and customer_id is not None:
        since = work.now_ms - ledger_facts.WINDOW_DAYS * DAY_MS
        beside = ledger_facts.customer_lines(work.connection, customer_id, since_ms=since)
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
    work: unit.Unit, session: Session, shift_id: ShiftId | None, sale_id: ReceiptId, new_returns: Iterable[Any]
) -> list[dict[str, Any]]:
    """Return the rows that a return adds: what the full set of facts says, less what is already written."""
    lines = ledger_facts.lines_of_sale(work.connection, sale_id)
    ids = [line.line_id for line in lines]
    customer_id = lines[0].customer_id if lines else None
    codes = tuple(sorted({code for line in lines for code in line.pass_codes}))
    passes: tuple[PassFacts, ...] = ledger_facts.passes_for(
        work.connection, customer_id=customer_id, codes=codes, now_ms=max(line.added_at_ms for line in lines)
    )
    beside: tuple[LineFacts, ...] = ()
    if customer_id is not None:
        since = min(line.added_at_ms for line in lines) - ledger_facts.WINDOW_DAYS * DAY_MS
        beside = ledger_facts.customer_lines(work.connection, customer_id, since_ms=since)
    returns = (*ledger_facts.returns_of_lines(work.connection, ids), *new_returns)
    written = ledger_facts.entry_ids_of_lines(work.connection, ids)
    everything = {line.line_id: line for line in (*beside, *lines)}
    entries = recompute(everything.values(), passes, returns, ledger_facts.policies(work.connection))
    fresh = [e for e in entries if e.line_id in set(ids) and e.entry_id not in written and e.kind == "reverse"]
    return entry_rows(work, session, shift_id, [(e, None) for e in fresh], sale_of=dict.fromkeys(ids, sale_id))
