"""Opening and closing a shift: it does not open without a responsible person, and it closes once."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import PersonId, ShiftId
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store import people, unit
from crosssell_desktop.store.queries import shifts
from crosssell_desktop.store.queries.chain import head_of

MIN_REASON = 5
LEAD_ROLE = "complex_sales_lead"


def current_shift(desk: Desk) -> shifts.ShiftRow | None:
    """Return the shift now open here."""
    with desk.look() as connection:
        return shifts.open_shift(connection, desk.me.counter_id)


def past_shifts(desk: Desk, limit: int) -> tuple[shifts.ShiftRow, ...]:
    """Return the newest shifts of this counter, the open one among them."""
    with desk.look() as connection:
        return shifts.last_shifts(connection, desk.me.counter_id, limit)


def possible_leads(desk: Desk) -> tuple[PersonId, ...]:
    """Return who may be responsible for complex sales in this store."""
    with desk.look() as connection:
        return people.people_with_role(connection, desk.me.store_id, LEAD_ROLE)


def open_shift(
    desk: Desk,
    session: Session,
    *,
    responsible_id: PersonId | None,
    override_reason: str = "",
    opening_cash_minor: int = 0,
) -> Outcome[ShiftId]:
    """Open a shift with the person responsible for complex sales (A16), or without one for a stated reason.

    The business date is fixed here by the store's time zone, whatever midnight does later.

    Raises:
        Refusal: ``not_allowed``, ``shift_is_open``, ``no_responsible``, ``not_a_lead``, ``negative_cash``.
    """
    require(session, Act.OPEN_SHIFT)
    reason = override_reason.strip()
    if responsible_id is None and len(reason) < MIN_REASON:
        raise Refusal(
            "no_responsible",
            Text(
                N_("A shift opens with a person responsible for complex sales. Choose one, or say why there is none.")
            ),
        )
    if opening_cash_minor < 0:
        raise Refusal("negative_cash", Text(N_("Cash in the drawer cannot be below zero.")))
    with desk.begin() as work:
        if shifts.open_shift(work.connection, work.me.counter_id) is not None:
            raise Refusal("shift_is_open", Text(N_("A shift is already open at this counter.")))
        leads = people.people_with_role(work.connection, work.me.store_id, LEAD_ROLE)
        if responsible_id is not None and responsible_id not in leads:
            raise Refusal("not_a_lead", Text(N_("This person may not be responsible for complex sales in this store.")))
        place = people.place_of(work.connection, work.me.counter_id)
        zone = ZoneInfo(place.time_zone) if place else dt.UTC
        shift_id = ShiftId(work.new_id())
        rows = {
            "shift": [
                {
                    "id": shift_id,
                    **who(work, session, shift_id),
                    "store_id": work.me.store_id,
                    "department_id": work.me.department_id,
                    "number": work.next_number("shift_no"),
                    "business_date": dt.datetime.fromtimestamp(work.now_ms / 1000, zone).date().isoformat(),
                    "responsible_id": responsible_id,
                    "override_reason": "",
                    "opening_cash_minor": opening_cash_minor,
                }
            ]
        }
        if responsible_id is None:
            rows["fact_text"] = [{"id": shift_id, "text": reason[:500], "ver": work.tick()}]
        work.record("shift_opened", rows)
    return Outcome(shift_id, frozenset({Change.SHIFT}))


def close_shift(
    desk: Desk,
    session: Session,
    *,
    till_total_minor: int | None,
    till_z_number: str = "",
    counted_cash_minor: int | None = None,
    notes: str = "",
) -> Outcome[ShiftId]:
    """Close the open shift for good; works without the centre.

    ``till_total_minor`` is what the fiscal register says it took, as typed; ``counted_cash_minor`` what lies in the
    drawer; each is None when it is not known.

    Raises:
        Refusal: ``not_allowed``, ``no_shift``, ``negative_cash``.
    """
    require(session, Act.CLOSE_SHIFT)
    if (counted_cash_minor or 0) < 0 or (till_total_minor or 0) < 0:
        raise Refusal("negative_cash", Text(N_("Cash in the drawer cannot be below zero.")))
    with desk.begin() as work:
        row = require_open(work)
        facts = shifts.facts_of(work.connection, row)
        close_id = work.new_id()
        rows = {
            "shift_close": [
                {
                    "id": close_id,
                    **who(work, session, row.id),
                    "z_number": shifts.last_z(work.connection, work.me.counter_id) + 1,
                    "totals": {
                        "receipts": len(facts.sales),
                        "sold_minor": sum(s.total_minor for s in facts.sales),
                        "returned_minor": sum(r.total_minor for r in facts.returns),
                        "credits_minor": sum(c.amount_minor for c in facts.credits),
                    },
                    "till_total_minor": till_total_minor,
                    "till_z_number": till_z_number.strip()[:40],
                    "counted_cash_minor": counted_cash_minor,
                    "chain_head": head_of(work.connection),
                }
            ]
        }
        if notes.strip():
            rows["fact_text"] = [{"id": close_id, "text": notes.strip()[:4000], "ver": work.tick()}]
        work.record("shift_closed", rows)
    return Outcome(row.id, frozenset({Change.SHIFT}))


def require_open(work: unit.Unit) -> shifts.ShiftRow:
    """Return the open shift of this counter.

    Raises:
        Refusal: ``no_shift``.
    """
    row = shifts.open_shift(work.connection, work.me.counter_id)
    if row is None:
        raise Refusal("no_shift", Text(N_("No shift is open: a supervisor opens it with Ctrl+4.")))
    return row


def who(work: unit.Unit, session: Session, shift_id: ShiftId | None) -> dict[str, object]:
    """Return what every fact carries: counter, time, person, session and shift."""
    return {
        "counter_id": work.me.counter_id,
        "made_at": work.now_ms,
        "person_id": session.person_id,
        "session_id": session.id,
        "shift_id": shift_id,
    }
