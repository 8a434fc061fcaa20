"""The schedule: what counters, people, the network, the disks and the centre do, all from one seed.

Law: a safety phase with faults, then a healing phase in which nobody does anything new; the laws are looked at during
the first and hold to the letter after the second.
"""

from __future__ import annotations

import contextlib
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

from crosssell_desktop.domain.errors import EnvironmentTrouble
from crosssell_desktop.store import exchange_rows
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.opening import Identity, enrol
from crosssell_desktop.store.unit import Unit, begin
from crosssell_desktop.sync.link import AccessRefused, BatchRefused, BatchTooSlow, CentreAway
from crosssell_desktop.sync.push import LostRange
from crosssell_desktop.sync.round import Exchange, RoundResult
from crosssell_desktop.sync.transport import PullTrouble, Transport
from crosssell_desktop.sync.wire import PullAnswer, PullCall, PushAnswer, PushCall, SnapshotAnswer
from tests.exchange.files import File
from tests.exchange.more_faults import MORE, THIRD
from tests.exchange.rows import Row, SeededIds, SimClock, whole

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def _just(rows: dict[str, list[Row]]) -> Callable[[Unit], dict[str, list[Row]]]:
    """Return the making of rows that are already made."""
    return lambda _unit: rows


T = TypeVar("T")
START_MS = 1_772_614_800_000
HOUR, DAY, YEAR = 3_600_000, 86_400_000, 31_557_600_000
TABLES = ("product", "price", "customer", "consent", "shift", "sale", "sale_line", "payment", "pass", "pass_event")
LATER = MORE | THIRD
TOLD = ("customer_field_lost",)
"""What the centre itself finds and tells; when it did depends on its clock."""


class Centre(Protocol):
    """What the schedule does to a centre; the model and the real one both can."""

    def enrol(self, counter_id: UUID, store_id: UUID | None, *, office: bool = False) -> Transport: ...
    def revoke(self, counter_id: UUID) -> None: ...
    def enrol_again(self, counter_id: UUID) -> Transport: ...
    def open_late(self, products: list[Row]) -> Any: ...  # noqa: ANN401
    def end_late(self, handle: Any, *, commit: bool) -> None: ...  # noqa: ANN401
    def keep(self) -> Any: ...  # noqa: ANN401
    def put_back(self, kept: Any, *, told: bool) -> None: ...  # noqa: ANN401
    def new_epoch(self) -> None: ...
    def cut(self, session: Any) -> None: ...  # noqa: ANN401
    def full(self, counter_id: UUID, *, is_full: bool) -> None: ...
    def prune(self) -> None: ...
    def upgrade(self) -> None: ...
    def ops(self) -> list[tuple[int, UUID, int, UUID, str, str, int]]: ...
    def cursors(self) -> dict[tuple[int, UUID], int]: ...
    def numbers(self) -> dict[UUID, int]: ...
    def contents(self, table: str, counter_id: UUID | None = None) -> dict[UUID, str]: ...
    def close(self) -> None: ...


class Crash(Exception):  # noqa: N818
    """The program ends here; what was committed is on the disk, and nothing else is."""


class Wire:
    """A network that loses, doubles, delays and cuts, as it is told."""

    def __init__(self, real: Transport, faults: Counter[str]) -> None:
        self.real = real
        self.fates: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.late: list[PushCall] = []
        self._faults = faults
        self._trips = 0

    @property
    def round_trips(self) -> int:
        return self._trips

    def exchange(self, push: PushCall, pull: PullCall | None) -> tuple[PushAnswer, PullAnswer | PullTrouble | None]:
        self._trips += 1
        fate = self.fates.pop(0) if self.fates else "well"
        if fate != "well":
            self._faults[f"net {fate}"] += 1
        if fate in {"request lost", "late"}:
            if fate == "late":
                self.late.append(push)
            raise CentreAway(fate)
        if fate == "slow":
            raise BatchTooSlow(fate)
        if fate == "doubled":
            self.real.exchange(push, None)
        if fate == "pull cut":
            answer, _ = self.real.exchange(push, None)
            if push.ops == "[]" or pull is None:
                raise CentreAway(fate)
            return answer, PullTrouble(CentreAway(fate))
        answers = self.real.exchange(push, pull)
        if fate == "sale meanwhile":
            self.meanwhile()
        if fate == "answer lost":
            raise CentreAway(fate)
        return answers

    def snapshot(self, entity: str, after: UUID | None, page: int) -> SnapshotAnswer:
        self._trips += 1
        fate = self.fates.pop(0) if self.fates else "well"
        if fate != "well":
            self._faults["net snapshot lost"] += 1
            raise CentreAway(fate)
        return self.real.snapshot(entity, after, page)

    def lease_key(self) -> bytes:
        self._trips += 1
        return self.real.lease_key()

    def deliver_late(self) -> int:
        late, self.late = self.late, []
        for push in late:
            with contextlib.suppress(AccessRefused, BatchRefused):
                self.real.exchange(push, None)
        return len(late)

    def close(self) -> None:
        self.real.close()


