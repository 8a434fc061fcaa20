from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.text import Text
from crosssell_desktop.ui.idle import IdleWatch
from crosssell_desktop.ui.screens.login import LoginScreen
from crosssell_desktop.ui.surroundings import Surroundings
from tests.ui import samples, stand


def test_every_touch_begins_the_time_anew_and_silence_ends_it_once(qtbot: QtBot, qapp: QApplication) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    watch = IdleWatch(0.4, field)
    qapp.installEventFilter(watch)
    try:
        QTest.keyClick(field, Qt.Key.Key_A)
        assert not watch._timer.isActive()
        watch.begin()
        for _ in range(4):
            qtbot.wait(200)
            QTest.keyClick(field, Qt.Key.Key_A)
            assert watch._timer.isActive()
        with qtbot.waitSignal(watch.idle, timeout=3_000):
            pass
        assert not watch._timer.isActive()
        assert field.text() == "aaaaa"
    finally:
        qapp.removeEventFilter(watch)
        watch.end()


def test_what_was_said_of_a_pin_stays_when_the_list_of_people_comes_anew(at: Surroundings, qtbot: QtBot) -> None:
    quiet = stand.Quiet()
    screen = LoginScreen(at, quiet)
    quiet.setParent(screen)
    qtbot.addWidget(screen)
    screen.show_people(samples.PEOPLE)
    screen.list.setCurrentIndex(screen.model.index(1, 0))
    screen.show_refusal(Text("The disk is full"))
    screen.show_people(samples.PEOPLE)
    assert screen.trouble.full_text == "Диск заполнен"
    assert screen.chosen() == samples.PEOPLE[1]
    screen.list.setCurrentIndex(screen.model.index(0, 0))
    assert screen.trouble.full_text == ""
