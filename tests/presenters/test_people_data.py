"""The page on people's data: what is asked for, what comes too late, what the file says when the centre is away."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.desk_port import DeskPort
from crosssell_desktop.presenters.people_data import OfficePeoplePort, PeopleDataPresenter, PeopleDataState
from crosssell_desktop.presenters.state import Choice, Message
from crosssell_desktop.services import access_log
from crosssell_desktop.sync.link import CentreAway
from tests.presenters.test_exchange import AtOnce
from tests.services.conftest import photo, templates, wall
from tests.shop import PIN, Counter, SetClock, customer, person
from tests.ui.speaking import Speaker

__all__ = ["photo", "templates", "wall"]
OLGA = customer("olga")
Opened = Callable[[str], OfficePeoplePort]


class Port:
    """Answers at once, or with its trouble."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None

    def look(self, person: str, days: int, customer: str) -> PeopleDataState:
        return PeopleDataState(person=person, days=days, customer=customer, now_ms=1)

    def whose(self, text: str) -> tuple[Choice, ...]:
        if text == "о":
            raise Refusal("too_many", Text("Many"))
        return (Choice(text, text),) if text == "ольга" else (Choice("1", text), Choice("2", text))

    def ask(self, person: str, days: int, customer: str) -> PeopleDataState:
        if self.trouble is not None:
            raise self.trouble
        return PeopleDataState(person=person, days=days, customer=customer, now_ms=2)

    def do(self, step: str, customer_id: object) -> Text:
        raise Refusal("not_approved", Text("{step} of {who} is refused.", {"step": step, "who": customer_id}))

    def export(self, person: str, days: int, customer: str, text: str) -> Text:
        return Text("The log is written: {file}", {"file": " ".join((person, str(days), customer, text))})


@pytest.fixture
def made(qtbot: QtBot) -> tuple[PeopleDataPresenter, Port, AtOnce, list[Message]]:
    port, lanes = Port(), AtOnce()
    presenter = PeopleDataPresenter(port, lanes, lanes)
    told: list[Message] = []
    presenter.told.connect(told.append)
    return presenter, port, lanes, told


Made = tuple[PeopleDataPresenter, Port, AtOnce, list[Message]]


def test_the_answer_to_an_earlier_question_comes_too_late(made: Made) -> None:
    presenter, _, lanes, _ = made
    presenter.refresh()
    presenter.narrow("anna", 7, "olga")
    early, late = lanes.waiting
    late()
    early()
    assert (presenter.state.person, presenter.state.customer, presenter.state.now_ms) == ("anna", "olga", 2)


def test_a_centre_that_is_away_is_told_and_a_shop_without_one_has_its_whole_log(made: Made) -> None:
    presenter, port, lanes, _ = made
    for trouble, is_told in ((CentreAway("cable"), True), (Refusal("no_centre", Text("No")), False)):
        port.trouble = trouble
        presenter.refresh()
        lanes.waiting.pop()()
        assert (presenter.state.trouble is not None) is is_told
        assert not presenter.state.is_asking


def test_a_step_that_is_refused_says_why(made: Made) -> None:
    presenter, _, _, told = made
    presenter.do("erase", OLGA)
    assert [(str(message.text), message.tone) for message in told] == [(f"erase of {OLGA} is refused.", "bad")]


def test_the_file_is_written_for_what_is_asked_for(made: Made) -> None:
    presenter, _, lanes, told = made
    presenter.narrow("anna", 7, "olga")
    lanes.waiting.clear()
    presenter.export("ольга")
    lanes.waiting.pop(0)()
    assert str(told[-1].text) == "The log is written: anna 7 olga ольга"


def test_a_customer_found_alone_is_asked_for_at_once_several_wait_and_nothing_typed_is_anybody(made: Made) -> None:
    presenter, _, lanes, _ = made
    presenter.search("ветр")
    assert (len(presenter.state.customers), presenter.state.customer) == (2, "")
    presenter.narrow("", 0, "2")
    presenter.search("ольга")
    lanes.waiting.pop()()
    assert (presenter.state.customer, presenter.state.typed) == ("ольга", "ольга")
    assert [one.key for one in presenter.state.customers] == ["ольга"]
    presenter.search("о")
    assert (str(presenter.state.not_found), presenter.state.customer) == ("Many", "")
    presenter.search("")
    assert (presenter.state.not_found, presenter.state.customers, presenter.state.customer) == (None, (), "")


def test_looks_at_one_customer_are_asked_for_as_found_by_name_or_phone(opened: Opened, photo: Counter) -> None:
    access_log.reveal(photo.desk, photo.session("anna"), OLGA, "check_identity")
    access_log.reveal(photo.desk, photo.session("anna"), customer("pavel"), "delivery")
    for who, name in (("maria", "Ольга Ветрова"), ("dima", "О•• В••")):
        port = opened(who)
        (found,) = port.whose("ветрова 0000")
        assert (found.key, found.title) == (str(OLGA), f"{name}\u00a0· 0000")
        assert [look.reason for look in port.look("", 0, found.key).looks] == ["check_identity"]
        assert port.whose("в") == ()
    with pytest.raises(Refusal, match="not_allowed"):
        opened("anna").whose("ветрова")


@pytest.fixture
def opened(photo: Counter, tmp_path: Path) -> Opened:
    """Log a person in at the counter and return the page's port."""

    def log_in(who: str) -> OfficePeoplePort:
        speaker = Speaker("ru")
        port = DeskPort(speaker, reports=tmp_path, announce=lambda _: None)
        port.attach(photo.desk)
        port.log_in(person(who), PIN)
        return OfficePeoplePort(port, lambda _: None, tmp_path / "reports", speaker)

    return log_in


def test_looks_are_narrowed_by_person_and_period_and_the_file_holds_the_same(
    opened: Opened, photo: Counter, wall: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access_log.reveal(photo.desk, photo.session("vera"), OLGA, "check_identity")
    wall.advance(days=3)
    access_log.reveal(photo.desk, photo.session("anna"), OLGA, "customer_asked")
    port = opened("maria")
    anna = str(photo.session("anna").person_id)
    assert [look.reason for look in port.look("", 0).looks] == ["customer_asked", "check_identity"]
    assert [look.reason for look in port.look("", 1).looks] == ["customer_asked"]
    assert [look.reason for look in port.look(anna, 0).looks] == ["customer_asked"]
    assert anna in {choice.key for choice in port.look("", 0).staff}

    def reasons(said: Text) -> list[str]:
        text = (tmp_path / "reports" / str(said.values["file"])).read_text("utf-8-sig")
        return [row[-1] for row in csv.reader(text.splitlines()[1:], delimiter=";")]

    assert reasons(port.export("", 0, "", "vera")) == ["check_identity"]
    assert reasons(port.export(anna, 0, str(OLGA), "")) == ["customer_asked"]

    def away(*_: object) -> None:
        raise CentreAway("cable")

    monkeypatch.setattr(access_log, "ask_centre", away)
    said = port.export("", 0, "", "")
    assert "does not answer" in str(said)
    assert reasons(said) == ["customer_asked", "check_identity"]


def test_who_sees_their_own_looks_only_is_offered_nobody_else(opened: Opened) -> None:
    port = opened("anna")
    assert port.look("", 0).staff == ()
    with pytest.raises(Refusal, match="not_allowed"):
        port.look(str(person("vera")), 0)
