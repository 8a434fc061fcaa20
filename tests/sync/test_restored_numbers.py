"""A counter put back to an older file does not give out a human number twice."""

from __future__ import annotations

from typing import Any

from crosssell_desktop.domain.ids import human_number
from crosssell_desktop.store.unit import begin
from tests.sync.kit import Shop, Till, row


def _sell(till: Till) -> str:
    with begin(till.database, till.clock, till.ids) as unit:
        number = human_number(unit.me.prefix, unit.next_number("receipt_no"))
        sale: dict[str, Any] = row("sale", id=till.ids.new(), counter_id=till.counter_id, number=number)
        unit.record("sale", {"sale": [sale]})
    return number


def test_a_restored_counter_goes_on_after_the_numbers_it_hears_again(shop: Shop) -> None:
    one = shop.till()
    numbers = [_sell(one), _sell(one)]
    one.sync()
    copy = one.keep_copy()
    numbers += [_sell(one), _sell(one), _sell(one)]
    one.sync()
    one.put_back(copy)
    one.sync()
    numbers.append(_sell(one))
    assert len(set(numbers)) == 6
    assert numbers[-1].split("-")[1] == "000006"
    assert one.sync().quarantined == 0
    shop.must_be_level()


def test_numbers_of_other_counters_move_nothing(shop: Shop) -> None:
    one, two = shop.till(), shop.till()
    for _ in range(3):
        _sell(two)
    shop.sync_all()
    assert _sell(one).split("-")[1] == "000001"
