"""Counts add: days, stores and splits of them give what one count of everything gives, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from crosssell_desktop.suggest.counts import Counts
from crosssell_desktop.suggest.learn import ReceiptLines, build_model, count, learn
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.today import with_receipts
from tests.suggest.shop import TODAY, catalogue, lines, product, store

KNOWN = catalogue(40, [number % 11 for number in range(40)])
DAYS = 1_000


def _days(seed: int) -> ReceiptLines:
    """Invent 1,000 days over three stores, a few receipts of a few products each."""
    chance = np.random.default_rng(seed)
    receipts: list[tuple[int, int, int, list[int]]] = []
    for day in range(DAYS):
        for shop in range(3):
            for _ in range(int(chance.integers(0, 4))):
                items = chance.integers(0, 40, int(chance.integers(1, 7))).tolist()
                receipts.append((len(receipts), shop, TODAY - DAYS + day, items))
    return lines(receipts)


@pytest.mark.parametrize("seed", [1, 2])
def test_a3_a_thousand_days_of_three_stores_split_any_way_equal_a_full_relearn(seed: int) -> None:
    everything = _days(seed)
    full = learn([everything], KNOWN)
    chance = np.random.default_rng(seed + 100)
    part_of_receipt = chance.integers(0, 40, int(everything.receipt_no.max()) + 1)
    owner = part_of_receipt[everything.receipt_no] * 3 + everything.store_no
    total, window = Counts.empty(), Counts.empty()
    for part in chance.permutation(120).tolist():
        mine = everything.only(owner == part)
        total += count(mine, KNOWN)
        window += count(mine.only(mine.day > full.total.last_day - 180), KNOWN)
    assert total.same(full.total)
    assert window.same(full.window)
    assert build_model(total, window, KNOWN) == build_model(full.total, full.window, KNOWN)


def test_a3_a_day_that_is_added_store_by_store_equals_the_day_at_once() -> None:
    everything = _days(3)
    last = everything.day == everything.day.max()
    before = count(everything.only(~last), KNOWN)
    by_store = before
    for shop in range(3):
        by_store += count(everything.only(last & (everything.store_no == shop)), KNOWN)
    assert by_store.same(count(everything, KNOWN))


def test_today_added_to_the_published_model_ranks_by_the_counts_a_relearn_has() -> None:
    receipts = [(no, no % 3, TODAY - 1 - no % 50, [no % 5, 5 + no % 3, 9]) for no in range(300)]
    new = [(1_000 + no, no % 3, TODAY, [no % 5, 5 + no % 3]) for no in range(20)]
    base = Model.from_buffer(_model(receipts))
    added = with_receipts(base, count(lines(new), KNOWN), KNOWN)
    again = Model.from_buffer(_model(receipts + new))
    assert added.support.tolist() == again.support.tolist()
    assert added.joint.tolist() == again.joint.tolist()
    assert added.type_joint.tolist() == again.type_joint.tolist()
    assert added.receipts == again.receipts
    assert added.store_view(store(1)).popularity == pytest.approx(again.store_view(store(1)).popularity, abs=0.02)
    assert added.digest != base.digest
    assert base.support.tolist() == Model.from_buffer(_model(receipts)).support.tolist()


def test_what_evidence_is_said_from_stays_that_of_the_learned_period() -> None:
    receipts = [(no, 0, TODAY - 1, [0, 1]) for no in range(40)]
    base = Model.from_buffer(_model(receipts))
    added = with_receipts(base, count(lines([(99, 0, TODAY, [0, 1])]), KNOWN), KNOWN)
    first, second = base.index(product(0)), base.index(product(1))
    assert added.pair(first, second) == base.pair(first, second)
    assert added.joint_all(first, second) == 41


def test_receipts_added_one_by_one_or_at_once_give_the_same_model() -> None:
    base = Model.from_buffer(_model([(no, no % 3, TODAY - 1, [no % 4, 4 + no % 2]) for no in range(90)]))
    day = lines([(200 + no, no % 3, TODAY, [no % 4, 4 + no % 2, 39]) for no in range(9)])
    piecewise = Counts.empty()
    for number in range(200, 209):
        piecewise += count(day.only(day.receipt_no == number), KNOWN)
    assert with_receipts(base, piecewise, KNOWN).digest == with_receipts(base, count(day, KNOWN), KNOWN).digest


def test_products_the_model_does_not_know_and_an_empty_day_change_nothing() -> None:
    small = catalogue(5)
    base = Model.from_buffer(_model([(0, 0, TODAY - 1, [0, 1]), (1, 0, TODAY - 1, [0, 1])], small=True))
    assert with_receipts(base, Counts.empty(), small) is base
    strangers = with_receipts(base, count(lines([(5, 0, TODAY, [20, 21])]), KNOWN), KNOWN)
    assert strangers.support.tolist() == base.support.tolist()


def _model(receipts: list[tuple[int, int, int, list[int]]], *, small: bool = False) -> bytes:
    known = catalogue(5) if small else KNOWN
    learned = learn([lines(receipts)], known)
    return build_model(learned.total, learned.window, known)
