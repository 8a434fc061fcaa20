"""What the exchange costs, each figure beside a plainer way in the same run.

``python -m benchmarks.exchange [--quick] [--only cycle,push,idle,many,month,newcomer,prices]``; a real PostgreSQL is
started on loopback, and twenty milliseconds of road are put in between where a section says so. Trust the ratios.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import queue
import socket
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg import sql

from crosssell_desktop.store.exchange_rows import link_state, unsent
from crosssell_desktop.store.opening import open_database
from crosssell_desktop.sync import centre, centre_server
from crosssell_desktop.sync.centre_ddl import travelling_columns
from crosssell_desktop.sync.link import Link
from crosssell_desktop.sync.round import Exchange
from crosssell_desktop.sync.transport import PgTransport
from crosssell_desktop.sync.wire import MAX_BYTES, NOTHING, PullCall, PushCall, encode_ops
from tests.sync.kit import KEY, Ids, Shop, TestClock, Till, row

T = TypeVar("T")
RTT_S = 0.02
FACTS = ("sale", "sale_line", "payment")


class Road:
    """Twenty milliseconds there and back, and as much through it as the machine can carry."""

    def __init__(self, port: int, one_way_s: float = RTT_S / 2) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._one_way_s = one_way_s
        self._target = port
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._sockets += [client, server]
            for one, other in ((client, server), (server, client)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                line: queue.Queue[tuple[float, bytes]] = queue.Queue()
                threading.Thread(target=self._take, args=(one, line), daemon=True).start()
                threading.Thread(target=self._give, args=(other, line), daemon=True).start()

    def _take(self, one: socket.socket, line: queue.Queue[tuple[float, bytes]]) -> None:
        some = b"-"
        while some:
            try:
                some = one.recv(1 << 20)
            except OSError:
                some = b""
            line.put((time.perf_counter() + self._one_way_s, some))

    @staticmethod
    def _give(other: socket.socket, line: queue.Queue[tuple[float, bytes]]) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, some = line.get()
                time.sleep(max(0.0, due - time.perf_counter()))
                if not some:
                    other.shutdown(socket.SHUT_WR)
                    return
                other.sendall(some)

    def close(self) -> None:
        """Take the road away."""
        self._listener.close()
        for one in self._sockets:
            one.close()


@contextlib.contextmanager
def road(link: Link) -> Iterator[Link]:
    """Give the link as it is from far away."""
    made = Road(link.port)
    try:
        yield replace(link, port=made.port)
    finally:
        made.close()


def timed(act: Callable[[], T]) -> tuple[float, T]:
    """Return how many milliseconds an act took, and what it gave."""
    start = time.perf_counter()
    given = act()
    return (time.perf_counter() - start) * 1_000, given


class Bench:
    """A server, a centre and what the sections need of them."""

    def __init__(self, folder: Path, url: str, *, quick: bool) -> None:
        self.quick = quick
        self.url = url
        template = folder / "template.db"
        made = open_database(template, KEY, create=True)
        made.checkpoint()
        made.close()
        self.shop = Shop(url, folder, template)
        self.admin = centre.admin_connect(url)
        self.admin.execute("CREATE SCHEMA peer")
        for table in FACTS:
            self.admin.execute(f"CREATE TABLE peer.{table} (LIKE shop.{table} INCLUDING ALL)")

    def scaled(self, full: int) -> int:
        """Return a size, or a twentieth of it in a quick run."""
        return max(20, full // 20) if self.quick else full

    def sold(self, sales: int) -> Till:
        """Return a counter that is level with the centre but for so many sales."""
        till = self.shop.till()
        till.sync()
        for _ in range(sales):
            till.sell()
        return till

    def rows_of(self, till: Till) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of everything unsent, as the peers write them."""
        with till.database.read() as connection:
            ops = unsent(connection, link_state(connection).acked_seq, most=1 << 30, max_bytes=1 << 40)
        found: dict[str, list[dict[str, Any]]] = {table: [] for table in FACTS}
        for op in ops:
            for table, some in json.loads(op.body)["rows"].items():
                found[table] += [{**one, "_scope": 1} for one in some]
        return found

    def peer_statement(self, table: str) -> tuple[str, list[str]]:
        """Return the insert of a peer's table and its columns."""
        names = [c.name for c in travelling_columns(table)] + ["_scope"]
        return (
            f"INSERT INTO peer.{table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})",  # noqa: S608
            names,
        )

    def empty_peers(self) -> None:
        """Make room for the next round."""
        self.admin.execute("TRUNCATE " + ", ".join(f"peer.{t}" for t in FACTS))


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    return json.dumps(value) if isinstance(value, dict | list) else value