FATES = ("request lost", "answer lost", "doubled", "late", "slow", "pull cut")


@dataclass
class Till:
    """A counter and what the schedule knows about it; ``sold`` is what its disk holds."""

    counter_id: UUID
    store_id: UUID
    file: File
    clock: SimClock
    ids: SeededIds
    wire: Wire
    salt: str
    made: set[UUID] = field(default_factory=set)
    """Operations on this disk, taken or not."""
    copies: list[tuple[Any, set[UUID]]] = field(default_factory=list)
    token: tuple[str, dict[str, tuple[int, int]]] | None = None
    went_back: int = 0
    """How many centres had been put back when the cursor last went back for it."""
    pending_crash: str = ""
    page: int = 400

    def open(self) -> None:
        self.database: Database = self.file.open()
        self.exchange = Exchange(self.database, self.wire, self.clock, self.ids, page=self.page, write=self._write)

    def _write(self, work: Callable[[Connection], T], /) -> T:
        """Write, or crash before or after the commit."""
        crash, self.pending_crash = self.pending_crash, ""
        with self.database.write() as connection:
            done = work(connection)
            if crash == "before commit":
                raise Crash
        if crash == "after commit":
            raise Crash
        return done

    def state(self) -> exchange_rows.LinkState:
        with self.database.read() as connection:
            return exchange_rows.link_state(connection)

    def contents(self, table: str) -> dict[UUID, str]:
        with self.database.read() as connection:
            return exchange_rows.contents(connection, table)

    def look(self, query: str) -> list[tuple[Any, ...]]:
        with self.database.read() as connection:
            return [tuple(r) for r in connection.exec_driver_sql(query)]


class Broken(AssertionError):  # noqa: N818
    """A law does not hold."""


FIRST_ERA, SECOND_ERA, ERA = 1, 2, 3
"""Which faults a schedule is drawn from: a seed found in an older era keeps its meaning there."""


def must(holds: object, law: str) -> None:
    """Stop the run when a law is broken."""
    if not holds:
        raise Broken(law)


