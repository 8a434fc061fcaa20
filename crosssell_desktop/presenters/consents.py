"""What a customer allows, as one dialog shows and records it: consents, do-not-contact, restriction, erasure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.consents import Allowed, Said, words_between
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.state import Choice, Message

if TYPE_CHECKING:
    from crosssell_desktop.domain.ids import CustomerId
    from crosssell_desktop.presenters.ports import Lanes


@dataclass(frozen=True, slots=True)
class ConsentsState:
    """The dialog: whose consents, what is allowed now, and which acts the person at work may take."""

    customer_id: CustomerId | None = None
    name: str = ""
    is_known: bool = False
    """The desk has answered; before that nothing can be changed."""
    allowed: Allowed = frozenset()
    no_contact: bool = False
    is_restricted: bool = False
    care_mode: bool = False
    erasure: Text | None = None
    """That the customer wishes to be erased, since when."""
    wordings: Mapping[str, str] = field(default_factory=dict)
    """What the customer agrees to, by purpose."""
    last: Mapping[str, str] = field(default_factory=dict)
    """The newest word on a purpose: what, how, by whom, when."""
    grounds: tuple[Choice, ...] = ()
    erase_days: int = 0
    may_record: bool = False
    may_allow: bool = False
    """A consent may be given and the bar lifted; not while an erasure is asked or the data are restricted."""
    may_restrict: bool = False
    may_ask_erasure: bool = False
    trouble: Text | None = None
    is_busy: bool = False
    is_done: bool = False
    """An act was recorded; the dialog closes."""


class ConsentsPort(Protocol):
    """What the dialog asks of the desk."""

    def state(self, customer_id: CustomerId) -> ConsentsState:
        """Return what the customer allows."""

    def record(self, customer_id: CustomerId, words: tuple[Said, ...], form: str) -> None:
        """Record several words in one act."""

    def withdraw_all(self, customer_id: CustomerId) -> None:
        """Withdraw everything."""

    def set_no_contact(self, customer_id: CustomerId, *, barred: bool) -> None:
        """Bar every contact, or lift the bar."""

    def set_restricted(self, customer_id: CustomerId, *, restricted: bool) -> None:
        """Use the data for nothing, or use them again."""

    def ask_erasure(self, customer_id: CustomerId, ground: str) -> None:
        """Record the wish to be erased."""


class ConsentsPresenter(QObject):
    """Asks and writes on the lanes; when something was refused, what was ticked stays.

    *Signals:* ``state_changed(ConsentsState)``; ``done(Message, undo)`` after an act was recorded, with the function
    that takes it back or None; ``failed(exception)`` for faults that are our bugs.
    """

    state_changed = Signal(object)
    done = Signal(object, object)
    failed = Signal(object)

    def __init__(self, port: ConsentsPort, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self.state = ConsentsState()

    @Slot(object)
    def open(self, customer_id: CustomerId) -> None:
        """Ask what a customer allows."""
        self._set(ConsentsState(customer_id))
        self._lanes.read("consents", lambda: self._port.state(customer_id), self._have, self._wrong)

    @Slot(object, str)
    def save(self, allowed: Allowed, form: str) -> None:
        """Record what was ticked and unticked."""
        before, customer_id = self.state.allowed, self.state.customer_id
        words = words_between(before, allowed)
        if customer_id is None or not self.state.is_known or not words:
            self._set(replace(self.state, is_done=True))
            return
        back = words_between(allowed, before)
        self._act(
            lambda: self._port.record(customer_id, words, form),
            Text(N_("The customer's consents are recorded.")),
            lambda: self._port.record(customer_id, back, form),
        )

    @Slot()
    def withdraw_all(self) -> None:
        """Withdraw everything by one tap."""
        before, customer_id = self.state.allowed, self.state.customer_id
        if customer_id is not None:
            back = words_between(frozenset(), before)
            self._act(
                lambda: self._port.withdraw_all(customer_id),
                Text(N_("Everything is withdrawn: nothing is sent any more, at any counter after its exchange.")),
                (lambda: self._port.record(customer_id, back, "screen")) if back else None,
            )

    def set_no_contact(self, *, barred: bool) -> None:
        """Bar every contact, or lift the bar."""
        customer_id = self.state.customer_id
        if customer_id is not None:
            self._act(
                lambda: self._port.set_no_contact(customer_id, barred=barred),
                Text(N_("Nobody contacts this customer any more."))
                if barred
                else Text(N_("The customer may be contacted again, as far as the consents go.")),
                lambda: self._port.set_no_contact(customer_id, barred=not barred),
            )

    def set_restricted(self, *, restricted: bool) -> None:
        """Use the data for nothing, or use them again."""
        customer_id = self.state.customer_id
        if customer_id is not None:
            self._act(
                lambda: self._port.set_restricted(customer_id, restricted=restricted),
                Text(N_("The data are kept and used for nothing."))
                if restricted
                else Text(N_("The data may be used again.")),
                lambda: self._port.set_restricted(customer_id, restricted=not restricted),
            )

    @Slot(str)
    def ask_erasure(self, ground: str) -> None:
        """Record the wish to be erased; a manager takes it back, not a key."""
        customer_id = self.state.customer_id
        if customer_id is not None:
            self._act(
                lambda: self._port.ask_erasure(customer_id, ground),
                Text(N_("The wish is recorded: consents have ended, a manager approves the erasure.")),
                None,
            )

    def _act(self, work: Callable[[], None], said: Text, undo: Callable[[], None] | None) -> None:
        """Carry out an act of the dialog; a second press while it is being written does nothing."""
        if self.state.is_busy or not self.state.is_known:
            return
        self._set(replace(self.state, is_busy=True, trouble=None))

        def written() -> tuple[CustomerId | None, Message, Callable[[], None] | None]:
            work()
            return customer_id, Message(said, "ok", can_undo=undo is not None), undo

        customer_id = self.state.customer_id
        self._lanes.write(written, self._written, self._wrong)

    def _written(self, answer: tuple[CustomerId | None, Message, Callable[[], None] | None]) -> None:
        customer_id, message, undo = answer
        if customer_id == self.state.customer_id:
            self._set(replace(self.state, is_busy=False, is_done=True))
        self.done.emit(message, undo)

    def _have(self, state: ConsentsState) -> None:
        if state.customer_id == self.state.customer_id:
            self._set(state)

    def _wrong(self, error: BaseException) -> None:
        said = error.text if isinstance(error, Refusal) else Text(N_("That did not work. Nothing was changed."))
        self._set(replace(self.state, is_busy=False, trouble=said))
        if not isinstance(error, Refusal):
            self.failed.emit(error)

    def _set(self, state: ConsentsState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
