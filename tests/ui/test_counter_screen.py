from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from crosssell_desktop.presenters.state import CounterState, RefusalReason, SuggestionsPhase, SuggestionsState
from crosssell_desktop.ui.main_window import MainWindow
from crosssell_desktop.ui.screens.counter import CounterScreen
from crosssell_desktop.ui.widgets.basics import PlainLabel
from tests.ui import samples
from tests.ui.conftest import Shown

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
HOSTILE = '<b>жирный</b> <img src="\\\\host\\x"> &amp; R&D <a href="file:///etc/passwd">тут</a>'


def screen_of(window: MainWindow) -> CounterScreen:
    screen = window.findChild(CounterScreen)
    assert screen is not None
    return screen


def texts(widget: QWidget) -> str:
    return " | ".join(label.full_text for label in widget.findChildren(PlainLabel) if label.isVisible())


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    target = QApplication.focusWidget() or window
    QTest.keyClick(target, key, modifiers)


def test_the_counter_shows_customer_receipt_suggestions_sellers_and_sync(counter: Shown) -> None:
    window, _ = counter(samples.NORMAL)
    shown = texts(window)
    for words in (
        "Мария Петрова", "Как работать", "Обещания", "просрочено", "ИТОГО", "95\u00a0268,00\u00a0₽", "К ядру",
        "97 из 214 купивших R50 взяли", "гол: Анна К.", "пас: Борис Л. (Оптика)", "отправлено всё", "12:41",
        "Можно без этого: снимать будет",
    ):  # fmt: skip
        assert words in shown


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (samples.EMPTY, "Сначала ядро"),
        (samples.LOCKED, "Откроется после «Ядро подошло»"),
        (samples.NOTHING, "3 не подходят, 1 уже есть, 2 без доказательств"),
        (
            replace(samples.NORMAL, suggestions=SuggestionsState(SuggestionsPhase.HELD_OUT)),
            "Он в контрольной доле",
        ),
        (samples.LOCKED, "нет связи, продажа идёт"),
        (samples.LOCKED, "не отправлено 14"),
    ],
)
def test_a_panel_with_nothing_to_list_says_why(counter: Shown, state: CounterState, words: str) -> None:
    window, _ = counter(state)
    assert words in texts(window)


def test_each_key_of_the_receipt_asks_for_its_command(counter: Shown) -> None:
    window, asked = counter(samples.LOCKED)
    for key in (Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F8, Qt.Key.Key_F12):
        press(window, key)
    last = samples.LOCKED.receipt.lines[-1].line_id
    assert asked.calls == [("make_core", last), ("confirm_core",), ("hold",), ("complete",)]


def test_alt_and_a_digit_says_yes_to_that_suggestion(counter: Shown) -> None:
    window, asked = counter(samples.NORMAL)
    press(window, Qt.Key.Key_2, ALT)
    assert asked.calls == [("accept", 2)]


def test_bare_digits_are_always_text_in_the_one_field(counter: Shown) -> None:
    window, asked = counter(samples.NORMAL)
    QTest.keyClicks(focused(), "123")
    assert screen_of(window).field.text() == "123"
    assert [call[0] for call in asked.calls] == ["type_text"] * 3


@pytest.mark.parametrize(("digit", "reason"), list(enumerate(RefusalReason, start=1)))
def test_a_no_takes_its_reason_by_one_key(counter: Shown, digit: int, reason: RefusalReason) -> None:
    window, asked = counter(samples.NORMAL)
    press(window, Qt.Key.Key_3, ALT | SHIFT)
    menu = screen_of(window).menu
    assert menu.isVisible()
    press(window, Qt.Key(Qt.Key.Key_0 + digit))
    assert asked.calls == [("decline", 3, reason)]
    assert not menu.isVisible()
    assert screen_of(window).field.hasFocus()


def test_esc_closes_the_reasons_and_records_nothing(counter: Shown) -> None:
    window, asked = counter(samples.NORMAL)
    press(window, Qt.Key.Key_1, ALT | SHIFT)
    press(window, Qt.Key.Key_Escape)
    assert not screen_of(window).menu.isVisible()
    assert asked.calls == []


def test_an_answered_suggestion_takes_no_second_answer_and_offers_undo(counter: Shown) -> None:
    window, asked = counter(samples.ANSWERED)
    press(window, Qt.Key.Key_1, ALT)
    press(window, Qt.Key.Key_2, ALT | SHIFT)
    assert asked.calls == []
    assert "Нет: дорого" in texts(window)
    card = screen_of(window).suggestions.card(1)
    QTest.mouseClick(card.undo_button, Qt.MouseButton.LeftButton)
    assert asked.calls == [("undo_answer", 1)]


def test_alt_0_opens_the_proof_of_the_next_suggestion(counter: Shown) -> None:
    window, _ = counter(samples.NORMAL)
    press(window, Qt.Key.Key_0, ALT)
    points = screen_of(window).suggestions.card(1).points
    assert points.texts[-1] == "Батарея LP-E17 — штатная для R50"
    assert "паспорт, с. 24" in texts(screen_of(window).suggestions.card(1))


def test_del_in_the_empty_field_removes_the_chosen_line_and_in_text_deletes_a_letter(counter: Shown) -> None:
    window, asked = counter(samples.NORMAL)
    press(window, Qt.Key.Key_Up)
    press(window, Qt.Key.Key_Delete)
    assert asked.calls == [("remove_line", samples.RECEIPT.lines[2].line_id)]
    field = screen_of(window).field
    field.setText("аб")
    field.setCursorPosition(0)
    press(window, Qt.Key.Key_Delete)
    assert field.text() == "б"
    assert [call[0] for call in asked.calls] == ["remove_line", "type_text"]


