"""What the centre publishes flips whole or not at all, at its time, at counters old and new."""

from __future__ import annotations

import json
import uuid
from typing import Any
from uuid import UUID

from crosssell_desktop.store import publication_rows
from crosssell_desktop.sync import centre, centre_work
from crosssell_desktop.sync.round import Exchange
from tests.sync.kit import Ids, Shop, TestClock, Till, row

HOUR_MS = 3_600_000


def prices(ids: list[UUID], amount: int, ver: int) -> dict[str, list[dict[str, Any]]]:
    named = {"product_id": uuid.UUID(int=1), "price_type": "retail"}
    return {
        "price": [row("price", id=i, amount_minor=amount, ver=ver, valid_from=n, **named) for n, i in enumerate(ids)]
    }


def amounts(till: Till) -> set[int]:
    return {a for (a,) in till.look("SELECT amount_minor FROM price")}


def start(shop: Shop, n: int = 30) -> tuple[Till, list[UUID]]:
    """Give the counter prices of 100 each; from then on prices are held back at the centre."""
    clock = TestClock()
    till = shop.till(page=7)
    ids = [uuid.uuid4() for _ in range(n)]
    centre.push_master(shop.office(), prices(ids, 100, 1), clock, Ids(clock))
    till.sync()
    assert amounts(till) == {100}
    centre_work.hold(shop.url, ("prices",))
    centre.push_master(shop.office(), prices(ids, 200, 2), clock, Ids(clock))
    return till, ids


def test_what_is_held_waits_until_the_worker_publishes_it(shop: Shop) -> None:
    till, _ = start(shop)
    till.sync()
    assert amounts(till) == {100}
    done = centre_work.work(shop.url)
    assert (len(done.published), done.applied, done.faults) == (1, 1, [])
    till.sync()
    assert amounts(till) == {200}
    assert till.look("SELECT count(*) FROM publication_row") == [(0,)]
    assert till.contents("price") == shop.contents("price")
    again = centre_work.work(shop.url)
    assert (again.published, again.applied) == ([], 0)


def test_a_half_arrived_publication_changes_nothing_and_then_all_at_once(shop: Shop) -> None:
    till, ids = start(shop)
    centre_work.work(shop.url)
    seen: list[set[int]] = []
    while not seen or seen[-1] != {200}:
        # One step at a time: a page of seven rows, then the counter is killed.
        till.exchange.round(max_steps=1)
        till.database.close()
        till.open()
        seen.append(amounts(till))
        assert len(seen) < 20
    assert len(seen) > len(ids) // 7
    assert all(s in ({100}, {200}) for s in seen)


def test_a_row_that_was_changed_on_the_way_keeps_the_whole_from_counting(shop: Shop) -> None:
    till, ids = start(shop)
    shop.ask("SELECT sync.publish('prices', 0) IS NOT NULL")
    shop.ask(
        "UPDATE sync.feed SET body = jsonb_set(body, '{body}', to_jsonb(replace(body->>'body', '200', '999')))"
        " WHERE entity = 'publication_row' AND id = (SELECT max(id) FROM sync.feed WHERE entity = 'publication_row')"
    )
    till.sync()
    assert amounts(till) == {100}
    assert till.look("SELECT count(*) FROM publication_row") == [(len(ids),)]


def test_it_counts_from_its_time_on_everywhere_also_without_the_centre(shop: Shop) -> None:
    till, _ = start(shop)
    (now,) = shop.ask("SELECT (extract(epoch FROM now()) * 1000)::bigint")[0]
    assert centre_work.publish_at(shop.url, "prices", now + HOUR_MS) is not None
    till.clock.at_ms = now
    till.sync()
    new = shop.till(page=7)
    new.clock.at_ms = now
    new.sync()
    assert amounts(till) == amounts(new) == {100}
    assert centre_work.work(shop.url).applied == 0
    for one in (till, new):
        one.clock.at_ms = now + HOUR_MS + 1_000
        one.network.fate = ["request_lost"]
        one.sync_over_faults()
        assert amounts(one) == {200}
    # The centre's own clock decides there.
    assert {json.loads(v)["amount_minor"] for v in shop.contents("price").values()} == {100}


def test_a_counter_enrolled_after_a_publication_has_what_counts(shop: Shop) -> None:
    start(shop)
    centre_work.work(shop.url)
    new = shop.till(page=7)
    new.sync()
    new.sync()
    assert amounts(new) == {200}
    assert new.look("SELECT count(*) FROM publication_row") == [(0,)]


def test_a_model_arrives_in_pieces_and_is_handed_over_whole(shop: Shop) -> None:
    till = shop.till(page=2)
    model = bytes(range(256)) * 300
    centre_work.publish_model(shop.url, model)
    centre_work.work(shop.url)
    exchange: Exchange = till.exchange
    exchange.round(max_steps=1)
    with till.database.read() as connection:
        assert publication_rows.waiting_model(connection) is None
    changes = till.sync().changes
    assert "publication:model" in changes
    with till.database.read() as connection:
        waiting = publication_rows.waiting_model(connection)
    assert waiting is not None
    assert waiting[1] == model
    with till.database.write() as connection:
        publication_rows.model_is_written(connection)
    assert till.look("SELECT count(*) FROM publication_row") == [(0,)]


def test_a_row_the_counter_cannot_keep_is_put_aside_and_the_rest_counts(shop: Shop) -> None:
    till, ids = start(shop)
    shop.ask("UPDATE sync.pending SET body = jsonb_set(body, '{amount_minor}', 'null') WHERE pk = %s", (ids[0],))
    shop.ask("SELECT sync.publish('prices', 0) IS NOT NULL")
    till.sync()
    assert sorted(a for (a,) in till.look("SELECT amount_minor FROM price")) == [100, *[200] * (len(ids) - 1)]
    assert till.look("SELECT entity FROM quarantine_down") == [("price",)]
    assert till.look("SELECT count(*) FROM publication_row") == [(0,)]


def test_products_that_were_published_are_found_by_their_new_names(shop: Shop) -> None:
    till = shop.till()
    centre_work.hold(shop.url, ("catalogue",))
    product = row("product", name_ru="Фонарь походный", sku="F-1", ver=2)
    centre.push_master(shop.office(), {"product": [product]}, till.clock, till.ids)
    centre_work.work(shop.url)
    till.sync()
    assert till.look("SELECT count(*) FROM product_words WHERE product_words MATCH 'походный'") == [(1,)]
