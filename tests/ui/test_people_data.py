"""The Office's page on people's data: the log is narrowed by typing, an erasure is asked twice."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.people_data import PeopleDataState, Step, WishRow
from crosssell_desktop.services.access_log import Looked
from crosssell_desktop.ui.screens.people_data import PeopleDataScreen
from crosssell_desktop.ui.surroundings import Surroundings

NOW = 1_772_614_800_000
OLGA = CustomerId(uuid.UUID(int=7))
DAY = 86_400_000


def look(n: int, person: str, reason: str, group: str = "contact") -> Looked:
    some = uuid.UUID(int=n)
    return Looked(some, NOW - n * 60_000, some, person, "Фото", OLGA, "Ольга Ветрова", group, reason)


STATE = PeopleDataState(
    looks=(
        look(1, "Анна К.", "call_back"),
        look(2, "Вера Л.", "delivery", "address"),
        look(3, "Анна К.", "order_ready"),
    ),
    wishes=(
        WishRow(
            OLGA, "Ольга Ветрова", Text(N_("the consent was withdrawn")), NOW - DAY, NOW + 29 * DAY, is_approved=True
        ),
        WishRow(
            CustomerId(uuid.UUID(int=8)),
            "Константинопольский-Задунайский Аристарх Вениаминович",
            Text(N_("the person asked to be erased")),
            NOW - 40 * DAY,
            NOW - 10 * DAY,
            is_approved=False,
        ),
    ),
    can=frozenset({"approve", "refuse", "extract", "erase"}),
    now_ms=NOW,
)


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

    def export(self) -> None:
        self.calls.append("export")


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


def test_an_erasure_is_asked_twice_and_needs_an_approval(screen: PeopleDataScreen, presenter: Presenter) -> None:
    screen.wishes.selectRow(1)
    assert not screen.steps["erase"].isEnabled()
    assert screen.steps["approve"].isEnabled()
    QTest.mouseClick(screen.steps["approve"], Qt.MouseButton.LeftButton)
    screen.wishes.selectRow(0)
    QTest.mouseClick(screen.steps["erase"], Qt.MouseButton.LeftButton)
    assert presenter.done == [("approve", STATE.wishes[1].customer_id)]
    assert screen.sure.isVisible()
    QTest.mouseClick(screen.sure, Qt.MouseButton.LeftButton)
    assert presenter.done[-1] == ("erase", OLGA)
    assert all(button.height() >= 44 for button in screen.steps.values())


def test_who_may_not_has_no_button_and_an_empty_page_says_so(screen: PeopleDataScreen) -> None:
    screen.show_state(PeopleDataState(can=frozenset({"extract"}), now_ms=NOW))
    assert [step for step, button in screen.steps.items() if button.isVisible()] == ["extract"]
    assert not screen.steps["extract"].isEnabled()
    assert not screen.export.isEnabled()
