"""The dialogs of consents and of the masked contact: everything by keys, nothing offered that may not be done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.consents import CHANNELS
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.state import CardAct
from crosssell_desktop.ui.dialogs.consents_form import ConsentsForm
from crosssell_desktop.ui.dialogs.reveal_form import RevealForm
from crosssell_desktop.ui.screens.counter import CounterScreen
from crosssell_desktop.ui.surroundings import Surroundings
from crosssell_desktop.ui.widgets.basics import PlainLabel, Tick
from tests.ui import samples
from tests.ui.conftest import Shown
from tests.ui.stand import Quiet

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALLOWED = replace(samples.CONSENTS, no_contact=False, is_restricted=False, erasure=None)


class Shows:
    """A dialog with who is asked behind it."""

    def __init__(self, qtbot: QtBot, at: Surroundings, kind: type[ConsentsForm | RevealForm], state: object) -> None:
        self.asked = Quiet()
        self.asked.state = state
        self.form = kind(at, self.asked)
        self.asked.setParent(self.form)
        qtbot.addWidget(self.form)
        self.form.show()
        with qtbot.waitActive(self.form):
            self.form.activateWindow()

    def show(self, state: object) -> None:
        self.asked.state = state
        self.asked.state_changed.emit(state)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.form, key, modifiers)


@pytest.fixture
def agreed(qtbot: QtBot, at: Surroundings) -> Shows:
    return Shows(qtbot, at, ConsentsForm, ALLOWED)


@pytest.mark.parametrize("scale", [150, 175, 200])
def test_withdrawing_is_in_sight_at_every_text_size_and_the_wording_keeps_its_last_line_whole(
    qtbot: QtBot, at: Surroundings, scale: int
) -> None:
    at.look.choose(scale=scale)
    try:
        form = form_of(Shows(qtbot, at, ConsentsForm, samples.CONSENTS))
        for _ in range(3):
            QApplication.processEvents()
        for button in form.acts.values():
            seen = QRect(button.mapTo(form, QPoint(0, 0)), button.size())
            assert form.pages.geometry().contains(seen), button.words
            assert button.visibleRegion().boundingRect().size() == button.size()
        painted = form.wording.fontMetrics().boundingRect(QRect(0, 0, 9_999, 9_999), 0, form.wording.text())
        assert "\n" in form.wording.text()
        assert form.wording.height() >= painted.height()
    finally:
        at.look.choose(scale=100)


def form_of(shows: Shows) -> ConsentsForm:
    assert isinstance(shows.form, ConsentsForm)
    return shows.form


def test_the_grid_is_walked_by_arrows_ticked_by_space_and_recorded_by_enter(agreed: Shows) -> None:
    form = form_of(agreed)
    form.ticks["service", "sms"].setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Space):
        agreed.press(key)
    assert isinstance(QApplication.focusWidget(), Tick)
    assert QApplication.focusWidget() is form.ticks["marketing", "call"]
    assert "новости и предложения" in form.wording_title.full_text
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Return):
        agreed.press(key)
    expected = ALLOWED.allowed | {("marketing", "call"), *(("profiling", of) for of in CHANNELS)}
    assert agreed.asked.calls == [("save", expected, "screen")]


def test_each_act_has_a_key_and_the_key_stands_on_its_button(agreed: Shows, qtbot: QtBot) -> None:
    for place, key in enumerate((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3), start=1):
        assert form_of(agreed).acts[f"Alt+{place}"].key == f"Alt+{place}"
        agreed.press(key, ALT)
    expected = [("withdraw_all",), ("set_no_contact", True), ("set_restricted", True)]
    # A button that its key presses goes down first and acts a moment later.
    qtbot.waitUntil(lambda: sorted(agreed.asked.calls) == sorted(expected))


def test_what_an_erasure_means_is_said_before_it_is_recorded(agreed: Shows, qtbot: QtBot) -> None:
    form = form_of(agreed)
    agreed.press(Qt.Key.Key_4, ALT)
    qtbot.waitUntil(lambda: form.is_asking)
    assert agreed.asked.calls == []
    said = " ".join(label.full_text for label in form.findChildren(PlainLabel) if label.isVisible())
    assert "30 дней" in said
    agreed.press(Qt.Key.Key_Escape)
    assert not form.is_asking
    assert form.isVisible()
    agreed.press(Qt.Key.Key_4, ALT)
    qtbot.waitUntil(lambda: form.is_asking)
    agreed.press(Qt.Key.Key_Return)
    assert agreed.asked.calls == [("ask_erasure", "withdrawn")]


def test_what_was_ticked_stays_when_it_was_refused_and_the_dialog_closes_when_it_was_recorded(agreed: Shows) -> None:
    form = form_of(agreed)
    form.ticks["loyalty", "post"].click()
    agreed.show(replace(ALLOWED, trouble=Text("The disk is full")))
    assert form.ticks["loyalty", "post"].isChecked()
    assert form.trouble.isVisible()
    agreed.show(replace(ALLOWED, is_done=True))
    assert not form.isVisible()


def test_a_level_that_may_only_look_is_offered_no_act(qtbot: QtBot, at: Surroundings) -> None:
    shows = Shows(qtbot, at, ConsentsForm, samples.READ_ONLY)
    form = form_of(shows)
    assert not any(button.isVisible() for button in form.acts.values())
    assert not any(tick.isEnabled() for tick in form.ticks.values())
    assert not form.ok.isVisible()
    for key in (Qt.Key.Key_1, Qt.Key.Key_4):
        shows.press(key, ALT)
    shows.press(Qt.Key.Key_Return)
    qtbot.wait(150)
    assert shows.asked.calls == []


def test_a_digit_says_why_and_what_was_opened_is_forgotten_with_the_dialog(qtbot: QtBot, at: Surroundings) -> None:
    shows = Shows(qtbot, at, RevealForm, samples.REVEAL)
    shows.press(Qt.Key.Key_2)
    assert shows.asked.calls == [("reveal", "check_identity")]
    shows.show(samples.REVEALED)
    texts = [label.full_text for label in shows.form.findChildren(PlainLabel) if label.isVisible()]
    assert "+7 916 555-12-34" in texts
    assert any("ещё 27 из 30" in text for text in texts)
    shows.press(Qt.Key.Key_2)
    shows.press(Qt.Key.Key_Escape)
    assert not shows.form.isVisible()
    assert shows.asked.calls[1:] == [("close",)]


def test_the_card_offers_by_key_and_button_what_the_level_may_do(counter: Shown) -> None:
    window, asked = counter(samples.NORMAL)
    screen = window.findChild(CounterScreen)
    assert screen is not None
    opened: list[str] = []
    screen.asked.connect(opened.append)
    for key in (Qt.Key.Key_R, Qt.Key.Key_G):
        QTest.keyClick(QApplication.focusWidget() or window, key, CONTROL)
    for button in (screen.customer.reveal_button, screen.customer.consents_button):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened == ["reveal", "consents"] * 2
    asked.show(replace(samples.NORMAL, card=replace(samples.CARD, acts=frozenset({CardAct.CONSENTS}))))
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_R, CONTROL)
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_E, CONTROL)
    assert opened == ["reveal", "consents"] * 2
    assert not screen.customer.reveal_button.isVisible()
    assert not screen.customer.edit_button.isVisible()
    assert screen.customer.consents_button.isVisible()


def test_a_crowded_card_ends_between_two_rows(counter: Shown, qtbot: QtBot) -> None:
    window, _ = counter(samples.FULL)
    screen = window.findChild(CounterScreen)
    assert screen is not None
    area = screen.customer.area
    qtbot.waitUntil(lambda: area.viewport().height() < area.height())
    inner, edge = area.widget(), area.viewport().height()
    assert inner is not None
    for label in inner.findChildren(PlainLabel):
        top = label.mapTo(inner, label.rect().topLeft()).y()
        if label.isVisible() and label.full_text:
            assert not top < edge < top + label.height(), label.full_text
