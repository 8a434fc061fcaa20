"""On an invented year with known truth: what is learned is true, and substitutes are not among it."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.truth import compare, shares
from crosssell_desktop.interchange.demo_shop import load_shop
from crosssell_desktop.suggest.learn import build_model, learn
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.strong_pairs import strong_pairs
from tests.suggest.shop import TODAY, catalogue, lines


@pytest.fixture(scope="module")
def counted() -> Counter[str]:
    return compare(load_shop("electronics"), 101)


def test_nine_of_ten_strong_true_pairs_are_learned_and_one_in_ten_is_false_at_most(counted: Counter[str]) -> None:
    strong = shares(counted)["2.0-99.0"]
    assert strong["true"] > 80
    assert strong["recall %"] >= 90
    assert strong["false %"] + strong["indirect %"] <= 10


def test_no_substitutes_are_among_the_first_five_hundred(counted: Counter[str]) -> None:
    assert counted["substitutes among the first"] == 0


def test_two_accessories_of_one_core_are_not_a_pair_of_their_own() -> None:
    known = catalogue(9)
    receipts = [
        (no, 0, TODAY, [0, *([1] if no % 2 else []), *([2] if no // 2 % 2 else []), 5 + no % 3]) for no in range(400)
    ]
    receipts += [(1_000 + no, 0, TODAY, [5 + no % 3, 8]) for no in range(2_000)]
    learned = learn([lines(receipts)], known)
    model = Model.from_buffer(build_model(learned.total, learned.window, known))
    found = {frozenset((model.sku(one.core), model.sku(one.item))) for one in strong_pairs(model)}
    assert frozenset(("S000", "S001")) in found
    assert frozenset(("S000", "S002")) in found
    assert frozenset(("S001", "S002")) not in found
