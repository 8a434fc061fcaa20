"""The first start of a computer: it joins the centre by a one-time code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.places import told_of

if TYPE_CHECKING:
    from crosssell_desktop.presenters.ports import Lanes

UNJOINED = frozenset({"no_database", "not_enrolled"})
"""Why a shop cannot open where a code helps."""
_AWAY = Text(N_("The centre does not answer. Look whether this computer is on the network, then try again."))


class JoinPort(Protocol):
    """What joining asks of the rest of the program."""

    def join(self, code: str) -> None:
        """Make the profile the counter of the code and fetch everything; waits for the network.

        Raises:
            Refusal: what is wrong with the code, in words.
        """


class JoinPresenter(QObject):
    """Takes a code and joins with it; one at a time.

    *Signals:* ``busy_changed(bool)``; ``joined()``; ``refused(Text)``; ``failed(exception)`` for our bugs.
    """

    busy_changed = Signal(bool)
    joined = Signal()
    refused = Signal(object)
    failed = Signal(object)

    def __init__(self, port: JoinPort, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self._busy = False

    @Slot(str)
    def join(self, code: str) -> None:
        """Join with the code; an empty one is refused without asking anybody."""
        if self._busy:
            return
        if not code.strip():
            self.refused.emit(Text(N_("Type or paste the code that the office gave for this counter.")))
            return
        self._work(busy=True)
        self._lanes.write(lambda: self._port.join(code), self._done, self._wrong)

    def _work(self, *, busy: bool) -> None:
        self._busy = busy
        self.busy_changed.emit(busy)

    def _done(self, _: None) -> None:
        self._work(busy=False)
        self.joined.emit()

    def _wrong(self, error: BaseException) -> None:
        self._work(busy=False)
        if not isinstance(error, Refusal):
            self.failed.emit(error)
        is_away = isinstance(error, Refusal) and error.code == "centre_away"
        self.refused.emit(_AWAY if is_away else told_of(error))
