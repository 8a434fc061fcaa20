from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.ports import NewCustomer, NewPass, SimilarCustomer
from crosssell_desktop.presenters.state import PassKind
from crosssell_desktop.ui.dialogs.forms import HelpSheet, NewCustomerForm, PassForm, ReturnForm
from crosssell_desktop.ui.screens.customer_view import CustomerView
from crosssell_desktop.ui.screens.exchange import ExchangeScreen
from crosssell_desktop.ui.screens.login import LoginScreen
from crosssell_desktop.ui.screens.passes import PassesScreen
from crosssell_desktop.ui.screens.shift import ShiftScreen
from crosssell_desktop.ui.surroundings import Surroundings
from crosssell_desktop.ui.widgets.basics import KeyButton, PlainLabel
from tests.ui import samples, stand

Other = Callable[..., Any]


def words(widget: QWidget) -> str:
    return " | ".join(label.full_text for label in widget.findChildren(PlainLabel) if not label.isHidden())


def click(button: KeyButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def login(at: Surroundings, qtbot: QtBot) -> LoginScreen:
    quiet = stand.Quiet()
    screen = LoginScreen(at, quiet)
    quiet.setParent(screen)
    qtbot.addWidget(screen)
    screen.show_people(samples.PEOPLE)
    screen.show()
    return screen


def calls(screen: LoginScreen) -> list[tuple[object, ...]]:
    quiet = screen.presenter
    assert isinstance(quiet, stand.Quiet)
    return quiet.calls


def test_six_digits_log_the_chosen_person_in_without_enter(login: LoginScreen) -> None:
    login.list.setCurrentIndex(login.model.index(1, 0))
    QTest.keyClicks(login.secret, "12345")
    assert calls(login) == []
    QTest.keyClicks(login.secret, "6")
    assert calls(login) == [("log_in", samples.PEOPLE[1].person_id, "123456")]
    assert login.secret.text() == ""


def test_the_pin_takes_digits_only_by_keys_or_by_touch_and_never_shows_them(login: LoginScreen) -> None:
    QTest.keyClicks(login.secret, "1a2 ")
    click(login.pad.buttons["3"])
    assert login.secret.text() == "123"
    assert "123" not in login.secret.displayText()
    click(login.pad.back)
    assert login.secret.text() == "12"


def test_a_supervisor_gives_a_password_and_enter(login: LoginScreen) -> None:
    login.list.setCurrentIndex(login.model.index(2, 0))
    assert "Пароль" in words(login)
    QTest.keyClicks(login.secret, "long pass word")
    QTest.keyClick(login.secret, Qt.Key.Key_Return)
    assert calls(login) == [("log_in", samples.PEOPLE[2].person_id, "long pass word")]


def test_a_wrong_pin_is_told_and_the_next_key_begins_anew(login: LoginScreen) -> None:
    login.show_refusal(Text("The disk is full"))
    assert "Диск заполнен" in words(login)
    assert login.secret.property("wrong") == "true"
    QTest.keyClicks(login.secret, "1")
    assert login.secret.property("wrong") == ""


def test_who_is_locked_out_is_shown_with_the_time(login: LoginScreen) -> None:
    assert "закрыто до 12:41" in login.model.index(3, 0).data(login.model.REMARK)


def test_a_shift_opens_with_the_chosen_responsible_person(other: Other) -> None:
    screen = other("noshift").findChild(ShiftScreen)
    screen.who.setCurrentIndex(1)
    click(screen.open_button)
    assert screen.presenter.calls[-1] == ("open", "p2", "", "")


def test_closing_a_shift_asks_once_more_and_an_x_report_does_not(other: Other) -> None:
    screen = other("shift").findChild(ShiftScreen)
    screen.presenter.calls.clear()
    click(screen.x_button)
    click(screen.z_button)
    assert screen.presenter.calls == [("report", "x")]
    assert screen.sure_button.isVisible()
    click(screen.sure_button)
    assert screen.presenter.calls == [("report", "x"), ("close", "", "", "", "")]
    assert "не отправлено 14" in words(screen)


def test_the_manager_corrects_what_was_put_aside_and_sends_it_by_keys_alone(other: Other) -> None:
    screen = other("exchange").findChild(ExchangeScreen)
    screen.presenter.calls.clear()
    assert "Касса говорит" not in words(screen)
    assert "Оно говорит от имени другой кассы." in words(screen)
    assert "молчит сутки" in words(screen)
    assert "молчит неделю" in " ".join(screen.table.rows.texts(5))
    screen.rows.setPlainText('{"sale": []}')
    QTest.keyClick(screen.rows, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert screen.presenter.calls == [("send_again", samples.EXCHANGE.set_aside[0].op_id, '{"sale": []}')]
    QTest.keyClick(screen.aside, Qt.Key.Key_F5)
    assert screen.presenter.calls[-1] == ("refresh",)
    # What was sent again already is read only; what is being typed is not lost when the centre answers.
    screen.show_state(samples.EXCHANGE)
    assert screen.rows.toPlainText() == '{"sale": []}'
    screen.aside.setCurrentIndex(screen.aside.rows.index(2, 0))
    assert not screen.send.isEnabled()
    assert screen.rows.isReadOnly()


def test_fetching_everything_anew_asks_once_more(other: Other) -> None:
    screen = other("exchange").findChild(ExchangeScreen)
    screen.presenter.calls.clear()
    click(screen.anew)
    assert screen.presenter.calls == []
    click(screen.sure)
    assert screen.presenter.calls == [("fetch_anew",)]
    assert screen.sure.isHidden()


def test_the_exchange_screen_is_walked_by_tab(other: Other) -> None:
    screen = other("exchange").findChild(ExchangeScreen)
    walked: list[QWidget] = []
    place = screen.ask
    for _ in range(120):
        if place.focusPolicy() & Qt.FocusPolicy.TabFocus and place.isVisible() and place.isEnabled():
            walked.append(place)
        place = place.nextInFocusChain()
    wanted = [screen.ask, screen.table, screen.anew, screen.aside, screen.rows, screen.send]
    assert [one for one in walked if one in wanted][: len(wanted)] == wanted
    # Tab leaves the field of rows instead of writing into it.
    assert screen.rows.tabChangesFocus()


def test_a_pass_to_us_is_taken_or_declined_and_an_answered_one_is_not(other: Other) -> None:
    screen = other("passes").findChild(PassesScreen)
    screen.presenter.calls.clear()
    click(screen.accept)
    click(screen.decline)
    first = samples.PASSES.to_us[0].pass_id
    assert screen.presenter.calls == [("accept", first), ("decline", first)]
    screen.to_us.table.setCurrentIndex(screen.to_us.table.rows.index(1, 0))
    assert not screen.accept.isEnabled()


def test_the_customer_sees_gain_proof_and_price_and_no_refused_thing(at: Surroundings, qtbot: QtBot) -> None:
    view = CustomerView(at)
    qtbot.addWidget(view)
    view.show_state(samples.ANSWERED.suggestions)
    view.show()
    shown = words(view)
    assert "Аккумулятор LP-E17" in shown
    assert "4\u00a0490,00\u00a0₽" in shown
    assert "61 из 214" in shown
    assert "V30 128" not in shown
    with qtbot.waitSignal(view.closed):
        QTest.keyClick(view, Qt.Key.Key_Escape)


def test_a_new_customer_needs_a_name_and_gives_only_the_consents_that_were_ticked(
    at: Surroundings, qtbot: QtBot
) -> None:
    form = NewCustomerForm(at, phone="916 123-45-67")
    qtbot.addWidget(form)
    form.show()
    QTest.keyClick(form.name, Qt.Key.Key_Return)
    assert "Нужно имя" in words(form)
    form.name.setText("  Мария   Петрова ")
    form.service.click()
    with qtbot.waitSignal(form.asked):
        click(form.ok)
    with qtbot.waitSignal(form.submitted) as told:
        form.show_similar(())
    assert told.args == [
        NewCustomer("Мария Петрова", "916 123-45-67", "", "ru", service=True, marketing=False, profiling=False)
    ]


KNOWN = (
    SimilarCustomer("customer:1", "Петрова Мария", "•••-45-67 · тот же телефон", is_exact=True),
    SimilarCustomer("customer:2", "Петров Пётр", "•••-45-67 · семейный телефон?", is_exact=True),
)


def test_whoever_may_be_the_same_is_shown_before_saving_and_taken_by_one_key(at: Surroundings, qtbot: QtBot) -> None:
    form = NewCustomerForm(at, name="Маша Петрова", phone="916 123-45-67")
    qtbot.addWidget(form)
    with qtbot.waitActive(form):
        form.show()
        form.activateWindow()
    with qtbot.waitSignal(form.asked) as asked:
        QTest.keyClick(form.phone, Qt.Key.Key_Return)
    assert asked.args == [NewCustomer("Маша Петрова", "916 123-45-67")]
    with qtbot.assertNotEmitted(form.submitted):
        form.show_similar(KNOWN)
    assert "тот же телефон" in words(form)
    assert [row.isVisible() for row in form.similar.rows] == [True, True, False]
    assert form.isVisible()
    with qtbot.waitSignal(form.chosen) as chosen:
        QTest.keyClick(form, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert chosen.args == ["customer:2"]


def test_whoever_was_shown_is_passed_over_by_enter(at: Surroundings, qtbot: QtBot) -> None:
    form = NewCustomerForm(at, name="Маша Петрова", phone="916 123-45-67")
    qtbot.addWidget(form)
    form.show()
    form.ask()
    form.show_similar(KNOWN)
    with qtbot.waitSignal(form.submitted) as told:
        QTest.keyClick(form.phone, Qt.Key.Key_Return)
    assert told.args is not None
    assert told.args[0].even_if_known


def test_what_was_typed_after_the_question_is_asked_about_again(at: Surroundings, qtbot: QtBot) -> None:
    form = NewCustomerForm(at, name="Маша")
    qtbot.addWidget(form)
    form.show()
    form.ask()
    form.name.setText("Маша Петрова")
    form.show_similar(())
    with qtbot.assertNotEmitted(form.submitted), qtbot.waitSignal(form.asked):
        QTest.keyClick(form.name, Qt.Key.Key_Return)
    with qtbot.waitSignal(form.submitted) as told:
        form.show_similar(())
    assert told.args is not None
    assert not told.args[0].even_if_known


def test_a_pass_has_a_kind_a_department_and_a_category(other: Other, qtbot: QtBot) -> None:
    form = other("pass")
    assert isinstance(form, PassForm)
    assert "талон с кодом" in words(form)
    click(form.kinds[PassKind.EXPERT])
    with qtbot.waitSignal(form.submitted) as told:
        click(form.ok)
    assert told.args == [NewPass(PassKind.EXPERT, "d", "c", None)]


def test_a_return_takes_part_of_a_line_and_never_more_than_was_bought(other: Other, qtbot: QtBot) -> None:
    form = other("return")
    assert isinstance(form, ReturnForm)
    row = form.rows[2]
    assert not form.ok.isEnabled()
    for _ in range(5):
        click(row.more)
    assert row.qty_milli == 3000
    click(row.less)
    assert "2 из 3" in words(form)
    form.reason.setCurrentIndex(form.reason.findData("felt_pushed"))
    with qtbot.waitSignal(form.submitted) as told:
        click(form.ok)
    assert told.args == [samples.SOURCE.receipt_id, {row.line.line_id: 2000}, "felt_pushed"]


def test_an_unknown_sale_is_told_in_the_return_form(other: Other) -> None:
    form = other("return")
    form.show_source(None)
    assert "Такой продажи здесь не знают" in words(form)
    assert not form.ok.isEnabled()


def test_the_help_sheet_names_every_key_of_the_list_of_commands(other: Other) -> None:
    from crosssell_desktop.presenters.commands import COMMANDS

    sheet = other("help")
    assert isinstance(sheet, HelpSheet)
    caps = {button.key for button in sheet.findChildren(KeyButton)}
    assert {item.keys[0] for item in COMMANDS} <= caps
    assert len({key for item in COMMANDS for key in item.keys}) == sum(len(item.keys) for item in COMMANDS)
