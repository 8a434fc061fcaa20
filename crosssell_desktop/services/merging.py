"""Cards of one person: proposed by who notices, decided where all counters are heard, and taken back without loss.

Law: a merge or unmerge made here is a fact that counts when the centre accepts it (``resources/centre/merges.sql``);
where the shop has no centre this file answers for it. No fact is ever re-pointed to another card.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from crosssell_desktop.domain.access import Act, Session, may, require
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.merging import apart
from crosssell_desktop.domain.outcome import Change, Outcome
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.services.card_guard import must_be_here
from crosssell_desktop.services.desk import Desk
from crosssell_desktop.services.shifts import who
from crosssell_desktop.store import clusters, journal, unit
from crosssell_desktop.store.link_rows import kept_link
from crosssell_desktop.store.queries import merges, shifts

BY_HAND = "hand"
NOBODY = UUID(int=0)
"""Stands for the person of what a machine found by its sure rules."""
SURE_RULES = frozenset({"M1", "M2", "M3", "O1"})
"""The only rules by which cards may be merged without a person (domain rules, section 4; O1 for organisations)."""
PROPOSALS_SHOWN = 500
CHUNK = 250
_CHANGED = frozenset({Change.CUSTOMER, Change.SYNC})


@dataclass(frozen=True, slots=True)
class Found:
    """A pair a matching found: by which rule, and how sure in basis points."""

    one: CustomerId
    other: CustomerId
    rule: str
    score_bps: int | None = None


def propose(
    desk: Desk,
    session: Session,
    one: CustomerId,
    other: CustomerId,
    *,
    rule: str = BY_HAND,
    score_bps: int | None = None,
) -> Outcome[UUID]:
    """Say that two cards seem to be one person; a supervisor or manager decides. Works offline.

    Raises:
        Refusal: ``not_allowed``, ``one_card``, ``already_one``, ``no_such_customer``.
    """
    require(session, Act.PROPOSE_MERGE)
    with desk.begin_by(session) as work:
        _check(work, one, other)
        known = merges.proposals_of(work.connection, (one, other))
        if known:
            return Outcome(known[0])
        row = _merge_row(work, _by(work, session), Found(one, other, rule, score_bps), "propose")
        work.record("merge_proposed", {"customer_merge": [row]})
    return Outcome(row["id"], _CHANGED)


def merge(
    desk: Desk,
    session: Session,
    one: CustomerId,
    other: CustomerId,
    *,
    rule: str = BY_HAND,
    score_bps: int | None = None,
) -> Outcome[UUID]:
    """Decide that two cards are one person; it counts at every counter once the centre has accepted it.

    A manager or data administrator decides alone; a supervisor approves what somebody else proposed.

    Raises:
        Refusal: ``not_allowed``, ``needs_proposal``, ``one_card``, ``already_one``, ``no_such_customer``.
    """
    require(session, Act.APPROVE_MERGE)
    with desk.begin_by(session) as work:
        _check(work, one, other)
        found = [merges.proposal(work.connection, x) for x in merges.proposals_of(work.connection, (one, other))]
        theirs = next((p for p in found if p is not None and p.person_id != session.person_id), None)
        if theirs is None and not may(session, Act.DECIDE_MERGE):
            raise Refusal(
                "needs_proposal",
                Text(N_("A supervisor approves a merge that somebody else has proposed. A manager may merge alone.")),
            )
        pair = Found(one, other, rule, score_bps)
        row = _merge_row(work, _by(work, session), pair, "merge", None if theirs is None else theirs.id)
        work.record("cards_merged", {"customer_merge": [row]})
        _answer_for_it(work, [row["id"]])
    return Outcome(row["id"], _CHANGED)


def unmerge(desk: Desk, session: Session, card: CustomerId) -> Outcome[int]:
    """Take one card out of the person it was merged into; the other cards stay together, and every card is as it was.

    Returns how many merges were taken back.

    Raises:
        Refusal: ``not_allowed``, ``not_merged``.
    """
    require(session, Act.APPROVE_MERGE)
    with desk.begin_by(session) as work:
        standing = clusters.standing(work.connection, clusters.cluster_of(work.connection, card))
        undone, instead = apart(card, standing)
        if not undone:
            raise Refusal("not_merged", Text(N_("This card was not merged with another.")))
        by = _by(work, session)
        back: list[dict[str, Any]] = [{"id": work.new_id(), **by, "merge_id": id_} for id_ in undone]
        rows = [_merge_row(work, by, Found(CustomerId(a), CustomerId(b), BY_HAND), "merge", None) for a, b in instead]
        if rows and not may(session, Act.DECIDE_MERGE):
            raise Refusal(
                "needs_manager",
                Text(N_("Other cards hang together by this one alone: a manager takes it out.")),
            )
        work.record("cards_unmerged", {"customer_merge": rows, "customer_unmerge": back})
        _answer_for_it(work, [row["id"] for row in (*rows, *back)])
    return Outcome(len(undone), _CHANGED)


def refuse(desk: Desk, session: Session, one: CustomerId, other: CustomerId) -> Outcome[None]:
    """Say that two cards are two people; what matching finds of them later is not proposed again.

    Raises:
        Refusal: ``not_allowed``, ``one_card``, ``already_one``, ``no_such_customer``.
    """
    require(session, Act.APPROVE_MERGE)
    with desk.begin_by(session) as work:
        _check(work, one, other)
        by = _by(work, session)
        known = merges.proposals_of(work.connection, (one, other))
        rows = [] if known else [_merge_row(work, by, Found(one, other, BY_HAND), "propose")]
        answered = known or (rows[0]["id"],)
        back: list[dict[str, Any]] = [{"id": work.new_id(), **by, "merge_id": id_} for id_ in answered]
        work.record("merge_refused", {"customer_merge": rows, "customer_unmerge": back})
        _answer_for_it(work, [row["id"] for row in back])
    return Outcome(None, _CHANGED)


def record_found(desk: Desk, pairs: Iterable[Found]) -> Outcome[int]:
    """Record what a matching run of the office found: sure rules as merges, the rest as proposals; return how many.

    It is no person's act: at the centre only the office's own computer is believed. Pairs that are one already, were
    proposed, or were said to be two people are left out.
    """
    made = 0
    with desk.look() as connection:
        known = merges.kept_apart(connection)
    coming = iter(pairs)
    while some := list(islice(coming, CHUNK)):
        with desk.begin() as work:
            tops = clusters.roots_of(work.connection, {x for p in some for x in (p.one, p.other)})
            by: dict[str, Any] = {
                "counter_id": work.me.counter_id,
                "made_at": work.now_ms,
                "person_id": NOBODY,
                "session_id": NOBODY,
                "shift_id": None,
            }
            rows = [
                _merge_row(work, by, p, "merge" if p.rule in SURE_RULES else "propose")
                for p in some
                if tops[p.one] != tops[p.other]
                and (min(p.one, p.other), max(p.one, p.other)) not in known
                and not merges.proposals_of(work.connection, (p.one, p.other))
            ]
            if rows:
                work.record("cards_matched", {"customer_merge": rows})
                _answer_for_it(work, [row["id"] for row in rows if row["wanted"] == "merge"])
            made += len(rows)
    return Outcome(made, _CHANGED if made else frozenset())


def proposals(desk: Desk, session: Session, limit: int = PROPOSALS_SHOWN) -> tuple[merges.MergeRow, ...]:
    """Return the proposals that wait for a decision, the oldest first.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.APPROVE_MERGE)
    with desk.look() as connection:
        return merges.open_proposals(connection, limit)


