"""Two counters of the demo shop with everything real: windows, keys, encrypted files, one PostgreSQL.

The shop is set up once; every journey opens both programs anew and takes customers nobody else takes.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication

from crosssell_desktop.app import demo as app_demo
from crosssell_desktop.app.player import Player, Stage
from crosssell_desktop.app.program import CounterProgram, Means
from crosssell_desktop.app.run import make_application
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.ports import Completed
from crosssell_desktop.presenters.state import CustomerCard, SuggestionRow, SuggestionsPhase
from crosssell_desktop.services import demo_day, exchange, shifts
from crosssell_desktop.store.queries.day_figures import Coming, customers_to_come
from crosssell_desktop.sync import centre_server
from crosssell_desktop.system.ids import MonotonicIds
from crosssell_desktop.ui.screens.counter import CounterScreen
from crosssell_desktop.ui.widgets.basics import PlainLabel
from tests.sync.kit import remove

BEGINS = dt.datetime(2026, 3, 11, 9, tzinfo=ZoneInfo("Europe/Moscow"))


class Fingers(Player):
    """A player who counts the keys it presses; what a scanner sends is not counted."""

    keys_pressed = 0

    def press(self, stage: Stage, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.keys_pressed += 1
        super().press(stage, key, modifiers)

    def write(self, text: str) -> None:
        self.keys_pressed += len(text)
        super().write(text)


@dataclass
class World:
    """The shop as it is kept between journeys."""

    demo: app_demo.Demo
    clock: app_demo.StageClock
    plot: demo_day.Plot
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(2))
    customers: tuple[Coming, ...] = ()


@dataclass
class Shop:
    """One journey's programs, and what a journey says about them."""

    world: World
    player: Fingers
    stages: dict[str, Stage]

    @property
    def plot(self) -> demo_day.Plot:
        return self.world.plot

    def begin(self, code: str, *, person: str = "") -> Stage:
        """Have the counter's own seller at work in an open shift."""
        stage = self.stages[code]
        if shifts.current_shift(stage.program.port.desk) is None:
            self.player.open_shift(stage, self.plot.supervisor)
        self.player.log_in(stage, person or self.plot.sellers[code])
        self.player.ready(stage)
        return stage

    def somebody(self, stage: Stage) -> Coming:
        """Return a customer of nobody else's journey."""
        if not self.world.customers:
            with stage.program.port.desk.look() as connection:
                self.world.customers = customers_to_come(connection, 400)
        return self.world.customers[next(self.world.numbers)]

    def offered(self, stage: Stage) -> tuple[SuggestionRow, ...]:
        """Return what is suggested; a journey that needs a suggestion fails when there is none."""
        state = stage.program.counter.state.suggestions
        assert state.phase is SuggestionsPhase.READY, (state.phase, [str(reason) for reason in state.reasons])
        return state.rows

    def screen(self, stage: Stage) -> CounterScreen:
        assert stage.program.screen is not None
        return stage.program.screen

    def card(self, stage: Stage) -> CustomerCard:
        card = stage.program.counter.state.card
        assert card is not None
        return card

    def words(self, stage: Stage) -> str:
        """Return everything the window says in labels that can be seen."""
        labels = stage.program.window.findChildren(PlainLabel)
        return " | ".join(label.full_text for label in labels if label.isVisible())

    def all_sent(self, *codes: str) -> None:
        """Wait until the centre has everything of these counters."""
        for code in codes or tuple(self.stages):
            stage = self.stages[code]
            if stage.program.sync is not None:
                stage.program.sync.wake()
            desk = stage.program.port.desk
            self.player.wait("everything sent", lambda desk=desk: exchange.standing(desk).unsent == 0)  # type: ignore[misc]

    def facts(self, stage: Stage, query: str, **values: object) -> list[tuple[object, ...]]:
        """Ask the counter's encrypted file."""
        with stage.program.port.desk.look() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query, values or None)]

    def sold(self, number: str) -> Completed:
        return next(done for done in self.player.completed if done.number == number)


OpenShop = Callable[..., Shop]


def _say_nothing(_text: Text) -> None:
    return None


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    yield from new_world(tmp_path_factory)


def new_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Set up the demo shop with its centre; take it down again."""
    folder = tmp_path_factory.mktemp("journeys")
    clock = app_demo.StageClock(int(BEGINS.timestamp() * 1_000))
    with centre_server.start(folder / "centre", throw_away=True) as server:
        url = centre_server.make_database(server.url, "crosssell")
        demo = app_demo.set_up(folder, url, "electronics", clock=clock, say=_say_nothing)
        clock.advance_to(int(BEGINS.timestamp() * 1_000) + 3_600_000)
        yield World(demo, clock, demo_day.plot(demo.profiles, "electronics", clock=clock))
    remove(server.folder)


@pytest.fixture
def open_shop(world: World, qapp: QApplication, tmp_path: Path) -> Iterator[OpenShop]:
    """Open both programs; what is given changes how they are opened."""
    opened: list[Shop] = []
    _application, look, keys = make_application()
    player = Fingers(world.demo, tmp_path, world.clock, look, keys)

    def open_them(*, plugged: bool = True, idle_lock_s: float = 120.0) -> Shop:
        stages = {code: _stage(world, player, code, plugged=plugged, idle_lock_s=idle_lock_s) for code in ("K3", "K2")}
        shop = Shop(world, player, stages)
        opened.append(shop)
        return shop

    yield open_them
    for shop in opened:
        for stage in shop.stages.values():
            qapp.removeEventFilter(stage.program.idle)
            stage.program.close()
            stage.program.window.deleteLater()
            if stage.program.forms is not None:
                stage.program.forms.view.deleteLater()
            stage.program.deleteLater()
    qapp.removeEventFilter(keys)
    keys.deleteLater()
    look.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert player.bugs == []


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    return open_shop()


def _stage(world: World, player: Fingers, code: str, *, plugged: bool, idle_lock_s: float) -> Stage:
    cable = app_demo.Cable(is_plugged=plugged)
    means = Means(
        world.demo.profiles[code],
        world.clock,
        MonotonicIds(world.clock),
        None,
        "ru",
        cable=cable.wrap,
        opens_papers=False,
        idle_lock_s=idle_lock_s,
    )
    program = CounterProgram(means, player.look, player.keys, player.bugs.append)
    program.failed.connect(player.bugs.append)
    program.completed.connect(player.completed.append)
    ready: list[bool] = []
    program.ready.connect(lambda: ready.append(True))
    program.show()
    player.wait(f"counter {code} is open", lambda: bool(ready))
    return Stage(code, program, cable, world.plot.cores[code])
