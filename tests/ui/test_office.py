from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters import office
from crosssell_desktop.presenters.office import OfficePage, pages_of
from crosssell_desktop.presenters.places_page import TypedCounter, TypedDepartment
from crosssell_desktop.presenters.staff import TypedPerson
from crosssell_desktop.ui.screens.login import LoginScreen
from crosssell_desktop.ui.screens.office import OfficeScreen
from crosssell_desktop.ui.screens.places import PlacesScreen
from crosssell_desktop.ui.screens.rota import RotaScreen
from crosssell_desktop.ui.screens.staff import StaffScreen
from crosssell_desktop.ui.surroundings import Surroundings
from tests.ui import samples, stand

Other = Callable[..., Any]


def test_each_tab_has_its_name_and_the_page_in_front_is_marked(other: Other) -> None:
    screen = other("exchange").findChild(OfficeScreen)
    assert screen.tabs["exchange"].words == "Обмен"
    assert screen.tabs["exchange"].isChecked()
    assert screen.tabs["exchange"].height() >= 44


def test_pages_are_turned_by_keys_and_those_of_another_level_are_not_there(
    at: Surroundings, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.PAGES[0]
    some = {key: OfficePage(key, "Exchange", "people", first.act) for key in ("one", "two", "three")}
    for module in ("crosssell_desktop.presenters.office", "crosssell_desktop.ui.screens.office"):
        monkeypatch.setattr(f"{module}.PAGES", tuple(some.values()))
        monkeypatch.setattr(f"{module}.BY_KEY", some)
    screen = OfficeScreen(at)
    qtbot.addWidget(screen)
    for key in ("three", "one", "two"):
        page = QWidget()
        page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        screen.add_page(key, page)
    screen.show_pages(("one", "three"))
    with qtbot.waitActive(screen):
        screen.show()
        screen.activateWindow()
    screen.go("one")
    assert not screen.tabs["two"].isVisible()
    turned = []
    for pressed in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        QTest.keyClick(screen.pages[screen.key], pressed, Qt.KeyboardModifier.ControlModifier)
        turned.append(screen.key)
    assert turned == ["three", "one", "three"]
    screen.go("two")
    assert screen.key == "three"
    QTest.mouseClick(screen.tabs["one"], Qt.MouseButton.LeftButton)
    assert screen.key == "one"


def test_nobody_has_no_page() -> None:
    assert pages_of(None) == ()


LANGUAGES = ("ru", "en")


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget, key, modifier)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_is_taken_on_changed_and_dismissed_by_keys(other: Other, language: str) -> None:
    screen = other("staff", language).findChild(StaffScreen)
    calls = screen.presenter.calls
    calls.clear()
    control = Qt.KeyboardModifier.ControlModifier
    press(screen.table, Qt.Key.Key_N, control)
    assert screen.full_name.field.text() == ""
    screen.full_name.field.setText("Олег Ветров")
    screen.level.choose("3")
    press(screen.full_name.field, Qt.Key.Key_Return, control)
    assert calls == [("save", TypedPerson(None, "Олег Ветров", "", "d1", 3, "ru", "", is_lead=False, seen_ver=0))]
    # Esc leaves the new one; the chosen person is in the form again.
    screen.window().findChild(OfficeScreen).run("back")
    assert screen.full_name.field.text() == "Анна Кузнецова"
    calls.clear()
    press(screen.table, Qt.Key.Key_P, control)
    press(screen.table, Qt.Key.Key_D, control)
    first = samples.STAFF.lines[0].person_id
    assert calls == [("reset_pin", first)]
    assert screen.sure.isVisible()
    screen.reason.choose("breach")
    press(screen.sure, Qt.Key.Key_Space)
    assert calls[-1] == ("dismiss", first, "breach")
    screen.table.setCurrentIndex(screen.table.rows.index(5, 0))
    assert not screen.reset.isVisible()
    assert not screen.save.isEnabled()
    press(screen.table, Qt.Key.Key_D, control)
    assert calls[-1] == ("take_back", samples.STAFF.lines[5].person_id)


