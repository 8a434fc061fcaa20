from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosssell_desktop.suggest.history import FADING, OwnBasket, OwnHistory
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.rank import rank_learned
from crosssell_desktop.suggest.relevance import NOVEL, SCORE_ONE, Question, relevance
from tests.suggest.shop import TODAY, catalogue, product, store, taught

TYPES = [0, 0, 1, 1, 2, 2, 3, 3, 4]
KNOWN = catalogue(9, TYPES)
RECEIPTS = [(no, no % 3, TODAY - (no * 7) % 90, [(no * no) % 9, (no * 5 + 1) % 9, no % 4]) for no in range(120)]
MODEL = Model.from_buffer(taught(RECEIPTS, KNOWN)[1])
Baskets = list[tuple[int, list[int]]]


def _by_hand(basket: list[int], own: Baskets, shop: int) -> dict[int, float]:
    """The formula of the suggestion rules, section 3, over every product, with plain loops."""
    sold = [set(items) for _, _, _, items in RECEIPTS]
    n = len(sold)
    support = Counter(item for items in sold for item in items)
    recent = [set(items) for _, _, day, items in RECEIPTS if day > max(r[2] for r in RECEIPTS) - 56]
    here = [set(items) for _, where, _, items in RECEIPTS if where == shop]
    k = len(basket)
    weights = [math.exp(-(TODAY - day) / 120) for day, _ in own]
    kinds = {TYPES[i] for i in basket}
    ov = []
    for _, items in own:
        mine = {TYPES[i] for i in items}
        ov.append(len(mine & kinds) / math.sqrt(len(mine) * len(kinds)) if kinds else 0.0)
    u = [w * (1 + 10 * o) for w, o in zip(weights, ov, strict=True)]
    belief = len(own) / (len(own) + 7) if own else 0.0
    scores = {}
    for j in set(range(9)) - set(basket):
        conf = cos = 0.0
        for i in basket:
            joint = sum(1 for items in sold if {i, j} <= items)
            joint = joint if joint >= 2 else 0
            conf += joint / (support[i] + 5 + 25 * max(0, 10_000 - n) / 10_000) / k
            cos += joint / (math.sqrt(support[i] * support[j]) + 10 + 90 * (max(0, 10_000 - n) / 10_000) ** 2)
        cos *= (1 - 1 / k) / math.sqrt(k) if k else 0.0
        lift = (1 - 1 / k) * min(3.0, conf * n / (2 * support[j])) if k else 0.0
        g = sum(1 for items in recent if j in items) / len(recent)
        n_sj = sum(1 for items in here if j in items)
        pst = ((n_sj if n_sj >= 2 else 0) + 200 * g) / (len(here) + 200)
        own_j = belief * sum(x for x, (_, items) in zip(u, own, strict=True) if j in items) / sum(u) if own else 0.0
        hh = (
            belief * sum(x for x, (_, items) in zip(weights, own, strict=True) if j in items) / sum(weights)
            if own
            else 0.0
        )
        aff = (
            sum(x for x, (_, items) in zip(weights, own, strict=True) if TYPES[j] in {TYPES[i] for i in items})
            / sum(weights)
            if own
            else 0.0
        )
        scores[j] = own_j * (1 + 0.2 * lift) + 0.15 * hh + 0.3 * conf + 1.5 * cos + 0.3 * pst + 2 * aff * pst
    return scores


own_baskets = st.lists(
    st.tuples(st.integers(TODAY - 300, TODAY), st.lists(st.integers(0, 8), min_size=1, max_size=4)), max_size=6
)


@given(st.lists(st.integers(0, 8), max_size=4, unique=True), own_baskets, st.integers(0, 2))
@settings(max_examples=60)
def test_the_score_is_the_formula(basket: list[int], own: Baskets, shop: int) -> None:
    history = OwnHistory.of([OwnBasket(day, tuple(product(i) for i in items)) for day, items in own], MODEL)
    indexes = MODEL.indexes([product(i) for i in basket])
    found = relevance(MODEL, Question.of(MODEL, indexes, history, store(shop), TODAY))
    expected = _by_hand(basket, own, shop)
    assert len(found.candidates) == len(expected)
    for number, score in expected.items():
        assert found.of(MODEL.index(product(number))) / SCORE_ONE == pytest.approx(score, abs=2e-9)
        parts = found.parts_of(MODEL.index(product(number)))
        assert abs(sum(parts.values()) - found.of(MODEL.index(product(number)))) <= len(parts)


@given(own_baskets)
@settings(max_examples=30)
def test_a3_order_and_repeats_of_the_input_do_not_matter(own: Baskets) -> None:
    baskets = [OwnBasket(day, tuple(product(i) for i in items)) for day, items in own]
    turned = [OwnBasket(one.day, (*reversed(one.products), one.products[0])) for one in reversed(baskets)]
    first = rank_learned(MODEL, [product(0), product(3)], 9, OwnHistory.of(baskets, MODEL), store(1), day=TODAY)
    second = rank_learned(
        MODEL, [product(3), product(0), product(3)], 9, OwnHistory.of(turned, MODEL), store(1), day=TODAY
    )
    assert first == second


def test_ties_go_by_sku() -> None:
    model = Model.from_buffer(taught([(no, 0, TODAY, [0, 1, 2, 3]) for no in range(30)], KNOWN)[1])
    assert [one.sku for one in rank_learned(model, [product(0)], 3)] == ["S001", "S002", "S003"]
    assert [one.sku for one in rank_learned(model, [product(0)], 2)] == ["S001", "S002"]


def test_an_anonymous_customer_is_ranked_by_the_basket_alone() -> None:
    found = relevance(MODEL, Question.of(MODEL, MODEL.indexes([product(0)])))
    assert not found.parts["own"].any()
    assert not found.parts["cosine"].any()
    assert found.parts["confidence"].any()
    new = relevance(MODEL, Question.of(MODEL, MODEL.indexes([product(0), product(1)])), NOVEL)
    assert set(new.parts) == {"confidence", "cosine", "popularity"}


def test_fading_is_the_exponential_and_ends() -> None:
    for age in (0, 1, 60, 120, 1000, 2999):
        assert FADING[age] == pytest.approx(math.exp(-age / 120), rel=1e-12)
    assert FADING[-1] == 0.0
    old = OwnHistory.of([OwnBasket(TODAY - 9_000, (product(0),))], MODEL)
    assert not relevance(MODEL, Question.of(MODEL, [], old, day=TODAY)).parts["own"].any()


def test_a_basket_of_500_lines_and_a_customer_of_20000_receipts_are_answered() -> None:
    chance = np.random.default_rng(1)
    days = np.sort(chance.integers(TODAY - 4000, TODAY, 20_000))
    rows = np.repeat(np.arange(20_000), 5)
    history = OwnHistory.of_indexes(days, rows, chance.integers(0, 9, len(rows)), MODEL)
    found = relevance(MODEL, Question.of(MODEL, chance.integers(-1, 3, 500), history, store(0), TODAY))
    assert found.best(3).tolist()
    assert history.times_bought(int(history.items[0])) > 1000


def test_a_product_nobody_knows_is_a_named_error() -> None:
    with pytest.raises(Exception, match="unknown_core"):
        rank_learned(MODEL, [product(99)], 3)
    assert len(rank_learned(MODEL, [], 3)) == 3
