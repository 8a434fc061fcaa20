"""The receipt in the customer's hands: each move is saved at once; completing writes everything together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from crosssell_desktop.domain import basket as moves
from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.basket import Basket, BasketLine, Situation
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.fields import edited
from crosssell_desktop.domain.ids import (
    CustomerId,
    DepartmentId,
    LineId,
    ProductId,
    ReceiptId,
    ShiftId,
    human_number,
)
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.ledger.facts import LineFacts
from crosssell_desktop.services import credits as crediting
from crosssell_desktop.services.answers import record_answer
from crosssell_desktop.services.card_guard import must_be_here
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.shifts import require_open, who
from crosssell_desktop.store import baskets, unit
from crosssell_desktop.store.queries import card as cards
from crosssell_desktop.store.queries import items, ledger_facts, shifts
from crosssell_desktop.store.queries.passes import pass_by_id

PLAYBOOK_VERSION = 1
_BASKET = frozenset({Change.BASKET})


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as told; the fiscal register stays the cashier's (design ruling 18)."""

    means: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class SaleCompleted:
    """A sale that is on the disk."""

    sale_id: ReceiptId
    number: str
    total_minor: int
    goals_minor: int
    assists_minor: int
    assist_count: int


def current_basket(desk: Desk, session: Session) -> Basket | None:
    """Return what the person had on the screen last: it survives lock, crash and switch."""
    with desk.look() as connection:
        return baskets.open_of(connection, session.person_id)


def held_baskets(desk: Desk) -> tuple[baskets.ParkedBasket, ...]:
    """Return the receipts put aside."""
    with desk.look() as connection:
        return baskets.held(connection)


def start_basket(desk: Desk, session: Session) -> Outcome[Basket]:
    """Open an empty receipt."""
    require(session, Act.SELL)
    with desk.begin_by(session) as work:
        basket = Basket(ReceiptId(work.new_id()), session.person_id, work.now_ms)
        baskets.save(work.connection, basket, state="open", now_ms=work.now_ms)
    return Outcome(basket, _BASKET)


def find_item(desk: Desk, code: str) -> tuple[moves.Item, ...]:
    """Return what a scanned or typed code names; several when a barcode was used twice."""
    with desk.look() as connection:
        return items.items_by_code(connection, code.strip(), desk.clock.now_ms())


def add_product(desk: Desk, session: Session, basket_id: ReceiptId, product_id: ProductId) -> Outcome[Basket]:
    """Put a product into the receipt at today's price.

    Raises:
        Refusal: ``no_such_product``, ``no_price`` and those of the basket.
    """
    require(session, Act.SELL)

    def move(work: unit.Unit, basket: Basket) -> Basket:
        item = priced_item(work, product_id)
        return moves.add_item(basket, item, line_id=LineId(work.new_id()), person=session.person_id, now_ms=work.now_ms)

    return change(desk, basket_id, move)


def priced_item(work: unit.Unit, product_id: ProductId) -> moves.Item:
    """Return a product that can be sold now.

    Raises:
        Refusal: ``no_such_product``, ``no_price``.
    """
    item = items.item_by_id(work.connection, product_id, work.now_ms)
    if item is None:
        raise Refusal("no_such_product", Text(N_("This product is no longer sold.")))
    if item.price_minor <= 0:
        raise Refusal("no_price", Text(N_("«{name}» has no price: tell the manager."), {"name": item.name_ru}))
    return item


def remove_line(desk: Desk, session: Session, basket_id: ReceiptId, line_id: LineId) -> Outcome[Basket]:
    """Take a line out without a question (A62)."""
    require(session, Act.SELL)

    def move(work: unit.Unit, basket: Basket) -> Basket:
        after = moves.remove_line(basket, line_id)
        shown = basket.line(line_id).offer_id
        if shown is not None:
            record_answer(work, session, basket, basket.offer(shown), "undone", "")
        _step(work, session, basket.id, "line_removed", str(basket.line(line_id).item.product_id))
        return after

    return change(desk, basket_id, move)


