"""What log-in, passes and shift show and do; each holds one state and asks its port through the lanes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.ids import PassId, PersonId
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.ports import Lanes, LoginPort, PassesPort, ShiftClosing, ShiftOpening, ShiftPort
from crosssell_desktop.presenters.state import Message, PassesState, PersonChoice, ShiftHeader, ShiftState
from crosssell_desktop.presenters.wording import typed_amount

_BUG = Text(N_("That did not work. Nothing was changed; a report was written."))

_NEW_ONE_BAD = frozenset({"bad_pin", "bad_password", "same_pin"})


def told_of(error: BaseException) -> Text:
    """Return what to tell a person about a failed act."""
    return error.text if isinstance(error, Refusal) else _BUG


class LoginPresenter(QObject):
    """Choosing the person and checking the PIN.

    *Signals:* ``people_changed(tuple of PersonChoice)``; ``logged_in(ShiftHeader)``; ``refused(Text)``;
    ``must_change(Text)`` when a one-time PIN was right and a new one is to be chosen; ``choose_again(Text)`` when the
    new one will not do; ``failed(exception)`` for our bugs.
    """

    people_changed = Signal(object)
    logged_in = Signal(object)
    refused = Signal(object)
    must_change = Signal(object)
    choose_again = Signal(object)
    failed = Signal(object)

    def __init__(self, port: LoginPort, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self._busy = False

    @Slot()
    def start(self) -> None:
        """Ask who may work here."""
        self._lanes.read("login.people", self._port.people, self._have_people, self._wrong)

    @Slot(object, str)
    def log_in(self, person_id: PersonId, secret: str) -> None:
        """Check a PIN or password; one check at a time."""
        if not self._busy:
            self._busy = True
            self._lanes.write(lambda: self._port.log_in(person_id, secret), self._right, self._wrong)

    @Slot(object, str, str)
    def change_secret(self, person_id: PersonId, old: str, new: str) -> None:
        """Choose a new PIN or password and log in with it."""
        if not self._busy:
            self._busy = True
            self._lanes.write(lambda: self._port.change_secret(person_id, old, new), self._right, self._wrong)

    def _have_people(self, people: tuple[PersonChoice, ...]) -> None:
        self.people_changed.emit(people)

    def _right(self, header: ShiftHeader) -> None:
        self._busy = False
        self.logged_in.emit(header)

    def _wrong(self, error: BaseException) -> None:
        self._busy = False
        if isinstance(error, Refusal) and error.code == "must_change":
            self.must_change.emit(error.text)
            return
        if isinstance(error, Refusal) and error.code in _NEW_ONE_BAD:
            self.choose_again.emit(error.text)
            return
        self.refused.emit(told_of(error))
        if isinstance(error, Refusal):
            self.start()
        else:
            self.failed.emit(error)


class PassesPresenter(QObject):
    """Passes to us and from us.

    *Signals:* ``state_changed(PassesState)``; ``told(Message)``; ``failed(exception)``.
    """

    state_changed = Signal(object)
    told = Signal(object)
    failed = Signal(object)

    def __init__(self, port: PassesPort, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self.state = PassesState(is_loading=True)

    @Slot()
    def refresh(self) -> None:
        """Ask for the passes."""
        self._lanes.read("passes", self._port.passes, self._have, self._wrong)

    @Slot(object)
    def accept(self, pass_id: PassId) -> None:
        """Take a customer passed to us."""
        self._lanes.write(lambda: self._port.answer(pass_id, accept=True), self._have, self._refused)

    @Slot(object)
    def decline(self, pass_id: PassId) -> None:
        """Decline a customer passed to us."""
        self._lanes.write(lambda: self._port.answer(pass_id, accept=False), self._have, self._refused)

    def _have(self, state: PassesState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _wrong(self, error: BaseException) -> None:
        self._have(replace(self.state, is_loading=False, trouble=told_of(error)))
        if not isinstance(error, Refusal):
            self.failed.emit(error)

    def _refused(self, error: BaseException) -> None:
        self.told.emit(Message(told_of(error), "bad"))
        if not isinstance(error, Refusal):
            self.failed.emit(error)


class ShiftPresenter(QObject):
    """Opening, closing and reports of the shift.

    *Signals:* ``state_changed(ShiftState)``; ``told(Message)``; ``report_ready(path)`` when a PDF was made;
    ``changed`` after the shift was opened or closed; ``failed(exception)``.
    """

    state_changed = Signal(object)
    told = Signal(object)
    report_ready = Signal(str)
    changed = Signal()
    failed = Signal(object)

    def __init__(self, port: ShiftPort, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self.state = ShiftState()
        self._trouble_when_asked: Text | None = None

    @Slot()
    def refresh(self) -> None:
        """Ask how the shift stands."""
        self._trouble_when_asked = self.state.trouble
        self._lanes.read("shift", self._port.state, self._heard, self._refused)

    @Slot(str, str, str)
    def open(self, responsible: str, reason: str = "", cash: str = "") -> None:
        """Open a shift with a responsible person, or without one for a reason; ``cash`` is as typed."""
        try:
            opening = ShiftOpening(responsible, reason.strip(), typed_amount(cash) or 0)
        except Refusal as refusal:
            self._refused(refusal)
            return
        self._busy()
        self._lanes.write(lambda: self._port.open(opening), self._opened, self._refused)

    @Slot(str, str, str, str)
    def close(self, till_total: str = "", z_number: str = "", counted: str = "", notes: str = "") -> None:
        """Close the shift with what was read and counted, as typed, and make its Z report."""
        try:
            closing = ShiftClosing(typed_amount(till_total), z_number.strip(), typed_amount(counted), notes.strip())
        except Refusal as refusal:
            self._refused(refusal)
            return
        self._busy()
        self._lanes.write(lambda: self._port.close(closing), self._closed, self._refused)

    @Slot(str)
    def report(self, kind: str) -> None:
        """Make an X report or a copy of a Z report."""
        self._busy()
        self._lanes.read("shift.report", lambda: self._port.report(kind), self._reported, self._refused)

    def _busy(self) -> None:
        self._have(replace(self.state, is_busy=True, trouble=None))

    def _heard(self, state: ShiftState) -> None:
        # What was refused after the question was put still stands: the answer knows nothing of it.
        now = self.state
        newer = now.trouble if now.trouble is not self._trouble_when_asked else None
        self._have(replace(state, trouble=newer, is_busy=now.is_busy))

    def _have(self, state: ShiftState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _opened(self, state: ShiftState) -> None:
        self._have(state)
        self.told.emit(Message(Text(N_("Shift {n} is open"), {"n": state.header.number}), "ok"))
        self.changed.emit()

    def _closed(self, state: ShiftState) -> None:
        self._have(state)
        self.told.emit(Message(Text(N_("The shift is closed, its Z report is ready")), "ok"))
        self.changed.emit()

    def _reported(self, path: str) -> None:
        self._have(replace(self.state, is_busy=False))
        self.report_ready.emit(path)

    def _refused(self, error: BaseException) -> None:
        self._have(replace(self.state, is_busy=False, trouble=told_of(error)))
        self.told.emit(Message(told_of(error), "bad"))
        if not isinstance(error, Refusal):
            self.failed.emit(error)
