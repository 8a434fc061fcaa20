"""The counter: customer, receipt, suggestions and keys on one screen, painted from one frozen state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QStackedLayout, QWidget

from crosssell_desktop.domain.format import money
from crosssell_desktop.domain.text import N_, NP_
from crosssell_desktop.presenters.commands import BY_ID
from crosssell_desktop.presenters.state import CounterState, Place, ReceiptState, ShiftHeader, SuggestionsPhase
from crosssell_desktop.presenters.wording import counted
from crosssell_desktop.ui.theme import FOLD_BELOW_PX, Column, Row
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, Picker, PlainLabel, Rule, StateNote, unkeyed
from crosssell_desktop.ui.widgets.customer import CustomerPanel
from crosssell_desktop.ui.widgets.field import OneField, ResultsPane
from crosssell_desktop.ui.widgets.keybar import KeyBar
from crosssell_desktop.ui.widgets.receipt import ReceiptTable
from crosssell_desktop.ui.widgets.refusal_menu import RefusalMenu
from crosssell_desktop.ui.widgets.strips import FlowChips, SellersLine
from crosssell_desktop.ui.widgets.suggestions import SuggestionPanel
from crosssell_desktop.ui.widgets.toast import Toast

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from crosssell_desktop.domain.ids import LineId
    from crosssell_desktop.presenters.state import Message, RefusalReason
    from crosssell_desktop.ui.surroundings import Surroundings

CARD_PX = 320
OFFERS_PX = 400
LINES = NP_("{n} line", "{n} lines")
HELD = NP_("{n} put aside", "{n} put aside")


class CounterActions(Protocol):
    """What the screen asks of its presenter."""

    state_changed: SignalInstance
    told: SignalInstance

    @property
    def state(self) -> CounterState:
        """Return what to show."""

    def type_text(self, text: str) -> None:
        """Look for a typed text."""

    def show_more(self) -> None:
        """Lengthen the list of results."""

    def submit(self, text: str) -> None:
        """Act on a finished text."""

    def scan(self, code: str) -> None:
        """Act on a scan."""

    def choose(self, hit_key: str) -> None:
        """Act on a row of the list."""

    def make_core(self, line_id: LineId | None) -> None:
        """Make a line the core."""

    def confirm_core(self) -> None:
        """Record that the core suits."""

    def remove_line(self, line_id: LineId | None) -> None:
        """Remove a line."""

    def hold(self) -> None:
        """Put aside or take up."""

    def show_held(self) -> None:
        """List the receipts put aside."""

    def complete(self) -> None:
        """Store the sale."""

    def accept(self, number: int) -> None:
        """Yes to a suggestion."""

    def decline(self, number: int, reason: RefusalReason) -> None:
        """No to a suggestion."""

    def undo_answer(self, number: int) -> None:
        """Take an answer back."""

    def undo(self) -> None:
        """Undo the last act."""

    def set_situation(self, situation: str) -> None:
        """Record the situation."""

    def set_budget(self, budget_minor: int | None) -> None:
        """Record the cap."""


class ReceiptPanel(Part):
    """Steps, lines, sellers and the sum.

    *Signals:* ``held_asked`` when receipts put aside are wanted; ``drawer_asked`` from the customer's short line.
    """

    held_asked = Signal()
    drawer_asked = Signal()

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, surface="panel")
        self.state = ReceiptState()
        self.header = ShiftHeader()
        whole = Column(at.look, (0, 0, 0, 0), 0)
        head = Row(at.look, (12, 8, 12, 8), 8)
        self.customer_button = KeyButton(at, icon="customer", kind="quiet", compact=True)
        self.customer_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.customer_button.clicked.connect(self.drawer_asked)
        self.customer_button.hide()
        self.flow = FlowChips(at)
        head.addWidget(self.customer_button)
        head.addWidget(self.flow)
        head.addStretch(1)
        self.held = KeyButton(at, kind="quiet", icon="hold", compact=True)
        self.held.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.held.clicked.connect(self.held_asked)
        head.addWidget(self.held)
        whole.addLayout(head)
        self._stack = QStackedLayout()
        self.empty = StateNote(at)
        self.table = ReceiptTable(at)
        self.table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        whole.addLayout(self._stack, 1)
        whole.addWidget(Rule())
        self.sellers = SellersLine(at)
        whole.addWidget(self.sellers)
        whole.addWidget(Rule())
        whole.addLayout(self._build_total())
        self.setLayout(whole)
        self.relabel()

    def _build_total(self) -> QHBoxLayout:
        at = self.at
        box = Row(at.look, (12, 8, 12, 10), 12)
        self.total_title = PlainLabel(at, kind="title")
        self.count = PlainLabel(at, ink="muted")
        self.discount = PlainLabel(at, ink="ok")
        self.total = PlainLabel(at, kind="total")
        self.total.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        box.addWidget(self.total_title)
        box.addWidget(self.count)
        box.addStretch(1)
        box.addWidget(self.discount)
        box.addWidget(self.total)
        return box

    def show_header(self, header: ShiftHeader) -> None:
        """Show what to do while no shift is open."""
        if (header.shift_id, header.openers, header.places) != (
            self.header.shift_id, self.header.openers, self.header.places,
        ):  # fmt: skip
            self.header = header
            self.relabel()

    def show_receipt(self, state: ReceiptState) -> None:
        """Show a receipt."""
        self.state = state
        self.table.show_receipt(state)
        self.relabel()

    def relabel(self) -> None:
        """Show the present receipt in the present language."""
        state, language = self.state, self.at.speech.language
        if self.header.shift_id is None:
            self.empty.show_note("shift", self.say(N_("The shift is not open yet")), self._how_to_open(), "warn")
        else:
            self.empty.show_note(
                "receipt",
                self.say(N_("The receipt is empty")),
                self.say(N_("Scan what the customer came for, or type its name in the field above.")),
            )
        self._stack.setCurrentIndex(0 if state.is_empty else 1)
        self.flow.show_step(state.step)
        self.total_title.set_text(self.say(N_("RETURN")) if state.is_return else self.say(N_("TOTAL")))
        self.count.set_text(counted(self.at.speech, LINES, len(state.lines)) if state.lines else "")
        self.discount.set_text(
            self.say(N_("discount {amount}"), amount=money(-state.discount_minor, language))
            if state.discount_minor
            else ""
        )
        self.total.set_text(money(state.total_minor, language))
        self.held.setVisible(bool(state.held))
        self.held.show_words(counted(self.at.speech, HELD, len(state.held)), "F8")

    def _how_to_open(self) -> str:
        if Place.SHIFT in self.header.places:
            return self.say(N_("Press Ctrl+4, choose who is responsible, and open it."))
        if not self.header.openers:
            return self.say(N_("A shift supervisor opens it after logging in here."))
        return self.say(N_("Ask to open it: {names}"), names=", ".join(self.header.openers))


class CounterTop(Part):
    """The counter's part of the top bar: the one field, the situation and the budget."""

    situation_chosen = Signal(str)
    budget_chosen = Signal(object)

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        box = Row(at.look, (0, 0, 0, 0), 8)
        self.field = OneField(at)
        self.situation = Picker(at)
        self.situation.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.situation.activated.connect(self._situation)
        self.budget = QLineEdit()
        self.budget.setValidator(QIntValidator(0, 99_999_999, self))
        self.budget.editingFinished.connect(self._budget)
        self.budget.setAlignment(Qt.AlignmentFlag.AlignRight)
        box.addWidget(self.field, 1)
        box.addWidget(self.situation)
        box.addWidget(self.budget)
        self.setLayout(box)
        self._state = CounterState()
        self._narrow = False
        self.restyle()
        self.relabel()

    def fold(self, narrow: bool) -> None:  # noqa: FBT001
        """Make do with less width."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.restyle()

    def restyle(self) -> None:
        """Follow the text scale."""
        look = self.at.look
        self.field.setMinimumWidth(look.px(180 if self._narrow else 280))
        for control, width in (
            (self.situation, 116 if self._narrow else 150),
            (self.budget, 92 if self._narrow else 120),
        ):
            control.setFixedWidth(look.px(width))
            control.setFixedHeight(look.px(44))

    def relabel(self) -> None:
        """Say the fixed words, then the state."""
        self.situation.setAccessibleName(self.say(N_("The customer's situation")))
        self.budget.setAccessibleName(self.say(N_("Budget in roubles")))
        self.budget.setPlaceholderText(self.say(N_("budget, ₽")))
        self._fill()

    def show_state(self, state: CounterState) -> None:
        """Show the situation and the cap."""
        before, self._state = self._state, state
        if (before.situations, before.situation, before.budget_minor) != (
            state.situations, state.situation, state.budget_minor,
        ):  # fmt: skip
            self._fill()

    def _fill(self) -> None:
        state = self._state
        self.situation.clear()
        self.situation.addItem(self.say(N_("situation")), "")
        for choice in state.situations:
            self.situation.addItem(unkeyed(choice.title), choice.key)
        self.situation.setCurrentIndex(max(self.situation.findData(state.situation), 0))
        if not self.budget.hasFocus():
            self.budget.setText("" if state.budget_minor is None else str(state.budget_minor // 100))

    def _situation(self, row: int) -> None:
        self.situation_chosen.emit(self.situation.itemData(row) or "")

    def _budget(self) -> None:
        text = self.budget.text()
        budget = int(text) * 100 if text else None
        if budget != self._state.budget_minor:
            self.budget_chosen.emit(budget)


class CounterScreen(Part):
    """The whole counter.

    *Signals:* ``asked(command id)`` for commands that open something of the window: help, customer, pass, return,
    show_customer, language, theme, larger, lock.
    """

    asked = Signal(str)

    def __init__(self, at: Surroundings, presenter: CounterActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self._shown = CounterState()
        self.folded = False
        self.drawer_open = False
        self.top = CounterTop(at)
        self.customer = CustomerPanel(at)
        self.receipt = ReceiptPanel(at)
        self.suggestions = SuggestionPanel(at)
        self.bar = KeyBar(at)
        self._middle = Row(at.look, (8, 8, 8, 8), 8)
        self._middle.addWidget(self.customer)
        self._middle.addWidget(self.receipt, 1)
        self._middle.addWidget(self.suggestions)
        whole = Column(at.look, (0, 0, 0, 0), 0)
        whole.addLayout(self._middle, 1)
        whole.addWidget(self.bar)
        self.setLayout(whole)
        self.results = ResultsPane(at, self)
        self.toast = Toast(at, self, self._toast_room)
        self.menu = RefusalMenu(at, self)
        self._bind(presenter)
        self.restyle()
        self.show_state(presenter.state, everything=True)

    @property
    def field(self) -> OneField:
        """The one field."""
        return self.top.field

    def _bind(self, presenter: CounterActions) -> None:
        presenter.state_changed.connect(self.show_state)
        presenter.told.connect(self.say_message)
        field = self.field
        field.textEdited.connect(presenter.type_text)
        field.submitted.connect(self._submit)
        field.moved.connect(self._move)
        field.deleted.connect(self._delete)
        field.undone.connect(presenter.undo)
        field.left.connect(self._leave)
        self.results.place_below(field)
        self.results.chosen.connect(self._choose)
        field.resized.connect(self.results.place)
        self.top.situation_chosen.connect(presenter.set_situation)
        self.top.budget_chosen.connect(presenter.set_budget)
        self.customer.find_button.clicked.connect(self._find_customer)
        self.customer.asked.connect(self.run)
        self.receipt.held_asked.connect(presenter.show_held)
        self.receipt.drawer_asked.connect(self.toggle_drawer)
        self.suggestions.yes.connect(presenter.accept)
        self.suggestions.no.connect(self.ask_reason)
        self.suggestions.why.connect(self.suggestions.open_why)
        self.suggestions.undo.connect(presenter.undo_answer)
        self.suggestions.confirm.connect(presenter.confirm_core)
        self.menu.chosen.connect(presenter.decline)
        self.menu.left.connect(self.focus_field)
        self.toast.undo_asked.connect(presenter.undo)
        self.bar.asked.connect(self.run)

    def show_state(self, state: CounterState, *, everything: bool = False) -> None:
        """Show a state; parts that did not change are left alone."""
        before, self._shown = self._shown, state
        if everything or state.card is not before.card:
            self.customer.show_card(state.card, state.header.now_ms)
        if everything or state.receipt is not before.receipt:
            self.receipt.show_receipt(state.receipt)
        if everything or state.suggestions is not before.suggestions:
            self._keep_menu_only_for(before, state)
            self.suggestions.show_state(state.suggestions)
        if everything or state.header is not before.header:
            self.receipt.show_header(state.header)
        if everything or state.sellers != before.sellers:
            self.receipt.sellers.show_sellers(state.sellers)
        if everything or state.search is not before.search:
            self.results.show_results(state.search)
        self.top.show_state(state)
        self.bar.show_enabled(state)
        self._show_short_card()

    def relabel(self) -> None:
        """Name the screen."""
        self.setAccessibleName(self.say(N_("Counter")))

    def restyle(self) -> None:
        """Follow the text scale."""
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold the card, keep floating parts in place."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        look = self.at.look
        width = self.width() * 100 / look.scale
        folded = self.width() > 0 and width < FOLD_BELOW_PX
        if folded != self.folded:
            self.folded = folded
            self.top.fold(folded)
            if folded:
                self._middle.removeWidget(self.customer)
                self.customer.setParent(self)
                self.customer.hide()
            else:
                self.drawer_open = False
                self._middle.insertWidget(0, self.customer)
                self.customer.show()
            self._show_short_card()
        offers = min(look.px(OFFERS_PX), max(round(self.width() * 0.42), look.px(300)))
        self.customer.setFixedWidth(min(look.px(CARD_PX), max(self.width() - look.px(24), 1)))
        self.suggestions.setFixedWidth(offers)
        if self.folded and self.drawer_open:
            self._place_drawer()
        if self.toast.isVisible():
            self.toast.place()
        if self.results.isVisible():
            self.results.place()

    def _place_drawer(self) -> None:
        edge = self.at.look.px(8)
        self.customer.move(edge, edge)
        self.customer.resize(self.customer.width(), self.height() - self.bar.height() - 2 * edge)
        self.customer.raise_()

    def _show_short_card(self) -> None:
        button = self.receipt.customer_button
        button.setVisible(self.folded)
        self.receipt.flow.setVisible(not self.folded)
        card = self._shown.card
        name = self.say(N_("No customer yet")) if card is None else card.name
        button.show_words(name if len(name) <= 28 else f"{name[:27]}…", "Ctrl+K")

    def toggle_drawer(self) -> None:
        """Open or close the card when it is folded."""
        if self.folded:
            self.drawer_open = not self.drawer_open
            self.customer.setVisible(self.drawer_open)
            if self.drawer_open:
                self._place_drawer()

    def _toast_room(self) -> QRect:
        """Leave a message the lines of the receipt: sellers, sum, keys and suggestions stay in sight."""
        receipt = self.receipt
        corner = receipt.mapTo(self, QPoint(0, 0))
        return QRect(corner, QSize(receipt.width(), receipt.sellers.y()))

    def say_message(self, message: Message) -> None:
        """Show a toast."""
        self.toast.show_message(message)

    def run(self, command_id: str) -> None:
        """Carry out a command if it may be used now."""
        if not BY_ID[command_id].enabled(self.presenter.state):
            return
        name, _, number = command_id.partition("_")
        if name == "yes" and number.isdigit():
            self.presenter.accept(int(number))
        elif name == "no" and number.isdigit():
            self.ask_reason(int(number))
        else:
            self._run_named(command_id)

    def _run_named(self, command_id: str) -> None:
        own: dict[str, Callable[[], object]] = {
            "core": self._core,
            "confirm_core": self.presenter.confirm_core,
            "find": self.focus_field,
            "hold": self.presenter.hold,
            "complete": self.presenter.complete,
            "why": self.suggestions.open_why,
            "remove_line": self._delete,
            "undo": self.presenter.undo,
            "drawer": self.toggle_drawer,
            "back": self._back,
        }
        if command_id in own:
            own[command_id]()
        else:
            self.asked.emit(command_id)

    def ask_reason(self, number: int) -> None:
        """Open the menu of reasons over a suggestion."""
        row = self.presenter.state.suggestions.row(number)
        if row is not None and self.presenter.state.suggestions.phase is SuggestionsPhase.READY:
            self.menu.ask(number, self.suggestions.card(number))

    def _keep_menu_only_for(self, before: CounterState, state: CounterState) -> None:
        """Close the reasons when their suggestion is gone or answered; news of anything else is no cause."""
        asked, now = before.suggestions.row(self.menu.number), state.suggestions.row(self.menu.number)
        if asked is None or now is None or now.offer_id != asked.offer_id or now.answer != asked.answer:
            self.menu.leave()

    def focus_field(self) -> None:
        """Put the cursor into the one field."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _core(self) -> None:
        line = self.receipt.table.current_line()
        self.presenter.make_core(None if line is None else line.line_id)

    def _delete(self) -> None:
        line = self.receipt.table.current_line()
        if line is not None:
            self.presenter.remove_line(line.line_id)

    def _back(self) -> None:
        if self.menu.isVisible():
            self.menu.leave()
        elif self.drawer_open:
            self.toggle_drawer()
        elif self.toast.isVisible():
            self.toast.hide()
        elif self.field.hasFocus() and self.field.text():
            self.field.clear()
            self.presenter.type_text("")
        self.focus_field()

    def _leave(self) -> None:
        if self.toast.isVisible():
            self.toast.hide()
        if self.drawer_open:
            self.toggle_drawer()

    def _find_customer(self) -> None:
        self.asked.emit("customer")

    def _submit(self, text: str) -> None:
        hit = self.results.current()
        self.field.clear()
        if hit is not None and self.results.results.query == text.strip():
            self.presenter.choose(hit.key)
        else:
            self.presenter.submit(text)

    def _choose(self, key: str) -> None:
        self.field.clear()
        self.presenter.choose(key)

    def _move(self, step: int) -> None:
        if self.results.isVisible() and self.results.model.rowCount():
            if step > 0 and self.results.is_last():
                self.presenter.show_more()
            self.results.move_by(step)
        else:
            self.receipt.table.move_by(step)
