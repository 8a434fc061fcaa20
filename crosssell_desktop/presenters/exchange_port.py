"""Carries out what the exchange screen asks, for the person who is logged in at the counter's port."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.outcome import Change
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.exchange import ExchangeState, state_of
from crosssell_desktop.services import exchange_office
from crosssell_desktop.services.exchange_office import ExchangeView, SetAside

if TYPE_CHECKING:
    from crosssell_desktop.presenters.desk_port import DeskPort


class OfficeExchangePort:
    """Calls the services with the session of the counter's port; keeps what was shown, to know what is corrected."""

    def __init__(self, port: DeskPort, announce: Callable[[frozenset[Change]], None]) -> None:
        self._port = port
        self._announce = announce
        self._shown: dict[UUID, SetAside] = {}

    def look(self) -> ExchangeState:
        """Return what this counter knows by itself."""
        return self._state(exchange_office.view(self._port.desk, self._port.session))

    def ask(self) -> ExchangeState:
        """Return what the centre says as well; waits for the network."""
        return self._state(exchange_office.ask_centre(self._port.desk, self._port.session))

    def send_again(self, op_id: UUID, rows: str) -> ExchangeState:
        """Send what was put aside again, corrected."""
        item = self._shown.get(op_id)
        if item is None:
            raise Refusal("not_shown", Text(N_("This is not on the screen any more.")))
        self._announce(exchange_office.send_again(self._port.desk, self._port.session, item, rows).changes)
        return self.look()

    def fetch_anew(self) -> ExchangeState:
        """Fetch everything anew with the next round."""
        self._announce(exchange_office.fetch_anew(self._port.desk, self._port.session).changes)
        return self.look()

    def _state(self, view: ExchangeView) -> ExchangeState:
        # Made anew and put in place whole: the lane that writes may read it meanwhile.
        self._shown = {**self._shown, **{item.op_id: item for item in view.set_aside}}
        return state_of(view, self._port.sync(), self._port.desk.clock.now_ms())
