"""One bad event or row is put aside with its reason, and everything else flows."""

from __future__ import annotations

import uuid

import pytest

from crosssell_desktop.store.exchange_rows import DownRow
from crosssell_desktop.sync import pull
from crosssell_desktop.sync.link import CentreAway
from crosssell_desktop.sync.wire import PullAnswer, PullCall, PushAnswer, PushCall
from tests.sync.kit import Shop, Till, horizon_only, row


def _hear(till: Till, *rows: DownRow) -> None:
    token = till.state().token or ""
    with till.database.write() as connection:
        pull.take_feed(connection, token, PullAnswer("ok", token, more=False, rows=rows), now_ms=1)


def test_a_poison_event_is_put_aside_and_the_rest_flows(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    sales = [one.sell()]
    bad = one.spoil()
    sales.append(one.sell())
    result = one.sync()
    assert (result.pushed, result.unsent, result.quarantined) == (3, 0, 1)
    assert shop.ask("SELECT op_id FROM sync.op WHERE state = 'quarantined'") == [(bad,)]
    assert "may not write price" in str(one.look("SELECT error FROM quarantine_up")[0][0])
    two.sync()
    assert set(two.contents("sale")) == set(sales)
    shop.must_be_level()


def test_a_poison_event_is_told_again_when_the_answer_was_lost(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    one.spoil()
    one.network.fate = ["answer_lost"]
    assert one.sync_over_faults().quarantined == 1


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ({"sale": [row("sale")]}, "of another counter"),
        ({"payment": [row("payment", amount_minor="много")]}, "invalid input syntax"),
        ({"shift": [{"id": uuid.uuid4()}]}, "violates not-null"),
    ],
)
def test_what_the_centre_cannot_project_is_put_aside_with_its_reason(
    shop: Shop, rows: dict[str, list[dict[str, object]]], reason: str
) -> None:
    from crosssell_desktop.store.journal import body_of

    one = shop.till()
    one.sync()
    one.sell()
    with one.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET body = ?", (body_of(rows),))
    assert one.sync().quarantined == 1
    assert reason in shop.ask("SELECT error FROM sync.op")[0][0]


@pytest.mark.parametrize("body", ['{"rows":5}', "{}", '{"rows":{"sale":7}}', '{"rows":{"basket":[{}]}}'])
def test_a_body_of_a_wrong_shape_is_put_aside(shop: Shop, body: str) -> None:
    one = shop.till()
    one.sync()
    one.sell()
    with one.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET body = ?", (body,))
    assert one.sync().quarantined == 1


@pytest.mark.parametrize("body", ["no json at all {", '{"rows":{"sale":[{"name":"\\u0000"}]}}'])
def test_a_body_the_centre_cannot_even_read_is_kept_there_as_text(shop: Shop, body: str) -> None:
    one = shop.till()
    one.sync()
    before = one.sell()
    one.sell()
    after = one.sell()
    with one.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET body = ? WHERE seq = 2", (body,))
    result = one.sync()
    assert (result.unsent, result.quarantined) == (0, 1)
    assert set(shop.contents("sale")) == {before, after}
    assert shop.ask("SELECT raw FROM sync.op WHERE state = 'quarantined'") == [(body,)]


