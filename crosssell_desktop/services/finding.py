"""The one field's look-ups: customers, products, passes and receipts for a typed text, best first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosssell_desktop.domain.access import Act, Session, may
from crosssell_desktop.domain.basket import Item
from crosssell_desktop.domain.field_access import LISTED_AT_MOST, is_too_wide
from crosssell_desktop.domain.ids import is_pass_code
from crosssell_desktop.services import lease
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store.queries import find, find_products, items, passes
from crosssell_desktop.store.queries.returns import ReturnableSale, returnable_sale

if TYPE_CHECKING:
    from crosssell_desktop.store.unit import Connection

SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Finds:
    """What was found; customers only for those who may see a card, none when too many answer or data are locked."""

    customers: find.Found
    products: tuple[Item, ...]
    a_pass: passes.PassRow | None
    a_sale: ReturnableSale | None
    listed_at_most: int | None = None
    """Set when more customers answer than the level may list: so many it may, and of these none is listed."""
    are_people_locked: bool = False


def look_up(desk: Desk, session: Session, text: str, limit: int) -> Finds:
    """Find what a text may mean.

    Nobody browses (A40): nothing is listed for fewer than two characters, nor where more customers answer than the
    level may list (``domain.field_access.LISTED_AT_MOST``).
    """
    clean = text.strip()
    if len(clean) < SHORTEST:
        return Finds(find.NOBODY, (), None, None)
    with desk.look() as connection:
        now = desk.clock.now_ms()
        locked = lease.is_closed(connection, desk)
        sees = may(session, Act.SEE_CARD) and not locked
        found = find.find_customers(connection, clean, limit) if sees else find.NOBODY
        is_wide = is_too_wide(session, found.total)
        return Finds(
            customers=find.NOBODY if is_wide else found,
            products=_with_prices(connection, find_products.find_products(connection, clean, limit), now),
            a_pass=passes.pass_by_code(connection, clean, now) if is_pass_code(clean) else None,
            a_sale=returnable_sale(connection, clean) if clean.count("-") >= 2 else None,
            listed_at_most=LISTED_AT_MOST[session.level] if is_wide else None,
            are_people_locked=locked,
        )


def find_customers(desk: Desk, text: str, limit: int, offset: int = 0) -> find.Found:
    """Find customers for the command line, as the one field does.

    Raises:
        Refusal: ``people_locked``.
    """
    with desk.look() as connection:
        lease.require_open(connection, desk)
        return find.find_customers(connection, text.strip(), limit, offset)


def _with_prices(connection: Connection, found: Iterable[find_products.FoundProduct], now_ms: int) -> tuple[Item, ...]:
    ordered = list(found)
    sold = items.items_by_id(connection, [f.id for f in ordered], now_ms)
    return tuple(sold[f.id] for f in ordered if f.id in sold)
