"""Carries the one refresh signal: what kinds of things changed; each screen decides whether it cares."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Changes(QObject):
    """The one place screens listen at.

    Signals:
        changed: a non-empty ``frozenset[str]`` of the kinds an Outcome named; on the main thread, after the commit.
    """

    changed = Signal(object)

    def announce(self, kinds: Iterable[str]) -> None:
        """Tell every screen; nothing is said when nothing changed."""
        told = frozenset(kinds)
        if told:
            self.changed.emit(told)
