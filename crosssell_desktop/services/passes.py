"""Passing a customer on to a colleague: the assist exists before the sale, so it needs no memory and no quarrel."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from crosssell_desktop.domain.access import Act, Session, may, require
from crosssell_desktop.domain.basket import Basket
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import (
    CategoryId,
    CustomerId,
    DepartmentId,
    PassId,
    ProductId,
    ReceiptId,
    pass_code,
)
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.ledger.facts import PassKind
from crosssell_desktop.services.card_guard import must_be_here
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.receipts import change
from crosssell_desktop.services.shifts import who
from crosssell_desktop.store import people, unit
from crosssell_desktop.store.queries import ledger_facts, passes, shifts
from crosssell_desktop.store.queries.passes import PassRow

__all__ = [
    "PassRow",
    "PassSent",
    "accept",
    "by_code",
    "by_id",
    "by_me",
    "categories",
    "decline",
    "departments",
    "of_customer",
    "record_help",
    "send",
    "to_us",
]

_PASSES = frozenset({Change.PASSES, Change.SYNC})


@dataclass(frozen=True, slots=True)
class PassSent:
    """A pass that is on the disk: the code goes on the slip."""

    id: PassId
    code: str


def departments(desk: Desk) -> tuple[people.Department, ...]:
    """Return the departments a customer can be passed to."""
    with desk.look() as connection:
        return people.departments_of(connection, desk.me.store_id)


def categories(desk: Desk) -> tuple[tuple[CategoryId, str, str], ...]:
    """Return what a pass can be about: id, Russian and English name."""
    with desk.look() as connection:
        return passes.categories(connection)


def send(
    desk: Desk,
    session: Session,
    *,
    kind: PassKind,
    to_department_id: DepartmentId,
    customer_id: CustomerId | None,
    category_id: CategoryId | None,
    product_id: ProductId | None = None,
) -> Outcome[PassSent]:
    """Pass a customer on; without a card the code of the slip is what the colleague scans.

    Raises:
        Refusal: ``blanket_pass`` (G4), ``too_many_passes``, ``same_category_passed``, ``not_allowed``,
            ``no_such_customer``.
    """
    require(session, Act.PASS_ON)
    if category_id is None and product_id is None:
        raise Refusal("blanket_pass", Text(N_("Say what the customer is passed on for: a category or a product.")))
    with desk.begin() as work:
        policy = ledger_facts.policies(work.connection)[-1]
        if customer_id is not None:
            must_be_here(work.connection, customer_id)
            mine = passes.open_for_customer(work.connection, customer_id, work.now_ms)
            if len(mine) >= policy.open_passes_per_customer:
                raise Refusal(
                    "too_many_passes",
                    Text(
                        N_("This customer already has {limit} open passes; sending round the shop serves nobody."),
                        {"limit": policy.open_passes_per_customer},
                    ),
                )
            if any(p.category_id == category_id and category_id is not None for p in mine):
                raise Refusal("same_category_passed", Text(N_("This customer is already passed on for this category.")))
        shift = shifts.open_shift(work.connection, work.me.counter_id)
        code = _fresh_code(work)
        pass_id = PassId(work.new_id())
        work.record(
            "pass_sent",
            {
                "pass": [
                    {
                        "id": pass_id,
                        **who(work, session, None if shift is None else shift.id),
                        "code": code,
                        "kind": kind,
                        "from_department_id": session.department_id,
                        "to_department_id": to_department_id,
                        "to_person_id": None,
                        "customer_id": customer_id,
                        "category_id": category_id,
                        "product_id": product_id,
                        "expires_at": work.now_ms + policy.window_days * DAY_MS,
                        "hlc": work.tick(),
                    }
                ]
            },
        )
    return Outcome(PassSent(pass_id, code), _PASSES)


def accept(desk: Desk, session: Session, pass_id: PassId, basket_id: ReceiptId | None) -> Outcome[Basket | None]:
    """Take a passed customer over; with a receipt open, the receipt carries the pass and its customer.

    Raises:
        Refusal: ``no_such_pass``, ``pass_is_over``, ``own_pass`` (G1).
    """
    require(session, Act.PASS_ON)

    def take(work: unit.Unit, basket: Basket | None) -> CustomerId | None:
        found = _require(work, pass_id, session)
        brought = found.customer_id or (None if basket is None else basket.customer_id)
        _event(work, session, pass_id, "accepted", brought)
        return found.customer_id

    if basket_id is None:
        with desk.begin() as work:
            take(work, None)
        return Outcome(None, _PASSES)

    def move(work: unit.Unit, basket: Basket) -> Basket:
        passed_on = take(work, basket)
        return replace(basket, pass_id=pass_id, customer_id=basket.customer_id or passed_on)

    outcome = change(desk, basket_id, move)
    return Outcome(outcome.value, outcome.changes | _PASSES)


def decline(desk: Desk, session: Session, pass_id: PassId, reason: str) -> Outcome[None]:
    """Say that the customer will not be served here; once a pass was accepted, nobody can decline it away.

    Raises:
        Refusal: ``no_such_pass``, ``pass_is_over``, ``own_pass``.
    """
    require(session, Act.PASS_ON)
    with desk.begin() as work:
        if _require(work, pass_id, session).state == "accepted":
            raise Refusal("pass_is_over", Text(N_("This pass is already over.")))
        _event(work, session, pass_id, "declined", None, reason[:40])
    return Outcome(None, _PASSES)


def to_us(desk: Desk, session: Session) -> tuple[passes.PassRow, ...]:
    """Return the passes sent to the person's department; none to who may not take them."""
    if not may(session, Act.PASS_ON):
        return ()
    with desk.look() as connection:
        return passes.sent_to(connection, session.department_id, desk.clock.now_ms())