def restore_line(
    desk: Desk, session: Session, basket_id: ReceiptId, line: BasketLine, *, place: int, was_core: bool
) -> Outcome[Basket]:
    """Bring back a line that was just taken out; a suggested one comes back by a new yes, not here.

    Raises:
        Refusal: ``needs_customer_yes``.
    """
    require(session, Act.SELL)

    def move(work: unit.Unit, basket: Basket) -> Basket:
        after = moves.put_back(basket, line, place=place, was_core=was_core)
        if after is not basket:
            _step(work, session, basket.id, "line_restored", str(line.item.product_id))
        return after

    return change(desk, basket_id, move)


def set_quantity(
    desk: Desk, session: Session, basket_id: ReceiptId, line_id: LineId, qty_milli: int
) -> Outcome[Basket]:
    """Set how many."""
    require(session, Act.SELL)
    return change(desk, basket_id, lambda _work, basket: moves.set_quantity(basket, line_id, qty_milli))


def choose_core(desk: Desk, session: Session, basket_id: ReceiptId, line_id: LineId) -> Outcome[Basket]:
    """Make a line the core; logged (A10)."""
    require(session, Act.SELL)

    def move(work: unit.Unit, basket: Basket) -> Basket:
        after = moves.choose_core(basket, line_id, session.person_id)
        if after is not basket:
            _step(work, session, basket.id, "core_changed", str(after.line(line_id).item.product_id))
        return after

    return change(desk, basket_id, move)


def confirm_core(desk: Desk, session: Session, basket_id: ReceiptId) -> Outcome[Basket]:
    """Note «Core suits»: suggestions open (A12)."""
    require(session, Act.SELL)

    def move(work: unit.Unit, basket: Basket) -> Basket:
        after = moves.confirm_core(basket, work.now_ms)
        if after is not basket and after.core is not None:
            _step(work, session, basket.id, "core_confirmed", str(after.core.item.product_id))
        return after

    return change(desk, basket_id, move)


def set_customer(desk: Desk, session: Session, basket_id: ReceiptId, customer_id: CustomerId | None) -> Outcome[Basket]:
    """Say whose receipt this is; open offers shown to somebody else stay with the receipt.

    Raises:
        Refusal: ``no_such_customer``, ``receipt_is_closed``.
    """
    require(session, Act.SELL)

    def move(work: unit.Unit, basket: Basket) -> Basket:
        if customer_id is not None:
            must_be_here(work.connection, customer_id)
        return replace(basket, customer_id=customer_id)

    return change(desk, basket_id, move)


def set_situation(
    desk: Desk, session: Session, basket_id: ReceiptId, *, situation: Situation, budget_cap_minor: int | None
) -> Outcome[Basket]:
    """Say what the purchase is for and how much it may cost in all (A58, A60).

    Raises:
        Refusal: ``bad_budget``.
    """
    require(session, Act.SELL)
    if budget_cap_minor is not None and budget_cap_minor <= 0:
        raise Refusal("bad_budget", Text(N_("A budget is an amount above zero.")))
    return change(
        desk,
        basket_id,
        lambda _work, basket: replace(basket, situation=situation, budget_cap_minor=budget_cap_minor),
    )


def hold(desk: Desk, session: Session, basket_id: ReceiptId, label: str) -> Outcome[None]:
    """Put the receipt aside; it keeps its owner."""
    require(session, Act.SELL)
    with desk.begin() as work:
        basket = _load(work, basket_id)
        if not basket.lines and basket.customer_id is None:
            raise Refusal("empty_receipt", Text(N_("The receipt is empty: scan or name the first item.")))
        baskets.save(work.connection, replace(basket, label=label.strip()[:80]), state="held", now_ms=work.now_ms)
    return Outcome(None, _BASKET)


def resume(desk: Desk, session: Session, basket_id: ReceiptId) -> Outcome[Basket]:
    """Take a held receipt back to the screen; who resumes it has it on their screen from now on."""
    require(session, Act.SELL)
    with desk.begin() as work:
        basket = replace(_load(work, basket_id), owner_id=session.person_id)
        baskets.save(work.connection, basket, state="open", now_ms=work.now_ms)
    return Outcome(basket, _BASKET)


