from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.scan import ScannerSettings
from crosssell_desktop.ui.keys import KeyWatch

CODE = "4607001771562"


def press(target: QWidget, char: str) -> None:
    """Press and release one key; QTest knows Latin ones only."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, ord(char.upper()), Qt.KeyboardModifier.NoModifier, char)
        QApplication.sendEvent(target, event)


class Hand:
    """Presses keys at told times."""

    def __init__(self, watch_settings: ScannerSettings | None = None) -> None:
        self.at_ms = 10_000
        self.watch = KeyWatch(watch_settings, self.now)
        self.codes: list[str] = []
        self.watch.scanned.connect(self.codes.append)

    def now(self) -> int:
        return self.at_ms

    def burst(self, target: QWidget, text: str, gap: int = 8, *, enter: bool = True) -> None:
        for char in text:
            self.at_ms += gap
            press(target, char)
        if enter:
            self.at_ms += gap
            QTest.keyClick(target, Qt.Key.Key_Return)

    def type(self, target: QWidget, text: str, gap: int = 150) -> None:
        self.burst(target, text, gap, enter=False)
        self.watch.flush()


@pytest.fixture
def hand(qapp: QApplication) -> Iterator[Hand]:
    hand = Hand()
    qapp.installEventFilter(hand.watch)
    yield hand
    qapp.removeEventFilter(hand.watch)
    hand.watch.deleteLater()


@pytest.fixture
def panel(qtbot: QtBot) -> QWidget:
    panel = QWidget()
    box = QVBoxLayout(panel)
    for control in (QLineEdit(), QPushButton("4"), QComboBox()):
        box.addWidget(control)
    panel.findChildren(QComboBox)[0].addItems(["0", "4", "46"])
    qtbot.addWidget(panel)
    panel.show()
    return panel


@pytest.mark.parametrize("kind", [QLineEdit, QPushButton, QComboBox])
def test_a_scan_reaches_the_counter_once_and_types_into_nothing_that_has_the_focus(
    hand: Hand, panel: QWidget, kind: type[QWidget]
) -> None:
    target = panel.findChildren(kind)[0]
    target.setFocus()
    pressed: list[bool] = []
    panel.findChildren(QPushButton)[0].clicked.connect(pressed.append)
    hand.burst(target, CODE)
    assert hand.codes == [CODE]
    assert panel.findChildren(QLineEdit)[0].text() == ""
    assert panel.findChildren(QComboBox)[0].currentText() == "0"
    assert not pressed


def test_typing_arrives_whole_and_is_no_scan(hand: Hand, panel: QWidget) -> None:
    field = panel.findChildren(QLineEdit)[0]
    hand.type(field, "Иванов 12")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "Иванов 12"
    assert hand.codes == []


def test_a_held_key_is_given_on_by_itself(hand: Hand, panel: QWidget, qtbot: QtBot) -> None:
    field = panel.findChildren(QLineEdit)[0]
    press(field, "7")
    assert field.text() == ""
    qtbot.waitUntil(lambda: field.text() == "7", timeout=1_000)


def test_enter_after_quick_typing_still_submits_after_the_text(hand: Hand, panel: QWidget) -> None:
    field = panel.findChildren(QLineEdit)[0]
    seen: list[str] = []
    field.returnPressed.connect(lambda: seen.append(field.text()))
    hand.burst(field, "1234", gap=20)
    assert seen == ["1234"]
    assert hand.codes == []


def test_the_first_key_of_a_hesitating_scanner_is_taken_back_from_the_field(hand: Hand, panel: QWidget) -> None:
    field = panel.findChildren(QLineEdit)[0]
    field.setText("имя")
    hand.at_ms += 500
    press(field, CODE[0])
    hand.watch.flush()
    assert field.text() == "имя4"
    hand.at_ms += 70
    hand.burst(field, CODE[1:])
    assert hand.codes == [CODE]
    assert field.text() == "имя"


def test_a_scan_in_the_russian_layout_is_mapped_back(hand: Hand, panel: QWidget) -> None:
    hand.burst(panel.findChildren(QLineEdit)[0], "Л1ФИ3СВ9Ч")
    assert hand.codes == ["K1AB3CD9X"]


def test_keys_with_alt_or_control_are_never_held(hand: Hand, panel: QWidget) -> None:
    field = panel.findChildren(QLineEdit)[0]
    field.setText("abc")
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert field.selectedText() == "abc"


def test_two_scans_one_after_the_other_are_two_codes(hand: Hand, panel: QWidget) -> None:
    button = panel.findChildren(QPushButton)[0]
    hand.burst(button, CODE)
    hand.at_ms += 120
    hand.burst(button, "4607001771579")
    assert hand.codes == [CODE, "4607001771579"]
