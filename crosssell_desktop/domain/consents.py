"""Which consents are in force: the strictest wins, whatever order the words of all counters arrive in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Word(NamedTuple):
    """A word of a customer on a purpose: ``given`` or ``withdrawn``, when, and the withdrawal it had in sight."""

    purpose: str
    channel: str
    state: str
    hlc: int
    base_hlc: int


def in_force(words: Iterable[Word]) -> frozenset[str]:
    """Return the purposes in force as ``purpose`` and ``purpose:channel``.

    A withdrawal beats a grant whatever their clocks, unless the grant was given with the withdrawal in sight.
    """
    withdrawn: dict[tuple[str, str], int] = {}
    given: dict[tuple[str, str], int] = {}
    for word in words:
        pair = (word.purpose, word.channel)
        if word.state == "withdrawn":
            withdrawn[pair] = max(withdrawn.get(pair, -1), word.hlc)
        elif word.state == "given":
            given[pair] = max(given.get(pair, -1), word.base_hlc)
    found: set[str] = set()
    for (purpose, channel), seen in given.items():
        if seen >= withdrawn.get((purpose, channel), -1):
            found.add(purpose)
            if channel:
                found.add(f"{purpose}:{channel}")
    return frozenset(found)
