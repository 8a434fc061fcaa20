"""A short message that goes by itself, with undo; it never takes the focus and never covers a sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QTimer, Signal
from PySide6.QtWidgets import QSizePolicy

from crosssell_desktop.domain.text import N_
from crosssell_desktop.ui.theme import Row
from crosssell_desktop.ui.widgets.basics import IconLabel, KeyButton, Part, PlainLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from crosssell_desktop.presenters.state import Message
    from crosssell_desktop.ui.surroundings import Surroundings

SHOWN_MS = 6_000
"""How long a message stays; one that can be undone stays as long."""
_ICONS = {"ok": "check", "warn": "warning", "bad": "warning", "assist": "assist", "core": "core"}


class Toast(Part):
    """Says one message at a time, at the lower edge of the room its maker leaves it.

    *Signals:* ``undo_asked`` when the undo button is pressed.
    """

    undo_asked = Signal()

    def __init__(self, at: Surroundings, parent: QWidget, room: Callable[[], QRect]) -> None:
        super().__init__(at, parent, surface="toast")
        self.message: Message | None = None
        self._room = room
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        box = self._box = Row(at.look, (16, 6, 8, 6), 12)
        self.icon = IconLabel(at, "info", "surface")
        self.label = PlainLabel(at, lines=3)
        self.undo = KeyButton(at, kind="toast", compact=True)
        self.undo.clicked.connect(self.undo_asked)
        box.addWidget(self.icon)
        box.addWidget(self.label, 1)
        box.addWidget(self.undo)
        self.setLayout(box)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def show_message(self, message: Message) -> None:
        """Say a message now, in place of the one before."""
        self.message = message
        self.relabel()
        self.setVisible(True)
        self.place()
        self.raise_()
        self._timer.start(SHOWN_MS)

    def relabel(self) -> None:
        """Say the present message in the present language."""
        self.undo.show_words(self.say(N_("Undo")), "Ctrl+Z")
        if self.message is None:
            return
        self.label.set_text(self.at.speech.say(self.message.text))
        self.icon.set_icon(_ICONS.get(self.message.tone, "info"), "surface")
        self.undo.setVisible(self.message.can_undo)
        self.setAccessibleName(self.label.full_text)

    def restyle(self) -> None:
        """Keep its place when sizes change."""
        if self.isVisible():
            self.place()

    def place(self) -> None:
        """Stand in the middle at the lower edge of its room."""
        look = self.at.look
        room = self._room()
        metrics = look.metrics()
        most = max(room.width() - look.px(16), look.px(160))
        need = metrics.horizontalAdvance(self.label.full_text) + look.px(16 + 8 + 20 + 12 + 4)
        if not self.undo.isHidden():
            need += self.undo.sizeHint().width() + look.px(12)
        width = min(max(need, look.px(240)), most, look.px(600))
        self.resize(width, max(self._box.heightForWidth(width), look.px(48)))
        self.move(room.center().x() - self.width() // 2, room.bottom() - self.height() - look.px(8))
