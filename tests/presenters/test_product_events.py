"""Product events: what is recorded in the Office stands on the owner's card; what comes too late is dropped."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.desk_port import DeskPort
from crosssell_desktop.presenters.product_events import (
    ENDED,
    RECORDED,
    OfficeProductEventsPort,
    ProductEventsPresenter,
    ProductEventsState,
)
from crosssell_desktop.presenters.state import Choice, Message
from crosssell_desktop.services import customers
from tests.presenters.test_exchange import AtOnce
from tests.services.conftest import photo, templates, wall
from tests.shop import PIN, Counter, customer, person, product
from tests.ui.speaking import Speaker

__all__ = ["photo", "templates", "wall"]
OLGA = customer("olga")


class Late(AtOnce):
    """Keeps what is asked of the read lane until it is let go."""

    def read(self, _key: str, work: Callable[[], Any], done: Callable[[Any], None], failed: Any) -> None:  # noqa: ANN401
        self.waiting.append(lambda: self._do(work, done, failed))


class Port:
    """Finds what was typed, refuses a product that is not there."""

    def look(self) -> ProductEventsState:
        return ProductEventsState(now_ms=5, is_loading=False)

    def find(self, text: str) -> tuple[Choice, ...]:
        return (Choice("p", text),)

    def record(self, product: str, event: str, impact: str) -> ProductEventsState:
        if not product:
            raise Refusal(
                "bad_event", Text("There is no such {event} of {impact}.", {"event": event, "impact": impact})
            )
        return self.look()

    def end(self, event_id: uuid.UUID) -> ProductEventsState:
        raise ZeroDivisionError(event_id)


def test_what_was_found_for_an_earlier_text_comes_too_late(qtbot: QtBot) -> None:
    lanes = Late()
    presenter = ProductEventsPresenter(Port(), lanes)
    presenter.search("кофе")
    presenter.search("кофемашина ")
    early, late = lanes.waiting
    late()
    early()
    assert [one.title for one in presenter.state.found] == ["кофемашина"]
    presenter.search("")
    assert not presenter.state.found


def test_a_refusal_is_told_beside_the_form_and_a_bug_is_reported(qtbot: QtBot) -> None:
    presenter = ProductEventsPresenter(Port(), AtOnce())
    bugs: list[BaseException] = []
    told: list[Message] = []
    presenter.failed.connect(bugs.append)
    presenter.told.connect(told.append)
    presenter.search("кофе")
    presenter.record("", "recall", "греется")
    assert "There is no such recall of греется." in str(presenter.state.trouble)
    assert (presenter.state.found, bugs) == ((Choice("p", "кофе"),), [])
    presenter.end(uuid.uuid4())
    assert [type(bug) for bug in bugs] == [ZeroDivisionError]
    presenter.record("p", "recall", "греется")
    assert (presenter.state.recorded, presenter.state.is_busy) == (1, False)
    assert [message.text for message in told] == [RECORDED]


@pytest.fixture
def opened(photo: Counter, tmp_path: Path) -> Callable[[str], OfficeProductEventsPort]:
    """Log a person in at the counter and return the page's port."""

    def log_in(who: str) -> OfficeProductEventsPort:
        port = DeskPort(Speaker("ru"), reports=tmp_path, announce=lambda _: None)
        port.attach(photo.desk)
        port.log_in(person(who), PIN)
        return OfficeProductEventsPort(port, lambda _: None)

    return log_in


def test_a52_a_recall_recorded_in_the_office_warns_on_the_owner_s_card_until_it_is_taken_off(
    photo: Counter, opened: Callable[[str], OfficeProductEventsPort], qtbot: QtBot
) -> None:
    photo.open_shift()
    photo.sell("anna", "MACH-1", of="olga")
    presenter = ProductEventsPresenter(opened("maria"), AtOnce())
    told: list[Message] = []
    presenter.told.connect(told.append)
    presenter.search("mach-1")
    assert presenter.state.found[0] == Choice(str(product("MACH-1")), "Товар MACH-1 · MACH-1")

    def alerts() -> list[tuple[str, str]]:
        card = customers.card(photo.desk, photo.session("anna"), OLGA)
        return [(one.type, one.impact) for one in card.alerts]

    presenter.record(presenter.state.found[0].key, "recall", "греется: не включать")
    assert alerts() == [("recall", "греется: не включать")]
    (line,) = presenter.state.lines
    assert (line.product, str(line.kind), line.tone) == ("Товар MACH-1 · MACH-1", "Recall", "bad")
    presenter.record(str(product("MACH-1")), "move", "не о товаре")
    assert presenter.state.trouble is not None
    presenter.end(line.event_id)
    assert (alerts(), presenter.state.lines) == ([], ())
    assert [message.text for message in told] == [RECORDED, ENDED]


def test_who_does_not_manage_the_catalogue_sees_and_records_nothing(
    opened: Callable[[str], OfficeProductEventsPort],
) -> None:
    port = opened("sergey")
    for act in (port.look, lambda: port.find("mach"), lambda: port.record(str(product("MACH-1")), "recall", "греется")):
        with pytest.raises(Refusal, match="not_allowed"):
            act()
