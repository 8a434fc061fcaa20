"""The kinds that would be new to a customer, from weights that follow from counts."""

from __future__ import annotations

import numpy as np
import pytest

from crosssell_desktop.suggest.candidates import products_to_load
from crosssell_desktop.suggest.ease import PENALTY, kin_of_types
from crosssell_desktop.suggest.history import OwnBasket, OwnHistory
from crosssell_desktop.suggest.kinship import new_kinds
from crosssell_desktop.suggest.learn import count
from crosssell_desktop.suggest.model import KIN_ONE, Model
from crosssell_desktop.suggest.relevance import Question
from tests.suggest.shop import TODAY, catalogue, lines, product, store, taught

KNOWN = catalogue(12, [number // 2 for number in range(12)])
RECEIPTS = [(no, 0, TODAY - no % 30, [0, 2] if no % 3 else [4, 6, 8 + no % 2 if no % 5 else 10]) for no in range(1_500)]
MODEL = Model.from_buffer(taught(RECEIPTS, KNOWN)[1])


def kind(number: int) -> int:
    return MODEL.types.index(f"type {number}")


def test_the_weights_are_those_of_ease_by_hand() -> None:
    counts = count(lines(RECEIPTS), KNOWN).types
    size = len(counts.keys)
    gram = np.diag(counts.support.astype(float) + PENALTY)
    for one in range(size):
        for other in range(one):
            joint = counts.of_pair(int(counts.keys[one]), int(counts.keys[other]))[0]
            gram[one, other] = gram[other, one] = joint
    inverse = np.linalg.inv(gram)
    starts, kin, weight = kin_of_types(counts, np.arange(size), size)
    for one in range(size):
        got = dict(zip(kin[starts[one] : starts[one + 1]].tolist(), weight[starts[one] : starts[one + 1]], strict=True))
        for other in range(size):
            expected = -inverse[one, other] / inverse[other, other]
            if one != other and expected > 1e-5:
                assert got[other] / KIN_ONE == pytest.approx(expected, abs=1e-6)


def test_what_goes_with_the_basket_comes_first_and_what_is_held_or_had_never() -> None:
    question = Question.of(MODEL, MODEL.indexes([product(4)]), OwnHistory.empty(), store(0), TODAY)
    best = new_kinds(MODEL, question, 10)
    assert best[0] == kind(3)
    assert kind(2) not in best
    had = OwnHistory.of([OwnBasket(TODAY - 3, (product(6),))], MODEL)
    again = new_kinds(MODEL, Question.of(MODEL, MODEL.indexes([product(4)]), had, store(0), TODAY), 10)
    assert kind(3) not in again
    assert set(again.tolist()) < set(best.tolist())


def test_only_good_kinds_are_returned_and_no_more_than_asked() -> None:
    question = Question.of(MODEL, MODEL.indexes([product(4)]), OwnHistory.empty(), store(0), TODAY)
    good = np.zeros(len(MODEL.types), np.bool_)
    good[kind(5)] = True
    assert new_kinds(MODEL, question, 10, good).tolist() == [kind(5)]
    assert len(new_kinds(MODEL, question, 2)) == 2


def test_the_best_seller_of_a_new_kind_is_loaded() -> None:
    loaded = products_to_load(MODEL, product(4), store=store(0), limit=1)
    assert product(6) in loaded


@pytest.mark.parametrize("receipts", [[], [(1, 0, TODAY, [0])]])
def test_too_little_gives_no_weights(receipts: list[tuple[int, int, int, list[int]]]) -> None:
    model = Model.from_buffer(taught(receipts, KNOWN)[1])
    assert len(model.kin) == 0
    assert len(new_kinds(model, Question.of(model, model.indexes([product(4)])), 5)) <= 1
