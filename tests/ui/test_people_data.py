"""The Office's page on people's data: the log is narrowed by typing, an erasure is asked twice."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.presenters.people_data import PeopleDataState, Step
from crosssell_desktop.ui.screens.people_data import PeopleDataScreen
from crosssell_desktop.ui.surroundings import Surroundings
from tests.ui import samples

OLGA, DAY = samples.OLGA, samples.DAY
NOW, STATE = samples.NOW_MS, samples.PEOPLE_DATA


class Presenter(QObject):
    state_changed = Signal(object)

    def __init__(self, state: PeopleDataState) -> None:
        super().__init__()
        self.state = state
        self.done: list[tuple[str, CustomerId]] = []
        self.calls: list[str] = []

    def refresh(self) -> None:
        self.calls.append("refresh")

    def do(self, step: Step, customer_id: CustomerId) -> None:
        self.done.append((step, customer_id))

    def narrow(self, person: str, days: int, customer: str) -> None:
        self.calls.append(f"narrow {person} {days} {customer}")

    def search(self, text: str) -> None:
        self.calls.append(f"search {text}")

    def export(self, text: str) -> None:
        self.calls.append(f"export {text}")


@pytest.fixture
def presenter(qtbot: QtBot) -> Presenter:
    return Presenter(STATE)


@pytest.fixture
def screen(at: Surroundings, presenter: Presenter, qtbot: QtBot) -> PeopleDataScreen:
    made = PeopleDataScreen(at, presenter)
    qtbot.addWidget(made)
    made.resize(1366, 660)
    made.show()
    return made


def test_the_log_is_narrowed_by_typing(screen: PeopleDataScreen) -> None:
    assert screen.log.rows.rowCount() == 3
    screen.search.setText("вера")
    assert screen.log.rows.texts(1) == ["Вера Л."]
    screen.search.setText("ВЕТРОВА")
    assert screen.log.rows.rowCount() == 3
    screen.search.setText("никто")
    assert screen.log.rows.rowCount() == 0
    if kept := os.environ.get("CROSSSELL_PICTURES"):
        screen.search.clear()
        screen.grab().save(str(Path(kept) / "people-data.png"))


def test_the_log_is_asked_for_by_person_period_and_customer_and_written_as_it_is_narrowed(
    screen: PeopleDataScreen, presenter: Presenter
) -> None:
    for picker, row in ((screen.person, 1), (screen.period, 2)):
        picker.setFocus()
        for _ in range(row):
            QTest.keyClick(picker, Qt.Key.Key_Down)
    assert presenter.calls[-1] == f"narrow {STATE.staff[0].key} 7 "
    QTest.keyClicks(screen.whose, "vetr")
    assert presenter.calls[-1] == "search vetr"
    screen.customer.setFocus()
    QTest.keyClick(screen.customer, Qt.Key.Key_Down)
    assert presenter.calls[-1].endswith(f" 7 {OLGA}")
    screen.show_state(replace(STATE, typed="vetr", customers=()))
    assert screen.customer.currentText() == "Никто не найден"
    assert not screen.customer.isEnabled()
    screen.search.setText("вера")
    QTest.mouseClick(screen.export, Qt.MouseButton.LeftButton)
    assert presenter.calls[-1] == "export вера"
    screen.show_state(PeopleDataState(now_ms=NOW))
    assert not screen.person.isVisible()
    assert not screen.whose.isVisible()


def test_an_erasure_is_asked_twice_and_needs_an_approval(screen: PeopleDataScreen, presenter: Presenter) -> None:
    screen.wishes.selectRow(1)
    assert not screen.steps["erase"].isEnabled()
    assert screen.steps["approve"].isEnabled()
    QTest.mouseClick(screen.steps["approve"], Qt.MouseButton.LeftButton)
    screen.wishes.selectRow(0)
    QTest.mouseClick(screen.steps["erase"], Qt.MouseButton.LeftButton)
    assert presenter.done == [("approve", STATE.wishes[1].customer_id)]
    assert screen.sure.isVisible()
    # The centre's answer that comes meanwhile does not take the question away; another wish does.
    screen.show_state(replace(STATE, is_asking=True))
    assert screen.sure.isVisible()
    screen.wishes.selectRow(1)
    assert not screen.sure.isVisible()
    screen.wishes.selectRow(0)
    QTest.mouseClick(screen.steps["erase"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(screen.sure, Qt.MouseButton.LeftButton)
    assert presenter.done[-1] == ("erase", OLGA)
    assert all(button.height() >= 44 for button in screen.steps.values())


def test_who_may_not_has_no_button_and_an_empty_page_says_so(screen: PeopleDataScreen) -> None:
    screen.show_state(PeopleDataState(can=frozenset({"extract"}), now_ms=NOW))
    assert [step for step, button in screen.steps.items() if button.isVisible()] == ["extract"]
    assert not screen.steps["extract"].isEnabled()
    assert not screen.export.isEnabled()
