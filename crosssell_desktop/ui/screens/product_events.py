"""Office: what is said of products - recall, price change, end of support - and the form by which more is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, SignalInstance
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.product_events import KINDS, ProductEventLine, ProductEventsState
from crosssell_desktop.presenters.wording import joined, when
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, PlainLabel, StateNote
from crosssell_desktop.ui.widgets.fields import ChoiceField, TypedField
from crosssell_desktop.ui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crosssell_desktop.ui.surroundings import Surroundings

EVENTS = (N_("Time"), N_("Product"), N_("What it says"), N_("Event"))


class ProductEventsActions(Protocol):
    """What the page asks of its presenter."""

    state_changed: SignalInstance
    state: ProductEventsState

    def refresh(self) -> None:
        """Ask what stands on the cards."""

    def search(self, text: str) -> None:
        """Look for the product that is meant."""

    def record(self, product: str, event: str, impact: str) -> None:
        """Say something of a product."""

    def end(self, event_id: UUID) -> None:
        """Take an event off the cards."""


class ProductEventsScreen(Part):
    """What stands on the cards at the left, the form at the right."""

    def __init__(self, at: Surroundings, presenter: ProductEventsActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.state = presenter.state
        self._sure_of: UUID | None = None
        """Which event is asked for once more before it is taken off."""
        box = Row(at.look, (0, 8, 0, 8), 8)
        box.addWidget(self._build_list(), 3)
        box.addWidget(self._build_form(), 2)
        self.setLayout(box)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def _build_list(self) -> Part:
        at = self.at
        panel = Part(at, surface="panel")
        box = Column(at.look, (16, 12, 16, 16), 8)
        self.title = PlainLabel(at, kind="title", lines=2)
        self.note = StateNote(at)
        self.note.setMinimumHeight(1)  # with large text a table in its place needs less
        self.table = TextTable(at, EVENTS, (0, 1, 1, 0))
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.note)
        self._stack.addWidget(self.table)
        self.whole = PlainLabel(at, kind="strong", lines=4)
        self.end = KeyButton(at, icon="undo")
        self.end.clicked.connect(self._ask_end)
        self.sure = KeyButton(at, kind="primary")
        self.sure.clicked.connect(self._end)
        self.sure.hide()
        box.addWidget(self.title)
        box.addLayout(self._stack, 1)
        for part in (self.whole, self.end, self.sure):
            box.addWidget(part)
        panel.setLayout(box)
        return panel

    def _build_form(self) -> Part:
        at = self.at
        panel = Part(at, surface="panel")
        box = Column(at.look, (16, 12, 16, 16), 8)
        self.form_title = PlainLabel(at, kind="title", lines=2)
        self.wanted = TypedField(at, N_("Product: code or name"), most=200, height_px=44)
        self.wanted.field.textEdited.connect(self.presenter.search)
        self.product = ChoiceField(at, N_("Which product"))
        self.hint = PlainLabel(at, ink="muted", lines=2)
        self.kind = ChoiceField(at, N_("Event"))
        self.impact = TypedField(at, N_("What the customer is told"), most=300, height_px=44)
        self.impact.field.textChanged.connect(self._allow)
        self.trouble = PlainLabel(at, ink="bad", lines=3)
        self.save = KeyButton(at, kind="primary", icon="check")
        self.save.clicked.connect(self._save)
        for part in (
            self.form_title, self.wanted, self.product, self.hint, self.kind, self.impact, self.trouble, self.save,
        ):  # fmt: skip
            box.addWidget(part)
        box.addStretch(1)
        inner = QWidget()
        inner.setLayout(box)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inner)
        outer = Column(at.look, (0, 0, 0, 0), 0)
        outer.addWidget(self.area)
        panel.setLayout(outer)
        return panel

    def focus_field(self) -> None:
        """Ask anew and begin with the product."""
        self.presenter.refresh()
        self.wanted.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_anew(self) -> None:
        """Ask anew: the window has F5 and Esc as keys of its own and hands them on."""
        self.presenter.refresh()

    def leave(self) -> None:
        """Empty the form, and ask nothing any more."""
        self._sure_of = None
        self.sure.hide()
        self._begin_anew()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter records what is in the form, Ctrl+D takes the chosen event off the cards."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and control and self.save.isEnabled():
            self._save()
        elif event.key() == Qt.Key.Key_D and control and self.end.isEnabled():
            self._ask_end()
        else:
            super().keyPressEvent(event)

    def show_state(self, state: ProductEventsState) -> None:
        """Show what stands on the cards; after something was recorded the form begins anew."""
        is_anew = state.recorded != self.state.recorded
        self.state = state
        if is_anew:
            self._begin_anew()
        self.relabel()

    def _begin_anew(self) -> None:
        self.wanted.field.clear()
        self.impact.field.clear()
        self.presenter.search("")

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        state, speech = self.state, self.at.speech
        self.setAccessibleName(self.say(N_("Product events")))
        self.title.set_text(self.say(N_("On the cards of owners now: {n}"), n=len(state.lines)))
        self._stack.setCurrentIndex(1 if state.lines else 0)
        self.note.show_note(
            "check",
            self.say(N_("Asking…")) if state.is_loading else self.say(N_("Nothing is said of any product")),
            self.say(N_("A recall, a price change or the end of support stands here until it is taken off.")),
        )
        self.table.setAccessibleName(self.title.full_text)
        self.table.show_rows(
            [
                ((self._when(line.at_ms), line.product, line.impact, speech.say(line.kind)), line.tone)
                for line in state.lines
            ]
        )
        self.end.show_words(self.say(N_("Take it off the cards")), "Ctrl+D")
        self.sure.show_words(self.say(N_("Take it off now: nobody is warned any more")), "Space")
        self.form_title.set_text(self.say(N_("Warn whoever owns a product")))
        self.product.show_choices((one.key, one.title) for one in state.found)
        self.kind.show_choices((kind, self.say(words)) for kind, words in KINDS.items())
        self.hint.set_text(self._hint(state))
        self.hint.setVisible(bool(self.hint.full_text))
        self.trouble.set_text("" if state.trouble is None else speech.say(state.trouble))
        self.trouble.setVisible(state.trouble is not None)
        self.save.show_words(self.say(N_("Put it on the cards")), "Ctrl+Enter")
        self._show_chosen()
        self._allow()

    def _hint(self, state: ProductEventsState) -> str:
        if not state.typed:
            return self.say(N_("Type its code, barcode or name; then choose among what is found."))
        return "" if state.found else self.say(N_("Nothing is found."))

    def _when(self, at_ms: int) -> str:
        return when(at_ms, self.state.now_ms, self.at.speech.language, self.at.utc_offset_minutes)

    def current(self) -> ProductEventLine | None:
        """Return the event that is chosen."""
        row = self.table.currentIndex().row()
        return self.state.lines[row] if 0 <= row < len(self.state.lines) else None

    def _moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        line = self.current()
        self.whole.set_text("" if line is None else joined(line.impact, line.told_by))
        self.end.setEnabled(line is not None and not self.state.is_busy)
        if line is None or line.event_id != self._sure_of:
            self._sure_of = None
            self.sure.hide()

    def _allow(self) -> None:
        can = bool(self.product.key and self.impact.typed.strip()) and not self.state.is_busy
        self.save.setEnabled(can)

    def _save(self) -> None:
        self.presenter.record(self.product.key, self.kind.key, self.impact.typed)

    def _ask_end(self) -> None:
        line = self.current()
        if line is not None:
            self._sure_of = line.event_id
            self.sure.show()
            self.sure.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end(self) -> None:
        asked, self._sure_of = self._sure_of, None
        self.sure.hide()
        if asked is not None:
            self.presenter.end(asked)
