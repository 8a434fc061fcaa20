"""The invented year is the same for the same seed, and what is in it agrees with its stated truth."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from crosssell_desktop.domain.gtin import is_gtin
from crosssell_desktop.interchange.demo_history import DemoHistory, generate_history
from crosssell_desktop.interchange.demo_shop import DemoShop, load_shop

END = date(2026, 6, 1)
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def shop() -> DemoShop:
    return load_shop("electronics")


@pytest.fixture(scope="module")
def year(shop: DemoShop) -> DemoHistory:
    return generate_history(shop, 11, end_day=END)


def baskets(shop: DemoShop, history: DemoHistory) -> NDArray[np.bool_]:
    """Return which sale receipt holds which product, returns left out."""
    table = np.zeros((len(history.receipt_no), len(shop.products)), dtype=bool)
    sold = history.qty_milli > 0
    table[history.line_receipt[sold], history.product_no[sold]] = True
    return table[~history.is_return]


def test_a_year_has_the_promised_size(year: DemoHistory) -> None:
    assert len(year.customers) == 3_000
    assert int((~year.is_return).sum()) == 23_000
    assert len(year.product_no) > 45_000
    known = float((year.customer_no[~year.is_return] >= 0).mean())
    assert 0.67 < known < 0.74
    assert 0.011 < float((year.qty_milli < 0).mean()) < 0.019


def test_the_same_seed_gives_the_same_year_and_another_seed_another(shop: DemoShop) -> None:
    first, again = (generate_history(shop, 5, 2_000, end_day=END, customers=400) for _ in range(2))
    other = generate_history(shop, 6, 2_000, end_day=END, customers=400)
    for name in ("customer_no", "at_ms", "product_no", "qty_milli", "amount_minor", "attached_to", "returned_line"):
        assert np.array_equal(getattr(first, name), getattr(again, name)), name
    assert first.customers == again.customers
    assert first.truth.pairs == again.truth.pairs
    assert not np.array_equal(first.product_no, other.product_no)
    assert {p.lift for p in first.truth.pairs} != {p.lift for p in other.truth.pairs}


def test_receipts_stand_in_the_order_of_time_and_end_the_day_before(shop: DemoShop, year: DemoHistory) -> None:
    assert np.all(np.diff(year.at_ms) >= 0)
    assert np.array_equal(year.receipt_no, np.arange(1, len(year.at_ms) + 1))
    assert np.all(np.diff(year.line_receipt) >= 0)
    assert len(np.unique(year.line_receipt)) == len(year.receipt_no), "no receipt is empty"
    assert year.last_day == END - timedelta(days=1)
    assert year.first_day == END - timedelta(days=365)
    for place in (0, len(year.at_ms) - 1):
        store = shop.stores[year.store_no[place]]
        local = datetime.fromtimestamp(year.at_ms[place] / 1000, UTC) + timedelta(minutes=store.utc_offset_minutes)
        assert year.first_day <= local.date() <= year.last_day
    assert year.at_ms[-1] > int(datetime(2026, 5, 31, tzinfo=UTC).timestamp()) * 1000


def test_everybody_comes_when_the_store_is_open_and_saturday_is_busy(shop: DemoShop, year: DemoHistory) -> None:
    offsets = np.array([s.utc_offset_minutes * 60_000 for s in shop.stores])
    local = year.at_ms + offsets[year.store_no]
    minute = local % DAY_MS // 60_000
    closes = np.array([int(s.closes[:2]) * 60 for s in shop.stores])
    assert minute.min() >= 600
    assert np.all(minute < closes[year.store_no])
    weekday = (local // DAY_MS + 3) % 7
    counts = np.bincount(weekday, minlength=7)
    assert counts[5] == counts.max() > 1.4 * counts[1]
    days = set((local // DAY_MS).tolist())
    assert (date(2026, 1, 1) - date(1970, 1, 1)).days not in days


def test_realised_rates_and_joint_counts_agree_with_the_truth() -> None:
    shop = load_shop("electronics")
    for seed in (1, 2, 3):
        history = generate_history(shop, seed, end_day=END)
        table = baskets(shop, history)
        rates = history.truth.rates * len(table)
        off = (table.sum(axis=0) - rates) / np.sqrt(rates)
        assert np.abs(off).max() < 4.5, seed
        seen = np.array([int((table[:, p.source] & table[:, p.target]).sum()) for p in history.truth.pairs])
        joint = np.array([p.joint for p in history.truth.pairs])
        errors = (seen - joint) / np.sqrt(joint)
        assert np.abs(errors).max() < 4.5, seed
        assert 0.75 < float(np.sqrt((errors**2).mean())) < 1.3, seed
        assert abs(float(errors.mean())) < 0.4, seed


def test_the_stated_lift_is_what_the_stated_counts_give(year: DemoHistory) -> None:
    rates = year.truth.rates
    for pair in year.truth.pairs:
        assert pair.lift == pytest.approx(pair.joint / 23_000 / (rates[pair.source] * rates[pair.target]))
        assert pair.share == pytest.approx(pair.lift * rates[pair.target])


def test_everyday_lifts_are_drawn_between_1_2_and_4(shop: DemoShop, year: DemoHistory) -> None:
    lifts = [p.lift for p in year.truth.pairs if p.kind == "everyday"]
    assert len(lifts) == shop.history.everyday_pairs_kept
    assert min(lifts) > 1.15
    assert max(lifts) < 4.05
    assert sum(lift >= 2 for lift in lifts) >= 8


def test_approved_combinations_are_learned_from_enough_receipts(shop: DemoShop, year: DemoHistory) -> None:
    table = baskets(shop, year)
    sale_at = year.at_ms[~year.is_return]
    recent = table[sale_at > sale_at[-1] - 180 * DAY_MS]
    supports = {core: int(recent[:, shop.numbers[core]].sum()) for core in shop.cores}
    assert sum(n >= 60 for n in supports.values()) >= 13, supports
    assert min(supports.values()) >= 30, supports
    camera = recent[:, shop.numbers["CAM-R50"]]
    card = recent[camera][:, shop.numbers["SD-V30-128"]]
    assert 0.25 < card.mean() < 0.55
    shares = [p.share for p in year.truth.pairs if p.kind == "approved"]
    assert len(shares) == 80
    assert min(shares) > 0.1
    assert max(shares) < 0.5


def test_confounders_are_popular_and_go_with_nothing(shop: DemoShop, year: DemoHistory) -> None:
    table = baskets(shop, year)
    paired = {number for p in year.truth.pairs for number in (p.source, p.target)}
    rivals = dict(year.truth.substitutes) | {b: a for a, b in year.truth.substitutes}
    counts = table.sum(axis=0)
    for number in year.truth.confounders:
        assert number not in paired
        assert year.truth.rates[number] > 0.02
        with_it = table[table[:, number]].sum(axis=0)
        popular = [n for n in np.argsort(-counts)[:30] if n not in (number, rivals.get(number))]
        lift = with_it[popular].sum() * len(table) / (counts[number] * counts[popular].sum())
        assert 0.5 < lift < 1.1, shop.products[number].sku


def test_substitutes_are_rarely_bought_together(shop: DemoShop, year: DemoHistory) -> None:
    table = baskets(shop, year)
    together = sum(int((table[:, a] & table[:, b]).sum()) for a, b in year.truth.substitutes)
    by_chance = sum(table[:, a].sum() * table[:, b].sum() / len(table) for a, b in year.truth.substitutes)
    assert together < 0.3 * by_chance


def test_habits_are_bought_again_at_intervals(shop: DemoShop, year: DemoHistory) -> None:
    number = shop.numbers["CLE-DAY30"]
    lines = np.flatnonzero((year.product_no == number) & (year.qty_milli > 0))
    receipts = year.line_receipt[lines]
    by_customer: dict[int, list[int]] = {}
    for receipt in receipts[year.customer_no[receipts] >= 0]:
        by_customer.setdefault(int(year.customer_no[receipt]), []).append(int(year.at_ms[receipt]))
    gaps = np.concatenate([np.diff(times) / DAY_MS for times in by_customer.values() if len(times) >= 5])
    assert len(gaps) > 50
    assert 20 < float(np.median(gaps)) < 40


def test_a_return_takes_back_an_earlier_line_of_the_same_receipt_owner(year: DemoHistory) -> None:
    back = np.flatnonzero(year.returned_line >= 0)
    origin = year.returned_line[back]
    assert len(back) > 400
    assert np.array_equal(np.flatnonzero(year.qty_milli < 0), back)
    assert np.array_equal(year.product_no[back], year.product_no[origin])
    assert np.array_equal(year.qty_milli[back], -year.qty_milli[origin])
    assert np.array_equal(year.amount_minor[back], -year.amount_minor[origin])
    assert np.array_equal(year.customer_no[year.line_receipt[back]], year.customer_no[year.line_receipt[origin]])
    assert np.all(year.at_ms[year.line_receipt[back]] > year.at_ms[year.line_receipt[origin]])
    assert len(np.unique(origin)) == len(origin), "nothing is returned twice"
    assert np.all(year.is_return[year.line_receipt[back]])


def test_a_linked_line_is_an_approved_periphery_of_a_core_in_its_receipt(shop: DemoShop, year: DemoHistory) -> None:
    approved = {(shop.numbers[c.core], shop.numbers[c.periphery]) for c in shop.combinations if c.status == "approved"}
    linked = np.flatnonzero(year.attached_to >= 0)
    assert len(linked) > 2_000
    core = year.attached_to[linked]
    assert np.array_equal(year.line_receipt[linked], year.line_receipt[core])
    pairs = set(zip(year.product_no[core].tolist(), year.product_no[linked].tolist(), strict=True))
    assert pairs <= approved
    assert len(pairs) == 80


def test_amounts_are_prices_less_a_discount_in_whole_roubles(shop: DemoShop, year: DemoHistory) -> None:
    prices = np.array([p.price_minor for p in shop.products])
    full = prices[year.product_no] * year.qty_milli // 1_000
    cut = np.abs(full) - np.abs(year.amount_minor)
    assert np.all(cut >= 0)
    assert np.all(cut <= np.abs(full) // 10)
    assert np.all(cut % 100 == 0)


def test_customers_are_invented_and_cannot_be_called(year: DemoHistory) -> None:
    assert all(c.invented for c in year.customers)
    assert all(c.phone.startswith("+7972") and len(c.phone) == 12 for c in year.customers)
    assert all(c.email is None or c.email.endswith(".example") for c in year.customers)
    cards = [c.loyalty_card for c in year.customers]
    assert len(set(cards)) == len(cards)
    assert all(card.startswith("28") and is_gtin(card) for card in cards)
    assert {c.language for c in year.customers} == {"ru", "en"}
    assert [c.number for c in year.customers] == list(range(3_000))


def test_russian_names_agree_with_the_person(year: DemoHistory) -> None:
    for customer in year.customers:
        if customer.language == "ru" and customer.patronymic is not None:
            assert customer.patronymic.endswith("на" if customer.sex == "f" else "ич"), customer.display_name
            if customer.surname.endswith(("ова", "ева", "ина", "ая")):
                assert customer.sex == "f", customer.display_name


def test_households_share_a_surname_root_and_sometimes_a_phone(year: DemoHistory) -> None:
    homes: dict[int, list[int]] = {}
    for customer in year.customers:
        if customer.household is not None:
            homes.setdefault(customer.household, []).append(customer.number)
    assert len(homes) > 80
    shared = 0
    for people in homes.values():
        for a, b in combinations((year.customers[n] for n in people), 2):
            assert a.surname[:3] == b.surname[:3]
            shared += a.phone == b.phone
    assert shared >= 10
    alone = Counter(c.phone for c in year.customers if c.household is None)
    assert max(alone.values()) == 1


def test_consent_is_told_by_purpose_and_channel_and_nobody_buys_before_they_registered(
    shop: DemoShop, year: DemoHistory
) -> None:
    purposes = Counter(consent.purpose for c in year.customers for consent in c.consents)
    assert purposes["loyalty"] == 3_000
    assert 0.6 < purposes["profiling"] / 3_000 < 0.8
    for customer in year.customers:
        for consent in customer.consents:
            assert consent.given_on == customer.registered_on < END
            assert bool(consent.channels) == (consent.purpose == "marketing")
            assert "email" not in consent.channels or customer.email is not None
    offsets = np.array([s.utc_offset_minutes * 60_000 for s in shop.stores])
    day = (year.at_ms + offsets[year.store_no]) // DAY_MS
    registered = np.array([(c.registered_on - date(1970, 1, 1)).days for c in year.customers])
    known = year.customer_no >= 0
    assert np.all(day[known] >= registered[year.customer_no[known]])


@pytest.mark.parametrize("receipts", [1, 50, 500])
def test_a_small_shop_can_be_invented_too(shop: DemoShop, receipts: int) -> None:
    history = generate_history(shop, 3, receipts, end_day=END, customers=30)
    assert int((~history.is_return).sum()) == receipts


def test_sizes_must_be_positive(shop: DemoShop) -> None:
    with pytest.raises(ValueError, match="positive"):
        generate_history(shop, 1, 0, end_day=END)
