"""A computer is switched on for the first time: the window asks for the code, and opens as that counter."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crosssell_desktop.app.program import CounterProgram, Means
from crosssell_desktop.app.run import make_application
from crosssell_desktop.system.clock import SystemClock
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.system.paths import open_profile
from crosssell_desktop.ui.screens.join import JoinScreen
from tests.sync.kit import Shop
from tests.sync.test_join import furnish, invite


@pytest.mark.slow
def test_a_new_computer_asks_for_its_code_says_what_is_wrong_with_another_and_opens_with_the_right_one(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, shop: Shop
) -> None:
    furnish(shop.url)
    _, look, keys = make_application()
    clock = SystemClock()
    bugs: list[BaseException] = []
    means = Means(open_profile(tmp_path / "profile"), clock, MonotonicIds(clock), None, "ru", opens_papers=False)
    program = CounterProgram(means, look, keys, bugs.append)
    try:
        program.show()
        qtbot.waitUntil(lambda: isinstance(program.window.stack.currentWidget(), JoinScreen), timeout=10_000)
        screen = program.window.stack.currentWidget()
        assert isinstance(screen, JoinScreen)
        assert screen.title.full_text == "Этот компьютер ещё не касса"
        QTest.keyClick(screen.code, Qt.Key.Key_Return)
        assert "код" in screen.trouble.full_text
        screen.code.setText("CS1-этонекод")
        QTest.keyClick(screen.code, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not screen.busy.isVisible() and screen.trouble.full_text != "", timeout=20_000)
        assert screen.code.text() == "CS1-этонекод", "what was typed stays to be looked at"
        screen.code.setText(f"  {invite(shop.url)}\n")
        with qtbot.waitSignal(program.ready, timeout=60_000):
            QTest.keyClick(screen.code, Qt.Key.Key_Return)
        assert program.window.stack.currentWidget() is program.login_screen
        assert program.port.desk.me.prefix == "K1"
        assert bugs == []
    finally:
        qapp.removeEventFilter(program.idle)
        program.close()
        program.window.deleteLater()
        if program.forms is not None:
            program.forms.view.deleteLater()
        program.deleteLater()
        qapp.removeEventFilter(keys)
        keys.deleteLater()
        look.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
