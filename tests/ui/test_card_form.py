"""The card at the left and its form: what is in sight, and that everything is done by keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.text import Language, Text
from crosssell_desktop.presenters.state import CardItem, CardList
from crosssell_desktop.ui.dialogs.card_form import CardForm
from crosssell_desktop.ui.screens.counter import CounterScreen
from crosssell_desktop.ui.theme import Look
from crosssell_desktop.ui.widgets.basics import KeyButton, PlainLabel
from tests.ui import samples
from tests.ui.conftest import Shown
from tests.ui.speaking import Speaker
from tests.ui.stand import Editing, card_form, surroundings
from tests.ui.test_fits import assert_nothing_is_cut, settle

LANGUAGES: tuple[Language, ...] = ("ru", "en")
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["normal", "full", "worst"])
def test_a30_the_three_blocks_are_in_sight_without_scrolling_at_1366_by_768(
    counter: Shown, name: str, language: Language
) -> None:
    window, _ = counter(samples.STATES[name], language)
    settle()
    assert (window.width(), window.height()) == (1366, 768)
    screen = window.findChild(CounterScreen)
    assert screen is not None
    panel = screen.customer
    seen = panel.area.viewport().rect()
    for block in (panel.who, panel.traits, panel.how):
        corner = block.mapTo(panel.area.viewport(), QPoint(0, 0))
        assert block.isVisible()
        assert seen.contains(block.rect().translated(corner)), block.heading.full_text
    titles = ("Кто", "Особенности", "Как работать") if language == "ru" else ("Who", "Traits", "How to work")
    assert [b.heading.full_text for b in (panel.who, panel.traits, panel.how)] == list(titles)


def test_a_warning_a_forecast_and_events_take_room_only_when_they_are_there(counter: Shown) -> None:
    window, _ = counter(samples.NORMAL)
    screen = window.findChild(CounterScreen)
    assert screen is not None
    sections = screen.customer.sections
    hidden = ("lost", "alerts", "forecast", "events", "household")
    assert [sections[name].isVisible() for name in hidden] == [False] * 5
    few = replace(samples.CARD, forecast=CardList(0, (CardItem("мало данных", "7 визитам"),)))
    for card, shown in ((samples.FULL_CARD, [True] * 5), (few, [False, False, True, False, False])):
        screen.show_state(replace(samples.NORMAL, card=card))
        settle()
        assert [sections[name].isVisible() for name in hidden] == shown
    texts = " ".join(label.full_text for label in sections["forecast"].findChildren(PlainLabel))
    assert "мало данных" in texts


def test_ctrl_e_and_the_button_ask_for_the_form_of_the_card_in_sight(counter: Shown) -> None:
    window, _ = counter(samples.NORMAL)
    screen = window.findChild(CounterScreen)
    assert screen is not None
    asked: list[str] = []
    screen.asked.connect(asked.append)
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_E, CONTROL)
    QTest.mouseClick(screen.customer.edit_button, Qt.MouseButton.LeftButton)
    assert asked == ["edit_card", "edit_card"]
    screen.show_state(samples.EMPTY)
    screen.presenter.state = samples.EMPTY  # type: ignore[misc]  # the stand-in's own
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_E, CONTROL)
    assert asked == ["edit_card", "edit_card"]


@pytest.fixture
def form(qtbot: QtBot, look: Look) -> CardForm:
    made = card_form(surroundings(look, {"ru": Speaker("ru"), "en": Speaker("en")}, "ru"), "person")
    qtbot.addWidget(made)
    made.show()
    return made


def calls(form: CardForm) -> list[tuple[object, ...]]:
    assert isinstance(form.presenter, Editing)
    return form.presenter.calls


def test_a_page_is_filled_and_saved_by_keys_alone(form: CardForm) -> None:
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "Мария Петрова"
    field.selectAll()
    QTest.keyClicks(field, "Maria Ivanova")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert calls(form) == [("submit", "person", {"name": "Maria Ivanova", "birthday": "17.05", "language": "ru"})]
    QTest.keyClick(form, Qt.Key.Key_PageDown, CONTROL)
    assert form.key == "contacts"
    assert form.values() == {"phone": "", "email": "", "channel": "messenger", "hours": "18–21"}
    for _ in range(2):
        QTest.keyClick(form, Qt.Key.Key_PageUp, CONTROL)
    assert form.key == "lost"
    assert not form.ok.isVisible()
    QTest.keyClick(form.rows[0].buttons["keep"], Qt.Key.Key_Space)
    assert calls(form)[-1] == ("act", "lost", "1", "keep")


def test_a_refusal_leaves_what_was_typed_and_says_why(form: CardForm) -> None:
    presenter = form.presenter
    assert isinstance(presenter, Editing)
    form.go("notes")
    field = form.fields["text"]
    assert isinstance(field, QLineEdit)
    field.setText("у мужа диабет")
    presenter.show(replace(samples.EDITED, is_busy=True))
    assert not form.ok.isEnabled()
    said = Text("«{word}» is {topic}: this is not written about a customer. Say what helps to serve them.",
                {"word": "диабет", "topic": Text("health")})  # fmt: skip
    presenter.show(replace(samples.EDITED, trouble=said))
    assert form.fields["text"] is field
    assert field.text() == "у мужа диабет"
    assert "здоровье" in form.trouble.full_text
    assert form.ok.isEnabled()


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_no_page_of_the_form_is_cut_and_everything_can_be_touched(qtbot: QtBot, look: Look, scale: int) -> None:
    look.choose(scale=scale)
    form = card_form(surroundings(look, {"ru": Speaker("ru"), "en": Speaker("en")}, "ru"), "person")
    qtbot.addWidget(form)
    form.show()
    settle()
    assert form.height() <= 768
    for page in samples.EDITED.pages:
        form.go(page.key)
        settle()
        assert_nothing_is_cut(form)
        for button in form.findChildren(KeyButton):
            if button.isVisible():
                assert button.height() >= 40
