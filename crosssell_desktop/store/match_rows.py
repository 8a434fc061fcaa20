"""Keeps what a matching run found out about pairs of cards, and which of them were put off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from crosssell_desktop.store.schema.matching import match_detail

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Detail:
    """What is known of a pair; ``probability_bps`` is None when no model was asked."""

    one: UUID
    other: UUID
    probability_bps: int | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    later_until: int = 0


def keep(connection: Connection, details: Iterable[Detail]) -> None:
    """Keep what a run found out; what was put off stays put off."""
    rows = [
        {"one": d.one, "other": d.other, "probability_bps": d.probability_bps, "weights": dict(d.weights),
         "later_until": d.later_until}
        for d in details
    ]  # fmt: skip
    if rows:
        put = insert(match_detail)
        new = {"probability_bps": put.excluded.probability_bps, "weights": put.excluded.weights}
        connection.execute(put.on_conflict_do_update(index_elements=["one", "other"], set_=new), rows)


def put_off(connection: Connection, one: UUID, other: UUID, until_ms: int) -> None:
    """Put a pair off until a time."""
    row = {"one": min(one, other), "other": max(one, other), "weights": {}, "later_until": until_ms}
    put = insert(match_detail).values(row)
    connection.execute(put.on_conflict_do_update(index_elements=["one", "other"], set_={"later_until": until_ms}))


def detail_of(connection: Connection, one: UUID, other: UUID) -> Detail | None:
    """Return what is known of a pair."""
    d = match_detail.c
    row = connection.execute(select(match_detail).where(d.one == min(one, other), d.other == max(one, other))).first()
    if row is None:
        return None
    return Detail(row.one, row.other, row.probability_bps, row.weights, row.later_until)


def put_off_now(connection: Connection, now_ms: int) -> frozenset[tuple[UUID, UUID]]:
    """Return the pairs that are put off at this time."""
    d = match_detail.c
    return frozenset(
        (row.one, row.other) for row in connection.execute(select(d.one, d.other).where(d.later_until > now_ms))
    )
