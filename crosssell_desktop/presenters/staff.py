"""What the Office's page of the staff shows and does: hiring, levels, PINs that are reset, dismissals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import PersonId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.places import told_of
from crosssell_desktop.presenters.ports import Lanes
from crosssell_desktop.presenters.state import Choice, Message, Tone

SAVED = Text(N_("Saved. The counters hear of it with the next exchange."))


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One of the staff as a row of the table and as the form beside it."""

    person_id: PersonId
    name: str
    full_name: str
    department_id: str
    department: str
    level: int
    level_name: Text
    state: Text
    tone: Tone
    is_lead: bool
    badge: str
    language: str
    works: bool
    ver: int


@dataclass(frozen=True, slots=True)
class OneTimePin:
    """A PIN that is shown once, to be told to its person."""

    name: str
    pin: str


@dataclass(frozen=True, slots=True)
class StaffState:
    """The whole page; ``may_edit`` is False for who only resets PINs and where this is no office."""

    lines: tuple[StaffLine, ...] = ()
    departments: tuple[Choice, ...] = ()
    levels: tuple[tuple[int, Text], ...] = ()
    reasons: tuple[tuple[str, Text], ...] = ()
    may_edit: bool = False
    is_office: bool = True
    one_time: OneTimePin | None = None
    trouble: Text | None = None
    is_busy: bool = False
    is_loading: bool = True


@dataclass(frozen=True, slots=True)
class TypedPerson:
    """What was filled in; ``person_id`` None is a new person."""

    person_id: PersonId | None
    full_name: str
    short_name: str
    department_id: str
    level: int
    language: str
    badge: str
    is_lead: bool
    seen_ver: int = 0


class StaffPort(Protocol):
    """What the page asks of the counter."""

    def staff(self) -> StaffState:
        """Return the staff as this level may see them."""

    def save_person(self, typed: TypedPerson) -> StaffState:
        """Take a person on or change one."""

    def reset_pin(self, person_id: PersonId) -> StaffState:
        """Give a one-time PIN."""

    def dismiss(self, person_id: PersonId, reason: str) -> StaffState:
        """Dismiss a person."""

    def take_back(self, person_id: PersonId) -> StaffState:
        """Take a dismissed person on again."""


class StaffPresenter(QObject):
    """The staff: list, form, one-time PIN.

    *Signals:* ``state_changed(StaffState)``; ``told(Message)``; ``failed(exception)`` for our bugs.
    """

    state_changed = Signal(object)
    told = Signal(object)
    failed = Signal(object)

    def __init__(self, port: StaffPort, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self.state = StaffState()

    @Slot()
    def refresh(self) -> None:
        """Ask who works here."""
        self._lanes.read("staff", self._port.staff, self._have, self._wrong)

    def save(self, typed: TypedPerson) -> None:
        """Take a person on or change one."""
        self._busy()
        self._lanes.write(lambda: self._port.save_person(typed), self._saved, self._wrong)

    def reset_pin(self, person_id: PersonId) -> None:
        """Give a one-time PIN."""
        self._busy()
        self._lanes.write(lambda: self._port.reset_pin(person_id), self._have, self._wrong)

    def dismiss(self, person_id: PersonId, reason: str) -> None:
        """Dismiss a person."""
        self._busy()
        self._lanes.write(lambda: self._port.dismiss(person_id, reason), self._saved, self._wrong)

    def take_back(self, person_id: PersonId) -> None:
        """Take a dismissed person on again."""
        self._busy()
        self._lanes.write(lambda: self._port.take_back(person_id), self._saved, self._wrong)

    @Slot()
    def hide_pin(self) -> None:
        """Forget the PIN that was shown."""
        if self.state.one_time is not None:
            self._have(replace(self.state, one_time=None))

    def _busy(self) -> None:
        self._have(replace(self.state, is_busy=True, trouble=None, one_time=None))

    def _have(self, state: StaffState) -> None:
        # A list that was asked for while a PIN is on the screen does not take it away.
        if state.one_time is None and self.state.one_time is not None and state.is_loading:
            state = replace(state, one_time=self.state.one_time)
        self.state = replace(state, is_loading=False)
        self.state_changed.emit(self.state)

    def _saved(self, state: StaffState) -> None:
        self._have(state)
        self.told.emit(Message(SAVED, "ok"))

    def _wrong(self, error: BaseException) -> None:
        self._have(replace(self.state, is_busy=False, trouble=told_of(error)))
        if not isinstance(error, Refusal):
            self.failed.emit(error)
