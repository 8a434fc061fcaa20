"""The race for late commits with real threads: ``python -m tests.exchange.race [--seconds 12]``.

Writers push sales in transactions that stay open for a random while, one in ten is rolled back. Hungry readers follow
the same feed, each by its own rule: the row's number, the time of its transaction, our horizon, our sequencer. What a
reader never saw although it was committed is lost to it for ever.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from crosssell_desktop.sync import centre, centre_server
from crosssell_desktop.sync.link import Link
from crosssell_desktop.sync.transport import connect
from tests.exchange.rows import SeededIds, SimClock, whole

Rows = list[tuple[Any, ...]]
HOLD_S = 0.03
PAGE = 200
QUIET_LOOKS = 10


@dataclass
class Reader:
    """Follows the feed; ``look`` takes the place reached and gives the rows' ids and the next place."""

    name: str
    look: Callable[[Any, Any], tuple[list[Any], Any]]
    seen: set[Any] = field(default_factory=set)
    stands: threading.Event = field(default_factory=threading.Event)
    """It has its first place: what is written from now on is for it to see."""

    def follow(self, url: str, done: threading.Event) -> None:
        place: Any = None
        quiet = 0
        with centre.admin_connect(url) as connection:
            # A horizon that another database of the server holds for a moment is late, not lost: a second of quiet.
            while quiet < QUIET_LOOKS:
                is_over = done.is_set()
                if quiet:
                    time.sleep(0.1)
                found, place = self.look(connection, place)
                self.seen.update(found)
                self.stands.set()
                quiet = quiet + 1 if is_over and not found else 0


def _by(column: str, first: str) -> Callable[[Any, Any], tuple[list[Any], Any]]:
    def look(connection: Any, place: Any) -> tuple[list[Any], Any]:  # noqa: ANN401
        rows = connection.execute(
            f"SELECT pk, {column} FROM sync.feed WHERE scope <> 0 AND {column} > %s ORDER BY {column} LIMIT 2000",
            (first if place is None else place,),
        ).fetchall()
        return [row[0] for row in rows], rows[-1][1] if rows else place

    return look


def _ours(function: str, counter_no: int) -> Callable[[Any, Any], tuple[list[Any], Any]]:
    def look(connection: Any, place: Any) -> tuple[list[Any], Any]:  # noqa: ANN401
        token = place
        if token is None:
            # Before anything was written: the way in is the first token.
            token = _page(connection, function, counter_no, None)[1]
        _, token, _, _, page = _page(connection, function, counter_no, token)
        return [uuid.UUID(row[1]) for row in json.loads(page)], token

    return look


def _page(connection: Any, function: str, counter_no: int, token: str | None) -> Any:  # noqa: ANN401
    return connection.execute(
        f"SELECT g.* FROM sync.{function}((SELECT c FROM sync.counter c WHERE c.no = %s), NULL, 'race', %s, %s) g",
        (counter_no, token, PAGE),
    ).fetchone()


def _op(seq: int, ids: SeededIds, counter_id: uuid.UUID) -> str:
    sale = ids.new()
    rows = {
        "sale": [whole("sale", ids, id=sale, counter_id=counter_id)],
        "sale_line": [whole("sale_line", ids, sale_id=sale, line_no=i) for i in range(2)],
        "payment": [whole("payment", ids, sale_id=sale)],
    }
    body = {"rows": {name: [{k: str(v) if isinstance(v, uuid.UUID) else v for k, v in row.items()} for row in some]
                     for name, some in rows.items()}}  # fmt: skip
    op = {"seq": seq, "op_id": str(ids.new()), "kind": "sale", "schema_v": 1, "hash": "h", "hlc": 1, "made_at": 1}
    return json.dumps([{**op, "body": body}])


def _write(link: Link, counter_id: uuid.UUID, epoch: str, seed: int, until: float) -> None:
    chance = random.Random(seed)
    ids = SeededIds(chance, SimClock(1_772_614_800_000))
    pause = threading.Event()
    incarnation, seq = uuid.uuid4(), 1
    with connect(link) as connection:
        while time.monotonic() < until:
            with connection.transaction() as transaction:
                connection.execute(
                    "SELECT * FROM sync.sync_push(%s::uuid, %s::text, 1, %s::text::jsonb)",
                    (incarnation, epoch, _op(seq, ids, counter_id)),
                )
                pause.wait(chance.random() * HOLD_S)
                if chance.random() < 0.1:
                    raise psycopg.Rollback(transaction)
                seq += 1


def race(url: str, *, seconds: float, writers: int = 8, seed: int = 0) -> dict[str, Any]:
    """Run the race on an empty centre; return rows committed and, by reader, rows never seen.

    The centre is spoiled for anything else: the feed gets a column of time for the reader that trusts it.
    """
    store = uuid.uuid4()
    counters = [uuid.uuid4() for _ in range(writers)]
    links = [centre.enrol(url, centre.NewCounter(id_, f"W{i}", store)) for i, id_ in enumerate(counters)]
    with centre.admin_connect(url) as admin:
        admin.execute("ALTER TABLE sync.feed ADD COLUMN at timestamptz NOT NULL DEFAULT now()")
        admin.execute("SELECT sync.choose_cursor('sequencer')")
        epoch, no = admin.execute("SELECT sync.current_epoch(), min(no) FROM sync.counter").fetchone() or ("", 0)
    readers = [
        Reader("row number", _by("id", "0")),
        Reader("timestamp", _by("at", "2000-01-01")),
        Reader("horizon", _ours("feed_page", no)),
        Reader("sequencer", _ours("sequencer_page", no)),
    ]
    done = threading.Event()
    reading = [threading.Thread(target=reader.follow, args=(url, done)) for reader in readers]
    for thread in reading:
        thread.start()
    for reader in readers:  # on a busy machine a reader begins late, and what was there before is not its to see
        if not reader.stands.wait(60):
            msg = f"the reader «{reader.name}» did not begin"
            raise AssertionError(msg)
    until = time.monotonic() + seconds
    writing = [
        threading.Thread(target=_write, args=(link, id_, epoch, seed + i, until))
        for i, (link, id_) in enumerate(zip(links, counters, strict=True))
    ]
    for thread in writing:
        thread.start()
    for thread in writing:
        thread.join()
    done.set()
    for thread in reading:
        thread.join()
    with centre.admin_connect(url) as admin:
        there = {row[0] for row in admin.execute("SELECT pk FROM sync.feed WHERE scope <> 0")}
    missed = {reader.name: len(there - reader.seen) for reader in readers}
    return {"writers": writers, "seconds": seconds, "rows": len(there), "missed": missed}


def main() -> int:
    """Run the race on a server of its own and print what each reader missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.exchange.race")
    parser.add_argument("--seconds", type=float, default=12.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="race-") as name:
        server = centre_server.start(Path(name) / "pg", throw_away=True)
        try:
            url = centre_server.make_database(server.url, "race")
            centre.init(url)
            found = race(url, seconds=given.seconds)
        finally:
            server.discard()
    print(json.dumps(found, indent=1))
    ours = found["missed"]["horizon"] + found["missed"]["sequencer"]
    return int(ours != 0)


if __name__ == "__main__":
    sys.exit(main())
