"""Opening a masked contact: a reason from a short list, what was opened, and how many more may be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.card_words import masked_groups
from crosssell_desktop.presenters.state import Choice
from crosssell_desktop.services import access_log

if TYPE_CHECKING:
    from collections.abc import Callable

    from crosssell_desktop.domain.ids import CustomerId
    from crosssell_desktop.domain.outcome import Change
    from crosssell_desktop.presenters.desk_port import DeskPort
    from crosssell_desktop.presenters.ports import Lanes

KINDS = {
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "messenger": N_("Messenger"),
    "post": N_("Postal address"),
}


@dataclass(frozen=True, slots=True)
class RevealState:
    """The dialog: whose contact, what was opened, how many more may be, and what went wrong."""

    customer_id: CustomerId | None = None
    name: str = ""
    left: Text | None = None
    opened: tuple[Choice, ...] | None = None
    """Kind in words and value; None before anything was opened. It is kept no longer than the dialog is open."""
    trouble: Text | None = None
    is_busy: bool = False


class RevealPort(Protocol):
    """What the dialog asks of the desk."""

    def left(self) -> Text:
        """Say how many contacts may still be opened."""

    def reveal(self, customer_id: CustomerId, reason: str) -> tuple[Choice, ...]:
        """Open what is masked; the look is in the log before this answers."""


class DeskRevealPort:
    """Calls the services with the session of the counter's port."""

    def __init__(self, port: DeskPort, announce: Callable[[frozenset[Change]], None]) -> None:
        self._port = port
        self._announce = announce

    def left(self) -> Text:
        """Say how many contacts the person may still open."""
        left = access_log.left(self._port.desk, self._port.session)
        return Text(
            N_("You may open {hour} more of {of_hour} this hour, {day} of {of_day} today. Every look is recorded."),
            {"hour": left.hour, "of_hour": left.of_hour, "day": left.day, "of_day": left.of_day},
        )

    def reveal(self, customer_id: CustomerId, reason: str) -> tuple[Choice, ...]:
        """Open what this level sees masked: the contacts, or for who sees those the address."""
        groups = masked_groups(self._port.session)
        if not groups:
            raise Refusal("not_allowed", Text(N_("Your role does not allow this; ask the shift supervisor.")))
        done = access_log.reveal(self._port.desk, self._port.session, customer_id, reason, group=groups[0])
        self._announce(done.changes)
        say = self._port.speaker.gettext
        return tuple(Choice(kind, value, say(words)) for kind, words in KINDS.items() for value in done.value.of(kind))


class RevealPresenter(QObject):
    """Asks and opens on the lanes; an answer for a dialog that was closed is dropped unseen.

    *Signals:* ``state_changed(RevealState)``; ``failed(exception)`` for faults that are our bugs.
    """

    state_changed = Signal(object)
    failed = Signal(object)

    def __init__(self, port: RevealPort, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self.state = RevealState()

    @Slot(object, str)
    def open(self, customer_id: CustomerId, name: str) -> None:
        """Begin with a customer: nothing is opened yet."""
        self._set(RevealState(customer_id, name))
        self._lanes.read("reveal", self._port.left, self._have_left, self._wrong)

    @Slot(str)
    def reveal(self, reason: str) -> None:
        """Open the contact for a reason; a second press while it is being opened does nothing."""
        customer_id = self.state.customer_id
        if customer_id is None or self.state.is_busy or self.state.opened is not None:
            return
        self._set(replace(self.state, is_busy=True, trouble=None))
        self._lanes.write(lambda: (customer_id, self._port.reveal(customer_id, reason)), self._have_opened, self._wrong)

    @Slot()
    def close(self) -> None:
        """Forget what was opened."""
        self._set(RevealState())

    def _have_left(self, left: Text) -> None:
        if self.state.customer_id is not None:
            self._set(replace(self.state, left=left))

    def _have_opened(self, answer: tuple[CustomerId, tuple[Choice, ...]]) -> None:
        customer_id, opened = answer
        if customer_id == self.state.customer_id:
            self._set(replace(self.state, opened=opened, is_busy=False))
            self._lanes.read("reveal", self._port.left, self._have_left, self._wrong)

    def _wrong(self, error: BaseException) -> None:
        said = error.text if isinstance(error, Refusal) else Text(N_("That did not work. Nothing was changed."))
        self._set(replace(self.state, is_busy=False, trouble=said))
        if not isinstance(error, Refusal):
            self.failed.emit(error)

    def _set(self, state: RevealState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
