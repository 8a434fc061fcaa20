"""Two cards of one person become one view: what was merged, what stands for what, and whose value survives.

A merge is a fact and so is what takes it back; the centre says of each whether it counts. Nothing of a card is ever
rewritten by a merge: the one card is computed whenever it is looked at, so an unmerge restores every card exactly,
and what happened meanwhile is with the card whose id it carries.

Law: all of it depends on the set of facts only, never on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from crosssell_desktop.domain.fields import stamp, stamps_of

Wanted = Literal["merge", "propose"]
NameSource = Literal["document", "staff", "import"]

NAME_RANK: Mapping[str | None, int] = {"document": 2, "staff": 1}
"""Whose name survives (domain rules, section 4): read from a document, typed by staff, imported."""
BIRTHDAY_RANK: Mapping[str | None, int] = {"stated": 1}
STATUS_RANK: Mapping[str, int] = {"erased": 2, "restricted": 1}


def roots(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """Return the card every merged card now stands for: the smallest id of those that were joined.

    Old ids stay valid for ever; a card that was never merged is not in the answer, nor is a root itself.
    """
    parent: dict[UUID, UUID] = {}

    def root(id_: UUID) -> UUID:
        while id_ in parent:
            above = parent[id_]
            if above in parent:
                parent[id_] = parent[above]
            id_ = above
        return id_

    for one, other in pairs:
        a, b = root(one), root(other)
        if a != b:
            parent[max(a, b)] = min(a, b)
    return {id_: root(id_) for id_ in list(parent)}


@dataclass(frozen=True, slots=True)
class Merge:
    """A fact that two cards are one person, or a proposal that they are."""

    id: UUID
    one: UUID
    other: UUID
    wanted: str


@dataclass(frozen=True, slots=True)
class Unmerge:
    """A fact that takes a merge back, or says no to a proposal."""

    id: UUID
    merge_id: UUID


def in_force(merges: Iterable[Merge], unmerges: Iterable[Unmerge], accepted: Collection[UUID]) -> tuple[Merge, ...]:
    """Return the merges that count: accepted by the centre and not taken back by an unmerge that was accepted too."""
    undone = {one.merge_id for one in unmerges if one.id in accepted}
    return tuple(m for m in merges if m.wanted == "merge" and m.id in accepted and m.id not in undone)


def apart(card: UUID, merges: Iterable[Merge]) -> tuple[tuple[UUID, ...], tuple[tuple[UUID, UUID], ...]]:
    """Return how one card leaves its cluster: which merges are taken back, and which pairs are joined instead.

    The others stay together even where they hung together by this card alone.
    """
    every = tuple(merges)
    touching = tuple(m.id for m in every if card in {m.one, m.other})
    left = [m for m in every if m.id not in touching]
    beside = sorted({x for m in every for x in (m.one, m.other)} - {card})
    standing = roots((m.one, m.other) for m in left)
    tops = sorted({standing.get(x, x) for x in beside})
    return touching, tuple((tops[0], other) for other in tops[1:])


Row = Mapping[str, Any]
"""A card's row as it travels."""


def surviving(rows: Iterable[Row]) -> dict[str, Any]:
    """Return the one row that stands for the cards of a cluster; the row itself when there is only one.

    Name: document over typed by staff over import; birthday: one the client stated; care mode and do-not-contact:
    if any card has them; status: the strictest; the rest: what was written last. Of equals the later edit survives,
    and of edits at one reading of the clock that of the smaller card.
    """
    cards = sorted(rows, key=lambda row: row["id"])
    first = dict(cards[0])
    if len(cards) == 1:
        return first
    first |= _best(cards, "display_name", NAME_PARTS, lambda row: NAME_RANK.get(row.get("name_source"), 0))
    first |= _best(
        cards, "birthday", ("birthday_source",), lambda row: BIRTHDAY_RANK.get(row.get("birthday_source"), 0)
    )
    for field in ("language", "household_id"):
        first |= _best(cards, field, (), lambda _row: 0)
    first["kind"] = "organisation" if all(row["kind"] == "organisation" for row in cards) else "person"
    first["status"] = max((row["status"] for row in cards), key=lambda status: STATUS_RANK.get(status, 0))
    first["care_until"] = max(row["care_until"] for row in cards)
    first["do_not_contact"] = any(row["do_not_contact"] for row in cards)
    return first


NAME_PARTS = ("family_name", "given_name", "patronymic", "name_source")


def _best(cards: Sequence[Row], field: str, along: tuple[str, ...], rank: Callable[[Row], int]) -> dict[str, Any]:
    """Return the field, and what goes along with it, of the card whose value survives; an empty one never does."""
    told = [row for row in cards if row[field]] or cards
    # max keeps the first of equals, and the cards stand by id.
    best = max(told, key=lambda row: (rank(row), stamp(stamps_of(row), field)))
    return {name: best.get(name) for name in (field, *along)}


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach a customer, with what decides which of several comes first."""

    id: UUID
    customer_id: UUID
    type: str
    value: str
    is_primary: bool
    verified_at: int | None
    ver: int


def contacts(found: Iterable[Contact]) -> tuple[Contact, ...]:
    """Return the contacts of a cluster, each value once: verified first, then the one chosen, then the newest."""
    ordered = sorted(
        found, key=lambda c: (c.verified_at is None, -(c.verified_at or 0), not c.is_primary, -c.ver, c.id)
    )
    seen: dict[tuple[str, str], Contact] = {}
    for one in ordered:
        seen.setdefault((one.type, one.value), one)
    return tuple(seen.values())


@dataclass(frozen=True, slots=True)
class Perk:
    """An advantage of a customer: ``worth`` is what makes one better than another of its kind."""

    kind: str
    text: str
    worth: int
    valid_until: int | None


def perks(found: Iterable[Perk], now_ms: int) -> tuple[Perk, ...]:
    """Return the perks still valid, of each kind the one that is better for the client: worth, then lasting longer."""
    best: dict[str, Perk] = {}
    for one in found:
        if one.valid_until is not None and one.valid_until <= now_ms:
            continue
        kept = best.get(one.kind)
        if kept is None or _worth(one) > _worth(kept):
            best[one.kind] = one
    return tuple(best[kind] for kind in sorted(best))


def _worth(perk: Perk) -> tuple[int, bool, int, str]:
    return perk.worth, perk.valid_until is None, perk.valid_until or 0, perk.text
