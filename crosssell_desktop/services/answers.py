"""The fact of a customer's answer to an offer; written by every service that makes or takes back an answer."""

from __future__ import annotations

from uuid import UUID

from crosssell_desktop.domain.access import Session
from crosssell_desktop.domain.basket import Basket, ShownOffer
from crosssell_desktop.services.shifts import who
from crosssell_desktop.store import unit
from crosssell_desktop.store.queries import shifts


def record_answer(
    work: unit.Unit, session: Session, basket: Basket, shown: ShownOffer, answer: str, reason: str
) -> UUID:
    """Append the answer; an ``undone`` points at the answer it takes back."""
    shift = shifts.open_shift(work.connection, work.me.counter_id)
    answer_id = work.new_id()
    undoes = UUID(shown.answer_id) if answer == "undone" and shown.answer_id else None
    work.record(
        "offer_answered",
        {
            "offer_answer": [
                {
                    "id": answer_id,
                    **who(work, session, None if shift is None else shift.id),
                    "offer_id": shown.id,
                    "receipt_id": basket.id,
                    "customer_id": basket.customer_id,
                    "product_id": shown.product_id,
                    "answer": answer,
                    "reason": reason,
                    "undoes_id": undoes,
                }
            ]
        },
    )
    return answer_id
