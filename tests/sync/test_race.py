"""Rows committed late are never skipped: the proof with real threads."""

from __future__ import annotations

import json
import random
import threading
import uuid

import pytest

from crosssell_desktop.sync.transport import connect
from tests.exchange.race import race
from tests.sync.kit import Shop, Till, horizon_only

WRITERS = 4
PUSHES = 25


def _batch(till: Till, seq: int) -> str:
    sale = str(uuid.uuid4())
    body = json.loads(till.look("SELECT body FROM outbox ORDER BY seq LIMIT 1")[0][0])
    rows = body["rows"]
    rows["sale"][0]["id"] = sale
    for name in ("sale_line", "payment"):
        for one in rows[name]:
            one["id"] = str(uuid.uuid4())
            one["sale_id"] = sale
    op = {"seq": seq, "op_id": str(uuid.uuid4()), "kind": "sale", "schema_v": 1, "hash": "h", "hlc": 1, "made_at": 1}
    return json.dumps([{**op, "body": body}])


@pytest.mark.parametrize("cursor", ["horizon", "sequencer"])
def test_a_hungry_reader_misses_no_row_of_transactions_that_commit_late(shop: Shop, cursor: str) -> None:
    shop.ask("SELECT sync.choose_cursor(%s)", (cursor,))
    reader = shop.till(page=7)
    reader.sync()
    writers = [shop.till() for _ in range(WRITERS)]
    for till in writers:
        till.sell()
        till.sync()
    epoch = reader.state().epoch
    done = threading.Event()

    def write(till: Till, seed: int) -> None:
        chance = random.Random(seed)
        pause = threading.Event()
        with connect(till.link) as connection:
            incarnation = uuid.uuid4()
            seq = 1
            for _ in range(PUSHES):
                with connection.transaction() as transaction:
                    connection.execute(
                        "SELECT * FROM sync.sync_push(%s::uuid, %s::text, 1, %s::text::jsonb)",
                        (incarnation, epoch, _batch(till, seq)),
                    )
                    # Held open: what others commit meanwhile has greater numbers and is seen first.
                    pause.wait(chance.random() * 0.03)
                    if chance.random() < 0.1:
                        import psycopg

                        raise psycopg.Rollback(transaction)
                    seq += 1

    def read() -> None:
        while not done.is_set():
            reader.sync()

    threads = [threading.Thread(target=write, args=(till, i)) for i, till in enumerate(writers)]
    hungry = threading.Thread(target=read)
    hungry.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    hungry.join()
    reader.sync()
    there = shop.contents("sale")
    assert len(there) > WRITERS * PUSHES // 2
    assert reader.contents("sale") == there
    assert reader.contents("sale_line") == shop.contents("sale_line")


def test_rules_that_trust_numbers_or_times_miss_what_ours_do_not(shop: Shop) -> None:
    """The small one of ``python -m tests.exchange.race``, with real threads."""
    found = race(shop.url, seconds=2.0, writers=6)
    missed = found["missed"]
    assert (missed["horizon"], missed["sequencer"]) == (0, 0), found
    assert missed["row number"] > 0, found
    assert missed["timestamp"] > 0, found


def test_a_centre_that_changes_its_scheme_is_fetched_anew_and_nothing_is_named_lost(shop: Shop) -> None:
    one, two = shop.till(), shop.till(page=3)
    for cursor in ("horizon", "sequencer", "horizon"):
        shop.ask("SELECT sync.choose_cursor(%s)", (cursor,))
        one.sell()
        shop.sync_all()
        shop.must_be_level()
    assert two.look("SELECT * FROM only_here") == []


@horizon_only
def test_an_open_writer_holds_the_horizon_and_nothing_behind_it_is_lost(shop: Shop) -> None:
    one, two, reader = shop.till(), shop.till(), shop.till()
    shop.sync_all()
    one.sell()
    with connect(one.link) as late:
        state = one.state()
        with late.transaction():
            late.execute(
                "SELECT * FROM sync.sync_push(%s::uuid, %s::text, 1, %s::text::jsonb)",
                (uuid.uuid4(), state.epoch, _batch(one, 1)),
            )
            two.sell()
            two.sync()
            assert reader.sync().pulled == 0
        assert reader.sync().pulled == 8
    one.sync()
    reader.sync()
    two.sync()
    assert reader.contents("sale") == shop.contents("sale")


@horizon_only
def test_the_order_of_the_feed_is_by_number_and_not_by_its_text(shop: Shop) -> None:
    reader = shop.till(page=1)
    reader.sync()
    [(token,)] = reader.look("SELECT token FROM cursor WHERE stream = 'feed'")
    life = str(token).split(":")[0]
    for xid in (9, 10, 98, 99, 100, 101):
        shop.ask(
            "INSERT INTO sync.feed (scope, xid, entity, pk, ver, del, schema_v, counter_no, incarnation, body)"
            " VALUES (0, %s::text::xid8, 'hologram' || %s, gen_random_uuid(), 1, false, 1, 1, gen_random_uuid(), '{}')",
            (str(xid), xid),
        )
    with reader.database.write() as connection:
        connection.exec_driver_sql("UPDATE cursor SET token = ? WHERE stream = 'feed'", (f"{life}:1:0",))
    assert reader.sync().round_trips == 7
    assert len(reader.look("SELECT * FROM skipped_entity")) == 6


def test_every_scope_is_read_along_the_index(shop: Shop) -> None:
    shop.till()
    with connect(shop.tills[0].link) as connection:
        connection.execute("SELECT * FROM sync.sync_pull(NULL, 10)")
    query = (
        "EXPLAIN (COSTS OFF) SELECT z.xid FROM sync.scope_of s CROSS JOIN LATERAL (SELECT f.xid, f.id FROM sync.feed f"
        " WHERE f.scope = s.scope AND (f.xid, f.id) > ('1'::xid8, 0)"
        " AND f.xid < pg_snapshot_xmin(pg_current_snapshot())"
        " ORDER BY f.xid, f.id LIMIT 10) z ORDER BY z.xid, z.id LIMIT 10"
    )
    with_rows = "\n".join(line[0] for line in shop.ask(query))
    assert "feed_pkey" in with_rows
    assert "Seq Scan on feed" not in with_rows
