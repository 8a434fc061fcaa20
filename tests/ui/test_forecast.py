"""The Office's page of the backtest: worked out on demand off the screen's thread, said in words and bands (A44)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.forecast import ForecastPresenter, ForecastState
from crosssell_desktop.suggest.backtest import Backtest
from crosssell_desktop.ui.screens.forecast import ForecastScreen
from crosssell_desktop.ui.surroundings import Surroundings
from tests.ui import samples


class Pool:
    """Does the work when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[object, object, object]] = []

    def run(self, work: object, done: object, wrong: object) -> None:
        self.waiting.append((work, done, wrong))

    def finish(self) -> None:
        work, done, wrong = self.waiting.pop()
        try:
            found = work(None)  # type: ignore[operator]
        except Refusal as refused:
            wrong(refused)  # type: ignore[operator]
        else:
            done(found)  # type: ignore[operator]


class Port:
    """Answers with what it was given."""

    answer: Backtest | Refusal

    def work_out(self) -> Backtest:
        if isinstance(self.answer, Refusal):
            raise self.answer
        return self.answer


@pytest.fixture
def page(at: Surroundings, qtbot: QtBot) -> tuple[ForecastScreen, Pool, Port]:
    pool, port = Pool(), Port()
    screen = ForecastScreen(at, ForecastPresenter(port, pool))  # type: ignore[arg-type]
    qtbot.addWidget(screen)
    screen.show()
    return screen, pool, port


def test_a44_the_backtest_is_worked_out_once_by_key_and_shown(page: tuple[ForecastScreen, Pool, Port]) -> None:
    screen, pool, port = page
    assert samples.FORECAST.found is not None
    port.answer = samples.FORECAST.found
    screen.focus_field()
    assert pool.waiting == []
    QTest.keyClick(screen.work, Qt.Key.Key_Space)
    screen.ask_anew()
    assert len(pool.waiting) == 1
    assert not screen.work.isEnabled()
    pool.finish()
    assert screen.work.isEnabled()
    assert "45.0" in screen.words.full_text
    assert screen.table.model().rowCount() == len(samples.FORECAST.found.bands)


def test_a_shop_with_too_little_past_says_so(page: tuple[ForecastScreen, Pool, Port]) -> None:
    screen, pool, port = page
    port.answer = Backtest(0, 0, 0, (), 0)
    screen.ask_anew()
    pool.finish()
    assert screen.state == ForecastState(port.answer)
    assert not screen.table.isVisible()


def test_a_refusal_is_said_on_the_page(page: tuple[ForecastScreen, Pool, Port]) -> None:
    screen, pool, port = page
    port.answer = Refusal("not_allowed", Text("{why}", {"why": "stop"}))
    screen.ask_anew()
    pool.finish()
    assert screen.trouble.full_text == "stop"
    assert screen.work.isEnabled()
