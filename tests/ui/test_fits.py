from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QComboBox, QWidget

from crosssell_desktop.domain.text import Language
from crosssell_desktop.ui.main_window import MainWindow
from crosssell_desktop.ui.screens.counter import CounterScreen
from crosssell_desktop.ui.widgets.basics import KeyButton, PlainLabel, Tick
from tests.ui import samples
from tests.ui.conftest import Shown

LANGUAGES: tuple[Language, ...] = ("ru", "en")


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def visible(root: QWidget, kind: type[QWidget]) -> list[QWidget]:
    return [widget for widget in root.findChildren(kind) if widget.isVisible()]


def assert_nothing_is_cut(root: QWidget) -> None:
    for button in visible(root, KeyButton):
        assert isinstance(button, KeyButton)
        assert button.width() >= button.sizeHint().width(), (button.words, button.width(), button.sizeHint().width())
    for tick in visible(root, Tick):
        assert tick.width() >= tick.sizeHint().width()
    for label in visible(root, PlainLabel):
        assert isinstance(label, PlainLabel)
        assert not label.is_elided or label.toolTip(), label.full_text
        assert label.height() >= label.fontMetrics().height() - 2, label.full_text
    for widget in visible(root, QWidget):
        parent = widget.parentWidget()
        if parent is not None and not widget.isWindow() and not isinstance(parent.parentWidget(), QAbstractScrollArea):
            assert widget.geometry().left() >= -1, widget
            assert widget.geometry().right() <= parent.width() + 1, (widget, widget.geometry(), parent.width())
            assert widget.geometry().bottom() <= parent.height() + 1, (widget, widget.geometry(), parent.height())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(samples.STATES))
@pytest.mark.parametrize("scale", [100, 150])
def test_every_state_fits_its_place(counter: Shown, name: str, language: Language, scale: int) -> None:
    window, _ = counter(samples.STATES[name], language, scale=scale)
    settle()
    assert (window.width(), window.height()) == (1366, 768)
    assert_nothing_is_cut(window)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ordinary_counter_needs_no_scrolling_at_1366_by_768(counter: Shown, language: Language) -> None:
    window, _ = counter(samples.NORMAL, language)
    settle()
    screen = window.findChild(CounterScreen)
    assert screen is not None
    assert screen.customer.area.verticalScrollBar().maximum() == 0
    assert screen.suggestions.area.verticalScrollBar().maximum() == 0
    fixed_words = [label for label in visible(window, PlainLabel) if isinstance(label, PlainLabel) and label.is_elided]
    assert [label.full_text for label in fixed_words] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_suggestions_are_in_sight_with_touchable_keys(counter: Shown, language: Language) -> None:
    window, _ = counter(samples.NORMAL, language)
    settle()
    for button in visible(window, KeyButton):
        assert isinstance(button, KeyButton)
        if button.property("kind") != "key" or button.parentWidget() is not None:
            assert button.height() >= 36
    screen = window.findChild(CounterScreen)
    assert screen is not None
    for card in screen.suggestions.cards:
        assert card.yes_button.height() >= 44
        assert card.no_button.height() >= 44


@pytest.mark.parametrize("scale", [100, 125, 150, 175, 200])
def test_the_key_bar_shows_every_key_whole_at_every_text_size(counter: Shown, scale: int) -> None:
    window, _ = counter(samples.NORMAL, "ru", scale=scale)
    settle()
    screen = window.findChild(CounterScreen)
    assert screen is not None
    boxes = [button.geometry() for button in screen.bar.buttons.values()]
    for place, box in enumerate(boxes):
        assert screen.bar.rect().contains(box)
        assert not any(box.intersects(other) for other in boxes[place + 1 :])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name",
    [
        "login",
        "shift",
        "noshift",
        "passes",
        "nopasses",
        "view",
        "newcustomer",
        "pass",
        "return",
        "help",
        "menu",
        "toast",
    ],
)
def test_every_other_screen_and_dialog_fits(other: object, name: str, language: Language) -> None:
    widget = other(name, language)  # type: ignore[operator]  # the fixture's function
    settle()
    assert_nothing_is_cut(widget)
    if isinstance(widget, MainWindow):
        assert (widget.width(), widget.height()) == (1366, 768)
    for picker in visible(widget, QComboBox):
        assert isinstance(picker, QComboBox)
        room = picker.width() - 40
        assert picker.fontMetrics().horizontalAdvance(picker.currentText()) <= room
