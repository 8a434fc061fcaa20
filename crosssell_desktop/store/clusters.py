"""Keeps which cards are one person in step with the facts that say so, inside the same transaction.

Law: nothing but :func:`refresh` writes ``customer_alias``; it is computed from facts and may be made anew at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, insert, or_, select

from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.merging import Merge, roots
from crosssell_desktop.store.schema.customers import customer_alias, customer_merge, customer_unmerge, merge_verdict

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

TABLES = frozenset({"customer_merge", "customer_unmerge", "merge_verdict"})
"""Tables whose rows change what is one person."""
_SLICE = 400


def refresh(connection: Connection, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> frozenset[UUID]:
    """Compute anew the clusters that the saved rows touch; return the cards whose cluster may be another now."""
    if not TABLES & rows.keys():
        return frozenset()
    touched = {row[side] for row in rows.get("customer_merge", ()) for side in ("loser_id", "winner_id")}
    asked = {row["merge_id"] for row in rows.get("customer_unmerge", ())}
    judged = {row["id"] for row in rows.get("merge_verdict", ())}
    for part in _slices(judged):
        found = select(customer_unmerge.c.merge_id).where(customer_unmerge.c.id.in_(part))
        asked |= set(connection.execute(found).scalars())
    for part in _slices(asked | judged):
        m = customer_merge.c
        for row in connection.execute(select(m.loser_id, m.winner_id).where(m.id.in_(part))):
            touched |= {row.loser_id, row.winner_id}
    return _join(connection, touched) if touched else frozenset()


def _join(connection: Connection, touched: set[UUID]) -> frozenset[UUID]:
    """Join the cards anew with all that was or is joined to them."""
    cards = set(touched)
    for part in _slices(touched):
        mine = select(customer_alias.c.root).where(customer_alias.c.id.in_(part))
        cards |= set(connection.execute(select(customer_alias.c.id).where(customer_alias.c.root.in_(mine))).scalars())
    merges: dict[UUID, Merge] = {}
    new = set(cards)
    while new:
        before = set(cards)
        for part in _slices(new):
            for one in standing(connection, part):
                merges[one.id] = one
                cards |= {one.one, one.other}
        new = cards - before
    wanted = roots((m.one, m.other) for m in merges.values())
    for part in _slices(cards):
        connection.execute(delete(customer_alias).where(customer_alias.c.id.in_(part)))
    rows = [{"id": id_, "root": root} for id_, root in wanted.items()]
    rows += [{"id": root, "root": root} for root in set(wanted.values())]
    if rows:
        connection.execute(insert(customer_alias), rows)
    return frozenset(cards)


def standing(connection: Connection, cards: Iterable[UUID]) -> tuple[Merge, ...]:
    """Return the merges in force that touch any of these cards (``domain.merging.in_force``)."""
    m, u = customer_merge.c, customer_unmerge.c
    said = merge_verdict.alias("said")
    back = merge_verdict.alias("back")
    undone = select(u.id).join(back, back.c.id == u.id).where(u.merge_id == m.id, back.c.accepted == 1).exists()
    ids = list(cards)
    rows = connection.execute(
        select(m.id, m.loser_id, m.winner_id)
        .join(said, said.c.id == m.id)
        .where(or_(m.loser_id.in_(ids), m.winner_id.in_(ids)), m.wanted == "merge", said.c.accepted == 1, ~undone)
    )
    return tuple(Merge(row.id, row.loser_id, row.winner_id, "merge") for row in rows)


def cluster_of(connection: Connection, customer_id: UUID) -> tuple[CustomerId, ...]:
    """Return every card of the person whose card this is, the one that stands for all first; one card is a cluster."""
    found = connection.exec_driver_sql(_CLUSTER, (customer_id.bytes,)).scalars().all()
    return tuple(CustomerId(UUID(bytes=id_)) for id_ in found) or (CustomerId(customer_id),)


_CLUSTER = (
    "SELECT a.id FROM customer_alias a"
    " WHERE a.root = (SELECT x.root FROM customer_alias x WHERE x.id = ?) ORDER BY a.id"
)


def roots_of(connection: Connection, cards: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the card that stands for each of these; those that were never merged stand for themselves."""
    wanted = set(cards)
    found: dict[UUID, UUID] = {id_: id_ for id_ in wanted}
    for part in _slices(wanted):
        rows = connection.execute(select(customer_alias).where(customer_alias.c.id.in_(part)))
        found |= {row.id: row.root for row in rows}
    return found


def _slices(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), _SLICE):
        yield wanted[start : start + _SLICE]
