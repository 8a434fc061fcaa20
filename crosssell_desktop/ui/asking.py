"""The few questions and last words of the window; opened, never waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text

if TYPE_CHECKING:
    from crosssell_desktop.domain.text import Translator


def tell_and_quit(parent: QWidget, speaker: Translator, error: BaseException) -> QMessageBox:
    """Say why the shop cannot open, and end the program when the person has read it."""
    text = error.text if isinstance(error, Refusal) else Text(N_("The program cannot start. A report was written."))
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(speaker.say(text))
    box.finished.connect(QApplication.quit)
    box.open()
    return box
