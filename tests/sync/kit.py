"""What the exchange's tests are made of: a till with a real encrypted file, and a network that fails on demand."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from crosssell_desktop.domain.ids import uuid7
from crosssell_desktop.store import exchange_rows
from crosssell_desktop.store.engine import Database
from crosssell_desktop.store.opening import Identity, enrol, open_database
from crosssell_desktop.store.schema import metadata
from crosssell_desktop.store.unit import begin
from crosssell_desktop.sync import centre
from crosssell_desktop.sync.link import CentreAway, Link
from crosssell_desktop.sync.round import Exchange, RoundResult
from crosssell_desktop.sync.transport import PgTransport, PullTrouble
from crosssell_desktop.sync.wire import PullAnswer, PullCall, PushAnswer, PushCall, SnapshotAnswer

KEY = bytes(range(32))
START_MS = 1_772_614_800_000
SHARED = ("customer", "contact_point", "sale", "sale_line", "payment", "offer", "pass", "pass_event", "consent")

horizon_only = pytest.mark.skipif(
    os.environ.get("CROSSSELL_CURSOR") == "sequencer", reason="looks into what only the horizon has"
)


@dataclass
class TestClock:
    """Moves a little at every look, like a real one."""

    __test__ = False
    at_ms: int = START_MS

    def now_ms(self) -> int:
        self.at_ms += 1
        return self.at_ms


class Ids:
    """Random ids."""

    def __init__(self, clock: TestClock) -> None:
        self._clock = clock

    def new(self) -> UUID:
        return uuid7(self._clock.at_ms, uuid.uuid4().int & (1 << 80) - 1)


def row(table: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401  # any column
    """Return a whole row: what is given, and something valid everywhere else."""
    made: dict[str, Any] = {}
    for column in metadata.tables[table].columns:
        if column.name == "no":
            continue
        if column.name in given:
            made[column.name] = given[column.name]
        elif column.nullable:
            made[column.name] = None
        else:
            kind = type(column.type).__name__
            made[column.name] = {"Id": uuid.uuid4(), "Int": 0, "Flag": False, "Json": {"b": [1, "ё"], "a": None}}.get(
                kind, "слова"
            )
    unknown = set(given) - set(made)
    assert not unknown, unknown
    return made


def remove(home: Path) -> None:
    """Remove a server's data, with the public folder made around it when root ran the tests."""
    shutil.rmtree(home.parent if home.parent.name.startswith("crosssell-centre-") else home)


class Network:
    """A way to the centre that loses requests and answers, doubles them, and delivers some late."""

    def __init__(self, link: Link) -> None:
        self.real = PgTransport(link)
        self.fate: list[str] = []
        self.late: list[PushCall] = []
        self.calls: list[PushCall] = []
        self.lost_trips = 0
        self.is_cut = False

    @property
    def round_trips(self) -> int:
        return self.real.round_trips + self.lost_trips

    def exchange(self, push: PushCall, pull: PullCall | None) -> tuple[PushAnswer, PullAnswer | PullTrouble | None]:
        if self.is_cut:
            raise CentreAway("cut")
        self.calls.append(push)
        fate = self.fate.pop(0) if self.fate else "well"
        if fate == "request_lost":
            self.lost_trips += 1
            raise CentreAway(fate)
        if fate == "late":
            self.late.append(push)
            self.lost_trips += 1
            raise CentreAway(fate)
        if fate == "doubled":
            self.real.exchange(push, None)
        answers = self.real.exchange(push, pull)
        if fate == "answer_lost":
            raise CentreAway(fate)
        return answers

    def snapshot(self, entity: str, after: UUID | None, page: int) -> SnapshotAnswer:
        if self.fate and self.fate.pop(0) != "well":
            self.lost_trips += 1
            raise CentreAway("snapshot")
        return self.real.snapshot(entity, after, page)

    def lease_key(self) -> bytes:
        if self.is_cut:
            raise CentreAway("cut")
        return self.real.lease_key()

    def deliver_late(self) -> None:
        """Let the requests arrive that everybody thinks lost."""
        late, self.late = self.late, []
        for push in late:
            self.real.exchange(push, None)

    def close(self) -> None:
        self.real.close()