def test_control_z_in_the_empty_field_undoes_the_last_act(counter: Shown) -> None:
    window, asked = counter(samples.NORMAL)
    press(window, Qt.Key.Key_Z, CONTROL)
    assert asked.calls == [("undo",)]


def test_enter_takes_the_marked_result_and_the_arrows_walk(counter: Shown) -> None:
    window, asked = counter(samples.EMPTY)
    screen = screen_of(window)
    screen.field.setText("канон")
    asked.show(samples.FOUND)
    assert screen.results.isVisible()
    press(window, Qt.Key.Key_Down)
    press(window, Qt.Key.Key_Return)
    assert asked.calls == [("choose", "p1")]
    assert screen.field.text() == ""


def test_down_at_the_end_of_the_list_asks_for_more(counter: Shown) -> None:
    window, asked = counter(samples.EMPTY)
    screen_of(window).field.setText("канон")
    asked.show(samples.FOUND)
    asked.calls.clear()
    for _ in samples.FOUND.search.hits:
        press(window, Qt.Key.Key_Down)
    assert asked.calls == [("show_more",)]


def test_enter_before_results_submits_the_text(counter: Shown) -> None:
    window, asked = counter(samples.EMPTY)
    QTest.keyClicks(focused(), "K1AB")
    press(window, Qt.Key.Key_Return)
    assert asked.calls[-1] == ("submit", "K1AB")


def test_results_of_an_older_text_are_not_taken_for_the_new_one(counter: Shown) -> None:
    window, asked = counter(samples.EMPTY)
    screen = screen_of(window)
    asked.show(samples.FOUND)
    screen.field.setText("другое")
    press(window, Qt.Key.Key_Return)
    assert asked.calls == [("submit", "другое")]


def test_the_language_changes_every_word_at_once(counter: Shown) -> None:
    window, _ = counter(samples.NORMAL)
    press(window, Qt.Key.Key_L, CONTROL)
    shown = texts(window)
    for words in ("TOTAL", "To the core", "₽95,268.00", "goal: Анна К.", "all sent", "Needs"):
        assert words in shown
    for words in ("ИТОГО", "К ядру", "Потребности", "отправлено"):
        assert words not in shown
    assert screen_of(window).bar.buttons["complete"].words == "Complete"


def test_theme_and_text_size_change_at_run_time_and_keep_what_is_typed(counter: Shown, qtbot: QtBot) -> None:
    window, _ = counter(samples.NORMAL)
    screen = screen_of(window)
    screen.field.setText("Пет")
    before = window.grab().toImage().pixelColor(4, 400)
    press(window, Qt.Key.Key_T, CONTROL)
    assert window.at.look.scheme == "dark"
    assert window.grab().toImage().pixelColor(4, 400) != before
    height = screen.receipt.table.rowHeight(0)
    press(window, Qt.Key.Key_Equal, CONTROL)
    assert window.at.look.scale == 125
    assert screen.receipt.table.rowHeight(0) > height
    assert screen.field.text() == "Пет"


def test_below_1280_the_card_folds_to_a_drawer(counter: Shown, qtbot: QtBot) -> None:
    window, _ = counter(samples.NORMAL, size=(1024, 700))
    screen = screen_of(window)
    assert screen.folded
    assert not screen.customer.isVisible()
    press(window, Qt.Key.Key_K, CONTROL)
    assert screen.customer.isVisible()
    press(window, Qt.Key.Key_Escape)
    assert not screen.customer.isVisible()
    window.resize(1366, 768)
    qtbot.waitUntil(screen.customer.isVisible)
    assert not screen.folded


def test_markup_in_data_is_shown_as_it_is_and_never_read(counter: Shown) -> None:
    card = replace(samples.CARD, name=HOSTILE, who=replace(samples.CARD.who, text=HOSTILE))  # type: ignore[type-var]
    row = replace(samples.OFFERS.rows[0], name=HOSTILE, benefit=HOSTILE, proof=HOSTILE)
    state = replace(
        samples.NORMAL,
        card=card,
        suggestions=replace(samples.OFFERS, rows=(row,), without=HOSTILE),
        sellers=replace(samples.SELLERS, goal=HOSTILE),
        receipt=replace(samples.RECEIPT, lines=(samples.line(1, HOSTILE, 100),)),
    )
    window, _ = counter(state)
    assert HOSTILE in texts(window)
    for label in window.findChildren(PlainLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
    for widget in window.findChildren(QWidget):
        assert "<b>" not in widget.toolTip()
        assert "<img" not in widget.toolTip()


def test_a_place_this_role_has_not_is_not_there(counter: Shown) -> None:
    window, _ = counter(samples.NORMAL)
    before = window.place
    press(window, Qt.Key.Key_5, CONTROL)
    assert window.place is before
    assert len(window.top.buttons) == 3


def test_everything_that_can_be_pressed_has_a_name_for_screen_readers(counter: Shown) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QTableView

    window, _ = counter(samples.NORMAL)
    for kind in (QAbstractButton, QComboBox, QLineEdit, QTableView):
        for control in window.findChildren(kind):
            if control.isVisible() and control.metaObject().className() != "QTableCornerButton":
                assert control.accessibleName(), control
