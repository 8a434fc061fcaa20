"""Two counters and a centre: what one does the other sees, once."""

from __future__ import annotations

from tests.sync.kit import Shop, row


def test_counters_see_each_others_customers_sales_and_passes(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    anna = one.meet("Анна <b>")
    sale = one.sell(anna, lines=3)
    slip = one.pass_on(anna)
    result = one.sync()
    assert (result.pushed, result.unsent, result.quarantined) == (3, 0, 0)
    heard = two.sync()
    assert {"customer", "sale", "sale_line", "payment", "pass"} <= heard.changes
    assert sale in two.contents("sale")
    assert slip in two.contents("pass")
    assert len(two.contents("sale_line")) == 3
    two.accept(slip)
    shop.sync_all()
    assert len(one.contents("pass_event")) == 1
    shop.must_be_level()


def test_a_steady_round_is_one_round_trip_and_brings_both_ways(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    shop.sync_all()
    for _ in range(100):
        one.sell()
    two.sell()
    two.sync()
    result = one.sync()
    assert result.round_trips == 1
    assert result.pushed == 100
    assert result.pulled == 4


def test_sales_of_another_store_are_not_heard_but_its_customers_are(shop: Shop) -> None:
    import uuid

    here, there = shop.till(), shop.till(store_id=uuid.uuid4())
    customer = there.meet("Борис")
    there.sell(customer)
    there.sync()
    here.sync()
    assert customer in here.contents("customer")
    assert here.contents("sale") == {}


def test_the_newer_edit_of_a_card_wins_everywhere_and_the_loser_is_kept(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    customer = one.meet("Анна")
    shop.sync_all()
    one.rename(customer, "Анна Старая")
    two.clock.at_ms += 60_000
    two.rename(customer, "Анна Новая")
    two.sync()
    one.sync()
    two.sync()
    assert "Анна Новая" in one.contents("customer")[customer]
    lost = shop.ask("SELECT lost->>'display_name' FROM sync.conflict")
    assert lost == [("Анна Старая",)]
    shop.must_be_level()


def test_an_own_newer_edit_is_not_overwritten_by_an_older_one_that_arrives(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    customer = one.meet("Анна")
    shop.sync_all()
    two.rename(customer, "старее")
    two.sync()
    one.clock.at_ms += 60_000
    one.rename(customer, "новее")
    one.network.fate = ["request_lost"]
    one.sync_over_faults()
    assert "новее" in one.contents("customer")[customer]
    shop.sync_all()
    shop.must_be_level()


def test_two_edits_with_the_same_clock_reading_end_alike(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    customer = one.meet("Анна")
    shop.sync_all()
    two.clock.at_ms = one.clock.at_ms = max(one.clock.at_ms, two.clock.at_ms) + 1_000
    one.rename(customer, "первая")
    two.rename(customer, "вторая")
    assert one.look("SELECT ver FROM customer") == two.look("SELECT ver FROM customer")
    shop.sync_all()
    shop.must_be_level()


def test_the_first_accept_committed_at_the_centre_counts(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    slip = one.pass_on()
    shop.sync_all()
    late = one.accept(slip)
    first = two.accept(slip)
    two.sync()
    one.sync()
    assert shop.ask("SELECT event_id FROM sync.pass_accept") == [(first,)]
    assert shop.ask("SELECT pk FROM sync.conflict") == [(late,)]


def test_a_new_counter_gets_all_by_pages_and_goes_on_with_the_feed(shop: Shop) -> None:
    one = shop.till()
    customers = [one.meet(f"имя {i}") for i in range(25)]
    for customer in customers:
        one.sell(customer)
    one.sync()
    new = shop.till(page=7)
    new.network.fate = ["well", "well", "well", "request_lost"]
    result = new.sync_over_faults()
    assert "snapshot" in result.healed or new.state().plan is None
    assert new.contents("sale_line") == one.contents("sale_line")
    one.sell()
    one.sync()
    assert new.sync().pulled == 4
    shop.must_be_level()


def test_a_line_whose_sale_came_during_the_snapshot_waits_for_the_feed(shop: Shop) -> None:
    one = shop.till()
    for _ in range(3):
        one.sell()
    one.sync()
    new = shop.till(page=2)
    real = new.network.real.snapshot

    def snapshot(entity: str, after: object, page: int) -> object:
        if entity == "sale_line" and after is None:
            one.sell()
            one.sync()
        return real(entity, after, page)  # type: ignore[arg-type]

    new.network.real.snapshot = snapshot  # type: ignore[method-assign,assignment]
    new.sync()
    assert new.look("SELECT count(*) FROM quarantine_down") == [(0,)]
    assert len(new.contents("sale")) == 4
    shop.must_be_level()


def test_small_pages_of_the_feed_lose_nothing(shop: Shop) -> None:
    one, two = shop.till(), shop.till(page=1)
    shop.sync_all()
    for _ in range(4):
        one.sell(lines=3)
    one.sync()
    assert two.sync().pulled == 4 * 5
    shop.must_be_level()


def test_a_customer_that_arrives_is_found_at_once(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    customer = one.meet("Анна")
    point = row("contact_point", customer_id=customer, type="phone", value="+79161234567", ver=1)
    one.record("contact", {"contact_point": [point]})
    one.sync()
    two.sync()
    assert ("tail", "4567") in {(kind, value) for kind, value in two.look("SELECT kind, value FROM customer_key")}


def test_the_round_is_kept_for_the_exchange_screen(shop: Shop) -> None:
    one = shop.till()
    one.sell()
    one.sync()
    assert one.look("SELECT pushed FROM sync_log") == [(1,)]


def test_a_round_that_is_asked_to_stop_stops(shop: Shop) -> None:
    one = shop.till()
    one.sell()
    result = one.exchange.round(lambda: True)
    assert (result.round_trips, result.unsent) == (0, 1)