def drop(desk: Desk, session: Session, basket_id: ReceiptId) -> Outcome[None]:
    """Give up a receipt that was never paid."""
    require(session, Act.SELL)
    with desk.begin() as work:
        basket = _load(work, basket_id)
        baskets.save(work.connection, basket, state="dropped", now_ms=work.now_ms)
        if basket.lines:
            _step(work, session, basket.id, "receipt_dropped", "")
    return Outcome(None, _BASKET)


def complete(
    desk: Desk, session: Session, basket_id: ReceiptId, payments: tuple[Payment, ...] = (), pulse: int = 0
) -> Outcome[SaleCompleted]:
    """Complete the sale: sale, lines, payments, credits and the outbox operation in one transaction.

    When this returns, the sale is on the disk. Called twice for one receipt it answers with the same sale.

    Raises:
        Refusal: ``no_shift``, ``empty_receipt``, ``payments_differ`` and those of the basket.
        EnvironmentTrouble: the disk is full; the receipt is kept as it was.
    """
    require(session, Act.SELL)
    with desk.begin() as work:
        already = shifts.completed_sale(work.connection, basket_id)
        if already is not None:
            earned = ledger_facts.earned_of_sale(work.connection, basket_id)
            return Outcome(_completed(basket_id, already.number, already.total_minor, earned))
        basket = _load(work, basket_id)
        shift = require_open(work)
        moves.check_completable(basket)
        paid = payments or (Payment("unknown", basket.total_minor),)
        if sum(p.amount_minor for p in paid) != basket.total_minor:
            raise Refusal("payments_differ", Text(N_("The payments do not add up to the total.")))
        number = human_number(work.me.prefix, work.next_number("receipt_no"))
        lines = _line_facts(work, basket)
        pass_code = _pass_code(work, basket)
        credited = crediting.credit_sale(
            work, lines, customer_id=basket.customer_id, codes=() if pass_code is None else (pass_code,)
        )
        counted = [(entry, credit) for credit in credited for entry in credit.entries]
        rows: dict[str, list[dict[str, Any]]] = {
            "sale": [_sale_row(work, session, basket, shift, number, pulse)],
            "sale_line": [_line_row(basket, line, no) for no, line in enumerate(basket.lines, 1)],
            "payment": [
                {"id": work.new_id(), "sale_id": basket.id, "means": p.means, "amount_minor": p.amount_minor}
                for p in paid
            ],
            "credit_entry": crediting.entry_rows(
                work, session, shift.id, counted, sale_of={line.line_id: basket.id for line in lines}
            ),
        }
        matched = {a.passed.pass_id for credit in credited for a in credit.assists}
        if basket.pass_id is not None:
            matched.add(basket.pass_id)
        rows["pass_event"] = [
            {
                "id": work.new_id(),
                **who(work, session, shift.id),
                "pass_id": pass_id,
                "event": "matched",
                "customer_id": basket.customer_id,
                "receipt_id": basket.id,
                "reason": "",
            }
            for pass_id in sorted(matched)
        ]
        rows["need"] = _needs_met(work, basket)
        baskets.save(work.connection, basket, state="completed", now_ms=work.now_ms)
        work.record("sale_completed", rows)
    return Outcome(
        _completed(basket.id, number, basket.total_minor, [(entry.role, entry.amount_minor) for entry, _ in counted]),
        frozenset({Change.BASKET, Change.SALES, Change.CREDITS, Change.PASSES, Change.SYNC}),
    )


def _needs_met(work: unit.Unit, basket: Basket) -> list[dict[str, Any]]:
    """Return the customer's open needs that this purchase answers, as met (A43)."""
    if basket.customer_id is None:
        return []
    items = [line.item for line in basket.lines]
    met = cards.needs_met_by(
        work.connection,
        basket.customer_id,
        {item.product_id for item in items},
        {item.product_type for item in items},
    )
    return [edited(row, {"status": "met"}, work.tick(), work.me.counter_id) for row in met]


def _completed(sale_id: ReceiptId, number: str, total_minor: int, earned: Iterable[tuple[str, int]]) -> SaleCompleted:
    entries = list(earned)
    assists = [amount for role, amount in entries if role != "closer"]
    goals = sum(amount for role, amount in entries if role == "closer")
    return SaleCompleted(sale_id, number, total_minor, goals, sum(assists), len(assists))


