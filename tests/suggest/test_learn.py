from __future__ import annotations

import itertools
import statistics
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosssell_desktop.suggest.catalogue import LearnCatalogue, LearnProduct
from crosssell_desktop.suggest.counts import Counts, PairCounts, Tally
from crosssell_desktop.suggest.learn import LearnSettings, ReceiptLines, build_model, count, learn, unit_prices
from crosssell_desktop.suggest.model import Model
from tests.suggest.shop import TODAY, catalogue, k2_model, lines, product, store

KNOWN = catalogue(9, [0, 0, 1, 1, 2, 2, 3, 3, 4])
Receipt = tuple[int, int, int, list[int]]


@st.composite
def many_receipts(draw: st.DrawFn) -> list[Receipt]:
    bodies = draw(
        st.lists(
            st.tuples(
                st.integers(0, 2), st.integers(TODAY - 400, TODAY), st.lists(st.integers(0, 9), min_size=1, max_size=7)
            ),
            min_size=1,
            max_size=30,
        )
    )
    return [(number, shop, day, items) for number, (shop, day, items) in enumerate(bodies)]


@given(many_receipts())
def test_counts_are_those_of_a_count_by_hand(receipts: list[Receipt]) -> None:
    counts = count(lines(receipts), KNOWN)
    baskets = [sorted({item for item in items if item < 9}) for _, _, _, items in receipts]
    support = Counter(item for basket in baskets for item in basket)
    pairs = Counter(pair for basket in baskets for pair in itertools.combinations(basket, 2))
    for first, second in itertools.combinations(range(9), 2):
        assert counts.products.of_pair(first, second) == (pairs[first, second], support[first], support[second])
        assert counts.products.of_pair(second, first)[0] == pairs[first, second]
    assert counts.receipts == sum(1 for basket in baskets if basket)
    assert counts.pairs == len(pairs)


@given(many_receipts(), st.data())
def test_a3_incremental_equals_a_full_relearn_bit_for_bit(receipts: list[Receipt], data: st.DataObject) -> None:
    full = learn([lines(receipts)], KNOWN)
    share = data.draw(st.lists(st.integers(0, 3), min_size=len(receipts), max_size=len(receipts)))
    total, window = Counts.empty(), Counts.empty()
    last = full.total.last_day
    for part in data.draw(st.permutations(range(4))):
        mine = [receipt for receipt, owner in zip(receipts, share, strict=True) if owner == part]
        total += count(lines(mine), KNOWN)
        window += count(lines([one for one in mine if one[2] > last - 180]), KNOWN)
    assert total.same(full.total)
    assert window.same(full.window)
    assert build_model(total, window, KNOWN) == build_model(full.total, full.window, KNOWN)


@given(many_receipts(), st.integers(0, 30))
def test_a_day_that_leaves_the_window_leaves_no_trace(receipts: list[Receipt], at: int) -> None:
    kept, gone = receipts[:at], receipts[at:]
    assert (count(lines(receipts), KNOWN) - count(lines(gone), KNOWN)).same(count(lines(kept), KNOWN))


def test_returns_and_strangers_are_left_out_and_counted() -> None:
    sold = lines([(1, 0, TODAY, [0, 1, 77]), (2, 0, TODAY, [0, 1])])
    back = ReceiptLines(*(getattr(sold, name).copy() for name in ReceiptLines.__slots__))
    back.qty_milli[3] = -1000
    learned = learn([back], KNOWN)
    assert (learned.lines_read, learned.lines_returned, learned.lines_left_out) == (5, 1, 1)
    assert learned.total.products.of_pair(0, 1) == (1, 1, 2)


def test_a_receipt_may_run_on_into_the_next_chunk() -> None:
    whole = lines([(1, 0, TODAY, [0, 1, 2]), (2, 0, TODAY, [1, 2])])
    cut = np.arange(5) < 2
    assert learn([whole.only(cut), whole.only(~cut)], KNOWN).total.same(learn([whole], KNOWN).total)


