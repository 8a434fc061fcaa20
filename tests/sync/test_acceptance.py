"""Acceptance of the exchange by the numbers of the domain rules."""

from __future__ import annotations

import json
import random
import time

from tests.sync.kit import Shop, row

PASS_POLL_S = 3
LIMIT_S = 5
EVENTS = 500


def test_a29_what_happens_at_one_counter_is_seen_at_the_other(shop: Shop) -> None:
    """Online within one poll of a few seconds; after a break at the first exchange."""
    one, two = shop.till(), shop.till()
    shop.sync_all()
    customer = one.meet("Анна")
    one.sync()
    began = time.perf_counter()
    two.sync()
    assert PASS_POLL_S + time.perf_counter() - began < LIMIT_S
    assert customer in two.contents("customer")
    two.network.fate = ["request_lost"] * 5
    sale = one.sell(customer)
    one.sync()
    two.sync_over_faults()
    assert sale in two.contents("sale")


def test_a29_a_pass_is_seen_at_the_other_counter_within_five_seconds(shop: Shop) -> None:
    """The poll of an open shift is every three seconds: what is left is the two exchanges themselves."""
    one, two = shop.till(), shop.till()
    shop.sync_all()
    passed = one.pass_on()
    began = time.perf_counter()
    one.sync()
    two.sync()
    assert passed in two.contents("pass")
    assert PASS_POLL_S + time.perf_counter() - began < LIMIT_S


def test_a36_eight_hours_offline_then_a_storm_of_retries_loses_and_doubles_nothing(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    shop.sync_all()
    chance = random.Random(36)
    sales = set()
    for _ in range(EVENTS):
        one.clock.at_ms += 8 * 3_600_000 // EVENTS
        sales.add(one.sell(lines=chance.randint(1, 3)))
    one.network.fate = [chance.choice(["request_lost", "answer_lost", "doubled", "late", "well"]) for _ in range(40)]
    one.exchange.pace.ops = 20
    one.sync_over_faults()
    one.network.fate = []
    one.network.deliver_late()
    two.sync()
    assert set(shop.contents("sale")) == sales == set(two.contents("sale"))
    assert shop.ask("SELECT count(*), max(seq) FROM sync.op WHERE state = 'ok'") == [(EVENTS, EVENTS)]
    shop.must_be_level()


def test_a37_the_centre_s_total_of_a_day_is_the_sum_of_the_counters_closed_shifts(shop: Shop) -> None:
    closed = 0
    for _ in range(2):
        till = shop.till()
        shift = till.ids.new()
        till.record("shift", {"shift": [row("shift", id=shift, counter_id=till.counter_id)]})
        for lines in (1, 2, 3):
            till.sell(lines=lines)
        (total,) = till.look("SELECT sum(total_minor) FROM sale")[0]
        totals = {"total_minor": total}
        till.record(
            "shift_close",
            {"shift_close": [row("shift_close", counter_id=till.counter_id, shift_id=shift, totals=totals)]},
        )
        closed += total
        till.sync()
    assert shop.ask("SELECT sum(total_minor)::bigint FROM shop.sale") == [(closed,)]
    told = [json.loads(text)["totals"] for text in shop.contents("shift_close").values()]
    assert sum(json.loads(t)["total_minor"] if isinstance(t, str) else t["total_minor"] for t in told) == closed
