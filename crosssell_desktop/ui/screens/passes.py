"""Passes: customers sent to us and by us, with what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QModelIndex, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QStackedLayout, QWidget

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.state import PASS_TITLES, PassesState, PassRow
from crosssell_desktop.presenters.wording import when
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import IconLabel, KeyButton, Part, PlainLabel, StateNote
from crosssell_desktop.ui.widgets.text_table import TextTable

if TYPE_CHECKING:
    from crosssell_desktop.domain.ids import PassId
    from crosssell_desktop.ui.surroundings import Surroundings

HEADERS = (N_("Time"), N_("Customer"), N_("For what"), N_("From, to whom"), N_("How"), N_("Code"), N_("State"))
WEIGHTS = (0, 3, 3, 3, 0, 0, 0)
"""How the columns share what the fixed ones leave; 0 is as wide as its text."""


class PassesActions(Protocol):
    """What the screen asks of its presenter."""

    state_changed: SignalInstance
    state: PassesState

    def refresh(self) -> None:
        """Ask for the passes."""

    def accept(self, pass_id: PassId) -> None:
        """Take a customer."""

    def decline(self, pass_id: PassId) -> None:
        """Decline a customer."""


class PassesPanel(Part):
    """One list of passes with its heading and what to say when there are none.

    *Signals:* ``row_chosen`` when another row is chosen.
    """

    row_chosen = Signal()

    def __init__(self, at: Surroundings, icon: str, title: str, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, surface="panel")
        self._title, self._empty, self._icon = title, empty, icon
        box = Column(at.look, (0, 0, 0, 0), 0)
        self.head = Row(at.look, (12, 8, 12, 8), 8)
        self.head.addWidget(IconLabel(at, icon, "assist"))
        self.title = PlainLabel(at, kind="title")
        self.head.addWidget(self.title, 1)
        box.addLayout(self.head)
        self._stack = QStackedLayout()
        self.note = StateNote(at)
        self.table = TextTable(at, HEADERS, WEIGHTS)
        self._passes: tuple[PassRow, ...] = ()
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        self._stack.addWidget(self.note)
        self._stack.addWidget(self.table)
        box.addLayout(self._stack, 1)
        self.setLayout(box)

    def show_rows(self, rows: tuple[PassRow, ...], state: PassesState, now_ms: int) -> None:
        """Show passes, or the state in words."""
        self.title.set_text(self.say(self._title))
        self.table.setAccessibleName(self.title.full_text)
        kept = self.current()
        self._passes = rows
        self.table.show_rows([(self._texts(row, now_ms), row.tone) for row in rows])
        self._stack.setCurrentIndex(1 if rows else 0)
        if state.trouble is not None:
            self.note.show_note(
                "warning", self.say(N_("The passes could not be read")), self.at.speech.say(state.trouble), "bad"
            )
        elif state.is_loading:
            self.note.show_note("clock", self.say(N_("Reading…")))
        else:
            self.note.show_note(self._icon, self.say(self._empty))
        row = next((i for i, one in enumerate(rows) if kept is not None and one.pass_id == kept.pass_id), 0)
        if rows:
            self.table.setCurrentIndex(self.table.rows.index(row, 0))

    def current(self) -> PassRow | None:
        """Return the chosen pass."""
        place = self.table.currentIndex().row()
        return self._passes[place] if 0 <= place < len(self._passes) else None

    def _texts(self, row: PassRow, now_ms: int) -> tuple[str, ...]:
        speech = self.at.speech
        return (
            when(row.at_ms, now_ms, speech.language, self.at.utc_offset_minutes),
            row.customer,
            row.category,
            f"{row.person} ({row.department})",
            speech.gettext(PASS_TITLES[row.kind]),
            row.code,
            speech.say(row.state),
        )

    def _moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self.row_chosen.emit()


class PassesScreen(Part):
    """To us above, by us below."""

    def __init__(self, at: Surroundings, presenter: PassesActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.now_ms = 0
        self.to_us = PassesPanel(at, "pass", N_("Passed to us"), N_("Nobody was passed to us"))
        self.from_us = PassesPanel(
            at, "assist", N_("Passed by us"), N_("We passed nobody on yet. F5 at the counter does it.")
        )
        self.accept = KeyButton(at, icon="check", compact=False)
        self.decline = KeyButton(at, icon="cross", compact=False)
        self.accept.clicked.connect(self._accept)
        self.decline.clicked.connect(self._decline)
        self.to_us.head.addWidget(self.accept)
        self.to_us.head.addWidget(self.decline)
        self.to_us.row_chosen.connect(self._enable)
        box = Column(at.look, (8, 8, 8, 8), 8)
        box.addWidget(self.to_us, 1)
        box.addWidget(self.from_us, 1)
        self.setLayout(box)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def focus_field(self) -> None:
        """Ask anew and begin in the upper list."""
        self.presenter.refresh()
        self.to_us.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, state: PassesState) -> None:
        """Show both lists."""
        self.to_us.show_rows(state.to_us, state, self.now_ms or self._latest(state))
        self.from_us.show_rows(state.from_us, state, self.now_ms or self._latest(state))
        self.accept.show_words(self.say(N_("Take the customer")))
        self.decline.show_words(self.say(N_("Decline")))
        self._enable()

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        self.setAccessibleName(self.say(N_("Passes")))
        self.show_state(self.presenter.state)

    @staticmethod
    def _latest(state: PassesState) -> int:
        return max((row.at_ms for row in (*state.to_us, *state.from_us)), default=0)

    def _enable(self) -> None:
        row = self.to_us.current()
        for button in (self.accept, self.decline):
            button.setEnabled(row is not None and row.can_answer)

    def _accept(self) -> None:
        row = self.to_us.current()
        if row is not None:
            self.presenter.accept(row.pass_id)

    def _decline(self) -> None:
        row = self.to_us.current()
        if row is not None:
            self.presenter.decline(row.pass_id)
