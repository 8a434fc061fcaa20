"""Two cards of one person become one: every merge is a fact, and the same facts give the same root in any order."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID


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