@dataclass
class Till:
    """A counter: its file, its clock and its way to the centre."""

    folder: Path
    link: Link
    counter_id: UUID
    store_id: UUID
    template: Path
    page: int = 400
    clock: TestClock = field(default_factory=TestClock)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / "shop.db"
        if not self.path.exists():
            shutil.copyfile(self.template, self.path)
        self.ids = Ids(self.clock)
        self.network = Network(self.link)
        self.open()
        with self.database.write() as connection:
            if connection.exec_driver_sql("SELECT count(*) FROM me").scalar() == 0:
                enrol(
                    connection,
                    Identity(self.counter_id, uuid.uuid4(), self.store_id, "K1", uuid.uuid4(), uuid.uuid4().hex),
                )

    def open(self) -> None:
        self.database: Database = open_database(self.path, KEY, create=False)
        self.exchange = Exchange(self.database, self.network, self.clock, self.ids, page=self.page)

    def close(self) -> None:
        self.database.close()
        self.network.close()

    def sync(self) -> RoundResult:
        return self.exchange.round()

    def sync_over_faults(self) -> RoundResult:
        """Try until it works; the fates are finite."""
        for _ in range(50):
            try:
                return self.sync()
            except CentreAway:
                continue
        pytest.fail("the exchange does not come to an end")

    def record(self, kind: str, rows: dict[str, list[dict[str, Any]]]) -> UUID:
        with begin(self.database, self.clock, self.ids) as unit:
            return unit.record(kind, rows)

    def sell(self, customer: UUID | None = None, lines: int = 2) -> UUID:
        sale_id = self.ids.new()
        facts = {"counter_id": self.counter_id, "made_at": self.clock.now_ms()}
        self.record(
            "sale",
            {
                "sale": [
                    row("sale", id=sale_id, customer_id=customer, total_minor=lines * 100, line_count=lines, **facts)
                ],
                "sale_line": [
                    row("sale_line", id=self.ids.new(), sale_id=sale_id, line_no=i, amount_minor=100)
                    for i in range(lines)
                ],
                "payment": [row("payment", id=self.ids.new(), sale_id=sale_id, amount_minor=lines * 100)],
            },
        )
        return sale_id

    def meet(self, name: str) -> UUID:
        customer = self.ids.new()
        self.rename(customer, name)
        return customer

    def rename(self, customer: UUID, name: str) -> None:
        with begin(self.database, self.clock, self.ids) as unit:
            unit.record(
                "customer",
                {"customer": [row("customer", id=customer, display_name=name, status="active", ver=unit.tick())]},
            )

    def pass_on(self, customer: UUID | None = None) -> UUID:
        id_ = self.ids.new()
        self.record("pass", {"pass": [row("pass", id=id_, counter_id=self.counter_id, customer_id=customer)]})
        return id_

    def accept(self, pass_id: UUID) -> UUID:
        id_ = self.ids.new()
        event = row("pass_event", id=id_, counter_id=self.counter_id, pass_id=pass_id, event="accepted")
        self.record("pass_event", {"pass_event": [event]})
        return id_

    def spoil(self) -> UUID:
        """Record an event the centre cannot project: a table it does not let a counter write."""
        return self.record("odd", {"price": [row("price", id=self.ids.new(), ver=1)]})

    def contents(self, table: str) -> dict[UUID, str]:
        with self.database.read() as connection:
            return exchange_rows.contents(connection, table)

    def state(self) -> exchange_rows.LinkState:
        with self.database.read() as connection:
            return exchange_rows.link_state(connection)

    def look(self, query: str) -> list[tuple[Any, ...]]:
        with self.database.read() as connection:
            return [tuple(r) for r in connection.exec_driver_sql(query)]

    def keep_copy(self, name: str = "copy") -> Path:
        """Copy the file as it is now."""
        target = self.folder / f"{name}.db"
        target.unlink(missing_ok=True)
        self.database.checkpoint()
        shutil.copyfile(self.path, target)
        return target

    def put_back(self, copy: Path) -> None:
        """Replace the file by an older copy of it."""
        self.database.close()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(copy, self.path)
        self.open()


@dataclass
class Shop:
    """A centre with its tills."""

    url: str
    folder: Path
    template: Path
    store_id: UUID = field(default_factory=uuid.uuid4)
    tills: list[Till] = field(default_factory=list)

    def till(self, *, store_id: UUID | None = None, page: int = 1_000) -> Till:
        counter_id = uuid.uuid4()
        store = store_id or self.store_id
        link = centre.enrol(self.url, centre.NewCounter(counter_id, f"K{len(self.tills)}", store))
        made = Till(self.folder / f"till{len(self.tills)}", link, counter_id, store, self.template, page)
        self.tills.append(made)
        return made

    def office(self) -> Link:
        return centre.enrol(self.url, centre.NewCounter(uuid.uuid4(), "office", None, office=True))

    def ask(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Ask the centre as the administrator."""
        with centre.admin_connect(self.url) as connection:
            done = connection.execute(query, values)
            return list(done.fetchall()) if done.description else []

    def contents(self, table: str) -> dict[UUID, str]:
        return centre.contents(self.url, table)

    def sync_all(self) -> None:
        """Twice round, so that what the last one sent reaches the first."""
        for _ in range(2):
            for till in self.tills:
                till.sync_over_faults()

    def must_be_level(self) -> None:
        """Both ends hold the same, sequences are dense, and a further round moves nothing."""
        for table in SHARED:
            there = self.contents(table)
            for till in self.tills:
                assert till.contents(table) == there, table
        sparse = self.ask(
            "SELECT p.incarnation FROM sync.push_cursor p LEFT JOIN LATERAL ("
            "  SELECT count(*) AS n, coalesce(max(o.seq), 0) AS top FROM sync.op o"
            "  WHERE o.counter_no = p.counter_no AND o.incarnation = p.incarnation) t ON true"
            " WHERE (t.n, t.top) <> (p.last_seq, p.last_seq)"
        )
        assert sparse == []
        for till in self.tills:
            state = till.state()
            assert state.unsent == 0
            again = till.sync()
            assert (again.pushed, again.pulled, again.round_trips, again.healed) == (0, 0, 1, ())

    def close(self) -> None:
        for till in self.tills:
            till.close()


MakeShop = Callable[[], Shop]
