"""The shared timeline of a customer: what happened at any counter, seen at all (A29)."""

from __future__ import annotations

from crosssell_desktop.domain.access import Act, Session, require
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.store.clusters import cluster_of
from crosssell_desktop.store.queries import timeline as moments

SHOWN = 200


def timeline(desk: Desk, session: Session, card: CustomerId, limit: int = SHOWN) -> tuple[moments.Moment, ...]:
    """Return what happened with a customer, the newest first.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.SEE_CARD)
    with desk.look() as connection:
        return moments.timeline(connection, cluster_of(connection, card), limit)
