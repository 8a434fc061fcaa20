"""What the matching page of the Office shows and does: one pair at a time, both cards, one key each way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.places import told_of
from crosssell_desktop.presenters.ports import Lanes
from crosssell_desktop.presenters.state import Message, Tone

Answer = Literal["same", "different", "household", "later"]


@dataclass(frozen=True, slots=True)
class MatchLine:
    """One field of the pair: title, what each card says, how it agrees, and its points with a sign."""

    title: Text
    left: str
    right: str
    words: Text
    points: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class MatchingState:
    """The whole page: the pair in front and how many wait; ``number`` tells one pair from the next."""

    waiting: int = 0
    number: int = 0
    left: str = ""
    right: str = ""
    reasons: tuple[Text, ...] = ()
    score: str = ""
    lines: tuple[MatchLine, ...] = ()
    is_family: bool = False
    is_asking: bool = True
    is_busy: bool = False
    trouble: Text | None = None

    @property
    def has_pair(self) -> bool:
        """Whether a pair is in front."""
        return bool(self.lines)


class MatchingPort(Protocol):
    """What the page asks of the counter."""

    def look(self) -> MatchingState:
        """Return the pair that is first in the queue."""

    def answer(self, number: int, said: Answer) -> MatchingState:
        """Answer the pair in front and return the next."""


TOLD: dict[Answer, Text] = {
    "same": Text(N_("One person. The centre joins the cards.")),
    "different": Text(N_("Two people. They are not shown again.")),
    "household": Text(N_("Two people of one household.")),
    "later": Text(N_("Put off for a week.")),
}


class MatchingPresenter(QObject):
    """Pair after pair.

    *Signals:* ``state_changed(MatchingState)``; ``told(Message)``; ``failed(exception)`` for our bugs.
    """

    state_changed = Signal(object)
    told = Signal(object)
    failed = Signal(object)

    def __init__(self, port: MatchingPort, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self._said: Answer = "later"
        self.state = MatchingState()

    @Slot()
    def refresh(self) -> None:
        """Show the first pair of the queue."""
        self._lanes.read("matching", self._port.look, self._have, self._wrong)

    def answer(self, said: Answer) -> None:
        """Answer the pair in front; a second key before the next pair is there does nothing."""
        if not self.state.has_pair or self.state.is_busy or (said == "household" and not self.state.is_family):
            return
        self._said = said
        number = self.state.number
        self._have(replace(self.state, is_busy=True, trouble=None))
        self._lanes.write(lambda: self._port.answer(number, said), self._answered, self._wrong)

    def _have(self, state: MatchingState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _answered(self, state: MatchingState) -> None:
        self._have(state)
        self.told.emit(Message(TOLD[self._said], "ok"))

    def _wrong(self, error: BaseException) -> None:
        self._have(replace(self.state, is_busy=False, is_asking=False, trouble=told_of(error)))
        if not isinstance(error, Refusal):
            self.failed.emit(error)
