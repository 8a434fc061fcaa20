"""Knows every word that names and streets are made of, and which of them are meant by a mistyped one.

The words are read once for each open file and then followed by number (``find_word.no``), because a pull brings new
ones at any time. A word that went stays in memory and finds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from rapidfuzz import process
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

MOST_NEAR = 40
"""Words taken for one mistyped word, nearest and commonest first."""

SHORTEST = 3
"""Letters below which nothing is taken for mistyped, nor for the beginning of a sound: anything would be near."""

_OPEN: WeakKeyDictionary[Engine, Vocabulary] = WeakKeyDictionary()


class Vocabulary:
    """The words of one open file by length; grown by :func:`vocabulary` only.

    Two readers may grow it at the same time: a word then stands there once all the same, and nothing is taken out.
    """

    def __init__(self) -> None:
        self._cards: dict[str, int] = {}
        self._by_length: dict[int, list[str]] = {}
        self._last = 0

    def __contains__(self, word: str) -> bool:
        """Say whether a card has or had this word."""
        return word in self._cards

    def follow(self, connection: Connection) -> None:
        """Read the words that are new since the last time."""
        rows = connection.exec_driver_sql(
            "SELECT no, word, cards FROM find_word WHERE no > ? ORDER BY no", (self._last,)
        )
        for no, word, cards in rows:
            if word not in self._cards:
                self._by_length.setdefault(len(word), []).append(word)
            self._cards[word] = cards
            self._last = max(self._last, no)

    def near(self, word: str, most: int) -> dict[str, int]:
        """Return the words within so many typing errors, with how many: a wrong, missing, added or swapped letter."""
        found: list[tuple[int, int, str]] = []
        if len(word) < SHORTEST:
            return {}
        for length in range(max(1, len(word) - most), len(word) + most + 1):
            some: Sequence[str] = self._by_length.get(length, ())
            for near, distance, _ in process.extract_iter(word, some, scorer=OSA.distance, score_cutoff=most):
                found.append((int(distance), -self._cards[near], near))
        found.sort()
        return {near: distance for distance, _, near in found[:MOST_NEAR]}


def vocabulary(connection: Connection) -> Vocabulary:
    """Return the words of the file this connection reads, up to date with what it sees."""
    known = _OPEN.get(connection.engine)
    if known is None:
        known = _OPEN[connection.engine] = Vocabulary()
    known.follow(connection)
    return known


def alike(connection: Connection, sound: str) -> list[str]:
    """Return the words of a sound, else those that begin with it; the commonest first."""
    whole = connection.exec_driver_sql(
        "SELECT word FROM find_word WHERE sound = ? AND sound <> '' ORDER BY cards DESC LIMIT ?", (sound, MOST_NEAR)
    )
    found = list(whole.scalars())
    if found or len(sound) < SHORTEST:
        return found
    begun = connection.exec_driver_sql(
        "SELECT word FROM find_word WHERE sound >= ? AND sound < ? ORDER BY cards DESC LIMIT ?",
        (sound, sound + "\U0010ffff", MOST_NEAR),
    )
    return list(begun.scalars())


def beginning(connection: Connection, start: str, most: int) -> list[str]:
    """Return the words that begin so, at most ``most``, in the order of the alphabet."""
    rows = connection.exec_driver_sql(
        "SELECT word FROM find_word WHERE word >= ? AND word < ? ORDER BY word LIMIT ?",
        (start, start + "\U0010ffff", most),
    )
    return list(rows.scalars())
