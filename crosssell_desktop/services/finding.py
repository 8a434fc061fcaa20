"""The one field's look-ups: customers, products, passes and receipts for a typed text, best first."""

from __future__ import annotations

from dataclasses import dataclass

from crosssell_desktop.domain.access import Act, Session, may
from crosssell_desktop.domain.ids import is_pass_code
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store.queries import find, passes
from crosssell_desktop.store.queries.returns import ReturnableSale, returnable_sale

SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Finds:
    """What was found; customers only for those who may see a card."""

    customers: tuple[find.FoundCustomer, ...]
    products: tuple[find.FoundProduct, ...]
    a_pass: passes.PassRow | None
    a_sale: ReturnableSale | None


def look_up(desk: Desk, session: Session, text: str, limit: int) -> Finds:
    """Find what a text may mean; nothing is listed for fewer than two characters, so no one can browse."""
    clean = text.strip()
    if len(clean) < SHORTEST:
        return Finds((), (), None, None)
    with desk.look() as connection:
        now = desk.clock.now_ms()
        sees = may(session, Act.SEE_CARD)
        return Finds(
            customers=tuple(find.find_customers(connection, clean, limit)) if sees else (),
            products=tuple(find.find_products(connection, clean, limit)),
            a_pass=passes.pass_by_code(connection, clean, now) if is_pass_code(clean) else None,
            a_sale=returnable_sale(connection, clean) if clean.count("-") >= 2 else None,
        )


def find_customers(desk: Desk, text: str, limit: int) -> tuple[find.FoundCustomer, ...]:
    """Find customers for the command line, as the one field does."""
    with desk.look() as connection:
        return tuple(find.find_customers(connection, text.strip(), limit))
