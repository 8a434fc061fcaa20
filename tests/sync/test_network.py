"""Real counters over a real bad network: a proxy that delays, slices, resets and swallows; the laws hold after it."""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import replace

import pytest

from crosssell_desktop.sync import transport
from crosssell_desktop.sync.link import CentreAway
from tests.exchange.proxy import Proxy, Weather, proxy
from tests.sync.kit import Shop, Till

SEEDS = range(int(os.environ.get("CROSSSELL_NETWORK_SEEDS", "2")))
"""Most of a seed's time is waiting for answers that do not come."""


def _weather(chance: random.Random) -> tuple[str, Weather]:
    at = chance.choice([1, 200, 700, 1_200, 2_500, 6_000, chance.randrange(12_000)])
    return chance.choice(
        [
            ("well", Weather()),
            ("latency", Weather(latency_s=0.02)),
            ("slices", Weather(slice_bytes=chance.choice([1, 7, 100]))),
            ("reset of the request", Weather(reset_up_at=at)),
            ("reset of the answer", Weather(reset_down_at=at)),
            ("requests swallowed", Weather(deaf_up_at=at)),
            ("answers swallowed", Weather(deaf_down_at=at)),
            ("half-open", Weather(deaf_up_at=at, deaf_down_at=at)),
        ]
    )


def _through(till: Till, way: Proxy) -> None:
    till.network.real.close()
    till.network.real._link = replace(till.link, port=way.port)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_f8_the_laws_hold_over_latency_resets_slices_and_partitions(
    shop: Shop, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "ANSWER_WITHIN_S", 0.4)
    monkeypatch.setattr(transport, "CONNECT_TIMEOUT_S", 1)
    chance = random.Random(seed)
    seen: Counter[str] = Counter()
    sales = set()
    with proxy(shop.till().link.port) as way:
        tills = [shop.till(page=chance.choice([2, 400])) for _ in range(2)]
        customer = tills[0].meet("Анна")
        for till in tills:
            _through(till, way)
        for _ in range(14):
            name, way.weather = _weather(chance)
            till = chance.choice(tills)
            if chance.random() < 0.7:
                till.network.real.close()
            for _ in range(chance.randint(0, 3)):
                sales.add(till.sell())
            if chance.random() < 0.4:
                till.rename(customer, f"{seed} {chance.random()}")
            try:
                till.sync()
            except CentreAway:
                name += ", failed"
            seen[name] += 1
        way.weather = Weather()
        for till in tills:
            till.network.real.close()
        shop.sync_all()
        shop.must_be_level()
        assert set(shop.contents("sale")) == sales
        for till in tills:
            till.network.real.close()
    assert len(seen) > 3, seen
    assert way.resets or way.swallowed


@pytest.mark.parametrize("deaf", ["requests", "answers"])
def test_a_one_way_partition_that_acknowledges_does_not_hold_the_exchange_for_ever(
    shop: Shop, deaf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "ANSWER_WITHIN_S", 0.5)
    one = shop.till()
    with proxy(one.link.port) as way:
        _through(one, way)
        one.sync()
        sale = one.sell()
        if deaf == "requests":
            way.weather.deaf_up_at = 0
        else:
            way.weather.deaf_down_at = 0
        with pytest.raises(CentreAway):
            one.sync()
        assert one.state().unsent == 1
        way.weather = Weather()
        one.sync()
        assert set(shop.contents("sale")) == {sale}
        one.network.real.close()
    shop.tills.clear()
    one.close()
