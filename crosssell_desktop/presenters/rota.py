"""What the Office's page of the rota shows and does: a week of planned and worked hours, and missing accounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.domain.text import Text
from crosssell_desktop.presenters.places import told_of
from crosssell_desktop.presenters.ports import Lanes
from crosssell_desktop.presenters.staff import SAVED
from crosssell_desktop.presenters.state import Message, Tone

WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RotaLine:
    """A person's week: planned and worked of each day in minutes, None where nothing is written."""

    person_id: PersonId | None
    name: str
    days: tuple[tuple[int, int | None] | None, ...]
    planned: int
    worked: int
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class RotaState:
    """The whole page."""

    monday: dt.date | None = None
    today: dt.date | None = None
    lines: tuple[RotaLine, ...] = ()
    without_account: tuple[str, ...] = ()
    may_edit: bool = False
    trouble: Text | None = None
    is_busy: bool = False


class RotaPort(Protocol):
    """What the page asks of the counter."""

    def week(self, day: dt.date | None) -> RotaState:
        """Return the week of a day, of today when left out."""

    def put_day(self, person_id: PersonId, day: dt.date, planned: str, worked: str) -> RotaState:
        """Type a person's day; return its week."""


class RotaPresenter(QObject):
    """A week of the rota.

    *Signals:* ``state_changed(RotaState)``; ``told(Message)``; ``failed(exception)`` for our bugs.
    """

    state_changed = Signal(object)
    told = Signal(object)
    failed = Signal(object)

    def __init__(self, port: RotaPort, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self.state = RotaState()

    @Slot()
    def refresh(self) -> None:
        """Ask for the week in sight."""
        self._ask(self.state.monday)

    def turn(self, weeks: int) -> None:
        """Go some weeks on, or back."""
        if self.state.monday is not None:
            self._ask(self.state.monday + weeks * WEEK)

    def put(self, person_id: PersonId, day: dt.date, planned: str, worked: str) -> None:
        """Type a person's day."""
        self._have(replace(self.state, is_busy=True, trouble=None))
        self._lanes.write(lambda: self._port.put_day(person_id, day, planned, worked), self._saved, self._wrong)

    def _ask(self, day: dt.date | None) -> None:
        self._lanes.read("rota", lambda: self._port.week(day), self._have, self._wrong)

    def _have(self, state: RotaState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _saved(self, state: RotaState) -> None:
        self._have(state)
        self.told.emit(Message(SAVED, "ok"))

    def _wrong(self, error: BaseException) -> None:
        self._have(replace(self.state, is_busy=False, trouble=told_of(error)))
        if not isinstance(error, Refusal):
            self.failed.emit(error)
