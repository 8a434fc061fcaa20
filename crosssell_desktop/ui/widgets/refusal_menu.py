"""The eight reasons of a no, one key each, over the suggestion they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal

from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.state import REFUSAL_TITLES, RefusalReason
from crosssell_desktop.ui.theme import Column
from crosssell_desktop.ui.widgets.basics import KeyButton, Part, PlainLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from crosssell_desktop.ui.surroundings import Surroundings


class RefusalMenu(Part):
    """Asks why the customer said no; Esc closes it and records nothing.

    *Signals:* ``chosen(offer number, reason)``; ``left`` whenever it closes.
    """

    chosen = Signal(int, object)
    left = Signal()

    def __init__(self, at: Surroundings, parent: QWidget) -> None:
        super().__init__(at, parent, surface="popup")
        self.number = 0
        self._over = parent
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.hide()
        box = Column(at.look, (8, 8, 8, 8), 2)
        self.title = PlainLabel(at, kind="caption", ink="muted", lines=2)
        box.addWidget(self.title)
        self.buttons: dict[RefusalReason, KeyButton] = {}
        for place, reason in enumerate(RefusalReason, start=1):
            button = KeyButton(at, kind="key")
            button.setProperty("place", place)
            button.left = True
            button.clicked.connect(self._press)
            self.buttons[reason] = button
            box.addWidget(button)
        self.setLayout(box)
        self.relabel()

    def relabel(self) -> None:
        """Name the reasons in the language of the screen."""
        self.title.set_text(self.say(N_("Why not? The customer's own words")))
        self.setAccessibleName(self.title.full_text)
        for place, (reason, button) in enumerate(self.buttons.items(), start=1):
            button.show_words(self.say(REFUSAL_TITLES[reason]), str(place))

    def ask(self, number: int, beside: QWidget) -> None:
        """Open over a suggestion card, inside its window."""
        self.number = number
        parent = self._over
        gap = self.at.look.px(8)
        size = self.sizeHint().expandedTo(QSize(self.at.look.px(260), 0))
        spot = parent.mapFromGlobal(beside.mapToGlobal(QPoint(0, 0)))
        top = min(max(spot.y(), gap), max(parent.height() - size.height() - gap, 0))
        self.setGeometry(max(spot.x() - size.width() - gap, gap), top, size.width(), size.height())
        self.show()
        self.raise_()
        next(iter(self.buttons.values())).setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Close and record nothing."""
        if self.isVisible():
            self.hide()
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take 1 to 8 as a reason; arrows walk; Esc closes."""
        digit = event.key() - Qt.Key.Key_0
        if 1 <= digit <= len(RefusalReason) and not event.isAutoRepeat():
            self._choose(list(RefusalReason)[digit - 1])
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            for reason, button in self.buttons.items():
                if button.hasFocus():
                    self._choose(reason)
        else:
            super().keyPressEvent(event)

    def _press(self) -> None:
        button = self.sender()
        self._choose(next(reason for reason, other in self.buttons.items() if other is button))

    def _choose(self, reason: RefusalReason) -> None:
        self.leave()
        self.chosen.emit(self.number, reason)
