"""What the exchange screen shows and does: every counter's lag, what was put aside and why, what can be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.places import told_of
from crosssell_desktop.presenters.ports import Lanes
from crosssell_desktop.presenters.state import Message, SyncStrip, Tone
from crosssell_desktop.services.exchange_office import CounterLag, ExchangeView, SetAside

T = TypeVar("T")

WHAT = {
    "sale_completed": N_("a sale"),
    "goods_returned": N_("a return"),
    "shift_opened": N_("a shift opened"),
    "shift_closed": N_("a shift closed"),
    "customer_created": N_("a new card"),
    "customer_changed": N_("a change of a card"),
    "consent_recorded": N_("a consent"),
    "note_added": N_("a note"),
    "pass_sent": N_("a pass"),
    "offer_answered": N_("an answer to an offer"),
    "settings_changed": N_("a setting"),
}
"""Operations by kind, as a person calls them; one that is not here is called by its kind."""
STATES = {"live": N_("works"), "revoked": N_("no access any more")}
KINDS = {"counter": "", "office": N_("office")}
"""What is said of a counter's kind: nothing of an ordinary one."""
_NOTHING = Text("")
_NO_STRIP = SyncStrip()
SILENT: dict[str, tuple[Text, Tone]] = {
    "": (_NOTHING, "plain"),
    "day": (Text(N_("silent for a day")), "warn"),
    "week": (Text(N_("silent for a week")), "bad"),
    "month": (Text(N_("silent for a month")), "bad"),
}
"""What is said of a counter by its silence."""


@dataclass(frozen=True, slots=True)
class LagRow:
    """One counter as a row of the table; ``seen_ms`` None is never."""

    name: str
    kind: Text
    state: Text
    seen_ms: int | None
    alarm: Text
    tone: Tone
    operations: int
    set_aside: int
    lost: int


@dataclass(frozen=True, slots=True)
class AsideRow:
    """One operation that was put aside, as the screen lists and edits it."""

    op_id: UUID
    counter: str
    kind: Text
    reason: Text
    rows: str
    at_ms: int
    resent: bool


@dataclass(frozen=True, slots=True)
class ExchangeState:
    """The whole screen; ``is_asking`` while the centre is asked, ``trouble`` why it could not be."""

    strip: SyncStrip = _NO_STRIP
    alarm: Text = _NOTHING
    alarm_tone: Tone = "plain"
    counters: tuple[LagRow, ...] = ()
    set_aside: tuple[AsideRow, ...] = ()
    not_applied: int = 0
    now_ms: int = 0
    is_asking: bool = False
    is_busy: bool = False
    trouble: Text | None = None


class Pool(Protocol):
    """Runs what waits for the network off every lane."""

    def run(
        self,
        work: Callable[[object], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> object:
        """Run it; one of the callbacks, bound methods of QObjects, is called on the main thread."""


class ExchangePort(Protocol):
    """What the exchange screen asks of the counter."""

    def look(self) -> ExchangeState:
        """Return what this counter knows by itself."""

    def ask(self) -> ExchangeState:
        """Return what the centre says as well; waits for the network."""

    def send_again(self, op_id: UUID, rows: str) -> ExchangeState:
        """Send what was put aside again, corrected."""

    def fetch_anew(self) -> ExchangeState:
        """Fetch everything anew with the next round."""


class ExchangePresenter(QObject):
    """Lag, quarantine, edit and resend, a new snapshot.

    *Signals:* ``state_changed(ExchangeState)``; ``told(Message)``; ``failed(exception)`` for our bugs.
    """

    state_changed = Signal(object)
    told = Signal(object)
    failed = Signal(object)

    def __init__(self, port: ExchangePort, lanes: Lanes, pool: Pool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port = port
        self._lanes = lanes
        self._pool = pool
        self.state = ExchangeState()

    @Slot()
    def refresh(self) -> None:
        """Show what this counter knows, then ask the centre."""
        self._lanes.read("exchange", self._port.look, self._looked, self._wrong)

    def send_again(self, op_id: UUID, rows: str) -> None:
        """Send what was put aside again as it was corrected."""
        self._busy()
        self._lanes.write(lambda: self._port.send_again(op_id, rows), self._sent, self._wrong)

    @Slot()
    def fetch_anew(self) -> None:
        """Fetch everything anew with the next round."""
        self._busy()
        self._lanes.write(self._port.fetch_anew, self._planned, self._wrong)

    def _busy(self) -> None:
        self._have(replace(self.state, is_busy=True, trouble=None))

    def _have(self, state: ExchangeState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _looked(self, state: ExchangeState) -> None:
        # What the centre said a moment ago stays on the screen while it is asked again.
        known = {row.op_id for row in state.set_aside}
        others = tuple(row for row in self.state.set_aside if row.op_id not in known and row.counter != "")
        kept = replace(state, counters=self.state.counters, set_aside=(*state.set_aside, *others), is_asking=True)
        self._have(kept)
        self._pool.run(self._ask, self._asked, self._away)

    def _ask(self, _: object) -> ExchangeState:
        return self._port.ask()

    def _asked(self, state: ExchangeState) -> None:
        self._have(state)

    def _away(self, error: BaseException) -> None:
        self._have(replace(self.state, is_asking=False, trouble=told_of(error)))
        if not isinstance(error, Refusal):
            self.failed.emit(error)

    def _sent(self, state: ExchangeState) -> None:
        self._looked(state)
        self.told.emit(Message(Text(N_("Sent again. What was put aside stays as evidence.")), "ok"))

    def _planned(self, state: ExchangeState) -> None:
        self._looked(state)
        self.told.emit(Message(Text(N_("Everything is fetched anew with the next exchange.")), "ok"))

    def _wrong(self, error: BaseException) -> None:
        self._have(replace(self.state, is_busy=False, is_asking=False, trouble=told_of(error)))
        self.told.emit(Message(told_of(error), "bad"))
        if not isinstance(error, Refusal):
            self.failed.emit(error)


def state_of(view: ExchangeView, strip: SyncStrip, now_ms: int) -> ExchangeState:
    """Return what the services found as the screen shows it."""
    alarm, tone = SILENT[view.silence]
    return ExchangeState(
        strip=strip,
        alarm=alarm,
        alarm_tone=tone,
        counters=tuple(_lag(c) for c in view.counters),
        set_aside=tuple(_aside(x) for x in view.set_aside),
        not_applied=len(view.not_applied),
        now_ms=now_ms,
    )


def _lag(c: CounterLag) -> LagRow:
    alarm, tone = SILENT[c.silence]
    return LagRow(
        c.name,
        Text(KINDS[c.kind]),
        Text(STATES[c.state]),
        c.seen_ms,
        alarm,
        "bad" if c.set_aside else tone,
        c.operations,
        c.set_aside,
        c.lost,
    )


def _aside(x: SetAside) -> AsideRow:
    return AsideRow(x.op_id, x.counter, Text(WHAT.get(x.kind, x.kind)), x.reason, x.rows, x.at_ms, x.resent)
