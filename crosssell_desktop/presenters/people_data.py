"""The Office's page on people's data: who looked at whom and why, and the wishes to be erased with what is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.access import Act, may
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.field_access import REVEAL_REASONS
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.outcome import Change
from crosssell_desktop.domain.text import N_, Text, Translator
from crosssell_desktop.presenters.places import told_of
from crosssell_desktop.presenters.ports import Lanes
from crosssell_desktop.presenters.state import Message
from crosssell_desktop.services import access_log, erasure, extracts, reporting
from crosssell_desktop.services.access_log import LogFilter, Looked

if TYPE_CHECKING:
    from crosssell_desktop.presenters.desk_port import DeskPort
    from crosssell_desktop.presenters.exchange import Pool

Step = Literal["approve", "refuse", "erase", "extract"]
GROUPS: dict[str, str] = {
    "contact": N_("contacts"),
    "address": N_("address"),
    "extract": N_("extract for the person"),
    "erasure": N_("erasure"),
}
REASONS: dict[str, str] = {**REVEAL_REASONS, **erasure.GROUNDS}


@dataclass(frozen=True, slots=True)
class WishRow:
    """A wish to be erased; ``due_at`` is the end of the law's term (UTC ms)."""

    customer_id: CustomerId
    name: str
    ground: Text
    asked_at: int
    due_at: int
    is_approved: bool


@dataclass(frozen=True, slots=True)
class PeopleDataState:
    """The whole page; ``can`` are the steps the person's level opens."""

    looks: tuple[Looked, ...] = ()
    wishes: tuple[WishRow, ...] = ()
    can: frozenset[str] = frozenset()
    now_ms: int = 0
    is_asking: bool = False
    trouble: Text | None = None


class PeopleDataPort(Protocol):
    """What the page asks of the counter."""

    def look(self) -> PeopleDataState:
        """Return what this file knows."""

    def ask(self) -> PeopleDataState:
        """Return what the centre says as well; waits for the network."""

    def do(self, step: Step, customer_id: CustomerId) -> Text:
        """Carry out a step; say what was done."""

    def export(self) -> Text:
        """Write the log as a table for a spreadsheet; say where."""


class OfficePeoplePort:
    """Calls the services with the session of the counter's port; papers go to the profile's folder of reports."""

    def __init__(
        self, port: DeskPort, announce: Callable[[frozenset[Change]], None], reports: Path, speaker: Translator
    ) -> None:
        self._port = port
        self._announce = announce
        self._reports = reports
        self._speaker = speaker

    def look(self) -> PeopleDataState:
        """Return what this file knows."""
        return self._state(access_log.entries(self._port.desk, self._port.session, LogFilter()))

    def ask(self) -> PeopleDataState:
        """Return what the centre says as well; waits for the network."""
        return self._state(access_log.ask_centre(self._port.desk, self._port.session, LogFilter()))

    def do(self, step: Step, customer_id: CustomerId) -> Text:
        """Carry out a step; say what was done."""
        desk, session = self._port.desk, self._port.session
        if step == "extract":
            made = extracts.subject_extract(desk, session, customer_id, speaker=self._speaker)
            self._announce(made.changes)
            name = f"extract-{str(customer_id)[-12:]}"
            reporting.save_report(self._reports / f"{name}.json", made.value.json.encode())
            reporting.save_report(self._reports / f"{name}.pdf", made.value.pdf)
            return Text(N_("The extract is written: {file}"), {"file": f"{name}.pdf"})
        if step == "erase":
            done = erasure.execute(desk, session, customer_id)
            reporting.save_report(
                self._reports / f"erasure-{done.value.act_no}.pdf",
                extracts.erasure_act(desk, session, done.value, speaker=self._speaker),
            )
            erasure.clean(desk)
            self._announce(done.changes)
            return Text(N_("The person is erased; the act is written: {file}"), {"file": done.value.act_no})
        self._announce(erasure.decide(desk, session, customer_id, approved=step == "approve").changes)
        return Text(N_("Approved.")) if step == "approve" else Text(N_("Refused."))

    def export(self) -> Text:
        """Write the log as a table for a spreadsheet; say where."""
        looks = access_log.entries(self._port.desk, self._port.session, LogFilter(limit=100_000))
        name = f"access-log-{self._port.desk.clock.now_ms()}.csv"
        reporting.save_report(self._reports / name, access_log.as_csv(looks).encode("utf-8-sig"))
        return Text(N_("The log is written: {file}"), {"file": name})

    def _state(self, looks: tuple[Looked, ...]) -> PeopleDataState:
        session = self._port.session
        sees = may(session, Act.SUBJECT_EXTRACT)
        wishes = erasure.waiting(self._port.desk, session) if sees else ()
        opened: dict[str, Act] = {
            "approve": Act.APPROVE_ERASURE,
            "refuse": Act.APPROVE_ERASURE,
            "erase": Act.EXECUTE_ERASURE,
            "extract": Act.SUBJECT_EXTRACT,
        }
        return PeopleDataState(
            looks=looks,
            wishes=tuple(
                WishRow(
                    w.customer_id, w.name, Text(erasure.GROUNDS[w.ground]), w.asked_at, w.due_at, bool(w.approved_at)
                )
                for w in wishes
            ),
            can=frozenset(step for step, act in opened.items() if may(session, act)),
            now_ms=self._port.desk.clock.now_ms(),
        )


class PeopleDataPresenter(QObject):
    """The log and the wishes.

    *Signals:* ``state_changed(PeopleDataState)``; ``told(Message)``; ``failed(exception)`` for our bugs.
    """

    state_changed = Signal(object)
    told = Signal(object)
    failed = Signal(object)

    def __init__(self, port: PeopleDataPort, lanes: Lanes, pool: Pool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self._pool = pool
        self.state = PeopleDataState()

    @Slot()
    def refresh(self) -> None:
        """Show what this counter knows, then ask the centre."""
        self._lanes.read("people_data", self._port.look, self._looked, self._wrong)

    def do(self, step: Step, customer_id: CustomerId) -> None:
        """Carry out a step of a wish."""
        self._lanes.write(lambda: self._port.do(step, customer_id), self._done, self._wrong)

    @Slot()
    def export(self) -> None:
        """Write the log down."""
        self._lanes.write(self._port.export, self._done, self._wrong)

    def _have(self, state: PeopleDataState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _looked(self, state: PeopleDataState) -> None:
        self._have(replace(state, is_asking=True))
        self._pool.run(self._ask, self._have, self._away)

    def _ask(self, _: object) -> PeopleDataState:
        return self._port.ask()

    def _away(self, error: BaseException) -> None:
        # A shop without a centre has its whole log here.
        alone = isinstance(error, Refusal) and error.code == "no_centre"
        self._have(replace(self.state, is_asking=False, trouble=None if alone else told_of(error)))
        if not isinstance(error, Refusal):
            self.failed.emit(error)

    def _done(self, words: Text) -> None:
        self.told.emit(Message(words, "ok"))
        self.refresh()

    def _wrong(self, error: BaseException) -> None:
        self._have(replace(self.state, is_asking=False, trouble=told_of(error)))
        self.told.emit(Message(told_of(error), "bad"))
        if not isinstance(error, Refusal):
            self.failed.emit(error)