def _values(rows: list[dict[str, Any]], names: list[str]) -> list[tuple[object, ...]]:
    return [tuple(_plain(one[name]) for name in names) for one in rows]


def cycle(bench: Bench) -> dict[str, Any]:
    """Two hundred sales at twenty milliseconds: ours, executemany, and a statement for each row."""
    ours, many, per_row, trips = [], [], [], 0
    till = bench.shop.till()
    till.sync()
    with road(till.link) as far, road(centre.admin_link(bench.url)) as far_admin:
        till.network.real.close()
        till.network.real._link = far
        till.sync()
        url = f"postgresql://{far_admin.role}:{far_admin.password}@127.0.0.1:{far_admin.port}/{far_admin.dbname}"
        with centre.admin_connect(url) as peer:
            for turn in range(2 if bench.quick else 5):
                for _ in range(200):
                    till.sell()
                rows = bench.rows_of(till)
                till.exchange.pace.ops = 200
                ms, result = timed(till.sync)
                ours.append(ms)
                trips = max(trips, result.round_trips)
                ms, _ = timed(lambda rows=rows: _executemany(bench, peer, rows))  # type: ignore[misc]
                many.append(ms)
                if turn == 0:
                    bench.empty_peers()
                    ms, _ = timed(lambda rows=rows: _each(bench, peer, rows))  # type: ignore[misc]
                    per_row.append(ms)
                bench.empty_peers()
        till.network.real.close()
    best = statistics.median(ours)
    return {
        "round_trips": trips,
        "ours_ms": round(best),
        "executemany_ms": round(statistics.median(many)),
        "per_row_ms": round(per_row[0]),
        "executemany_ratio": round(statistics.median(many) / best, 1),
        "per_row_ratio": round(per_row[0] / best, 1),
    }


def _executemany(bench: Bench, peer: psycopg.Connection[Any], rows: dict[str, list[dict[str, Any]]]) -> None:
    with peer.transaction(), peer.cursor() as cursor:
        for table, some in rows.items():
            statement, names = bench.peer_statement(table)
            cursor.executemany(statement, _values(some, names))  # type: ignore[arg-type]


def _each(bench: Bench, peer: psycopg.Connection[Any], rows: dict[str, list[dict[str, Any]]]) -> None:
    with peer.transaction(), peer.cursor() as cursor:
        for table, some in rows.items():
            statement, names = bench.peer_statement(table)
            for values in _values(some, names):
                cursor.execute(statement, values)  # type: ignore[arg-type]


def push(bench: Bench) -> dict[str, Any]:
    """Sales a second on one connection, beside COPY of the same rows into the same tables without anything else."""
    pushed, copied, replayed = [], [], []
    for _ in range(2 if bench.quick else 5):
        till = bench.sold(200)
        rows = bench.rows_of(till)
        with till.database.read() as connection:
            state = link_state(connection)
            ops = unsent(connection, state.acked_seq, most=2_000, max_bytes=MAX_BYTES)
        call = PushCall(state.incarnation, state.epoch, state.proto, encode_ops(ops))
        ms, _ = timed(lambda till=till, call=call: till.network.real.exchange(call, None))  # type: ignore[misc]
        pushed.append(ms)
        ms, _ = timed(lambda till=till, call=call: till.network.real.exchange(call, None))  # type: ignore[misc]
        replayed.append(ms)
        ms, _ = timed(lambda rows=rows: _copy(bench, rows))  # type: ignore[misc]
        copied.append(ms)
        bench.empty_peers()
        till.close()
    ours, copy = statistics.median(pushed), statistics.median(copied)
    return {
        "push_sales_s": round(200_000 / ours),
        "copy_sales_s": round(200_000 / copy),
        "ratio_to_copy": round(ours / copy, 2),
        "replay_ratio_to_push": round(statistics.median(replayed) / ours, 2),
    }


def _copy(bench: Bench, rows: dict[str, list[dict[str, Any]]]) -> None:
    with bench.admin.transaction(), bench.admin.cursor() as cursor:
        for table, some in rows.items():
            _, names = bench.peer_statement(table)
            target = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier("peer", table), sql.SQL(", ").join(map(sql.Identifier, names))
            )
            with cursor.copy(target) as copy:
                for values in _values(some, names):
                    copy.write_row(values)


