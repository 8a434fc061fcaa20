"""Taking goods back: partial, several times, never more than bought; the credits mirror it to the kopeck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import LineId, ReceiptId, ReturnId, human_number
from crosssell_desktop.domain.money import half_up
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.ledger.facts import ReturnFacts
from crosssell_desktop.services import credits as crediting
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.shifts import require_open, who
from crosssell_desktop.store.queries import returns

RETURN_REASONS: tuple[str, ...] = ("changed_mind", "does_not_fit", "defect", "felt_pushed", "same_product_exchange")
RETURN_WORDS: dict[str, str] = {
    "changed_mind": N_("changed mind"),
    "does_not_fit": N_("does not fit"),
    "defect": N_("defect"),
    "felt_pushed": N_("felt pushed"),
    "same_product_exchange": N_("exchange for the same"),
}


@dataclass(frozen=True, slots=True)
class ReturnDone:
    """A return that is on the disk."""

    id: ReturnId
    number: str
    total_minor: int
    reversed_minor: int


def find_sale(desk: Desk, number: str) -> returns.ReturnableSale | None:
    """Return a sale by its receipt number with what may still come back, also one made at another counter."""
    with desk.look() as connection:
        return returns.returnable_sale(connection, number)


def part_minor(line: returns.ReturnableLine, qty_milli: int) -> int:
    """Return what a part of a line gives back, in kopecks: the share of all parts so far, less what came before.

    So parts never come to more than the whole, nor the last one to less than nothing.
    """
    back_milli = line.qty_milli - line.left_milli + qty_milli
    back_minor = line.amount_minor - line.left_minor
    return min(line.left_minor, max(0, half_up(line.amount_minor * back_milli, line.qty_milli) - back_minor))


def take_back(
    desk: Desk, session: Session, sale_id: ReceiptId, quantities: Mapping[LineId, int], reason: str
) -> Outcome[ReturnDone]:
    """Take lines or parts of lines back and mirror their credits, in one transaction.

    ``quantities`` are thousandths by line. All parts together give back their share of the line rounded half
    up, less what was given back before, so that a whole return gives back exactly what was paid.

    Raises:
        Refusal: ``no_shift``, ``no_such_sale``, ``nothing_to_return``, ``more_than_bought``, ``bad_reason``.
    """
    require(session, Act.RETURN)
    if reason not in RETURN_WORDS:
        raise Refusal("bad_reason", Text(N_("Choose why it comes back.")))
    if not quantities or any(q <= 0 for q in quantities.values()):
        raise Refusal("nothing_to_return", Text(N_("Choose what comes back.")))
    with desk.begin_by(session) as work:
        shift = require_open(work)
        sale = returns.returnable_sale_by_id(work.connection, sale_id)
        if sale is None:
            raise Refusal("no_such_sale", Text(N_("There is no such receipt at this counter.")))
        lines = {line.line_id: line for line in sale.lines}
        return_id = ReturnId(work.new_id())
        rows: list[dict[str, Any]] = []
        facts: list[ReturnFacts] = []
        for line_id, qty in quantities.items():
            line = lines.get(line_id)
            if line is None or qty > line.left_milli:
                raise Refusal(
                    "more_than_bought",
                    Text(
                        N_("More comes back than was bought: «{name}»."), {"name": "?" if line is None else line.name}
                    ),
                )
            amount = part_minor(line, qty)
            rows.append(
                {
                    "id": work.new_id(),
                    "return_id": return_id,
                    "sale_line_id": line_id,
                    "product_id": line.product_id,
                    "qty_milli": qty,
                    "amount_minor": amount,
                }
            )
            if amount:
                facts.append(
                    ReturnFacts(
                        return_id,
                        line_id,
                        amount,
                        work.now_ms,
                        is_felt_pushed=reason == "felt_pushed",
                        is_same_product_exchange=reason == "same_product_exchange",
                    )
                )
        number = human_number(f"{work.me.prefix}R", work.next_number("return_no"))
        credit_rows = crediting.reversal_rows(work, session, shift.id, sale_id, facts)
        total = sum(int(row["amount_minor"]) for row in rows)
        work.record(
            "goods_returned",
            {
                "return": [
                    {
                        "id": return_id,
                        **who(work, session, shift.id),
                        "store_id": work.me.store_id,
                        "business_date": shift.business_date,
                        "number": number,
                        "sale_id": sale_id,
                        "customer_id": sale.customer_id,
                        "reason": reason,
                        "total_minor": total,
                    }
                ],
                "return_line": rows,
                "credit_entry": credit_rows,
            },
        )
    return Outcome(
        ReturnDone(return_id, number, total, sum(row["amount_minor"] for row in credit_rows)),
        frozenset({Change.SALES, Change.CREDITS, Change.SYNC, Change.CUSTOMER}),
    )
