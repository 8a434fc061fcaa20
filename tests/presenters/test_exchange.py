"""The exchange screen's presenter: what the counter knows first, then what the centre says."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.exchange import AsideRow, ExchangePresenter, ExchangeState, LagRow, state_of
from crosssell_desktop.presenters.state import Message, SyncStrip
from crosssell_desktop.services.exchange import Standing
from crosssell_desktop.services.exchange_office import CounterLag, ExchangeView, SetAside

T = TypeVar("T")
ROW = AsideRow(uuid.uuid4(), "K1", Text("a sale"), Text("It speaks for another counter."), "{}", 5, resent=False)
LAG = LagRow("K1", Text(""), Text("works"), 1, Text(""), "plain", 1, 0, 0)


class Port:
    """Answers what it is told to."""

    def __init__(self) -> None:
        self.here = ExchangeState(set_aside=(ROW,), now_ms=9)
        self.there = ExchangeState(set_aside=(ROW,), counters=(LAG,), now_ms=9)
        self.trouble: Exception | None = None
        self.calls: list[object] = []

    def look(self) -> ExchangeState:
        return self.here

    def ask(self) -> ExchangeState:
        if self.trouble is not None:
            raise self.trouble
        return self.there

    def send_again(self, op_id: uuid.UUID, rows: str) -> ExchangeState:
        self.calls.append((op_id, rows))
        if not rows:
            raise Refusal("bad_rows", Text("The disk is full"))
        return self.here

    def fetch_anew(self) -> ExchangeState:
        self.calls.append("anew")
        return self.here


class AtOnce:
    """Lanes and pool that do everything at once, or keep the pool's work until it is let go."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def _do(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None]) -> None:
        try:
            made = work()
        except Exception as error:  # noqa: BLE001  # handed on, as the lanes do
            failed(error)
        else:
            done(made)

    def write(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None]) -> None:
        self._do(work, done, failed)

    def read(
        self, _: str, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None]
    ) -> None:
        self._do(work, done, failed)

    def run(
        self,
        work: Callable[[object], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        assert done is not None
        assert failed is not None
        self.waiting.append(lambda: self._do(lambda: work(None), done, failed))


@pytest.fixture
def made(qtbot: QtBot) -> tuple[ExchangePresenter, Port, AtOnce, list[Message]]:
    port, lanes = Port(), AtOnce()
    presenter = ExchangePresenter(port, lanes, lanes)
    told: list[Message] = []
    presenter.told.connect(told.append)
    return presenter, port, lanes, told


Made = tuple[ExchangePresenter, Port, AtOnce, list[Message]]


def test_what_the_counter_knows_is_shown_before_the_centre_answers(made: Made) -> None:
    presenter, _, lanes, _ = made
    presenter.refresh()
    assert (presenter.state.set_aside, presenter.state.counters, presenter.state.is_asking) == ((ROW,), (), True)
    lanes.waiting.pop()()
    assert (presenter.state.counters, presenter.state.is_asking) == ((LAG,), False)
    # Asked again, what it said a moment ago stays on the screen.
    presenter.refresh()
    assert presenter.state.counters == (LAG,)


def test_without_the_centre_the_screen_still_says_what_is_known_here(made: Made) -> None:
    presenter, port, lanes, _ = made
    port.trouble = Refusal("centre_away", Text("The disk is full"))
    presenter.refresh()
    lanes.waiting.pop()()
    assert presenter.state.set_aside == (ROW,)
    assert presenter.state.trouble == Text("The disk is full")
    assert not presenter.state.is_asking


def test_a_correction_is_sent_and_a_refused_one_is_told(made: Made) -> None:
    presenter, port, _, told = made
    presenter.send_again(ROW.op_id, '{"sale": []}')
    assert port.calls == [(ROW.op_id, '{"sale": []}')]
    assert told[-1].tone == "ok"
    presenter.send_again(ROW.op_id, "")
    assert told[-1] == Message(Text("The disk is full"), "bad")
    assert not presenter.state.is_busy


def test_fetching_anew_is_told(made: Made) -> None:
    presenter, port, _, told = made
    presenter.fetch_anew()
    assert port.calls == ["anew"]
    assert told[-1].tone == "ok"


def test_a_fault_of_ours_is_reported(made: Made) -> None:
    presenter, port, lanes, _ = made
    port.trouble = ValueError("ours")
    failed: list[BaseException] = []
    presenter.failed.connect(failed.append)
    presenter.refresh()
    lanes.waiting.pop()()
    assert failed == [port.trouble]


def test_what_the_services_found_is_said_in_words() -> None:
    view = ExchangeView(
        Standing(0, None, 5, 0, ""),
        "week",
        (SetAside(ROW.op_id, "K1", "sale_completed", Text("x"), "{}", 5, resent=True),),
        (),
        (),
        (
            CounterLag("K1", "counter", "live", 5, "day", 7, 0, 0),
            CounterLag("K2", "office", "revoked", None, "", 7, 3, 1),
        ),
    )
    state = state_of(view, SyncStrip(), 9)
    assert (state.alarm.message, state.alarm_tone) == ("silent for a week", "bad")
    assert [(row.alarm.message, row.tone, row.state.message) for row in state.counters] == [
        ("silent for a day", "warn", "works"),
        ("", "bad", "no access any more"),
    ]
    assert state.set_aside[0] == replace(ROW, reason=Text("x"), resent=True)
