"""What the exchange does when something was lost, doubled, put back or copied."""

from __future__ import annotations

import shutil

import pytest

from crosssell_desktop.sync import centre
from crosssell_desktop.sync.link import CentreAway
from tests.sync.kit import Shop, horizon_only

DIGESTS = (
    "UPDATE sync.push_cursor p SET digest ="
    " (SELECT mod(coalesce(sum(sync.digest_of(o.seq, o.hash)), 0), 1::bigint << 60)"
    " FROM sync.op o WHERE o.counter_no = p.counter_no AND o.incarnation = p.incarnation)"
)
"""What a centre that was put back has: the sums of what it knows."""


def test_an_answer_lost_after_the_commit_doubles_nothing(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    shop.sync_all()
    sale = one.sell()
    one.network.fate = ["answer_lost"]
    with pytest.raises(CentreAway):
        one.sync()
    assert one.state().unsent == 1
    assert one.sync().pushed == 1
    assert shop.ask("SELECT count(*) FROM sync.op") == [(1,)]
    two.sync()
    assert set(two.contents("sale")) == {sale}
    shop.must_be_level()


def test_only_what_was_sent_is_marked_as_taken(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    one.sell()
    real = one.network.real.exchange

    def exchange(push: object, pull: object) -> object:
        answers = real(push, pull)  # type: ignore[arg-type]
        one.sell()
        one.network.real.exchange = real  # type: ignore[method-assign]
        return answers

    one.network.real.exchange = exchange  # type: ignore[method-assign,assignment]
    first = one.sync()
    assert (first.pushed, first.unsent) == (1, 1)
    assert one.sync().pushed == 1
    shop.must_be_level()


def test_a_request_that_arrives_late_changes_nothing_any_more(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    one.sell()
    one.network.fate = ["late"]
    one.sync_over_faults()
    one.sell()
    one.sync()
    one.network.deliver_late()
    assert shop.ask("SELECT count(*) FROM sync.op") == [(2,)]
    shop.must_be_level()


def test_a_centre_that_forgot_is_given_everything_again(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    for _ in range(4):
        one.sell()
    shop.sync_all()
    for query in (
        "DELETE FROM sync.op WHERE seq > 2",
        "DELETE FROM sync.op_seen WHERE seq > 2",
        "UPDATE sync.push_cursor SET last_seq = 2 WHERE last_seq > 2",
        DIGESTS,
        "DELETE FROM shop.sale WHERE id NOT IN (SELECT (body->'rows'->'sale'->0->>'id')::uuid FROM sync.op)",
        "DELETE FROM shop.sale_line WHERE sale_id NOT IN (SELECT id FROM shop.sale)",
        "DELETE FROM shop.payment WHERE sale_id NOT IN (SELECT id FROM shop.sale)",
        "DELETE FROM sync.feed WHERE pk NOT IN (SELECT id FROM shop.sale UNION SELECT id FROM shop.sale_line)",
    ):
        shop.ask(query)
    one.sell()
    healed = one.sync()
    assert "resend" in healed.healed
    assert healed.pushed == 3
    assert len(shop.contents("sale")) == 5
    two.sync()
    shop.must_be_level()


def test_a_centre_that_forgot_is_noticed_even_when_nothing_is_unsent(shop: Shop) -> None:
    one = shop.till()
    one.sell()
    one.sync()
    shop.ask("TRUNCATE sync.op, sync.op_seen, shop.sale, shop.sale_line, shop.payment, sync.feed")
    shop.ask("UPDATE sync.push_cursor SET last_seq = 0, digest = 0")
    assert "resend" in one.sync().healed
    shop.must_be_level()


def test_a_new_life_of_the_centre_is_given_and_gives_everything_again(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    one.sell()
    two.meet("Анна")
    shop.sync_all()
    epoch = centre.new_epoch(shop.url)
    result = one.sync()
    assert result.healed[:2] == ("epoch", "snapshot")
    assert one.state().epoch == epoch
    assert result.pushed == 1
    shop.sync_all()
    shop.must_be_level()


def test_a_file_put_back_becomes_someone_new_and_gets_its_own_sales_again(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    one.sell()
    shop.sync_all()
    copy = one.keep_copy()
    lost_here = one.sell()
    shop.sync_all()
    before = one.state().incarnation
    one.put_back(copy)
    result = one.sync()
    assert "reincarnated" in result.healed
    assert one.state().incarnation != before
    assert lost_here in one.contents("sale")
    assert shop.ask("SELECT count(*) FROM sync.op WHERE state = 'dup'") == [(1,)]
    two.sync()
    shop.must_be_level()


def test_a_file_put_back_that_sold_on_under_old_numbers_loses_no_sale(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    one.sell()
    shop.sync_all()
    copy = one.keep_copy()
    old_life = [one.sell(), one.sell()]
    shop.sync_all()
    one.put_back(copy)
    new_life = [one.sell(), one.sell()]
    result = one.sync()
    assert "reincarnated" in result.healed
    assert len(shop.ask("SELECT * FROM sync.fork_log")) == 1
    two.sync()
    assert {*old_life, *new_life} <= set(one.contents("sale"))
    shop.must_be_level()


def test_a_cloned_file_becomes_someone_new_and_both_sell_on(shop: Shop) -> None:
    one = shop.till()
    one.sell()
    one.sync()
    copy = one.keep_copy()
    twin = shop.till()
    twin.close()
    twin.link, twin.counter_id = one.link, one.counter_id
    shutil.copyfile(copy, twin.path)
    twin.__post_init__()
    sales = {one.sell(), twin.sell()}
    one.sync()
    assert "reincarnated" in twin.sync().healed
    sales |= {one.sell(), twin.sell()}
    shop.sync_all()
    assert sales <= set(shop.contents("sale"))
    assert twin.state().incarnation != one.state().incarnation
    shop.must_be_level()


def test_a_clone_that_filled_the_same_numbers_at_a_centre_put_back_is_told_from_us(shop: Shop) -> None:
    """Found by the simulator (seed 237): as many operations at both ends, and not the same ones."""
    one = shop.till()
    one.sell()
    one.sync()
    copy = one.keep_copy()
    twin = shop.till()
    twin.close()
    twin.link, twin.counter_id = one.link, one.counter_id
    shutil.copyfile(copy, twin.path)
    twin.__post_init__()
    sales = {one.sell(), one.sell()}
    one.sync()
    for query in (
        "DELETE FROM sync.op WHERE seq > 1",
        "DELETE FROM sync.op_seen WHERE seq > 1",
        "UPDATE sync.push_cursor SET last_seq = 1 WHERE last_seq > 1",
        DIGESTS,
        "DELETE FROM shop.sale WHERE id NOT IN (SELECT (body->'rows'->'sale'->0->>'id')::uuid FROM sync.op)",
        "DELETE FROM shop.sale_line WHERE sale_id NOT IN (SELECT id FROM shop.sale)",
        "DELETE FROM shop.payment WHERE sale_id NOT IN (SELECT id FROM shop.sale)",
        "DELETE FROM sync.feed",
    ):
        shop.ask(query)
    sales |= {twin.sell(), twin.sell()}
    twin.sync()
    assert "reincarnated" in one.sync().healed
    shop.sync_all()
    assert sales <= set(shop.contents("sale"))
    shop.must_be_level()


def test_what_neither_end_has_any_more_is_named(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    for _ in range(5):
        one.sell()
    one.sync()
    with one.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM outbox WHERE seq <= 3")
    shop.ask("TRUNCATE sync.op, sync.op_seen, shop.sale, shop.sale_line, shop.payment, sync.feed")
    shop.ask("UPDATE sync.push_cursor SET last_seq = 1")
    result = one.sync()
    assert [(r.counter_id, r.first, r.last) for r in result.lost] == [(one.counter_id, 2, 3)]
    assert "reincarnated" in result.healed
    assert len(shop.contents("sale")) == 2
    # The sales themselves are named too: this file still holds their rows, and nobody can send them any more.
    assert [str(m) for m in result.only_here if m.entity == "sale"] == ["sale слова (3)"]
    told = one.look("SELECT error FROM sync_log WHERE error IS NOT NULL")[0][0]
    assert told.startswith(f"{result.lost[0].incarnation} 2-3, ")
    assert "sale слова (3)" in told


def test_a_hole_in_the_own_file_does_not_stop_the_rest(shop: Shop) -> None:
    one = shop.till()
    one.sync()
    for _ in range(3):
        one.sell()
    with one.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM outbox WHERE seq = 2")
    result = one.sync()
    assert "reincarnated" in result.healed
    assert result.unsent == 0
    assert len(shop.contents("sale")) == 2


def test_an_emptied_outbox_asks_for_nothing(shop: Shop) -> None:
    one = shop.till()
    one.sell()
    one.sync()
    with one.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")
    assert one.sync().healed == ()
    sale = one.sell()
    assert one.sync().pushed == 1
    assert sale in shop.contents("sale")


@horizon_only
def test_a_cursor_below_what_the_centre_keeps_fetches_anew(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    shop.sync_all()
    one.sell()
    one.sync()
    shop.ask("DELETE FROM sync.feed")
    shop.ask("UPDATE sync.centre SET feed_floor = pg_snapshot_xmin(pg_current_snapshot())")
    assert two.sync().healed == ("snapshot",)
    shop.sync_all()
    shop.must_be_level()


@horizon_only
def test_the_cursor_never_goes_back_within_an_epoch(shop: Shop) -> None:
    one, two = shop.till(), shop.till(page=1)
    shop.sync_all()
    seen: list[tuple[int, int]] = []
    for _ in range(4):
        one.sell()
        one.sync()
        two.exchange.round(max_steps=2)
        token = two.state().token
        assert token is not None
        seen.append((int(token.split(":")[1]), int(token.split(":")[2])))
    assert seen == sorted(seen)
