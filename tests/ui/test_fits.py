from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QComboBox, QWidget

from crosssell_desktop.domain.text import Language, Text
from crosssell_desktop.presenters.state import CardItem, CardList, Message, Place
from crosssell_desktop.ui.main_window import MainWindow
from crosssell_desktop.ui.screens.counter import CounterScreen
from crosssell_desktop.ui.screens.shift import ShiftScreen
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_suggestions_with_the_shop_s_long_names_need_no_scrolling_and_no_figure_is_cut(
    counter: Shown, language: Language
) -> None:
    window, _ = counter(samples.REAL, language)
    settle()
    screen = window.findChild(CounterScreen)
    assert screen is not None
    panel = screen.suggestions
    assert panel.area.verticalScrollBar().maximum() == 0
    for card in panel.cards:
        for label in (card.proof, card.fit.label, card.relation.label, card.price):
            assert label.isVisible()
            assert not label.is_elided, label.full_text
        assert (
            panel.area.viewport()
            .rect()
            .contains(card.why_button.rect().translated(card.why_button.mapTo(panel.area.viewport(), QPoint(0, 0))))
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scale", [100, 125, 150, 175, 200])
def test_neither_chip_nor_figure_is_cut_at_any_text_size(counter: Shown, scale: int, language: Language) -> None:
    window, _ = counter(samples.REAL, language, scale=scale)
    settle()
    screen = window.findChild(CounterScreen)
    assert screen is not None
    for card in screen.suggestions.cards:
        for label in (card.proof, card.fit.label, card.relation.label, card.price):
            assert not label.is_elided, label.full_text


def test_an_opened_proof_is_read_point_by_point_and_the_others_keep_their_keys_in_sight(counter: Shown) -> None:
    window, _ = counter(samples.REAL)
    screen = window.findChild(CounterScreen)
    assert screen is not None
    screen.suggestions.open_why(2)
    settle()
    opened = screen.suggestions.card(2)
    assert opened.points.texts == [point.text for point in samples.REAL_OFFERS.rows[1].why]
    assert not opened.benefit.isVisible()
    assert not any(label.is_elided for label in opened.points.findChildren(PlainLabel))
    assert screen.suggestions.area.verticalScrollBar().maximum() == 0
    for card in screen.suggestions.cards:
        assert card.yes_button.isVisible()


def test_a_roomy_card_shows_the_lists_as_far_as_they_fit(counter: Shown) -> None:
    rows = tuple(
        CardItem(f"Товар {n} с длинным названием", "Касса 3, фото и видео", at_ms=samples.NOW_MS) for n in range(12)
    )
    card = replace(
        samples.CARD, who=None, traits=None, how_to_work=None, needs=CardList(), promises=CardList(), owns=CardList(),
        refusals=CardList(1, (CardItem("Переходник Canon EF-EOS R", "дорого · Касса 3, фото и видео", "bad"),)),
        purchases=CardList(12, rows),
    )  # fmt: skip
    window, _ = counter(replace(samples.NORMAL, card=card))
    settle()
    screen = window.findChild(CounterScreen)
    assert screen is not None
    sections = screen.customer.sections
    assert sections["purchases"].shown >= 5
    assert screen.customer.area.verticalScrollBar().maximum() == 0
    refused = sections["refusals"].rows[0]
    assert not refused.title.is_elided
    assert refused.remark is refused.below
    assert not refused.below.is_elided
    window.resize(1366, 600)
    settle()
    assert sections["purchases"].shown < 5


@pytest.mark.parametrize("scale", [100, 150])
def test_a_message_covers_neither_sum_nor_sellers_nor_suggestions(counter: Shown, scale: int) -> None:
    window, _ = counter(samples.NORMAL, scale=scale)
    screen = window.findChild(CounterScreen)
    assert screen is not None
    window.say_message(Message(Text("The disk is full"), can_undo=True))
    settle()
    toast = screen.toast
    assert toast.isVisible()
    for part in (screen.receipt.sellers, screen.receipt.total, screen.suggestions, screen.bar):
        box = part.rect().translated(part.mapTo(screen, QPoint(0, 0)))
        assert not box.intersects(toast.geometry()), part


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scale", [100, 150, 200])
def test_closing_a_shift_asks_without_making_the_window_larger(other: object, language: Language, scale: int) -> None:
    window = other("shift", language, scale=scale)  # type: ignore[operator]  # the fixture's function
    screen = window.findChild(ShiftScreen)
    screen.z_button.click()
    settle()
    assert (window.width(), window.height()) == (1366, 768)
    assert_nothing_is_cut(window)
    if scale == 100:
        assert screen.area.verticalScrollBar().maximum() == 0


def test_a_message_of_another_place_does_not_linger_on_the_counter(counter: Shown) -> None:
    window, _ = counter(samples.NORMAL)
    window.go(Place.SHIFT)
    window.say_message(Message(Text("The disk is full")))
    assert window.toast.isVisible()
    window.go(Place.COUNTER)
    assert not window.toast.isVisible()


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
        "join",
        "login",
        "shift",
        "noshift",
        "passes",
        "nopasses",
        "exchange",
        "noexchange",
        "staff",
        "reset",
        "nostaff",
        "people",
        "nopeople",
        "events",
        "noevents",
        "rota",
        "norota",
        "places",
        "noplaces",
        "forecast",
        "noforecast",
        "lists",
        "liststaken",
        "listsbusy",
        "nolists",
        "view",
        "newcustomer",
        "similar",
        "matching",
        "nomatching",
        "pass",
        "return",
        "consents",
        "erasure",
        "fewconsents",
        "reveal",
        "revealed",
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ["consents", "erasure", "reveal", "revealed", "people", "nopeople", "events", "noevents"]
)
def test_what_is_asked_about_a_person_fits_the_counter_s_screen_with_large_text(
    other: object, name: str, language: Language
) -> None:
    widget = other(name, language, scale=150)  # type: ignore[operator]  # the fixture's function
    settle()
    assert widget.width() <= 1366
    assert widget.height() <= 768
    assert_nothing_is_cut(widget)
