"""The look and the languages for tests of widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.text import Language
from crosssell_desktop.presenters.state import CounterState
from crosssell_desktop.ui.main_window import MainWindow
from crosssell_desktop.ui.surroundings import Surroundings
from crosssell_desktop.ui.theme import Look, Scheme, load_fonts
from tests.ui import stand
from tests.ui.speaking import Speaker

_loaded: list[str] = []


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    if not _loaded:
        _loaded.extend(load_fonts())
    look = Look()
    look.apply(qapp)
    yield look
    stand.forget()
    look.deleteLater()


@pytest.fixture
def speakers() -> dict[Language, Speaker]:
    return {"ru": Speaker("ru"), "en": Speaker("en")}


@pytest.fixture
def at(look: Look, speakers: dict[Language, Speaker]) -> Surroundings:
    return stand.surroundings(look, speakers, "ru")


Shown = Callable[..., tuple[MainWindow, stand.Asked]]


@pytest.fixture
def counter(qtbot: QtBot, look: Look, speakers: dict[Language, Speaker]) -> Shown:
    """Show a counter window in a state; return it and who is asked."""

    def show(
        state: CounterState,
        language: Language = "ru",
        *,
        scheme: Scheme = "light",
        scale: int = 100,
        size: tuple[int, int] = (1366, 768),
    ) -> tuple[MainWindow, stand.Asked]:
        look.choose(scheme=scheme, scale=scale)
        window = stand.counter_window(look, speakers, language, state, size)
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.activateWindow()
        asked = window.findChild(stand.Asked)
        assert asked is not None
        return window, asked

    return show


@pytest.fixture
def other(qtbot: QtBot, look: Look, speakers: dict[Language, Speaker]) -> Callable[..., QWidget]:
    """Show another screen or dialog by name."""

    def show(name: str, language: Language = "ru", *, scale: int = 100) -> QWidget:
        look.choose(scale=scale)
        widget = stand.other_screen(name, look, speakers, language)
        qtbot.addWidget(widget)
        return widget

    return show
