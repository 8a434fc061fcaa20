"""The Office's page on people's data: who looked at whom and why, and the wishes to be erased with what is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot

from crosssell_desktop.domain.access import Act, may
from crosssell_desktop.domain.clock import DAY_MS
from crosssell_desktop.domain.errors import Refusal
from crosssell_desktop.domain.field_access import REVEAL_REASONS, Group, Sight, sight
from crosssell_desktop.domain.ids import CustomerId
from crosssell_desktop.domain.outcome import Change
from crosssell_desktop.domain.text import N_, Text, Translator
from crosssell_desktop.presenters.places import told_of
from crosssell_desktop.presenters.ports import Lanes
from crosssell_desktop.presenters.state import Choice, Message
from crosssell_desktop.presenters.wording import joined
from crosssell_desktop.services import access_log, customer_lists, erasure, extracts, reporting, staff
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
    "list": N_("list of customers"),
}
SHOWN_AT_MOST = 500
EXPORTED_AT_MOST = 100_000
REASONS: dict[str, str] = {**REVEAL_REASONS, **erasure.GROUNDS, **customer_lists.REASONS}


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
    staff: tuple[Choice, ...] = ()
    """Whose looks can be asked for; empty where the level sees its own only."""
    person: str = ""
    """Whose looks are shown: the key of a choice, empty for everybody's."""
    days: int = 0
    """How far back; 0 is without an end."""
    customer: str = ""
    """Whose data were looked at: the key of one of ``customers``, empty for anybody's."""
    typed: str = ""
    """By what a customer is looked for; ``customers`` answer to it."""
    customers: tuple[Choice, ...] = ()
    not_found: Text | None = None
    """Why nobody is listed for what was typed."""
    wishes: tuple[WishRow, ...] = ()
    can: frozenset[str] = frozenset()
    now_ms: int = 0
    is_asking: bool = False
    trouble: Text | None = None


class PeopleDataPort(Protocol):
    """What the page asks of the counter."""

    def look(self, person: str, days: int, customer: str) -> PeopleDataState:
        """Return what this file knows of somebody's looks at somebody, or of all, so many days back (0: all)."""

    def whose(self, text: str) -> tuple[Choice, ...]:
        """Return the customers a text may mean."""

    def ask(self, person: str, days: int, customer: str) -> PeopleDataState:
        """Return what the centre says as well; waits for the network."""

    def do(self, step: Step, customer_id: CustomerId) -> Text:
        """Carry out a step; say what was done."""

    def export(self, person: str, days: int, customer: str, text: str) -> Text:
        """Write the log as a table for a spreadsheet, the centre's rows too; say where. Waits for the network."""


class OfficePeoplePort:
    """Calls the services with the session of the counter's port; papers go to the profile's folder of reports."""

    def __init__(
        self, port: DeskPort, announce: Callable[[frozenset[Change]], None], reports: Path, speaker: Translator
    ) -> None:
        self._port = port
        self._announce = announce
        self._reports = reports
        self._speaker = speaker

    def look(self, person: str, days: int, customer: str = "") -> PeopleDataState:
        """Return what this file knows of somebody's looks at somebody, or of all, so many days back (0: all)."""
        wanted = self._filter(person, days, customer)
        looks = access_log.entries(self._port.desk, self._port.session, wanted)
        return self._state(looks, person, days, customer)

    def whose(self, text: str) -> tuple[Choice, ...]:
        """Return the customers a text may mean, each with the last digits of the phone."""
        return tuple(
            Choice(str(one.id), joined(one.display_name, one.phone_tail))
            for one in access_log.whose(self._port.desk, self._port.session, text)
        )

    def ask(self, person: str, days: int, customer: str = "") -> PeopleDataState:
        """Return what the centre says as well; waits for the network."""
        wanted = self._filter(person, days, customer)
        looks = access_log.ask_centre(self._port.desk, self._port.session, wanted)
        return self._state(looks, person, days, customer)

    def _filter(self, person: str, days: int, customer: str, limit: int = SHOWN_AT_MOST) -> LogFilter:
        since = self._port.desk.clock.now_ms() - days * DAY_MS if days else None
        return LogFilter(
            customer_id=UUID(customer) if customer else None,
            person_id=UUID(person) if person else None,
            since=since,
            limit=limit,
        )

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

    def export(self, person: str, days: int, customer: str, text: str) -> Text:
        """Write the log as a table for a spreadsheet, the centre's rows too; say where.

        Where the centre does not answer, what this counter knows is written, and that is said.
        """
        desk, session = self._port.desk, self._port.session
        wanted = self._filter(person, days, customer, EXPORTED_AT_MOST)
        said = N_("The log is written: {file}")
        try:
            looks = access_log.ask_centre(desk, session, wanted)
        except Refusal as refused:
            if refused.code not in {"no_centre", "centre_away"}:
                raise
            looks = access_log.entries(desk, session, wanted)
            if refused.code != "no_centre":
                said = N_("The centre does not answer: what this counter knows is written: {file}")
        name = f"access-log-{desk.clock.now_ms()}.csv"
        kept = [one for one in looks if speaks_of(one, text)]
        reporting.save_report(self._reports / name, access_log.as_csv(kept).encode("utf-8-sig"))
        return Text(said, {"file": name})

    def _state(self, looks: tuple[Looked, ...], person: str, days: int, customer: str) -> PeopleDataState:
        session = self._port.session
        sees = may(session, Act.SUBJECT_EXTRACT)
        wishes = erasure.waiting(self._port.desk, session) if sees else ()
        opened: dict[str, Act] = {
            "approve": Act.APPROVE_ERASURE,
            "refuse": Act.APPROVE_ERASURE,
            "erase": Act.EXECUTE_ERASURE,
            "extract": Act.SUBJECT_EXTRACT,
        }
        is_whole = sight(session, Group.NAME) is Sight.FULL
        names = staff.names_by_uuid(self._port.desk) if may(session, Act.SEE_STORE_LOG) else {}
        return PeopleDataState(
            looks=looks,
            staff=tuple(Choice(str(id_), name) for id_, name in sorted(names.items(), key=lambda one: one[1])),
            person=person,
            days=days,
            customer=customer,
            wishes=tuple(
                WishRow(
                    w.customer_id,
                    # Initials alone could be two people's, and an erasure cannot be taken back.
                    w.name if is_whole else joined(w.name, str(w.customer_id)[-8:]),
                    Text(erasure.GROUNDS[w.ground]),
                    w.asked_at,
                    w.due_at,
                    bool(w.approved_at),
                )
                for w in wishes
            ),
            can=frozenset(step for step, act in opened.items() if may(session, act)),
            now_ms=self._port.desk.clock.now_ms(),
        )


