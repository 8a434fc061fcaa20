"""The dialogs of consents and of the masked contact over a real counter: rights, refusals, undo, late answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.consents import CHANNELS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.presenters.consents import ConsentsPresenter
from crosssell_desktop.presenters.consents_port import DeskConsentsPort
from crosssell_desktop.presenters.desk_port import DeskPort
from crosssell_desktop.presenters.reveal import DeskRevealPort, RevealPresenter
from crosssell_desktop.presenters.state import CardAct, Message
from crosssell_desktop.presenters.wording import joined
from crosssell_desktop.services import consents
from tests.presenters.test_counter import SlowLanes
from tests.services.conftest import photo, templates, wall
from tests.shop import PIN, Counter, customer, person
from tests.ui.speaking import Speaker

__all__ = ["photo", "templates", "wall"]
OLGA, PAVEL = customer("olga"), customer("pavel")
Opened = Callable[[str], DeskPort]
EVERY_CHANNEL = frozenset(("service", of) for of in CHANNELS)


@pytest.fixture
def opened(photo: Counter, tmp_path: Path) -> Opened:
    """Log a person in at the counter and return its port."""

    def log_in(who: str) -> DeskPort:
        port = DeskPort(Speaker("ru"), reports=tmp_path, announce=lambda _: None)
        port.attach(photo.desk)
        port.log_in(person(who), PIN)
        return port

    return log_in


class Dialog:
    """A presenter over a port, with lanes that answer when they are let go, and what it said."""

    def __init__(self, port: DeskPort) -> None:
        self.lanes = SlowLanes()
        self.presenter = ConsentsPresenter(DeskConsentsPort(port, lambda _: None), self.lanes)
        self.said: list[tuple[Message, Callable[[], None] | None]] = []
        self.presenter.done.connect(lambda message, undo: self.said.append((message, undo)))

    def open(self, who: CustomerId = OLGA) -> ConsentsPresenter:
        self.presenter.open(who)
        self.lanes.do()
        return self.presenter

    def undo(self) -> None:
        undo = self.said[-1][1]
        assert undo is not None
        undo()


def allowed(photo: Counter) -> frozenset[tuple[str, str]]:
    return consents.standing(photo.desk, photo.session("maria"), OLGA).allowed


@pytest.mark.usefixtures("qtbot")
def test_what_was_ticked_is_recorded_in_one_act_and_undo_takes_it_back(opened: Opened, photo: Counter) -> None:
    dialog = Dialog(opened("anna"))
    shown = dialog.open()
    assert (shown.state.may_record, shown.state.may_ask_erasure, shown.state.may_restrict) == (True, True, False)
    wanted = EVERY_CHANNEL | {("marketing", "sms")}
    shown.save(wanted, "paper")
    shown.save(wanted, "paper")
    dialog.lanes.do()
    assert allowed(photo) == wanted
    assert photo.rows("SELECT count(*) FROM outbox WHERE kind = 'consent_recorded'") == [(1,)]
    assert shown.state.is_done
    assert dialog.said[-1][0].can_undo
    dialog.undo()
    assert allowed(photo) == frozenset()
    last = dialog.open().state.last
    assert last["marketing"] == joined("отозвано", "на бумаге", photo.session("anna").short_name, "12:00")


@pytest.mark.usefixtures("qtbot")
def test_one_tap_withdraws_everything_and_undo_brings_back_what_stood(opened: Opened, photo: Counter) -> None:
    before = EVERY_CHANNEL | {("marketing", "sms"), ("marketing", "call")}
    dialog = Dialog(opened("anna"))
    dialog.open().save(before, "paper")
    dialog.lanes.do()
    dialog.open().withdraw_all()
    dialog.lanes.do()
    assert allowed(photo) == frozenset()
    dialog.undo()
    assert allowed(photo) == before


@pytest.mark.usefixtures("qtbot")
def test_do_not_contact_and_restriction_are_turned_and_taken_back(opened: Opened, photo: Counter) -> None:
    dialog = Dialog(opened("maria"))
    dialog.open().set_no_contact(barred=True)
    dialog.lanes.do()
    assert dialog.open().state.no_contact
    dialog.undo()
    shown = dialog.open()
    assert not shown.state.no_contact
    shown.set_restricted(restricted=True)
    dialog.lanes.do()
    assert dialog.open().state.is_restricted
    dialog.undo()
    assert not consents.standing(photo.desk, photo.session("maria"), OLGA).restricted


@pytest.mark.usefixtures("qtbot")
def test_a_wish_to_be_erased_ends_consents_and_is_asked_once(opened: Opened, photo: Counter) -> None:
    dialog = Dialog(opened("anna"))
    dialog.open().save(EVERY_CHANNEL, "screen")
    dialog.lanes.do()
    dialog.open().ask_erasure("withdrawn")
    dialog.lanes.do()
    assert dialog.said[-1][1] is None
    assert not dialog.said[-1][0].can_undo
    assert allowed(photo) == frozenset()
    shown = dialog.open().state
    assert shown.no_contact
    assert shown.erasure is not None
    assert not shown.may_ask_erasure
    assert not shown.may_allow
    assert shown.may_record
    assert shown.erase_days == 30
    dialog.presenter.ask_erasure("withdrawn")
    dialog.lanes.do()
    assert str(dialog.presenter.state.trouble) == "This wish is recorded already."
    assert not dialog.presenter.state.is_busy


@pytest.mark.usefixtures("qtbot")
def test_who_may_not_record_is_offered_nothing_and_refused(opened: Opened, photo: Counter) -> None:
    dialog = Dialog(opened("katya"))
    shown = dialog.open()
    assert (shown.state.may_record, shown.state.may_restrict, shown.state.may_ask_erasure) == (False, False, False)
    shown.save(EVERY_CHANNEL, "screen")
    dialog.lanes.do()
    assert shown.state.trouble is not None
    assert not shown.state.is_done
    assert allowed(photo) == frozenset()


@pytest.mark.usefixtures("qtbot")
def test_the_answer_about_another_customer_comes_too_late(opened: Opened) -> None:
    dialog = Dialog(opened("anna"))
    dialog.presenter.open(OLGA)
    dialog.presenter.open(PAVEL)
    dialog.lanes.do()
    assert dialog.presenter.state.customer_id == PAVEL
    assert dialog.presenter.state.name == "Павел Соколов"


@pytest.mark.usefixtures("qtbot")
def test_a_fault_of_ours_is_told_and_reported(opened: Opened, qtbot: QtBot) -> None:
    lanes = SlowLanes()
    port = DeskConsentsPort(opened("anna"), lambda _: None)
    presenter = ConsentsPresenter(port, lanes)
    presenter.open(OLGA)
    lanes.do()
    port.withdraw_all = None  # type: ignore[assignment,method-assign]  # our bug
    with qtbot.waitSignal(presenter.failed):
        presenter.withdraw_all()
        lanes.do()
    assert presenter.state.trouble is not None


@pytest.mark.usefixtures("qtbot")
def test_a_contact_is_opened_once_told_with_what_is_left_and_forgotten(opened: Opened, photo: Counter) -> None:
    lanes = SlowLanes()
    presenter = RevealPresenter(DeskRevealPort(opened("anna"), lambda _: None), lanes)
    presenter.open(OLGA, "Ольга")
    lanes.do()
    assert presenter.state.left is not None
    assert presenter.state.left.values == {"hour": 30, "of_hour": 30, "day": 100, "of_day": 100}
    presenter.reveal("call_back")
    lanes.do()
    assert str(presenter.state.trouble) == "The customer has not allowed this in this channel."
    presenter.reveal("customer_asked")
    presenter.reveal("customer_asked")
    lanes.do()
    assert presenter.state.opened is not None
    assert [one.title for one in presenter.state.opened] == ["+79160000000", "olga@example.org"]
    assert presenter.state.left.values["hour"] == 29
    assert photo.number("SELECT count(*) FROM access") == 1
    presenter.reveal("customer_asked")
    lanes.do()
    assert photo.number("SELECT count(*) FROM access") == 1
    presenter.close()
    assert presenter.state.opened is None


@pytest.mark.usefixtures("qtbot")
def test_what_is_opened_after_the_dialog_closed_is_not_shown(opened: Opened) -> None:
    lanes = SlowLanes()
    presenter = RevealPresenter(DeskRevealPort(opened("anna"), lambda _: None), lanes)
    presenter.open(OLGA, "Ольга")
    lanes.do()
    presenter.reveal("customer_asked")
    presenter.close()
    lanes.do()
    assert presenter.state.opened is None


def test_a_level_is_offered_what_it_may_do_and_no_more(opened: Opened) -> None:
    offered = {who: opened(who).card(OLGA).acts for who in ("katya", "anna", "sergey", "maria", "dima")}
    assert offered == {
        "katya": {CardAct.CONSENTS},
        "anna": {CardAct.CONSENTS, CardAct.EDIT, CardAct.REVEAL},
        "sergey": {CardAct.CONSENTS, CardAct.EDIT, CardAct.REVEAL},
        "maria": {CardAct.CONSENTS, CardAct.EDIT},
        "dima": {CardAct.CONSENTS},
    }


def test_a_restricted_person_s_contact_is_not_offered(opened: Opened, photo: Counter) -> None:
    consents.set_restricted(photo.desk, photo.session("maria"), OLGA, restricted=True)
    port = opened("anna")
    card = port.card(OLGA)
    assert card.is_restricted
    assert CardAct.REVEAL not in card.acts
    with pytest.raises(Refusal, match="contact_not_allowed"):
        DeskRevealPort(port, lambda _: None).reveal(OLGA, "call_back")
