"""Staff, places and rota: what was refused is told, what is on the screen outlives a late answer, rights hold."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.desk_port import DeskPort
from crosssell_desktop.presenters.office_port import OfficePort
from crosssell_desktop.presenters.places_page import (
    CounterLine,
    PlacesPagePresenter,
    PlacesState,
    TypedCounter,
    TypedDepartment,
)
from crosssell_desktop.presenters.rota import RotaPresenter, RotaState
from crosssell_desktop.presenters.staff import OneTimePin, StaffPresenter, StaffState, TypedPerson
from crosssell_desktop.presenters.state import Message
from crosssell_desktop.sync.link import CentreAway
from tests.presenters.test_exchange import AtOnce
from tests.services.conftest import photo, templates, wall
from tests.shop import PIN, Counter, person
from tests.ui.speaking import Speaker

__all__ = ["photo", "templates", "wall"]
ANNA = person("anna")
MONDAY = dt.date(2026, 3, 9)
K1 = CounterLine(uuid.uuid4(), "K1", "Касса 1", "d", "Фото", 1)
REFUSED = Refusal("changed_meanwhile", Text("The disk is full"))


class Port:
    """Answers the three pages, or with its trouble."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.counters = (K1,)

    def _or_trouble(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    def staff(self) -> StaffState:
        self._or_trouble()
        return StaffState(may_edit=True)

    def save_person(self, typed: TypedPerson) -> StaffState:  # noqa: ARG002
        return self.staff()

    def reset_pin(self, person_id: object) -> StaffState:  # noqa: ARG002
        self._or_trouble()
        return StaffState(one_time=OneTimePin("Анна К.", "482915"), is_loading=False)

    def dismiss(self, person_id: object, reason: str) -> StaffState:  # noqa: ARG002
        return replace(self.staff(), is_loading=False)

    def take_back(self, person_id: object) -> StaffState:
        return self.reset_pin(person_id)

    def places(self) -> PlacesState:
        return PlacesState(counters=self.counters)

    def ask_lags(self) -> PlacesState:
        self._or_trouble()
        return PlacesState(counters=(replace(K1, is_known=True, seen_ms=7, state=Text("works")),))

    def save_department(self, typed: TypedDepartment) -> PlacesState:  # noqa: ARG002
        self._or_trouble()
        return self.places()

    def save_counter(self, typed: TypedCounter) -> PlacesState:
        self._or_trouble()
        self.counters = (replace(K1, name=typed.name, ver=2),)
        return self.places()

    def invite(self, name: str, department_id: str) -> PlacesState:  # noqa: ARG002
        self._or_trouble()
        return replace(self.places(), code=f"code of {name}")

    def week(self, day: dt.date | None) -> RotaState:
        self._or_trouble()
        return RotaState(monday=day or MONDAY, may_edit=True)

    def put_day(self, person_id: object, day: dt.date, planned: str, worked: str) -> RotaState:  # noqa: ARG002
        return self.week(MONDAY)


class Heard:
    """What a presenter says."""

    def __init__(self, presenter: Any) -> None:  # noqa: ANN401  # the three pages have the same signals
        self.told: list[Message] = []
        self.bugs: list[BaseException] = []
        presenter.told.connect(self.told.append)
        presenter.failed.connect(self.bugs.append)


def test_a_pin_on_the_screen_outlives_a_list_and_goes_with_the_next_act(qtbot: QtBot) -> None:
    presenter = StaffPresenter(Port(), AtOnce())
    presenter.reset_pin(ANNA)
    presenter.refresh()
    assert presenter.state.one_time == OneTimePin("Анна К.", "482915")
    assert presenter.state.may_edit
    acts: tuple[Callable[[], object], ...] = (lambda: presenter.dismiss(ANNA, "own_wish"), presenter.hide_pin)
    for act in acts:
        presenter.reset_pin(ANNA)
        act()
        assert presenter.state.one_time is None


def test_what_is_refused_of_the_staff_is_told_without_saying_it_was_saved(qtbot: QtBot) -> None:
    port = Port()
    presenter = StaffPresenter(port, AtOnce())
    heard = Heard(presenter)
    presenter.refresh()
    port.trouble = REFUSED
    presenter.dismiss(ANNA, "own_wish")
    assert (str(presenter.state.trouble), presenter.state.is_busy) == ("The disk is full", False)
    assert presenter.state.may_edit
    assert (heard.told, heard.bugs) == ([], [])
    port.trouble = ZeroDivisionError()
    presenter.take_back(ANNA)
    assert heard.bugs == [port.trouble]
    assert "ZeroDivisionError" not in str(presenter.state.trouble)


def test_how_a_counter_stands_is_kept_while_the_centre_is_asked_anew_or_away(qtbot: QtBot) -> None:
    port, lanes = Port(), AtOnce()
    presenter = PlacesPagePresenter(port, lanes, lanes)
    heard = Heard(presenter)
    presenter.refresh()
    assert (presenter.state.is_asking, presenter.state.counters[0].is_known) == (True, False)
    lanes.waiting.pop()()
    presenter.save_counter(TypedCounter(K1.counter_id, "У входа", "d", 1))
    (line,) = presenter.state.counters
    assert (line.name, line.is_known, line.seen_ms) == ("У входа", True, 7)
    assert len(heard.told) == 1
    port.trouble = CentreAway("cable")
    lanes.waiting.pop()()
    assert (presenter.state.counters, presenter.state.is_asking) == ((line,), False)
    assert heard.bugs == []


def test_a_code_stays_in_sight_until_the_next_act_and_without_an_administrator_it_is_told_how(qtbot: QtBot) -> None:
    port, lanes = Port(), AtOnce()
    presenter = PlacesPagePresenter(port, lanes, lanes)
    presenter.invite("K3", "d")
    lanes.waiting.pop()()
    presenter.refresh()
    lanes.waiting.pop()()
    assert presenter.state.code == "code of K3"
    port.trouble = Refusal("no_admin_way", Text("At the centre"))
    presenter.invite("K4", "d")
    assert presenter.state.code == ""
    lanes.waiting.pop()()
    assert (str(presenter.state.how_to), presenter.state.trouble, presenter.state.is_busy) == (
        "At the centre",
        None,
        False,
    )
    port.trouble = REFUSED
    presenter.save_department(TypedDepartment(None, "s", "x", "х", "x", 0))
    assert str(presenter.state.trouble) == "The disk is full"


def test_the_rota_is_turned_by_weeks_and_a_day_that_is_refused_leaves_the_week(qtbot: QtBot) -> None:
    port = Port()
    presenter = RotaPresenter(port, AtOnce())
    heard = Heard(presenter)
    presenter.turn(1)
    assert presenter.state.monday is None  # there is no week to turn yet
    presenter.refresh()
    presenter.turn(-2)
    assert presenter.state.monday == dt.date(2026, 2, 23)
    port.trouble = REFUSED
    presenter.put(ANNA, MONDAY, "8", "")
    assert presenter.state.monday == dt.date(2026, 2, 23)
    assert (str(presenter.state.trouble), heard.told) == ("The disk is full", [])
    port.trouble = None
    presenter.put(ANNA, MONDAY, "8", "")
    assert (presenter.state.trouble, len(heard.told)) == (None, 1)


Opened = Callable[[str], OfficePort]


@pytest.fixture
def opened(photo: Counter, tmp_path: Path) -> Opened:
    """Log a person in at the counter and return the Office's port."""

    def log_in(who: str) -> OfficePort:
        port = DeskPort(Speaker("ru"), reports=tmp_path, announce=lambda _: None)
        port.attach(photo.desk)
        port.log_in(person(who), PIN)
        return OfficePort(port, lambda _: None)

    return log_in


def test_the_office_opens_to_each_level_as_much_as_it_may(opened: Opened) -> None:
    for who, sees, edits in (("anna", False, False), ("sergey", True, False), ("maria", True, True)):
        port = opened(who)
        for act in (port.staff, lambda port=port: port.week(None)):
            if sees:
                assert act().lines
            else:
                with pytest.raises(Refusal, match="not_allowed"):
                    act()
        if edits:
            assert port.places().counters
        else:
            with pytest.raises(Refusal, match="not_allowed"):
                port.places()
        if sees and not edits:
            assert not port.staff().may_edit
            with pytest.raises(Refusal, match="not_allowed"):
                port.dismiss(ANNA, "own_wish")
