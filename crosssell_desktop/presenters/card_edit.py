"""Editing a customer's card: pages of rows and short forms as data, so that one form shows them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.state import Choice

if TYPE_CHECKING:
    from crosssell_desktop.domain.ids import CustomerId
    from crosssell_desktop.presenters.ports import Lanes

TITLES: dict[str, str] = {
    "lost": N_("Changed twice"),
    "person": N_("Customer"),
    "contacts": N_("Contacts"),
    "notes": N_("Notes"),
    "needs": N_("Needs"),
    "things": N_("Owns"),
    "promises": N_("Promises"),
    "events": N_("Events"),
    "household": N_("Household"),
    "firm": N_("Firm"),
    "same": N_("Same person"),
    "history": N_("History"),
}
"""The pages in their order."""


@dataclass(frozen=True, slots=True)
class EditRow:
    """One thing on the card, with the acts it allows: id and name of each."""

    key: str
    title: str
    remark: str = ""
    acts: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class EditField:
    """One field of a page's form; with choices it is picked, ``is_tick`` is yes or no (``1`` or empty)."""

    name: str
    caption: str
    value: str = ""
    choices: tuple[Choice, ...] = ()
    is_tick: bool = False


@dataclass(frozen=True, slots=True)
class EditPage:
    """A page: what is there, and a form to add or change; words are in the reader's language already."""

    key: str
    rows: tuple[EditRow, ...] = ()
    fields: tuple[EditField, ...] = ()
    submit: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class CardEditState:
    """The form: whose card, its pages, and what went wrong last."""

    customer_id: CustomerId | None = None
    name: str = ""
    pages: tuple[EditPage, ...] = ()
    trouble: Text | None = None
    is_busy: bool = False

    def page(self, key: str) -> EditPage | None:
        """Return a page by its key; None when this card has none of that kind."""
        return next((page for page in self.pages if page.key == key), None)


class CardEditPort(Protocol):
    """What the form asks of the desk; both changes answer with the card as it is then."""

    def state(self, customer_id: CustomerId) -> CardEditState:
        """Return the card as pages."""

    def submit(self, customer_id: CustomerId, page: str, values: Mapping[str, str]) -> CardEditState:
        """Write a page's form."""

    def act(self, customer_id: CustomerId, page: str, key: str, act: str) -> CardEditState:
        """Do something with one row."""


class CardEditPresenter(QObject):
    """Asks and writes on the lanes; the form shows what comes back.

    *Signals:* ``state_changed(CardEditState)``; ``saved()`` after a change was written; ``failed(exception)``.
    """

    state_changed = Signal(object)
    saved = Signal()
    failed = Signal(object)

    def __init__(self, port: CardEditPort, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self.state = CardEditState()

    @Slot(object)
    def open(self, customer_id: CustomerId) -> None:
        """Ask for a card."""
        self.state = CardEditState(customer_id, is_busy=True)
        self._lanes.read("card_edit", lambda: self._port.state(customer_id), self._have, self._wrong)

    @Slot(str, object)
    def submit(self, page: str, values: Mapping[str, str]) -> None:
        """Write a page's form; a second press while it is being written does nothing."""
        customer_id = self.state.customer_id
        if customer_id is not None and not self.state.is_busy:
            self._busy()
            self._lanes.write(lambda: self._port.submit(customer_id, page, values), self._written, self._wrong)

    @Slot(str, str, str)
    def act(self, page: str, key: str, act: str) -> None:
        """Do something with one row."""
        customer_id = self.state.customer_id
        if customer_id is not None and not self.state.is_busy:
            self._busy()
            self._lanes.write(lambda: self._port.act(customer_id, page, key, act), self._written, self._wrong)

    def _busy(self) -> None:
        self._set(replace(self.state, is_busy=True, trouble=None))

    def _have(self, state: CardEditState) -> None:
        if state.customer_id == self.state.customer_id:
            self._set(state)

    def _written(self, state: CardEditState) -> None:
        self._have(state)
        self.saved.emit()

    def _wrong(self, error: BaseException) -> None:
        said = error.text if isinstance(error, Refusal) else Text(N_("That did not work. Nothing was changed."))
        self._set(replace(self.state, is_busy=False, trouble=said))
        if not isinstance(error, Refusal):
            self.failed.emit(error)

    def _set(self, state: CardEditState) -> None:
        self.state = state
        self.state_changed.emit(state)