def test_nothing_in_gives_an_empty_model_that_opens() -> None:
    learned = learn([], KNOWN)
    model = Model.from_buffer(build_model(learned.total, learned.window, KNOWN))
    assert (len(model), model.receipts, len(model.neighbours)) == (9, 0, 0)
    nobody = LearnCatalogue.of([])
    learned = learn([lines([(1, 0, TODAY, [0])])], nobody)
    assert len(Model.from_buffer(build_model(learned.total, learned.window, nobody))) == 0


def test_unit_prices_round_half_up_and_the_median_is_the_lower_one() -> None:
    assert unit_prices(np.array([1001, 5, -300]), np.array([2000, 1000, 1000])).tolist() == [501, 5, 0]
    prices = [300, 100, 200, 400]
    sold = ReceiptLines(
        np.arange(4),
        np.full(4, -1),
        np.zeros(4, np.int64),
        np.full(4, 3),
        np.full(4, TODAY),
        np.full(4, 1000),
        np.array(prices),
    )
    learned = learn([sold], KNOWN)
    model = Model.from_buffer(build_model(learned.total, learned.window, KNOWN))
    assert int(model.price_minor[model.index(product(3))]) == statistics.median_low(prices)
    assert learned.total.amounts_minor.n.tolist() == [1000]


def test_pruning_keeps_the_best_by_count_and_by_cosine_whatever_the_numbers_of_products() -> None:
    receipts = [(no, 0, TODAY, [0, 1 + no % 7, 8]) for no in range(60)]
    settings = LearnSettings(neighbours=2)
    learned = learn([lines(receipts)], KNOWN, settings)
    renumbered = LearnCatalogue.of(
        [
            LearnProduct(
                8 - one.number, one.product, one.sku, 5 + one.type_number, one.type_key, one.category, one.department
            )
            for one in KNOWN.products
        ],
        KNOWN.stores,
    )
    other = learn(
        [lines([(no, shop, day, [8 - i for i in items]) for no, shop, day, items in receipts], price=10_000)],
        renumbered,
        settings,
    )
    first = Model.from_buffer(build_model(learned.total, learned.window, KNOWN, settings))
    second = Model.from_buffer(build_model(other.total, other.window, renumbered, settings))
    assert first.neighbours.tolist() == second.neighbours.tolist()
    assert first.joint.tolist() == second.joint.tolist()
    assert int(np.diff(first.starts).max()) <= 4


def test_popularity_looks_at_the_last_weeks_and_is_drawn_to_the_store() -> None:
    receipts: list[Receipt] = [(no, 1, TODAY - 100, [0]) for no in range(50)]
    receipts += [(100 + no, 2, TODAY - no % 20, [1]) for no in range(50)]
    learned = learn([lines(receipts)], KNOWN)
    model = Model.from_buffer(build_model(learned.total, learned.window, KNOWN))
    old, new = model.index(product(0)), model.index(product(1))
    everywhere = model.store_view(None).popularity
    assert (everywhere[old], everywhere[new]) == (0.0, 1.0)
    there = model.store_view(store(1)).popularity
    assert there[old] == pytest.approx((50 + 200 * 0) / 250)
    assert there[new] == pytest.approx((0 + 200 * 1) / 250)


def test_k2_counts_come_out_of_the_model_in_both_directions() -> None:
    model = k2_model()
    there, back = (
        model.pair(model.index(product(0)), model.index(product(1))),
        model.pair(model.index(product(1)), model.index(product(0))),
    )
    assert there is not None
    assert back is not None
    assert (there.joint, there.first, there.second, there.receipts) == (24, 40, 30, 100)
    assert (back.joint, back.first, back.second) == (24, 30, 40)
    assert model.pair(model.index(product(0)), model.index(product(4))) is None


def test_numbers_that_cannot_be_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="tally"):
        Tally.of(np.array([-1]), np.array([0]))
    with pytest.raises(ValueError, match="occurs twice"):
        LearnCatalogue.of([KNOWN.products[0], KNOWN.products[0]])
    assert PairCounts.empty().of_pair(1, 2) == (0, 0, 0)
    assert PairCounts.of(np.array([1]), np.array([5])).of_pair(5, 5) == (1, 1, 1)