def change(desk: Desk, basket_id: ReceiptId, move: Callable[[unit.Unit, Basket], Basket]) -> Outcome[Basket]:
    """Run one move on a receipt and save it; the frame of most services here."""
    with desk.begin() as work:
        before = _load(work, basket_id)
        after = move(work, before)
        if after is not before:
            baskets.save(work.connection, after, state="open", now_ms=work.now_ms)
    return Outcome(after, _BASKET)


def _load(work: unit.Unit, basket_id: ReceiptId) -> Basket:
    basket = baskets.load(work.connection, basket_id)
    if basket is None:
        raise Refusal("receipt_is_closed", Text(N_("This receipt is already closed.")))
    return basket


def _step(work: unit.Unit, session: Session, receipt_id: ReceiptId, step: str, subject: str) -> None:
    shift = shifts.open_shift(work.connection, work.me.counter_id)
    work.record(
        "step_logged",
        {
            "step_log": [
                {
                    "id": work.new_id(),
                    **who(work, session, None if shift is None else shift.id),
                    "receipt_id": receipt_id,
                    "step": step,
                    "subject": subject,
                }
            ]
        },
    )


def _line_facts(work: unit.Unit, basket: Basket) -> tuple[LineFacts, ...]:
    paths = ledger_facts.category_paths(work.connection)
    departments = ledger_facts.departments_of_people(work.connection)
    code = _pass_code(work, basket)
    return tuple(
        LineFacts(
            line_id=line.id,
            receipt_id=basket.id,
            closer_id=line.added_by,
            closer_department_id=departments.get(line.added_by, DepartmentId(work.me.department_id)),
            product_id=line.item.product_id,
            category_ids=paths.get(line.item.category_id, (line.item.category_id,)),
            role=basket.role_of(line),
            amount_minor=line.amount_minor,
            vat_bps=line.item.vat_bps,
            added_at_ms=line.added_at,
            customer_id=basket.customer_id,
            pass_codes=() if code is None else (code,),
        )
        for line in basket.lines
    )


def _pass_code(work: unit.Unit, basket: Basket) -> str | None:
    if basket.pass_id is None:
        return None
    found = pass_by_id(work.connection, basket.pass_id)
    return None if found is None else found.code


def _sale_row(  # one row, one place
    work: unit.Unit, session: Session, basket: Basket, shift: shifts.ShiftRow, number: str, pulse: int
) -> dict[str, Any]:
    return {
        "id": basket.id,
        **who(work, session, ShiftId(shift.id)),
        "store_id": work.me.store_id,
        "department_id": work.me.department_id,
        "business_date": shift.business_date,
        "number": number,
        "customer_id": basket.customer_id,
        "core_line_id": basket.core_line_id,
        "core_confirmed_at": basket.core_confirmed_at,
        "opened_at": basket.opened_at,
        "line_count": len(basket.lines),
        "total_minor": basket.total_minor,
        "situation": basket.situation,
        "budget_cap_minor": basket.budget_cap_minor,
        "care_mode": basket.care_mode,
        "held_out": basket.held_out,
        "pulse": pulse,
        "playbook_version": PLAYBOOK_VERSION,
        "policy_version": ledger_facts.policies(work.connection)[-1].version,
    }


def _line_row(basket: Basket, line: BasketLine, line_no: int) -> dict[str, Any]:
    return {
        "id": line.id,
        "sale_id": basket.id,
        "line_no": line_no,
        "product_id": line.item.product_id,
        "sku": line.item.sku,
        "name": line.item.name_ru,
        "category_id": line.item.category_id,
        "product_type": line.item.product_type,
        "business_line": line.item.business_line,
        "department_id": line.item.department_id,
        "role": basket.role_of(line),
        "qty_milli": line.qty_milli,
        "price_minor": line.item.price_minor,
        "discount_minor": line.discount_minor,
        "amount_minor": line.amount_minor,
        "vat_bps": line.item.vat_bps,
        "attached_to_line_id": line.attached_to,
        "offer_id": line.offer_id,
        "customer_yes_at": line.customer_yes_at,
        "added_by": line.added_by,
        "added_at": line.added_at,
        "marking_code": line.marking_code,
    }