def _cpu_ns(pid: int) -> int:
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0])


def _pid(transport: PgTransport) -> int:
    assert transport._connection is not None
    return int(transport._connection.info.backend_pid)


def idle(bench: Bench) -> dict[str, Any]:
    """Server time of a look that finds nothing, beside a prepared ``SELECT 1`` on the same connection."""
    till = bench.sold(3)
    till.sync()
    till.sync()
    state = till.state()
    transport = till.network.real
    looks = bench.scaled(6_000)
    call, page = PushCall(state.incarnation, state.epoch, state.proto, NOTHING), PullCall(state.token)
    ours, bare = [], []
    for _ in range(5):
        before = _cpu_ns(_pid(transport))
        for _ in range(looks // 5):
            transport.exchange(call, page)
        ours.append((_cpu_ns(_pid(transport)) - before) / (looks // 5) / 1_000)
        assert transport._connection is not None
        before = _cpu_ns(_pid(transport))
        for _ in range(looks // 5):
            transport._connection.execute("SELECT 1", prepare=True).fetchone()
        bare.append((_cpu_ns(_pid(transport)) - before) / (looks // 5) / 1_000)
    us, one = statistics.median(ours), statistics.median(bare)
    return {"server_us": round(us), "select_1_us": round(one), "ratio": round(us / one, 1), "aim_us": 100}


LOOKS_A_DAY = 10 * 3_600 // 15
"""A counter that is open for ten hours looks every fifteen seconds."""
SALES_A_DAY = 200
COUNTERS_OF_A_STORE = 4


def many(bench: Bench) -> dict[str, Any]:
    """A round of a thousand counters' looks, quiet and on a day of two hundred sales each.

    Over kept sessions of some real roles, four counters to a store; each look goes to another session than the last.
    """
    stores = 3 if bench.quick else 10
    tills = [
        bench.shop.till(store_id=store)
        for store in [uuid.uuid4() for _ in range(stores)]
        for _ in range(COUNTERS_OF_A_STORE)
    ]
    for till in tills + tills:
        till.sync()
    pids = [_pid(till.network.real) for till in tills]
    looks = 1_000

    def a_round(every: int) -> float:
        before = sum(map(_cpu_ns, pids))
        for i in range(looks):
            till = tills[i % len(tills)]
            if every and i % every == 0:
                till.sell()
            till.sync()
        return (sum(map(_cpu_ns, pids)) - before) / 1e9

    quiet, busy = a_round(0), a_round(LOOKS_A_DAY // SALES_A_DAY)
    memory = sum(int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * 4 for pid in pids)
    for till in tills:
        till.close()
    return {
        "sessions": len(tills),
        "looks": looks,
        "quiet_server_cpu_s": round(quiet, 3),
        "quiet_core_percent_at_15_s": round(quiet / 15 * 100, 1),
        "aim_core_percent": 3,
        "selling_server_cpu_s": round(busy, 3),
        "selling_core_percent_at_15_s": round(busy / 15 * 100, 1),
        "session_resident_kib": round(memory / len(tills)),
    }


class Locks:
    """Times every writing transaction of an exchange: how long a sale would have waited."""

    def __init__(self, till: Till) -> None:
        self.ms: list[float] = []
        self._till = till
        till.exchange = Exchange(till.database, till.network, till.clock, till.ids, write=self)

    def __call__(self, work: Callable[[Any], T]) -> T:
        """Run ``work`` as the exchange's own writer does."""
        start = time.perf_counter()
        with self._till.database.write() as connection:
            done = work(connection)
        self.ms.append((time.perf_counter() - start) * 1_000)
        return done

    def told(self) -> dict[str, Any]:
        """Return the longest and the usual ones."""
        ordered = sorted(self.ms)
        return {
            "writes": len(ordered),
            "lock_p50_ms": round(statistics.median(ordered), 1),
            "lock_p99_ms": round(ordered[int(len(ordered) * 0.99)], 1),
            "lock_max_ms": round(ordered[-1], 1),
        }


def _until_level(till: Till) -> int:
    pulled = 0
    while True:
        result = till.sync()
        pulled += result.pulled
        if not (result.unsent or result.pulled or result.pushed):
            return pulled


def month(bench: Bench) -> dict[str, Any]:
    """Thirty days offline, fifty sales a day, while another counter of the store sold as much."""
    sales = bench.scaled(1_500)
    away, other = bench.sold(sales), bench.sold(sales)
    other.sync()
    locks = Locks(away)
    ms, pulled = timed(lambda: _until_level(away))
    return {"sales": sales, "pulled_rows": pulled, "seconds": round(ms / 1_000, 2),
            "sales_s": round(sales / ms * 1_000), **locks.told()}  # fmt: skip


def newcomer(bench: Bench) -> dict[str, Any]:
    """A new counter at a centre with a big catalogue and many customers, beside the driver's own bulk insert."""
    size = bench.scaled(100_000)
    _products(bench, size, 1)
    bench.admin.execute(
        "INSERT INTO shop.customer SELECT (jsonb_populate_record(NULL::shop.customer, to_jsonb(c)"
        " || jsonb_build_object('id', gen_random_uuid()))).* FROM shop.customer c CROSS JOIN generate_series(1, %s)"
        " WHERE c.id = %s",
        (size, _one_customer(bench)),
    )
    till = bench.shop.till()
    locks = Locks(till)
    ms, pulled = timed(lambda: _until_level(till))
    assert pulled > 2 * size, "the newcomer did not get everything"
    bare = _bare_ms(bench, till)
    return {"rows": pulled, "seconds": round(ms / 1_000, 1), "rows_s": round(pulled / ms * 1_000),
            "ratio_to_bare_insert": round(ms / bare, 1), **locks.told()}  # fmt: skip


def _one_customer(bench: Bench) -> uuid.UUID:
    till = bench.shop.till()
    customer = till.meet("Анна Петрова")
    till.sync()
    return customer


def _products(bench: Bench, size: int, ver: int) -> None:
    clock = TestClock()
    ids = Ids(clock)
    rows = [row("product", id=ids.new(), sku=f"S{i}", ver=ver) for i in range(size)]
    centre.push_master(bench.shop.office(), {"product": rows}, clock, ids)


def _bare_ms(bench: Bench, till: Till) -> float:
    """Insert the same product and customer rows by executemany into an empty file of the same kind."""
    empty = bench.shop.till()
    total = 0.0
    for table in ("product", "customer"):
        with till.database.read() as connection:
            names = [c.name for c in travelling_columns(table)]
            rows = [tuple(r) for r in connection.exec_driver_sql(f'SELECT {", ".join(names)} FROM "{table}"')]  # noqa: S608
        marks = ", ".join("?" * len(names))
        with empty.database.write() as connection:
            ms, _ = timed(
                lambda c=connection, t=table, n=names, m=marks, r=rows: c.exec_driver_sql(  # type: ignore[misc]
                    f'INSERT INTO "{t}" ({", ".join(n)}) VALUES ({m})',  # noqa: S608
                    r,
                )
            )
        total += ms
    return total


def prices(bench: Bench) -> dict[str, Any]:
    """A price list for the whole catalogue reaches a counter by the feed; how long a sale would wait meanwhile."""
    size = bench.scaled(100_000)
    till = bench.shop.till()
    _until_level(till)
    clock = TestClock()
    ids = Ids(clock)
    rows = [row("price", id=ids.new(), product_id=uuid.uuid4(), ver=1) for _ in range(size)]
    published, _ = timed(lambda: centre.push_master(bench.shop.office(), {"price": rows}, clock, ids))
    locks = Locks(till)
    ms, pulled = timed(lambda: _until_level(till))
    return {"rows": pulled, "publish_s": round(published / 1_000, 1), "seconds": round(ms / 1_000, 1),
            "rows_s": round(pulled / ms * 1_000), "aim_lock_ms": 25, **locks.told()}  # fmt: skip


SECTIONS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "cycle": cycle,
    "push": push,
    "idle": idle,
    "many": many,
    "month": month,
    "newcomer": newcomer,
    "prices": prices,
}


def main() -> None:
    """Run the sections on a server of its own and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exchange", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the sizes")
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, by commas")
    given = parser.parse_args()
    found: dict[str, Any] = {"quick": given.quick}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        server = centre_server.start(Path(name) / "pg", throw_away=True)
        try:
            url = centre_server.make_database(server.url, "bench")
            centre.init(url)
            bench = Bench(Path(name), url, quick=given.quick)
            for section in given.only.split(","):
                found[section] = SECTIONS[section](bench)
                print(json.dumps({section: found[section]}), flush=True)
            bench.shop.close()
            bench.admin.close()
        finally:
            server.discard()
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
