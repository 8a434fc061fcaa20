"""What the Office's page of departments and counters shows and does, with the one-time code of a new counter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.exchange import Pool
from crosssell_desktop.presenters.places import told_of
from crosssell_desktop.presenters.ports import Lanes
from crosssell_desktop.presenters.staff import SAVED
from crosssell_desktop.presenters.state import Choice, Message, Tone

_NOTHING = Text("")


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department as a row and as the form below it."""

    department_id: UUID
    store_id: UUID
    code: str
    name_ru: str
    name_en: str
    ver: int


@dataclass(frozen=True, slots=True)
class CounterLine:
    """A counter as a row: where it stands and, once the centre was asked, when it was heard (``seen_ms``)."""

    counter_id: UUID
    code: str
    name: str
    department_id: str
    department: str
    ver: int
    seen_ms: int | None = None
    is_known: bool = False
    state: Text = _NOTHING
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class PlacesState:
    """The whole page; ``code`` is the one-time code just made, ``how_to`` what to do where none can be made here."""

    departments: tuple[DepartmentLine, ...] = ()
    counters: tuple[CounterLine, ...] = ()
    choices: tuple[Choice, ...] = ()
    stores: tuple[Choice, ...] = ()
    may_edit: bool = False
    may_invite: bool = False
    now_ms: int = 0
    code: str = ""
    how_to: Text | None = None
    trouble: Text | None = None
    is_busy: bool = False
    is_asking: bool = False


@dataclass(frozen=True, slots=True)
class TypedDepartment:
    """What was filled in; ``department_id`` None is a new department."""

    department_id: UUID | None
    store_id: str
    code: str
    name_ru: str
    name_en: str
    seen_ver: int = 0


@dataclass(frozen=True, slots=True)
class TypedCounter:
    """What was filled in of a counter."""

    counter_id: UUID
    name: str
    department_id: str
    seen_ver: int


class PlacesPort(Protocol):
    """What the page asks of the counter."""

    def places(self) -> PlacesState:
        """Return what this counter knows."""

    def ask_lags(self) -> PlacesState:
        """Return it with what the centre says; waits for the network."""

    def save_department(self, typed: TypedDepartment) -> PlacesState:
        """Add or rename a department."""

    def save_counter(self, typed: TypedCounter) -> PlacesState:
        """Rename or move a counter."""

    def invite(self, name: str, department_id: str) -> PlacesState:
        """Make a one-time code; waits for the network."""


class PlacesPagePresenter(QObject):
    """Departments and counters.

    *Signals:* ``state_changed(PlacesState)``; ``told(Message)``; ``failed(exception)`` for our bugs.
    """

    state_changed = Signal(object)
    told = Signal(object)
    failed = Signal(object)

    def __init__(self, port: PlacesPort, lanes: Lanes, pool: Pool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self._pool = pool
        self.state = PlacesState()

    @Slot()
    def refresh(self) -> None:
        """Show what this counter knows, then ask the centre how each counter stands."""
        self._lanes.read("places", self._port.places, self._looked, self._wrong)

    def save_department(self, typed: TypedDepartment) -> None:
        """Add or rename a department."""
        self._busy()
        self._lanes.write(lambda: self._port.save_department(typed), self._saved, self._wrong)

    def save_counter(self, typed: TypedCounter) -> None:
        """Rename or move a counter."""
        self._busy()
        self._lanes.write(lambda: self._port.save_counter(typed), self._saved, self._wrong)

    def invite(self, name: str, department_id: str) -> None:
        """Make a one-time code for a new counter."""
        self._busy()
        self._pool.run(lambda _: self._port.invite(name, department_id), self._asked, self._wrong)

    def _busy(self) -> None:
        self._have(replace(self.state, is_busy=True, trouble=None, how_to=None, code=""))

    def _have(self, state: PlacesState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _looked(self, state: PlacesState) -> None:
        known = {line.counter_id: line for line in self.state.counters if line.is_known}
        kept = tuple(
            line
            if line.counter_id not in known
            else replace(
                line,
                seen_ms=known[line.counter_id].seen_ms,
                is_known=True,
                state=known[line.counter_id].state,
                tone=known[line.counter_id].tone,
            )
            for line in state.counters
        )
        self._have(replace(state, counters=kept, code=self.state.code, how_to=self.state.how_to, is_asking=True))
        self._pool.run(lambda _: self._port.ask_lags(), self._heard, self._away)

    def _heard(self, state: PlacesState) -> None:
        self._have(replace(state, code=self.state.code, how_to=self.state.how_to))

    def _away(self, error: BaseException) -> None:
        # A shop without a centre, or a centre away: what is known by oneself stays on the screen.
        self._have(replace(self.state, is_asking=False))
        if not isinstance(error, Refusal):
            self.failed.emit(error)

    def _asked(self, state: PlacesState) -> None:
        self._have(state)

    def _saved(self, state: PlacesState) -> None:
        self._looked(state)
        self.told.emit(Message(SAVED, "ok"))

    def _wrong(self, error: BaseException) -> None:
        if isinstance(error, Refusal) and error.code == "no_admin_way":
            self._have(replace(self.state, is_busy=False, how_to=error.text))
            return
        self._have(replace(self.state, is_busy=False, is_asking=False, trouble=told_of(error)))
        if not isinstance(error, Refusal):
            self.failed.emit(error)
