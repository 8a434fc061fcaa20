"""Opens a masked contact: one digit says why, then it stands there large until the dialog closes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, SignalInstance

from crosssell_desktop.domain.field_access import REVEAL_REASONS
from crosssell_desktop.domain.text import N_
from crosssell_desktop.ui.dialogs.forms import Form
from crosssell_desktop.ui.theme import Column
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, PlainLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from crosssell_desktop.domain.ids import CustomerId
    from crosssell_desktop.presenters.reveal import RevealState
    from crosssell_desktop.ui.surroundings import Surroundings


class RevealActions(Protocol):
    """What the dialog asks of its presenter."""

    state: RevealState
    state_changed: SignalInstance

    def open(self, customer_id: CustomerId, name: str) -> None:
        """Begin with a customer."""

    def reveal(self, reason: str) -> None:
        """Open the contact for a reason."""

    def close(self) -> None:
        """Forget what was opened."""


class RevealForm(Form):
    """The reasons with their digits; after one, the contact. Esc closes, and what was opened is forgotten."""

    def __init__(self, at: Surroundings, presenter: RevealActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.reasons: dict[str, KeyButton] = {}
        self.question = PlainLabel(at, ink="muted", lines=2)
        self.box.addWidget(self.question)
        for reason in REVEAL_REASONS:
            button = KeyButton(at, kind="key")
            button.left = True
            button.setAutoDefault(False)
            button.clicked.connect(self._press)
            self.reasons[reason] = button
            self.box.addWidget(button)
        self.opened = Part(at)
        self._opened_box = Column(at.look, (0, 0, 0, 0), 4)
        self.opened.setLayout(self._opened_box)
        self.box.addWidget(self.opened)
        self.values: list[PlainLabel] = []
        self.left = PlainLabel(at, kind="caption", ink="muted", lines=2)
        self.box.addWidget(self.left)
        self.finish()
        self.ok.hide()
        presenter.state_changed.connect(self.show_state)
        self.finished.connect(self._forget)
        self.show_state(presenter.state)

    def relabel(self) -> None:
        """Say the fixed words, then the state."""
        super().relabel()
        self.cancel.show_words(self.say(N_("Close")), "Esc")
        self.question.set_text(self.say(N_("Why is the contact opened? The look is recorded with its reason.")))
        for place, (reason, button) in enumerate(self.reasons.items(), start=1):
            button.show_words(self.say(REVEAL_REASONS[reason]), str(place))
        self.show_state(self.presenter.state)

    def show_state(self, state: RevealState) -> None:
        """Show the reasons, or what was opened."""
        self.title.set_text(state.name)
        self.setWindowTitle(state.name)
        is_open = state.opened is not None
        self.question.setVisible(not is_open)
        for button in self.reasons.values():
            button.setVisible(not is_open)
            button.setEnabled(not state.is_busy)
        self.left.set_text("" if state.left is None else self.at.speech.say(state.left))
        self.show_trouble("" if state.trouble is None else self.at.speech.say(state.trouble))
        self._show_opened(state)
        if is_open:
            self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_opened(self, state: RevealState) -> None:
        for label in self.values:
            self._opened_box.removeWidget(label)
            label.hide()
            label.deleteLater()
        self.values = []
        for one in state.opened or ():
            self._add(PlainLabel(self.at, one.remark, kind="caption", ink="muted"))
            self._add(PlainLabel(self.at, one.title, kind="total", lines=2))
        if state.opened == ():
            self._add(PlainLabel(self.at, self.say(N_("No contact yet")), ink="muted"))
        self.opened.setVisible(state.opened is not None)

    def _add(self, label: PlainLabel) -> None:
        self.values.append(label)
        self._opened_box.addWidget(label)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a digit as a reason; arrows walk."""
        digit = event.key() - Qt.Key.Key_0
        if self.presenter.state.opened is None and 1 <= digit <= len(self.reasons) and not event.isAutoRepeat():
            self.presenter.reveal(list(self.reasons)[digit - 1])
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def _press(self) -> None:
        button = self.sender()
        self.presenter.reveal(next(reason for reason, other in self.reasons.items() if other is button))

    def _forget(self, _result: int) -> None:
        self.presenter.close()
