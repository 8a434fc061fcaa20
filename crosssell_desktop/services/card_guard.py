"""What must be true of a card before anything is written of the person: it is here, and nothing of the law forbids it.

Law: of who was erased nothing is written; from the asking to be erased on no consent is given and no bar is lifted;
data that are kept and not used are changed by nobody but who may lift that. A consent is withdrawn at any time.
"""

from __future__ import annotations

from typing import Any

from crosssell_desktop.domain.access import Act, Session, may
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.store.queries import card as cards
from crosssell_desktop.store.queries import contacts, erasures
from crosssell_desktop.store.unit import Connection


def must_be_here(connection: Connection, customer_id: CustomerId) -> dict[str, Any]:
    """Return the row of a card that may be written of.

    Raises:
        Refusal: ``no_such_customer``, with another sentence for who was erased.
    """
    row = cards.card_row(connection, customer_id)
    if row is None:
        raise Refusal("no_such_customer", Text(N_("This customer's card has not reached this counter yet.")))
    if row["status"] == "erased":
        raise Refusal("no_such_customer", Text(N_("This customer's card was erased at their wish.")))
    return row


def must_be_writable(connection: Connection, session: Session, customer_id: CustomerId) -> dict[str, Any]:
    """Return the row of a card the person may write of; data that are kept and not used stay as they are.

    Raises:
        Refusal: ``no_such_customer``, ``restricted``.
    """
    row = must_be_here(connection, customer_id)
    if not may(session, Act.RESTRICT_PROCESSING) and contacts.is_restricted(connection, customer_id):
        raise Refusal("restricted", Text(N_("The processing of this customer's data is restricted.")))
    return row


def must_not_wish_erasure(connection: Connection, customer_id: CustomerId) -> None:
    """Refuse what would let a person be contacted again who wishes to be erased.

    Raises:
        Refusal: ``erasure_asked``.
    """
    if erasures.wish_of(connection, customer_id) is not None:
        raise Refusal("erasure_asked", WISHES_ERASURE)


WISHES_ERASURE = Text(N_("The customer wishes to be erased: until a manager refuses it, nobody contacts them."))