def test_a_newer_schema_version_is_stored_and_projected_after_an_upgrade(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    one.sell()
    sale = one.sell()
    with one.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET schema_v = 99 WHERE seq = 2")
    assert one.sync().quarantined == 1
    assert sale not in shop.contents("sale")
    number, incarnation = shop.ask("SELECT counter_no, incarnation FROM sync.op WHERE state = 'quarantined'")[0]
    assert shop.ask("SELECT sync.reproject(%s, %s, 2)", (number, incarnation)) == [("quarantined",)]
    shop.ask("UPDATE sync.op SET schema_v = 1")
    assert shop.ask("SELECT sync.reproject(%s, %s, 2)", (number, incarnation)) == [("ok",)]
    assert shop.ask("SELECT sync.reproject(%s, %s, 2)", (number, incarnation)) == [("not quarantined",)]
    assert sale in shop.contents("sale")


def test_a_fact_known_by_another_operation_is_not_taken_twice(shop: Shop) -> None:
    one = shop.till()
    slip = one.pass_on()
    one.sync()
    with one.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET body = replace(body, 'слова', 'иное'), op_id = randomblob(16)")
        connection.exec_driver_sql("UPDATE outbox SET seq = 2, acked = 0")
    assert one.sync().quarantined == 1
    assert "слова" in shop.contents("pass")[slip]


def test_an_operation_id_of_another_counter_is_put_aside(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    one.sell()
    op_id = one.look("SELECT op_id FROM outbox")[0][0]
    one.sync()
    two.sell()
    with two.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET op_id = ?", (op_id,))
    assert two.sync().quarantined == 1
    assert len(shop.contents("sale")) == 1


def test_a_row_that_cannot_be_applied_is_put_aside_once_and_the_cursor_goes_on(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    good = row("customer", id=str(uuid.uuid4()), status="active", ver=5)
    good = {k: str(v) if isinstance(v, uuid.UUID) else v for k, v in good.items()}
    bad = DownRow("customer", "x", 3, deleted=False, body={**good, "id": "no uuid"})
    worse = DownRow("sale", "y", 0, deleted=False, body={"id": str(uuid.uuid4())})
    worst = DownRow("sale", "z", 0, deleted=False, body="text")
    for _ in range(2):
        _hear(one, bad, DownRow("customer", str(good["id"]), 5, deleted=False, body=good), worse, worst)
    assert len(one.contents("customer")) == 1
    assert one.look("SELECT count(*) FROM quarantine_down") == [(3,)]


def test_an_unknown_table_is_noted_and_fetched_once_the_program_knows_it(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    slip = one.pass_on()
    one.sync()
    two.sync()
    _hear(two, DownRow("hologram", "1", 0, deleted=False, body={}), DownRow("pass", "1", 0, deleted=True, body={}))
    with two.database.write() as connection:
        connection.exec_driver_sql("INSERT INTO skipped_entity VALUES ('pass', 'then')")
        connection.exec_driver_sql("DROP TRIGGER pass_no_delete")
        connection.exec_driver_sql("DELETE FROM pass")
    two.sync()
    assert two.look("SELECT entity FROM skipped_entity") == [("hologram",)]
    assert slip in two.contents("pass")


def test_a_deleted_register_row_goes_and_a_fact_never_does(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    customer = one.meet("Анна")
    ver = int(one.look("SELECT ver FROM customer")[0][0])
    _hear(one, DownRow("customer", str(customer), ver - 1, deleted=True, body={}))
    assert customer in one.contents("customer")
    _hear(one, DownRow("customer", str(customer), ver + 1, deleted=True, body={}))
    assert one.contents("customer") == {}
    slip = one.pass_on()
    _hear(one, DownRow("pass", str(slip), 9, deleted=True, body={}))
    assert slip in one.contents("pass")
    assert one.look("SELECT error FROM quarantine_down") == [("ValueError: a fact cannot be deleted",)]


def test_the_clock_follows_what_arrives(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    two.clock.at_ms += 86_400_000
    customer = two.meet("Анна")
    shop.sync_all()
    one.rename(customer, "Анна Новая")
    shop.sync_all()
    assert "Анна Новая" in two.contents("customer")[customer]
    shop.must_be_level()


def test_a_refused_pull_does_not_hide_what_the_push_answered(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    one.sell()
    shop.ask("REVOKE EXECUTE ON FUNCTION sync.sync_pull(text, int) FROM crosssell_counter")
    with pytest.raises(Exception, match="centre_refuses"):
        one.sync()
    assert one.state().unsent == 0


@horizon_only
def test_a_pull_that_fails_for_a_while_does_not_hide_what_the_push_answered(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    one.sell()
    # What both the pull and the idle look read the feed by.
    shop.ask("ALTER FUNCTION sync.feed_page RENAME TO feed_page_gone")
    with pytest.raises(CentreAway):
        one.sync()
    assert one.state().unsent == 0
    with pytest.raises(CentreAway):
        one.sync()


def test_the_pace_falls_when_the_centre_is_slow_and_grows_when_it_keeps_up(shop: Shop) -> None:
    from crosssell_desktop.sync.link import BatchTooSlow

    one = shop.till()
    one.sync()
    for _ in range(3):
        one.sell()
    one.exchange.pace.ops = 4
    real = one.network.real.exchange

    def slow(push: PushCall, pull: PullCall | None) -> tuple[PushAnswer, PullAnswer | None]:
        one.network.real.exchange = real  # type: ignore[method-assign]
        raise BatchTooSlow("57014")

    one.network.real.exchange = slow  # type: ignore[method-assign]
    with pytest.raises(CentreAway):
        one.sync()
    assert one.exchange.pace.ops == 2
    assert one.sync().pushed == 3
    assert one.exchange.pace.ops > 2


def test_an_old_program_still_sends_its_sales_and_is_told_to_update(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    sale = one.sell()
    shop.ask("UPDATE sync.centre SET proto_min = 2, proto_max = 2, retry_after_s = 7")
    result = one.sync()
    assert (result.pushed, result.update_wanted, result.retry_after_s) == (1, True, 7)
    assert sale in shop.contents("sale")