def is_proposed_by_another(desk: Desk, session: Session, one: CustomerId, other: CustomerId) -> bool:
    """Say whether somebody else has proposed to merge two cards, so that a supervisor may approve it.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.APPROVE_MERGE)
    with desk.look() as connection:
        found = [merges.proposal(connection, x) for x in merges.proposals_of(connection, (one, other))]
    return any(p is not None and p.person_id != session.person_id for p in found)


def undecided(desk: Desk, session: Session) -> tuple[merges.MergeRow, ...]:
    """Return the merges the centre has not answered yet, or has refused with a reason.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.APPROVE_MERGE)
    with desk.look() as connection:
        return merges.waiting(connection)


def kept_apart(desk: Desk) -> frozenset[tuple[UUID, UUID]]:
    """Return the pairs of cards, the smaller id first, that people said are two."""
    with desk.look() as connection:
        return merges.kept_apart(connection)


def merges_of(desk: Desk, session: Session, card: CustomerId) -> tuple[merges.MergeRow, ...]:
    """Return the merges by which a card is one with others: which, by whom and when.

    Raises:
        Refusal: ``not_allowed``.
    """
    require(session, Act.APPROVE_MERGE)
    with desk.look() as connection:
        return merges.merges_of(connection, clusters.cluster_of(connection, card))


def _check(work: unit.Unit, one: CustomerId, other: CustomerId) -> None:
    if one == other:
        raise Refusal("one_card", Text(N_("This is one and the same card.")))
    for card in (one, other):
        must_be_here(work.connection, card)
    tops = clusters.roots_of(work.connection, (one, other))
    if tops[one] == tops[other]:
        raise Refusal("already_one", Text(N_("These cards are one person already.")))


def _by(work: unit.Unit, session: Session) -> dict[str, object]:
    shift = shifts.open_shift(work.connection, work.me.counter_id)
    return who(work, session, None if shift is None else shift.id)


def _merge_row(
    work: unit.Unit, by: dict[str, Any], pair: Found, wanted: str, proposal_id: UUID | None = None
) -> dict[str, Any]:
    return {
        "id": work.new_id(),
        **by,
        "loser_id": max(pair.one, pair.other),
        "winner_id": min(pair.one, pair.other),
        "wanted": wanted,
        "rule": pair.rule,
        "score_bps": pair.score_bps,
        "proposal_id": proposal_id,
    }


def _answer_for_it(work: unit.Unit, ids: list[UUID]) -> None:
    """Accept at once where there is no centre to decide; once there is one, its own word replaces this."""
    if ids and kept_link(work.connection) is None:
        rows = [{"id": id_, "accepted": True, "reason": "", "at": work.now_ms, "ver": work.tick()} for id_ in ids]
        journal.save_rows(work.connection, {"merge_verdict": rows})
