"""Opens what the counter's commands ask for: forms, the sheet of keys, the customer view; and takes scans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtWidgets import QDialog, QWidget

from crosssell_desktop.ui.dialogs.card_form import CardEditActions, CardForm
from crosssell_desktop.ui.dialogs.consents_form import ConsentsActions, ConsentsForm
from crosssell_desktop.ui.dialogs.forms import HelpSheet, NewCustomerForm, PassForm, ReturnForm
from crosssell_desktop.ui.dialogs.reveal_form import RevealActions, RevealForm
from crosssell_desktop.ui.screens.counter import CounterActions, CounterScreen
from crosssell_desktop.ui.screens.customer_view import CustomerView

if TYPE_CHECKING:
    from crosssell_desktop.domain.ids import LineId, ReceiptId
    from crosssell_desktop.presenters.ports import NewCustomer, NewPass, ReturnSource, SimilarCustomer
    from crosssell_desktop.presenters.state import Choice, CounterState
    from crosssell_desktop.ui.keys import KeyWatch
    from crosssell_desktop.ui.surroundings import Surroundings


class FormActions(CounterActions, Protocol):
    """What the forms ask of the counter's presenter besides what the screen asks."""

    targets_known: SignalInstance
    source_found: SignalInstance
    similar_known: SignalInstance

    def add_customer(self, new: NewCustomer) -> None:
        """Create a customer."""

    def ask_similar(self, new: NewCustomer) -> None:
        """Ask who may be the customer being written down."""

    def ask_targets(self) -> None:
        """Ask where a customer can be passed to."""

    def make_pass(self, new: NewPass) -> None:
        """Pass the customer on."""

    def find_source(self, text: str) -> None:
        """Find an earlier sale."""

    def take_back(self, source: ReceiptId, lines: dict[LineId, int], reason: str) -> None:
        """Record a return."""


class CounterForms(QObject):
    """Joins the counter screen with its dialogs; one dialog at a time, each forgotten when it closes."""

    def __init__(  # what it joins
        self,
        at: Surroundings,
        screen: CounterScreen,
        presenter: FormActions,
        keys: KeyWatch,
        window: QWidget,
        *,
        editor: CardEditActions | None = None,
        consents: ConsentsActions | None = None,
        reveals: RevealActions | None = None,
    ) -> None:
        super().__init__(window)
        self.editor = editor
        self.consents = consents
        self.reveals = reveals
        self.at = at
        self.screen = screen
        self.presenter = presenter
        self.window_ = window
        self.dialog: QDialog | None = None
        self.view = CustomerView(at)
        self.view.closed.connect(screen.focus_field)
        screen.asked.connect(self.open)
        keys.scanned.connect(self.scanned)
        presenter.targets_known.connect(self._targets)
        presenter.source_found.connect(self._source)
        presenter.similar_known.connect(self._similar)
        presenter.state_changed.connect(self._follow)

    def open(self, command_id: str) -> None:
        """Open what a command asks for."""
        openers = {
            "help": self._help,
            "customer": self._customer,
            "pass": self._pass,
            "return": self._return,
            "show_customer": self._show_customer,
            "edit_card": self._edit_card,
            "consents": self._consents,
            "reveal": self._reveal,
        }
        if command_id in openers and self.dialog is None:
            openers[command_id]()

    def leave(self) -> None:
        """Close what is open over the counter: the person goes away."""
        if self.dialog is not None:
            self.dialog.reject()
        self.view.hide()

    def scanned(self, code: str) -> None:
        """Give a scan to the form that waits for one, else to the counter."""
        if isinstance(self.dialog, ReturnForm):
            self.dialog.take_scan(code)
        elif self.screen.isVisible() and self.dialog is None and self.window_.isActiveWindow():
            self.presenter.scan(code)

    def _help(self) -> None:
        self._show(HelpSheet(self.at, self.window_))

    def _customer(self) -> None:
        typed = self.screen.field.text().strip()
        digits = sum(char.isdigit() for char in typed)
        is_phone = digits >= 4 and not any(char.isalpha() for char in typed)
        form = NewCustomerForm(self.at, self.window_, name="" if is_phone else typed, phone=typed if is_phone else "")
        form.submitted.connect(self.presenter.add_customer)
        form.submitted.connect(self._clear_field)
        form.asked.connect(self.presenter.ask_similar)
        form.chosen.connect(self.presenter.choose)
        form.chosen.connect(self._clear_field)
        self._show(form)
        form.ask()

    def _pass(self) -> None:
        form = PassForm(self.at, self.presenter.state.receipt.customer_id, self.window_)
        form.submitted.connect(self.presenter.make_pass)
        self._show(form)
        self.presenter.ask_targets()

    def _return(self) -> None:
        form = ReturnForm(self.at, self.window_)
        form.source_asked.connect(self.presenter.find_source)
        form.submitted.connect(self.presenter.take_back)
        self._show(form)

    def _edit_card(self) -> None:
        card = self.presenter.state.card
        if card is not None and self.editor is not None:
            self._show(CardForm(self.at, self.editor, self.window_))
            self.editor.open(card.customer_id)

    def _consents(self) -> None:
        card = self.presenter.state.card
        if card is not None and self.consents is not None:
            self.consents.open(card.customer_id)
            self._show(ConsentsForm(self.at, self.consents, self.window_))

    def _reveal(self) -> None:
        card = self.presenter.state.card
        if card is not None and self.reveals is not None:
            self.reveals.open(card.customer_id, card.name)
            self._show(RevealForm(self.at, self.reveals, self.window_))

    def _show_customer(self) -> None:
        self.view.show_state(self.presenter.state.suggestions)
        self.view.showFullScreen()
        self.view.setFocus()

    def _show(self, dialog: QDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self, _result: int) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None
        self.screen.focus_field()

    def _clear_field(self, _what: object) -> None:
        self.screen.field.clear()

    def _targets(self, departments: tuple[Choice, ...], categories: tuple[Choice, ...]) -> None:
        if isinstance(self.dialog, PassForm):
            self.dialog.show_targets(departments, categories)

    def _similar(self, similar: tuple[SimilarCustomer, ...]) -> None:
        if isinstance(self.dialog, NewCustomerForm):
            self.dialog.show_similar(similar)

    def _source(self, source: ReturnSource | None) -> None:
        if isinstance(self.dialog, ReturnForm):
            self.dialog.show_source(source)

    def _follow(self, state: CounterState) -> None:
        if self.view.isVisible():
            self.view.show_state(state.suggestions)