class Machine:
    """One seed's world."""

    must = staticmethod(must)

    def __init__(
        self, seed: int, centre: Callable[[Callable[[], int]], Centre], disk: Callable[[], File], *, era: int = ERA
    ) -> None:
        self.era = era
        self.chance = random.Random(seed)
        self.seed = seed
        self.faults: Counter[str] = Counter()
        self.now_ms = START_MS
        self.centre = centre(lambda: self.now_ms)
        self._disk = disk
        self.tills: list[Till] = []
        self.all_made: dict[UUID, str] = {}
        """Every operation that was ever acknowledged to a person, by kind."""
        self.poison: set[UUID] = set()
        self.poison_rows: set[UUID] = set()
        """Rows that poisonous operations left in the files they were made in."""
        self.newer: set[UUID] = set()
        self.money: dict[UUID, tuple[UUID, int, int]] = {}
        self.there: set[UUID] = set()
        """Operations the centre has had in its present life, as far as it was not put back."""
        self.customers: list[UUID] = []
        self.passes: list[UUID] = []
        self.put_backs = 0
        self.late: list[Any] = []
        self.kept: list[Any] = []
        self.lost_named: list[LostRange] = []
        self.steps = 0
        self.store_ids = [self._uuid(), self._uuid()]
        self.swarm = self._choose_swarm()
        for _ in range(self.chance.choice([1, 2, 2, 3])):
            self._new_till(self.chance.choice(self.store_ids))

    def _uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def _choose_swarm(self) -> list[tuple[str, int]]:
        """Each seed enables some of the faults only, and weighs them its own way."""
        work = [("sell", 8), ("meet", 2), ("rename", 3), ("consent", 1), ("shift", 1), ("pass_on", 1), ("accept", 2)]
        hurt = [
            "spoil", "newer_kind", "crash_sale", "disk_full", "deliver_late", "crash_sync", "copy", "put_back", "clone",
            "lose_pc", "clock", "office_late", "end_late", "keep_centre", "centre_back_told", "centre_back_silent",
            "new_epoch", "prune", "revoke", "restart",
        ]  # fmt: skip
        if self.era > FIRST_ERA:
            hurt += MORE
        if self.era > SECOND_ERA:
            hurt += THIRD
        chosen = [(name, self.chance.choice([1, 1, 2, 3])) for name in hurt if self.chance.random() < 0.45]
        names = {name for name, _ in chosen}
        pairs = {"put_back": "copy", "clone": "copy", "centre_back_told": "keep_centre",
                 "centre_back_silent": "keep_centre", "office_late": "end_late"}  # fmt: skip
        chosen += [(other, 2) for name, other in pairs.items() if name in names and other not in names]
        self.net = [f for f in FATES if self.chance.random() < 0.5] + ["sale meanwhile"]
        return [*work, ("sync", 10), *chosen]

    def _new_till(self, store_id: UUID) -> Till:
        counter_id = self._uuid()
        clock = SimClock(START_MS + self.chance.choice([0, 0, -HOUR, HOUR, -DAY]))
        ids = SeededIds(random.Random(self.chance.getrandbits(64)), clock)
        wire = Wire(self.centre.enrol(counter_id, store_id), self.faults)
        till = Till(counter_id, store_id, self._disk(), clock, ids, wire, f"{self.chance.getrandbits(128):032x}")
        till.open()
        with till.database.write() as connection:
            enrol(connection, Identity(counter_id, self._uuid(), store_id, "K1", self._uuid(), till.salt))
        self.tills.append(till)
        return till

    # ---------------------------------------------------------------------------------------------------- running

    def run(self) -> None:
        """Do everything, and check the laws."""
        names = [name for name, _ in self.swarm]
        weights = [weight for _, weight in self.swarm]
        for _ in range(self.chance.randint(20, 45)):
            step = self.chance.choices(names, weights)[0]
            self.now_ms += self.chance.choice([10, 1_000, 60_000])
            till = self.chance.choice(self.tills)
            LATER[step](self, till) if step in LATER else getattr(self, step)(till)
            self.steps += 1
            self._look_during()
        self.heal()
        from tests.exchange.laws import check  # it needs this module's names

        check(self)

    def close(self) -> None:
        for till in self.tills:
            till.wire.close()
            till.file.discard()
        self.centre.close()

    def _look_during(self) -> None:
        """Laws that hold at each step."""
        for _, _, _, op_id, _, _, _ in self.centre.ops():
            must(op_id in self.all_made, "2 no ghost: the centre has what nobody did")

    # ------------------------------------------------------------------------------------------------- people's work

    def _record(
        self, till: Till, kind: str, make: Callable[[Unit], dict[str, list[Row]]], *, schema_v: int = 1
    ) -> UUID:
        with begin(till.database, till.clock, till.ids) as unit:
            op_id = unit.record(kind, make(unit))
            if schema_v != 1:
                unit.connection.exec_driver_sql(
                    "UPDATE outbox SET schema_v = ? WHERE op_id = ?", (schema_v, op_id.bytes)
                )
        till.made.add(op_id)
        self.all_made[op_id] = kind
        return op_id

    def _sale(self, till: Till, **extra: Any) -> tuple[UUID, int, int, dict[str, list[Row]]]:  # noqa: ANN401
        lines = self.chance.randint(1, 3)
        sale_id = till.ids.new()
        amount = self.chance.randint(1, 999_999)
        facts = {"counter_id": till.counter_id, "store_id": till.store_id, "made_at": till.clock.now_ms()}
        customer = self.chance.choice(self.customers) if self.customers and self.chance.random() < 0.5 else None
        return (
            sale_id,
            amount * lines,
            lines,
            {
                "sale": [
                    whole("sale", till.ids, id=sale_id, customer_id=customer, total_minor=amount * lines,
                          line_count=lines, **facts) | extra
                ],
                "sale_line": [
                    whole("sale_line", till.ids, sale_id=sale_id, line_no=i, amount_minor=amount) for i in range(lines)
                ],
                "payment": [whole("payment", till.ids, sale_id=sale_id, amount_minor=amount * lines)],
            },
        )  # fmt: skip

    def sell(self, till: Till) -> None:
        sale_id, total, lines, rows = self._sale(till)
        op_id = self._record(till, "sale", lambda _: rows)
        self.money[op_id] = (sale_id, total, lines)

    def meet(self, till: Till) -> None:
        customer = till.ids.new()
        self.customers.append(customer)
        self._card(till, customer)

    def rename(self, till: Till) -> None:
        if self.customers:
            self._card(till, self.chance.choice(self.customers))

    def _card(self, till: Till, customer: UUID) -> None:
        """Change one or two fields of what this counter sees of the card; nothing while cards are locked."""
        if till.look("SELECT 1 FROM lease WHERE closed_at > 0"):
            self.faults["card locked"] += 1
            return
        seen = {
            "display_name": "", "language": "ru", "birthday": "", "status": "active",
        }  # fmt: skip
        known = till.look(f"SELECT display_name, language, birthday, status FROM customer WHERE id = x'{customer.hex}'")
        if known:
            seen = dict(zip(seen, known[0], strict=True))
        names = ["Анна", "Борис", "Вера"]
        for name in self.chance.sample(["display_name", "language", "birthday"], self.chance.choice([1, 1, 2])):
            seen[name] = f"{self.chance.choice(names)} {self.chance.randint(0, 999)}"
        fixed = dict.fromkeys(("created_store_id", "household_id"))
        self._record(
            till,
            "customer",
            lambda unit: {"customer": [whole("customer", till.ids, id=customer, ver=unit.tick(), **seen, **fixed)]},
        )

    def consent(self, till: Till) -> None:
        row = whole("consent", till.ids, counter_id=till.counter_id, state=self.chance.choice(["granted", "withdrawn"]))
        self._record(till, "consent", lambda _: {"consent": [row]})

    def shift(self, till: Till) -> None:
        row = whole("shift", till.ids, counter_id=till.counter_id)
        self._record(till, "shift", lambda _: {"shift": [row]})

    def pass_on(self, till: Till) -> None:
        row = whole("pass", till.ids, counter_id=till.counter_id)
        self.passes.append(row["id"])
        self._record(till, "pass", lambda _: {"pass": [row]})

    def accept(self, till: Till) -> None:
        if self.passes:
            row = whole(
                "pass_event", till.ids, counter_id=till.counter_id, pass_id=self.chance.choice(self.passes),
                event="accepted",
            )  # fmt: skip
            self._record(till, "pass_event", lambda _: {"pass_event": [row]})

    # ------------------------------------------------------------------------------------------------------- faults

    def spoil(self, till: Till) -> None:
        """F18: an event the centre cannot take."""
        kind = self.chance.choice(["down only", "other counter", "unknown table", "no rows", "not json to them"])
        self.faults[f"F18 poison: {kind}"] += 1
        if kind in {"down only", "other counter"}:
            table, given = ("price", {"ver": 1}) if kind == "down only" else ("shift", {"counter_id": self._uuid()})
            row = whole(table, till.ids, **given)
            self.poison_rows.add(row["id"])
            op = self._record(till, "odd", _just({table: [row]}))
        else:
            op = self._record(till, "odd", lambda _: {"shift": [whole("shift", till.ids, counter_id=till.counter_id)]})
            body = {
                "unknown table": '{"rows":{"hologram":[{"id":"x"}]}}',
                "no rows": '{"other":1}',
                "not json to them": '{"rows":{"shift":[{"id":"\\u0000"}]}}',
            }[kind]
            with till.database.write() as connection:
                connection.exec_driver_sql("DROP TRIGGER IF EXISTS shift_no_delete")
                connection.exec_driver_sql(
                    "DELETE FROM shift WHERE id IN (SELECT id FROM shift ORDER BY rowid DESC LIMIT 1)"
                )
                connection.exec_driver_sql("UPDATE outbox SET body = ? WHERE op_id = ?", (body, op.bytes))
        self.poison.add(op)

    def newer_kind(self, till: Till) -> None:
        """F14: a newer program's sale at an older centre; it waits there until the centre is brought up to date."""
        self.faults["F14 newer program"] += 1
        sale_id, total, lines, rows = self._sale(till)
        op_id = self._record(till, "sale", lambda _: rows, schema_v=2)
        self.money[op_id] = (sale_id, total, lines)
        self.newer.add(op_id)

    def crash_sale(self, till: Till) -> None:
        """F1, F7: the program ends inside a sale, before its commit: nobody was told it is done."""
        self.faults["F1 crash in a sale"] += 1
        with contextlib.suppress(Crash), begin(till.database, till.clock, till.ids) as unit:
            unit.record("sale", self._sale(till)[3])
            raise Crash
        till.open()

    def disk_full(self, till: Till) -> None:
        """F4: no page can be added; the sale is refused aloud and the next one goes."""
        self.faults["F4 disk full"] += 1
        with till.database.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection_raw = till.database._writer.raw_connection()
        try:
            connection_raw.cursor().execute(f"PRAGMA max_page_count={pages}")
            refused = False
            for _ in range(200):
                sale_id, total, lines, rows = self._sale(till)
                if self.era > SECOND_ERA:
                    # Too large for what is left in begun pages: how many sales still fit depends on the kind of disk.
                    rows["payment"][0] |= {"means": "слово " * 20_000}
                try:
                    op_id = self._record(till, "sale", _just(rows))
                except EnvironmentTrouble:
                    refused = True
                    break
                self.money[op_id] = (sale_id, total, lines)
            must(refused, "F4 a full disk is not noticed")
        finally:
            connection_raw.cursor().execute("PRAGMA max_page_count=1073741823")
            connection_raw.close()

    def deliver_late(self, till: Till) -> None:
        """F8: requests that everybody thinks lost arrive now."""
        self.faults["F8 late delivery"] += till.wire.deliver_late()

    def crash_sync(self, till: Till) -> None:
        """F1, F7: the program ends inside an exchange."""
        for other in self.tills:
            if other is not till and other.store_id == till.store_id:
                self.sell(other)
                with contextlib.suppress(CentreAway):
                    self._note(other, other.exchange.round())
        till.pending_crash = self.chance.choice(["before commit", "after commit"])
        self.sync(till)

    def restart(self, till: Till) -> None:
        self.faults["restart"] += 1
        till.open()

    def copy(self, till: Till) -> None:
        till.copies.append((till.file.keep(), set(till.made)))

    def put_back(self, till: Till) -> None:
        """F3, F11: an old image of the disk, or a disk that lied."""
        if till.copies:
            self.faults["F11 file put back"] += 1
            copy, made = self.chance.choice(till.copies)
            till.file.put_back(copy)
            till.made = set(made)
            till.token = None
            till.open()

    def clone(self, till: Till) -> None:
        """F12: the same file on a second machine."""
        if till.copies and len(self.tills) < 5:
            self.faults["F12 clone"] += 1
            copy, made = till.copies[-1]
            twin = Till(
                till.counter_id, till.store_id, self._disk(), SimClock(till.clock.at_ms),
                SeededIds(random.Random(self.chance.getrandbits(64)), till.clock),
                Wire(self.centre.enrol_again(till.counter_id), self.faults), till.salt, set(made),
            )  # fmt: skip
            twin.file.put_back(copy)
            twin.open()
            self.tills.append(twin)

    def lose_pc(self, till: Till) -> None:
        """F19: the machine is gone for ever; a new one takes its place."""
        if self.chance.random() < 0.3 and len(self.tills) < 5:
            self.faults["F19 machine lost"] += 1
            self.drop(till)
            self._new_till(till.store_id)

    def drop(self, till: Till) -> None:
        """Take a machine away for ever."""
        till.wire.late.clear()
        till.wire.close()
        till.file.discard()
        self.tills.remove(till)

    def clock(self, till: Till) -> None:
        """F13: the clock jumps."""
        self.faults["F13 clock"] += 1
        till.clock.at_ms += self.chance.choice([-DAY, -HOUR, HOUR, DAY, -10 * YEAR, 50 * YEAR])
        till.clock.at_ms = max(till.clock.at_ms, 1)

    def office_late(self, _till: Till) -> None:
        """A transaction of the office that stays open: what commits meanwhile has greater numbers."""
        if len(self.late) < 2:
            self.faults["late commit open"] += 1
            ids = SeededIds(random.Random(self.chance.getrandbits(64)), SimClock(self.now_ms))
            rows = [
                whole("product", ids, sku=f"S{self.chance.getrandbits(60)}", ver=1)
                for _ in range(self.chance.randint(1, 4))
            ]
            body = [{k: str(v) if isinstance(v, UUID) else v for k, v in row.items()} for row in rows]
            self.late.append(self.centre.open_late(body))

    def end_late(self, _till: Till) -> None:
        if self.late:
            commit = self.chance.random() < 0.7
            self.faults["late commit" if commit else "late abort"] += 1
            self.centre.end_late(self.late.pop(0), commit=commit)

    def keep_centre(self, _till: Till) -> None:
        self._close_late()
        self.kept.append((self.centre.keep(), self._at_centre()))

    def _at_centre(self) -> set[UUID]:
        return {op[3] for op in self.centre.ops()}

    def _close_late(self) -> None:
        while self.late:
            self.centre.end_late(self.late.pop(0), commit=False)

    def _centre_back(self, *, told: bool) -> None:
        if self.kept:
            self._close_late()
            self.faults["F10 centre put back" + ("" if told else " without a word")] += 1
            self.put_backs += 1
            kept, there = self.chance.choice(self.kept)
            self.centre.put_back(kept, told=told)
            self.there = set(there)

    def centre_back_told(self, _till: Till) -> None:
        self._centre_back(told=True)

    def centre_back_silent(self, _till: Till) -> None:
        self._centre_back(told=False)

    def new_epoch(self, _till: Till) -> None:
        self.faults["new epoch"] += 1
        self.centre.new_epoch()

    def prune(self, _till: Till) -> None:
        self._close_late()
        self.faults["feed pruned"] += 1
        self.centre.prune()

    def revoke(self, till: Till) -> None:
        """Access taken and given again; a refusal loses nothing."""
        self.faults["revoked"] += 1
        self.centre.revoke(till.counter_id)
        refused = False
        for _ in range(2):
            try:
                till.exchange.round(max_steps=5)
            except AccessRefused:
                refused = True
            except CentreAway:
                # The live session was cut; the next login is refused.
                continue
        must(refused, "a revoked counter was served")
        for one in self.tills:
            if one.counter_id == till.counter_id:
                one.wire.close()
                one.wire.real = self.centre.enrol_again(till.counter_id)

    # ----------------------------------------------------------------------------------------------------- exchange

    def sync(self, till: Till) -> None:
        till.wire.fates = [
            self.chance.choice(self.net) if self.net and self.chance.random() < 0.35 else "well"
            for _ in range(self.chance.randint(0, 6))
        ]
        till.wire.meanwhile = lambda: self.sell(till)
        till.exchange._breath.rows = self.chance.choice([1, 2, 5, 400, 400])
        till.exchange.pace.ops = self.chance.choice([1, 2, 3, 200, 200])
        steps = self.chance.choice([1, 2, 5, 80])
        try:
            self._note(till, till.exchange.round(max_steps=steps))
        except CentreAway:
            pass
        except Crash:
            self.faults["F7 crash in an exchange"] += 1
            till.open()
        till.pending_crash = ""
        till.wire.fates = []
        self._watch_cursor(till)

    def _note(self, till: Till, result: RoundResult) -> None:
        for name in result.healed:
            self.faults[f"healed: {name}"] += 1
        self.lost_named += result.lost
        if result.healed:
            till.token = None

    def _watch_cursor(self, till: Till) -> None:
        """Law 7: the cursor never goes back within a life of the centre that was not put back."""
        token = till.state().token
        if token in {None, exchange_rows.ANEW}:
            till.token = None
            return
        life, _, place = str(token).partition(":")
        # Under the horizon a pair of numbers; under the sequencer a number for each scope.
        now = (
            {scope: (pos, 0) for scope, (pos, *_) in json.loads(place).items()}
            if place.startswith("{")
            else {"": (int(place.split(":")[0]), int(place.split(":")[1]))}
        )
        if till.token is not None and till.token[0] == life:
            is_ahead = all(now.get(scope, (0, 0)) >= at for scope, at in till.token[1].items())
            # After a centre put back it goes back once, in the round that hears of it or in a later one that ends what
            # a broken-off round began.
            must(is_ahead or till.went_back < self.put_backs, f"7 the cursor went back: {till.token} -> {now}")
            till.went_back = till.went_back if is_ahead else self.put_backs
        till.token = life, now

    def _round(self, till: Till) -> RoundResult:
        """Exchange; a connection that a fault cut is made anew."""
        for _ in range(3):
            try:
                return till.exchange.round()
            except CentreAway:
                continue
        return till.exchange.round()

    def heal(self) -> None:
        """Nobody does anything new; faults stop; everybody exchanges until it is quiet."""
        self._close_late()
        self.centre.upgrade()
        for turn in range(12):
            busy = False
            for till in self.tills:
                till.exchange._breath.rows, till.exchange.pace.ops = 400, 200
                result = self._round(till)
                self._note(till, result)
                busy = busy or bool(result.pushed or result.pulled or result.healed)
            if turn == 0:
                for till in self.tills:
                    till.wire.deliver_late()
                self.centre.upgrade()
                busy = True
            if not busy:
                return
        raise Broken("I4 liveness: the exchange does not come to rest")