def speaks_of(look: Looked, text: str) -> bool:
    """Say whether a look is by, at or about what was typed; everything speaks of nothing typed."""
    wanted = text.strip().casefold()
    return not wanted or any(wanted in word.casefold() for word in (look.person, look.counter, look.customer))


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
        asked = self._asked
        self._lanes.read("people_data", lambda: self._port.look(*asked), self._looked, self._wrong)

    @Slot(str, int, str)
    def narrow(self, person: str, days: int, customer: str) -> None:
        """Show the looks of one person or of all, so many days back, at one customer or at all."""
        if (person, days, customer) != self._asked:
            self._have(replace(self.state, person=person, days=days, customer=customer))
            self.refresh()

    @Slot(str)
    def search(self, text: str) -> None:
        """Look for the customer that is meant; the answer to an earlier text is dropped, an empty one means anybody."""
        typed = text.strip()
        if typed == self.state.typed:
            return
        self._have(replace(self.state, typed=typed, customers=(), not_found=None))
        self.narrow(self.state.person, self.state.days, "")
        if typed:
            work = lambda: (typed, self._port.whose(typed))  # noqa: E731  # two values, one answer
            self._lanes.read("people_data.whose", work, self._found, self._not_found)

    def do(self, step: Step, customer_id: CustomerId) -> None:
        """Carry out a step of a wish."""
        self._lanes.write(lambda: self._port.do(step, customer_id), self._done, self._wrong)

    @Slot(str)
    def export(self, text: str) -> None:
        """Write down the looks that are asked for and speak of a text; the centre is asked first."""
        person, days, customer = self._asked
        self._pool.run(lambda _: self._port.export(person, days, customer, text), self._done, self._wrong)

    @property
    def _asked(self) -> tuple[str, int, str]:
        return self.state.person, self.state.days, self.state.customer

    def _found(self, answer: tuple[str, tuple[Choice, ...]]) -> None:
        typed, found = answer
        if typed != self.state.typed:
            return
        self._have(replace(self.state, customers=found))
        if len(found) == 1:
            self.narrow(self.state.person, self.state.days, found[0].key)

    def _not_found(self, error: BaseException) -> None:
        self._have(replace(self.state, not_found=told_of(error)))
        if not isinstance(error, Refusal):
            self.failed.emit(error)

    def _have(self, state: PeopleDataState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _looked(self, state: PeopleDataState) -> None:
        if not self._is_wanted(state):
            return
        self._have(self._with_search(replace(state, is_asking=True)))
        asked = self._asked
        self._pool.run(lambda _: self._port.ask(*asked), self._answered, self._away)

    def _answered(self, state: PeopleDataState) -> None:
        if self._is_wanted(state):
            self._have(self._with_search(state))

    def _with_search(self, state: PeopleDataState) -> PeopleDataState:
        # Who is being looked for is not of the log's answer.
        now = self.state
        return replace(state, typed=now.typed, customers=now.customers, not_found=now.not_found)

    def _is_wanted(self, state: PeopleDataState) -> bool:
        """Say whether an answer is to what is asked for by now."""
        return (state.person, state.days, state.customer) == self._asked

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