def test_a_one_time_pin_is_shown_until_it_is_hidden_and_typing_is_not_lost(other: Other) -> None:
    screen = other("reset").findChild(StaffScreen)
    assert screen.pin.full_text == "482 915"
    one = samples.RESET.one_time
    assert one is not None
    name = one.name
    for row in range(len(samples.RESET.lines)):
        # Whoever is chosen, the PIN stands above the person's card and under its own person's name.
        screen.table.selectRow(row)
        assert screen.pin_of.full_text.endswith(name)
        assert name in screen.pin_words.full_text
        assert screen.pin_box.geometry().bottom() < screen.form_title.geometry().top()
    screen.table.selectRow(0)
    screen.full_name.field.setText("Анна Ветрова")
    screen.show_state(samples.STAFF)
    assert not screen.pin.isVisible()
    assert screen.full_name.field.text() == "Анна Ветрова"
    screen.show_state(replace(samples.STAFF, may_edit=False, is_office=False))
    assert not screen.save.isEnabled()
    assert not screen.dismiss.isVisible()
    assert screen.reset.isEnabled()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_of_the_rota_is_typed_and_weeks_are_turned_by_keys(other: Other, language: str) -> None:
    screen = other("rota", language).findChild(RotaScreen)
    calls = screen.presenter.calls
    calls.clear()
    screen.day.choose("3")
    QTest.keyClicks(screen.planned.field, "09:00-18:00")
    press(screen.planned.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    person = samples.ROTA.lines[0].person_id
    assert calls == [("put", person, dt.date(2026, 3, 12), "09:00-18:00", "")]
    screen.later.click()
    screen.earlier.click()
    assert calls[-2:] == [("turn", 1), ("turn", -1)]
    assert "Олег Ветров" in screen.without.full_text
    screen.table.setCurrentIndex(screen.table.rows.index(3, 0))
    assert not screen.save.isEnabled()
    screen.window().findChild(OfficeScreen).run("pass")
    assert calls[-1] == ("refresh",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_departments_and_counters_are_changed_and_a_code_is_asked_for(other: Other, language: str) -> None:
    screen = other("places", language).findChild(PlacesScreen)
    calls = screen.presenter.calls
    calls.clear()
    one, counter = samples.HOUSE.departments[0], samples.HOUSE.counters[0]
    assert not screen.code.isEnabled()
    screen.name_ru.field.setText("Фото")
    press(screen.name_ru.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert calls == [
        ("save_department", TypedDepartment(one.department_id, str(one.store_id), "photo", "Фото", one.name_en, 1))
    ]
    screen.add.click()
    screen.code.field.setText("audio")
    screen.name_ru.field.setText("Звук")
    screen.save_department.click()
    assert calls[-1] == ("save_department", TypedDepartment(None, str(one.store_id), "audio", "Звук", "", 0))
    screen.save_counter.click()
    assert calls[-1] == ("save_counter", TypedCounter(counter.counter_id, "Касса 1", counter.department_id, 1))
    screen.new_name.field.setText("K4")
    screen.invite.click()
    assert calls[-1] == ("invite", "K4", samples.HOUSE.choices[0].key)
    assert "crosssell centre enrol K3" in screen.told.toPlainText()


def test_a_one_time_pin_is_changed_at_the_log_in_in_two_steps(at: Surroundings, qtbot: QtBot) -> None:
    quiet = stand.Quiet()
    screen = LoginScreen(at, quiet)
    qtbot.addWidget(screen)
    people = (replace(samples.PEOPLE[0], badge="B-17"), replace(samples.PEOPLE[1], chooses_password=True))
    screen.show_people(people)
    screen.scan("B-17")
    QTest.keyClicks(screen.secret, "482915")
    quiet.must_change.emit(Text("The disk is full"))
    QTest.keyClicks(screen.secret, "739164")
    QTest.keyClicks(screen.secret, "739165")
    assert [call[0] for call in quiet.calls] == ["log_in"]
    assert "Новый ПИН-код" in screen.prompt.full_text
    QTest.keyClicks(screen.secret, "739164739164")
    assert quiet.calls[-1] == ("change_secret", people[0].person_id, "482915", "739164")
    quiet.choose_again.emit(Text("The disk is full"))
    assert "Новый ПИН-код" in screen.prompt.full_text
    screen.run("back")
    assert screen.prompt.full_text == "ПИН-код, шесть цифр"
    # Of one's own accord, a supervisor: the present PIN first, then a password twice.
    screen.list.setCurrentIndex(screen.model.index(1, 0))
    screen.change.click()
    QTest.keyClicks(screen.secret, "111222")
    for _ in range(2):
        QTest.keyClicks(screen.secret, "three merry geese")
        QTest.keyClick(screen.secret, Qt.Key.Key_Return)
    assert quiet.calls[-1] == ("change_secret", people[1].person_id, "111222", "three merry geese")
    screen.scan("nobody's")
    assert "бейджа" in screen.trouble.full_text


@pytest.mark.parametrize("scale", [150, 200])
def test_a_page_that_needs_more_height_scrolls_and_the_window_stays_on_the_screen(other: Other, scale: int) -> None:
    window = other("places", "ru", scale=scale)
    for _ in range(3):
        QApplication.processEvents()
    assert (window.width(), window.height()) == (1366, 768)
    area = window.findChild(PlacesScreen).parentWidget().parentWidget()
    assert isinstance(area, QScrollArea)
