"""The page of pairs that may be one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.matching import Answer, MatchingPresenter, MatchingState
from crosssell_desktop.ui.screens.matching import MatchingScreen
from crosssell_desktop.ui.surroundings import Surroundings
from tests.ui import samples, stand

T = TypeVar("T")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (Qt.Key.Key_1, "same"),
        (Qt.Key.Key_2, "different"),
        (Qt.Key.Key_3, "household"),
        (Qt.Key.Key_4, "later"),
    ],
)
def test_one_key_answers_each_way(at: Surroundings, qtbot: QtBot, key: Qt.Key, said: str) -> None:
    quiet = stand.Quiet()
    quiet.state = samples.PAIR
    screen = MatchingScreen(at, quiet)
    quiet.setParent(screen)
    qtbot.addWidget(screen)
    with qtbot.waitActive(screen):
        screen.show()
        screen.activateWindow()
    QTest.keyClick(screen, key, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: quiet.calls == [("answer", said)])


def test_a_household_is_offered_for_a_familys_phone_only(at: Surroundings, qtbot: QtBot) -> None:
    quiet = stand.Quiet()
    quiet.state = replace(samples.PAIR, is_family=False)
    screen = MatchingScreen(at, quiet)
    quiet.setParent(screen)
    qtbot.addWidget(screen)
    assert not screen.buttons["household"].isEnabled()
    assert screen.buttons["same"].isEnabled()
    screen.show_state(replace(samples.PAIR, is_busy=True))
    assert not any(button.isEnabled() for button in screen.buttons.values())


class Lanes:
    """Runs at once; ``waits`` keeps what was asked instead."""

    def __init__(self) -> None:
        self.waits = False
        self.asked: list[Callable[[], object]] = []

    def write(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None], /
    ) -> object:
        if self.waits:
            self.asked.append(work)
            return None
        try:
            answer = work()
        except Refusal as refused:
            failed(refused)
        else:
            done(answer)
        return None

    def read(
        self, key: str, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None], /
    ) -> object:
        del key
        return self.write(work, done, failed)


class Port:
    """Answers with the next pair, or refuses."""

    def __init__(self) -> None:
        self.said: list[tuple[int, Answer]] = []
        self.refusal: Refusal | None = None

    def look(self) -> MatchingState:
        return samples.PAIR

    def answer(self, number: int, said: Answer) -> MatchingState:
        if self.refusal is not None:
            raise self.refusal
        self.said.append((number, said))
        return replace(samples.PAIR, number=number + 1)


def test_a_second_key_before_the_next_pair_is_there_does_nothing(qtbot: QtBot) -> None:
    lanes, port = Lanes(), Port()
    presenter = MatchingPresenter(port, lanes)
    presenter.refresh()
    lanes.waits = True
    presenter.answer("same")
    presenter.answer("same")
    assert len(lanes.asked) == 1
    del qtbot


def test_an_answer_brings_the_next_pair_and_a_refusal_keeps_this_one(qtbot: QtBot) -> None:
    lanes, port = Lanes(), Port()
    presenter = MatchingPresenter(port, lanes)
    presenter.refresh()
    with qtbot.waitSignal(presenter.told):
        presenter.answer("different")
    assert port.said == [(1, "different")]
    assert presenter.state.number == 2
    port.refusal = Refusal("needs_proposal", Text("A manager may merge alone."))
    presenter.answer("same")
    assert presenter.state.number == 2
    assert presenter.state.trouble == port.refusal.text
    assert not presenter.state.is_busy
