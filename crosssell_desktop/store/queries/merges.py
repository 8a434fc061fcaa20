"""What was merged, proposed and kept apart, as people decide about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.store import clusters
from crosssell_desktop.store.schema.customers import customer, customer_merge, customer_unmerge, merge_verdict

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge or a proposal with what the centre said: None while it has not answered."""

    id: UUID
    one: CustomerId
    other: CustomerId
    one_name: str
    other_name: str
    rule: str
    score_bps: int | None
    person_id: UUID
    made_at: int
    accepted: bool | None = None
    reason: str = ""


_one, _other = customer.alias("one"), customer.alias("other")
_m = customer_merge.c
_ROWS = (
    select(
        _m.id,
        _m.loser_id,
        _m.winner_id,
        _one.c.display_name.label("one_name"),
        _other.c.display_name.label("other_name"),
        _m.rule,
        _m.score_bps,
        _m.person_id,
        _m.made_at,
        merge_verdict.c.accepted,
        merge_verdict.c.reason,
    )
    .outerjoin(_one, _one.c.id == _m.loser_id)
    .outerjoin(_other, _other.c.id == _m.winner_id)
    .outerjoin(merge_verdict, merge_verdict.c.id == _m.id)
)
_answered = select(customer_unmerge.c.id).where(customer_unmerge.c.merge_id == _m.id).exists()


def open_proposals(connection: Connection, limit: int) -> tuple[MergeRow, ...]:
    """Return the proposals nobody has answered, the oldest first.

    Pairs that are one person already are left out, and those of somebody who was erased since.
    """
    here = [one.c.status.is_distinct_from("erased") for one in (_one, _other)]
    rows = connection.execute(_ROWS.where(_m.wanted == "propose", ~_answered, *here).order_by(_m.made_at, _m.id)).all()
    found: list[MergeRow] = []
    tops = clusters.roots_of(connection, {x for row in rows for x in (row.loser_id, row.winner_id)})
    seen: set[frozenset[UUID]] = set()
    for row in rows:
        pair = frozenset({tops[row.loser_id], tops[row.winner_id]})
        if len(pair) == 2 and pair not in seen:
            seen.add(pair)
            found.append(_row(row))
        if len(found) == limit:
            break
    return tuple(found)


def waiting(connection: Connection) -> tuple[MergeRow, ...]:
    """Return the merges decided here that the centre has not answered or has refused, the newest first."""
    rows = connection.execute(
        _ROWS.where(_m.wanted == "merge", merge_verdict.c.accepted.is_not(True)).order_by(_m.made_at.desc()).limit(100)
    )
    return tuple(_row(row) for row in rows)


def proposal(connection: Connection, id_: UUID) -> MergeRow | None:
    """Return one open proposal."""
    row = connection.execute(_ROWS.where(_m.id == id_, _m.wanted == "propose", ~_answered)).first()
    return None if row is None else _row(row)


def proposals_of(connection: Connection, pair: Collection[UUID]) -> tuple[UUID, ...]:
    """Return the open proposals of two cards."""
    ids = list(pair)
    rows = connection.execute(
        select(_m.id).where(_m.loser_id.in_(ids), _m.winner_id.in_(ids), _m.wanted == "propose", ~_answered)
    )
    return tuple(rows.scalars())


def merges_of(connection: Connection, cards: Collection[UUID]) -> tuple[MergeRow, ...]:
    """Return the merges in force among these cards, the oldest first."""
    ids = [one.id for one in clusters.standing(connection, cards)]
    return tuple(_row(row) for row in connection.execute(_ROWS.where(_m.id.in_(ids)).order_by(_m.made_at, _m.id)))


def kept_apart(connection: Connection) -> frozenset[tuple[UUID, UUID]]:
    """Return the pairs of cards, the smaller first, that people said are two: unmerged, or a proposal refused."""
    said_no = select(_m.loser_id, _m.winner_id).join(customer_unmerge, customer_unmerge.c.merge_id == _m.id)
    refused = said_no.outerjoin(merge_verdict, merge_verdict.c.id == customer_unmerge.c.id).where(
        merge_verdict.c.accepted.is_not(False)
    )
    return frozenset((min(a, b), max(a, b)) for a, b in connection.execute(refused))


def _row(row: Any) -> MergeRow:
    return MergeRow(
        id=row.id,
        one=CustomerId(row.loser_id),
        other=CustomerId(row.winner_id),
        one_name=row.one_name or "",
        other_name=row.other_name or "",
        rule=row.rule,
        score_bps=row.score_bps,
        person_id=row.person_id,
        made_at=row.made_at,
        accepted=row.accepted,
        reason=row.reason or "",
    )
