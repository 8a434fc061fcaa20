"""What is said of products, as the Office lists and looks it up (A52).

It is written by ``services.card_edit.record_event`` and taken off the cards by ``services.card_edit.end_event``.
"""

from __future__ import annotations

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store.queries import find_products, product_events
from crosssell_desktop.store.queries.find_products import FoundProduct
from crosssell_desktop.store.queries.product_events import ProductEvent

FOUND_AT_MOST = 20


def standing(desk: Desk, session: Session) -> tuple[ProductEvent, ...]:
    """Return what stands on the cards of owners now, the newest first.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.MANAGE_CATALOGUE)
    with desk.look() as connection:
        return product_events.standing(connection)


def products(desk: Desk, session: Session, text: str) -> tuple[FoundProduct, ...]:
    """Return the products a text may mean, the surest first; one that has no price today too.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.MANAGE_CATALOGUE)
    with desk.look() as connection:
        return tuple(find_products.find_products(connection, text, FOUND_AT_MOST))
