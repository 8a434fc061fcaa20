from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from crosssell_desktop.presenters import office
from crosssell_desktop.presenters.office import OfficePage, pages_of
from crosssell_desktop.ui.screens.office import OfficeScreen
from crosssell_desktop.ui.surroundings import Surroundings

Other = Callable[..., Any]


def test_each_tab_has_its_name_and_the_page_in_front_is_marked(other: Other) -> None:
    screen = other("exchange").findChild(OfficeScreen)
    assert screen.tabs["exchange"].words == "Обмен"
    assert screen.tabs["exchange"].isChecked()
    assert screen.tabs["exchange"].height() >= 44


def test_pages_are_turned_by_keys_and_those_of_another_level_are_not_there(
    at: Surroundings, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.PAGES[0]
    some = {key: OfficePage(key, "Exchange", "people", first.act) for key in ("one", "two", "three")}
    for module in ("crosssell_desktop.presenters.office", "crosssell_desktop.ui.screens.office"):
        monkeypatch.setattr(f"{module}.PAGES", tuple(some.values()))
        monkeypatch.setattr(f"{module}.BY_KEY", some)
    screen = OfficeScreen(at)
    qtbot.addWidget(screen)
    for key in ("three", "one", "two"):
        page = QWidget()
        page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        screen.add_page(key, page)
    screen.show_pages(("one", "three"))
    with qtbot.waitActive(screen):
        screen.show()
        screen.activateWindow()
    screen.go("one")
    assert not screen.tabs["two"].isVisible()
    turned = []
    for pressed in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        QTest.keyClick(screen.pages[screen.key], pressed, Qt.KeyboardModifier.ControlModifier)
        turned.append(screen.key)
    assert turned == ["three", "one", "three"]
    screen.go("two")
    assert screen.key == "three"
    QTest.mouseClick(screen.tabs["one"], Qt.MouseButton.LeftButton)
    assert screen.key == "one"


def test_nobody_has_no_page() -> None:
    assert pages_of(None) == ()
