"""A centre put back, and the machine that could tell it again gone: what is lost is named, and nothing else is (I8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crosssell_desktop.store import only_here
from crosssell_desktop.sync import centre
from crosssell_desktop.sync.link import CentreAway
from tests.exchange.real_centre import dump, restore
from tests.sync.kit import Shop, Till, row
from tests.sync.test_card_conflicts import change


def _sale(till: Till, number: str) -> Any:  # noqa: ANN401
    id_ = till.ids.new()
    till.record("sale", {"sale": [row("sale", id=id_, counter_id=till.counter_id, number=number, customer_id=None)]})
    return id_


def _put_back(shop: Shop, kept: Any, *, told: bool) -> None:  # noqa: ANN401
    with centre.admin_connect(shop.url) as connection:
        restore(connection, kept)
    if told:
        centre.new_epoch(shop.url)


def _keep(shop: Shop) -> Any:  # noqa: ANN401
    with centre.admin_connect(shop.url) as connection:
        return dump(connection)


@pytest.mark.parametrize("told", [True, False], ids=["said aloud", "without a word"])
def test_f19_sales_of_a_lost_machine_that_a_centre_put_back_forgot_are_named_by_their_numbers(
    shop: Shop,
    told: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    lost, hearer = shop.till(), shop.till()
    _sale(lost, "K1-000001-1")
    shop.sync_all()
    kept = _keep(shop)
    gone = [_sale(lost, f"K1-00000{i}-{i}") for i in (2, 3, 4)]
    shop.sync_all()
    shop.tills.remove(lost)
    lost.close()
    _put_back(shop, kept, told=told)
    result = hearer.sync()
    assert result.only_here == (only_here.Missing("sale", lost.counter_id, "K1-000002-2", "K1-000004-4", 3),)
    assert set(gone) <= set(hearer.contents("sale")), "what is known here only is kept"
    log = hearer.look("SELECT error FROM sync_log ORDER BY no DESC LIMIT 1")
    assert log == [("sale K1-000002-2…K1-000004-4 (3)",)]
    assert hearer.sync().only_here == ()


def test_a_name_goes_as_soon_as_the_machine_comes_back_and_tells_again(shop: Shop) -> None:
    away, hearer = shop.till(), shop.till()
    shop.sync_all()
    kept = _keep(shop)
    away.sell()
    shop.sync_all()
    _put_back(shop, kept, told=True)
    assert [m.entity for m in hearer.sync().only_here] == ["payment", "sale", "sale_line"]
    away.sync()
    hearer.sync()
    assert hearer.look("SELECT * FROM only_here") == []
    shop.must_be_level()


def _erased(_shop: Shop, _customer: Any) -> None:  # noqa: ANN401
    """Nothing more happens."""


def _renamed_there(shop: Shop, customer: Any) -> None:  # noqa: ANN401
    shop.tills[0].rename(customer, "Анна там")
    shop.tills[0].sync()


@pytest.mark.parametrize("then", [_erased, _renamed_there])
def test_a_card_that_is_newer_here_than_at_the_centre_gives_way_and_is_kept(
    shop: Shop, then: Callable[[Shop, Any], None]
) -> None:
    keeper, lost, hearer = shop.till(), shop.till(), shop.till()
    customer = keeper.meet("Анна")
    shop.sync_all()
    kept = _keep(shop)
    lost.clock.at_ms += 86_400_000
    lost.rename(customer, "Анна Вторая")
    shop.sync_all()
    shop.tills.remove(lost)
    lost.close()
    _put_back(shop, kept, told=True)
    shop.sync_all()
    bodies = [body for (body,) in hearer.look("SELECT body FROM only_here")]
    assert len(bodies) == 1
    assert '"display_name":"Анна Вторая"' in bodies[0]
    then(shop, customer)
    shop.sync_all()
    for till in shop.tills:
        assert till.contents("customer") == shop.contents("customer")


def test_a_row_of_our_own_that_is_still_to_be_sent_is_never_named(shop: Shop) -> None:
    one = shop.till()
    one.sell()
    one.sync()
    centre.new_epoch(shop.url)
    real, exchange = one.network.real.snapshot, one.exchange

    def and_a_sale_meanwhile(*asked: Any) -> Any:  # noqa: ANN401
        answer = real(*asked)
        if asked[0] == "sale":
            one.sell()
        return answer

    one.network.snapshot = and_a_sale_meanwhile  # type: ignore[method-assign,assignment]
    assert exchange.round().only_here == ()
    assert one.look("SELECT * FROM only_here") == []
    one.network.snapshot = real  # type: ignore[method-assign]
    one.sync()
    shop.must_be_level()


def test_a_counter_that_moves_to_another_store_names_nothing(shop: Shop) -> None:
    import uuid

    one, two = shop.till(), shop.till()
    one.sell()
    shop.sync_all()
    centre.enrol(shop.url, centre.NewCounter(two.counter_id, "moved", uuid.uuid4()))
    two.network.real._link = centre.enrol(shop.url, centre.NewCounter(two.counter_id, "moved", uuid.uuid4()))
    two.network.real.close()
    result = two.sync()
    assert "snapshot" in result.healed
    assert result.only_here == ()


@pytest.mark.parametrize("by_field", [False, True], ids=["whole rows", "field by field"])
@pytest.mark.parametrize("overtaken", [False, True], ids=["it stands", "somebody wrote after it"])
def test_what_the_centre_took_from_a_clock_ahead_is_not_named_lost_when_the_feed_forgot_the_correction(
    shop: Shop,
    by_field: bool,  # noqa: FBT001  # a parameter of the test
    overtaken: bool,  # noqa: FBT001
) -> None:
    ahead, other = shop.till(), shop.till()
    customer = ahead.meet("Анна")
    shop.sync_all()
    (now,) = shop.ask("SELECT (extract(epoch FROM now()) * 1000)::bigint")
    ahead.clock.at_ms = now[0] + 10 * 365 * 86_400_000
    if by_field:
        change(ahead, customer, display_name="Анна Завтра")
    else:
        ahead.rename(customer, "Анна Завтра")
    ahead.network.fate = ["answer_lost"]
    with pytest.raises(CentreAway):
        ahead.sync()
    if overtaken:
        other.sync()
        other.clock.at_ms = now[0] + 310_000
        change(other, customer, display_name="Анна Сегодня")
        other.sync()
    shop.ask("SELECT sync.prune_feed(interval '0')")
    result = ahead.sync()
    assert "snapshot" in result.healed
    assert result.only_here == ()
    assert ahead.look("SELECT * FROM only_here") == []
    shop.sync_all()
    shop.must_be_level()
    assert ahead.look("SELECT display_name FROM customer") == [("Анна Сегодня" if overtaken else "Анна Завтра",)]


def test_a_later_edit_of_a_field_is_named_when_the_centre_put_back_lost_it_beside_one_that_is_later_yet(
    shop: Shop,
) -> None:
    """The version of the row is that of its latest field; what another field lost must not hide behind it."""
    lost, teller, hearer = shop.till(), shop.till(), shop.till()
    customer = hearer.meet("Анна")
    shop.sync_all()
    kept = _keep(shop)
    change(lost, customer, birthday="05-17")
    teller.clock.at_ms = lost.clock.at_ms + 60_000
    change(teller, customer, display_name="Анна Последняя")
    for till in (lost, teller, hearer):
        till.sync()
    shop.tills.remove(lost)
    lost.close()
    shop.tills.remove(teller)
    # Whoever wrote last is put back too: it has its own edit in the file and not the other's.
    _put_back(shop, kept, told=True)
    centre_has = shop.contents("customer")[customer]
    assert "05-17" not in centre_has
    teller.network.fate = []
    teller.exchange.round(max_steps=2)
    hearer.sync()
    bodies = [body for (body,) in hearer.look("SELECT body FROM only_here WHERE entity = 'customer'")]
    assert len(bodies) == 1
    assert '"birthday":"05-17"' in bodies[0]
    shop.tills.append(teller)
    shop.sync_all()
    for till in shop.tills:
        assert till.contents("customer") == shop.contents("customer")
