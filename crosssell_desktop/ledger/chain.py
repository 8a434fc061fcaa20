"""The hash chain over a counter's facts: what was written cannot be changed, dropped or reordered unseen.

Law: each link is the SHA-256 of the link before it and of the canonical encoding of one fact; facts carry
random ids only; the head is printed on the shift report and known to the centre.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from crosssell_desktop.domain.canon import digest, short
from crosssell_desktop.domain.ids import CounterId

Scalar = None | bool | int | str | bytes | UUID
FaultKind = Literal["gap", "content", "link", "truncated"]


@dataclass(frozen=True, slots=True)
class ChainFact:
    """One fact of a counter as the chain sees it; ``sequence`` starts at 1 and has no gaps."""

    sequence: int
    kind: str
    fact_id: UUID
    at_ms: int
    values: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Link:
    """What is stored beside a fact: its own hash and the head of the chain after it."""

    sequence: int
    fact_hash: bytes
    head: bytes

    @property
    def short_head(self) -> str:
        """The head as 8 hexadecimal digits, for paper."""
        return short(self.head)


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The first thing wrong with a chain: which row, and in which way."""

    sequence: int
    kind: FaultKind


def genesis(counter_id: CounterId, incarnation: int = 1) -> bytes:
    """Return the head of an empty chain: a counter's chain is nobody else's, nor its own after a restore."""
    return digest("crosssell.chain.genesis", (counter_id, incarnation))


def fact_hash(fact: ChainFact) -> bytes:
    """Return the hash of one fact, by its canonical encoding."""
    return digest("crosssell.chain.fact", (fact.sequence, fact.kind, fact.fact_id, fact.at_ms, dict(fact.values)))


def append(head: bytes, fact: ChainFact) -> Link:
    """Return the link of a fact put after a head."""
    own = fact_hash(fact)
    return Link(fact.sequence, own, digest("crosssell.chain.link", (head, own)))


def build(start: bytes, facts: Iterable[ChainFact]) -> tuple[Link, ...]:
    """Return the links of facts in order, from a head on."""
    links: list[Link] = []
    head = start
    for fact in facts:
        links.append(append(head, fact))
        head = links[-1].head
    return tuple(links)


def find_fault(
    start: bytes,
    rows: Iterable[tuple[ChainFact, Link]],
    *,
    first_sequence: int = 1,
    anchor: tuple[int, bytes] | None = None,
) -> ChainFault | None:
    """Return the first fault of a stored chain, or None when it is whole.

    ``anchor`` is a sequence and head that somebody else knows (the centre, a printed report): a chain
    that is consistent in itself but was forged again, or cut off, before it is told by the anchor.
    """
    head, expected = start, first_sequence
    is_anchor_met = anchor is None
    for fact, link in rows:
        if fact.sequence != expected or link.sequence != expected:
            return ChainFault(expected, "gap")
        true = append(head, fact)
        if true.fact_hash != link.fact_hash:
            return ChainFault(expected, "content")
        if true.head != link.head:
            return ChainFault(expected, "link")
        if anchor is not None and anchor[0] == expected:
            if anchor[1] != link.head:
                return ChainFault(expected, "link")
            is_anchor_met = True
        head, expected = link.head, expected + 1
    return None if is_anchor_met else ChainFault(expected, "truncated")
