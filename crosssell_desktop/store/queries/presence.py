"""Where a person was at work a moment ago, as far as this counter has heard: read off the facts that travel anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, union

from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.store.schema.selling import offer_answer, pass_, return_, sale

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_MARKS = (sale, offer_answer, pass_, return_)
"""Facts of a store that say who made them at which counter."""


def counters_of(connection: Connection, person_id: PersonId, since_ms: int, until_ms: int) -> frozenset[UUID]:
    """Return the counters at which a person left a fact within a time."""
    parts = [
        select(t.c.counter_id).where(t.c.person_id == person_id, t.c.made_at.between(since_ms, until_ms))
        for t in _MARKS
    ]
    return frozenset(connection.execute(union(*parts)).scalars())