def by_me(desk: Desk, session: Session) -> tuple[passes.PassRow, ...]:
    """Return the passes a person sent, and what became of them."""
    with desk.look() as connection:
        return passes.sent_by(connection, session.person_id, desk.clock.now_ms())


def of_customer(desk: Desk, customer_id: CustomerId) -> tuple[passes.PassRow, ...]:
    """Return the open passes of a customer; they fill the assist of the sellers' strip."""
    with desk.look() as connection:
        return passes.open_for_customer(connection, customer_id, desk.clock.now_ms())


def by_id(desk: Desk, pass_id: PassId) -> passes.PassRow | None:
    """Return a pass."""
    with desk.look() as connection:
        return passes.pass_by_id(connection, pass_id, desk.clock.now_ms())


def by_code(desk: Desk, code: str) -> passes.PassRow | None:
    """Return the pass of a scanned slip, when it has reached this counter."""
    with desk.look() as connection:
        return passes.pass_by_code(connection, code, desk.clock.now_ms())


def record_help(desk: Desk, session: Session, kind: str, customer_id: CustomerId | None) -> Outcome[None]:
    """Note help given without a sale (A53)."""
    require(session, Act.SELL)
    with desk.begin() as work:
        shift = shifts.open_shift(work.connection, work.me.counter_id)
        if shift is None:
            raise Refusal("no_shift", Text(N_("No shift is open: a supervisor opens it with Ctrl+4.")))
        work.record(
            "help_given",
            {
                "help_event": [
                    {"id": work.new_id(), **who(work, session, shift.id), "customer_id": customer_id, "kind": kind}
                ]
            },
        )
    return Outcome(None, frozenset({Change.SALES}))


def _require(work: unit.Unit, pass_id: PassId, session: Session) -> passes.PassRow:
    found = passes.pass_by_id(work.connection, pass_id, work.now_ms)
    if found is None:
        raise Refusal("no_such_pass", Text(N_("This pass has not reached this counter yet.")))
    if found.state not in {"sent", "accepted"}:
        raise Refusal("pass_is_over", Text(N_("This pass is already over.")))
    if found.from_person_id == session.person_id:
        raise Refusal("own_pass", Text(N_("A pass to oneself is not an assist.")))
    return found


def _event(
    work: unit.Unit,
    session: Session,
    pass_id: PassId,
    event: str,
    customer_id: CustomerId | None,
    reason: str = "",
) -> None:
    shift = shifts.open_shift(work.connection, work.me.counter_id)
    work.record(
        f"pass_{event}",
        {
            "pass_event": [
                {
                    "id": work.new_id(),
                    **who(work, session, None if shift is None else shift.id),
                    "pass_id": pass_id,
                    "event": event,
                    "customer_id": customer_id,
                    "receipt_id": None,
                    "reason": reason,
                }
            ]
        },
    )


def _fresh_code(work: unit.Unit) -> str:
    while True:
        code = pass_code(work.me.prefix, secrets.randbits(30))
        if not passes.code_is_taken(work.connection, code):
            return code
