"""The keys along the bottom, made from the list of commands; two rows when the text is large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy

from crosssell_desktop.presenters.commands import COMMANDS
from crosssell_desktop.ui.widgets.basics import KeyButton, Part

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from crosssell_desktop.presenters.state import CounterState
    from crosssell_desktop.ui.surroundings import Surroundings


class KeyBar(Part):
    """Shows what can be done and by which key.

    *Signals:* ``asked(command id)`` when a button is pressed.
    """

    asked = Signal(str)

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, surface="foot")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.buttons: dict[str, KeyButton] = {}
        for item in COMMANDS:
            if item.in_bar:
                button = KeyButton(at, kind="primary" if item.primary else "key", parent=self)
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                button.clicked.connect(self._press)
                self.buttons[item.id] = button
        self.relabel()

    def relabel(self) -> None:
        """Name the commands."""
        for item in COMMANDS:
            if item.id in self.buttons:
                self.buttons[item.id].show_words(self.at.speech.say(item.short or item.title), item.keys[0])
        self._arrange()

    def restyle(self) -> None:
        """Follow the text scale."""
        self._arrange()

    def show_enabled(self, state: CounterState) -> None:
        """Grey what cannot be done now."""
        for item in COMMANDS:
            if item.id in self.buttons:
                self.buttons[item.id].setEnabled(item.enabled(state))

    def sizeHint(self) -> QSize:
        """As high as the rows it needs."""
        return QSize(self.at.look.px(600), self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange for the new width."""
        super().resizeEvent(event)
        self._arrange()

    def _rows(self) -> list[list[KeyButton]]:
        gap = self.at.look.px(4)
        room = self.width() - self.at.look.px(16)
        buttons = list(self.buttons.values())
        need = sum(button.sizeHint().width() + gap for button in buttons) - gap
        if need <= room or self.width() <= 0:
            return [buttons]
        half = (len(buttons) + 1) // 2
        return [buttons[:half], buttons[half:]]

    def _height(self) -> int:
        button = next(iter(self.buttons.values()))
        rows = len(self._rows())
        return rows * button.height() + (rows - 1) * self.at.look.px(2) + self.at.look.px(8)

    def _arrange(self) -> None:
        look = self.at.look
        gap, top = look.px(4), look.px(4)
        height = self._height()
        if self.height() != height:
            self.setFixedHeight(height)
        rows = self._rows()
        for row in rows:
            widths = [button.sizeHint().width() for button in row]
            room = self.width() - look.px(16) - gap * (len(row) - 1)
            spare = max(room - sum(widths), 0) // max(len(row), 1)
            spare = min(spare, look.px(28))
            left = look.px(8)
            for place, (button, width) in enumerate(zip(row, widths, strict=True)):
                wide = width + spare
                if place == len(row) - 1 and row is rows[-1]:
                    left = self.width() - look.px(8) - wide
                button.setGeometry(left, top, wide, button.height())
                left += wide + gap
            top += row[0].height() + look.px(2)

    def _press(self) -> None:
        sender = self.sender()
        self.asked.emit(next(name for name, button in self.buttons.items() if button is sender))
