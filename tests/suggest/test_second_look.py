"""The second look: trees that fit, the same order everywhere, and silence where it knows nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from crosssell_desktop.suggest.container import ModelFault
from crosssell_desktop.suggest.forest import Forest, SecondLook
from crosssell_desktop.suggest.history import OwnBasket, OwnHistory
from crosssell_desktop.suggest.learn import build_model
from crosssell_desktop.suggest.model import Model
from crosssell_desktop.suggest.relevance import SCORE, Question, first_look, relevance
from crosssell_desktop.suggest.second_look import FEWEST_VISITS, LOOKED_AT, dealt_anew, worth_it
from crosssell_desktop.suggest.traits import NAMES, traits
from crosssell_desktop.system.paths import resource
from tests.suggest.shop import TODAY, catalogue, product, store, taught

KNOWN = catalogue(80, [number % 20 for number in range(80)])
RECEIPTS = [(no, no % 3, TODAY - no % 60, [no % 7, 7 + no % 13, 20 + no % 60]) for no in range(900)]
LEARNED, _ = taught(RECEIPTS, KNOWN)


def shipped() -> SecondLook:
    return SecondLook.from_buffer((resource("models") / "second_look.trees").read_bytes())


def model_with(look: SecondLook | None) -> Model:
    return Model.from_buffer(build_model(LEARNED.total, LEARNED.window, KNOWN, second_look=look))


def history(model: Model, baskets: Sequence[Sequence[int]]) -> OwnHistory:
    return OwnHistory.of(
        [OwnBasket(TODAY - 10 * place, tuple(map(product, items))) for place, items in enumerate(baskets, 1)], model
    )


REGULAR = [[1, 8, 30], [1, 8], [1, 9, 31], [1, 8, 30], [2, 8]]


def test_the_shipped_trees_were_grown_on_the_traits_this_program_knows() -> None:
    look = shipped()
    assert tuple(look.traits) == NAMES
    assert SecondLook.from_buffer(look.to_bytes()).to_bytes() == look.to_bytes()
    assert look.recipe["looked_at"] == LOOKED_AT
    assert len(look.to_bytes()) < 200_000


def test_a_leaf_is_found_as_going_down_the_tree_by_hand_finds_it() -> None:
    chance = np.random.default_rng(5)
    depth, trees, size = 3, 17, 9
    forest = Forest.of(
        chance.integers(0, len(NAMES), (depth, trees)).astype(np.int32),
        chance.random((depth, trees)).astype(np.float32),
        chance.integers(-1000, 1000, (trees, 1 << depth)).astype(np.int32),
        len(NAMES),
    )
    table = chance.random((len(NAMES), size))
    by_hand = []
    for column in range(size):
        gain = 0
        for tree in range(trees):
            leaf = 0
            for level in range(depth):
                if np.float32(table[forest.columns[level, tree], column]) > forest.borders[level, tree]:
                    leaf += 1 << level
            gain += int(forest.leaves[tree, leaf])
        by_hand.append(gain)
    assert forest.gains(table).tolist() == by_hand


@pytest.mark.parametrize(
    ("columns", "leaves"),
    [((3, 4), (4, 4)), ((2, 4), (5, 4)), ((2, 0), (0, 4)), ((0, 4), (4, 1))],
)
def test_trees_that_do_not_fit_together_are_named_damaged(columns: tuple[int, int], leaves: tuple[int, int]) -> None:
    with pytest.raises(ModelFault) as fault:
        Forest.of(np.zeros(columns, np.int32), np.zeros(columns, np.float32), np.zeros(leaves, np.int32), 3)
    assert fault.value.code == "model_damaged"


def test_a_tree_that_asks_for_an_unknown_trait_is_named_damaged() -> None:
    with pytest.raises(ModelFault):
        Forest.of(np.full((1, 1), 3, np.int32), np.zeros((1, 1), np.float32), np.zeros((1, 2), np.int32), 3)


def test_the_second_look_only_changes_the_order_of_the_first_and_says_by_how_much() -> None:
    model = model_with(shipped())
    question = Question.of(model, model.indexes([product(1)]), history(model, REGULAR), store(0), TODAY)
    first, second = first_look(model, question), relevance(model, question)
    assert np.array_equal(first.candidates, second.candidates)
    apart = set(first.best(LOOKED_AT).tolist())
    assert set(second.best(LOOKED_AT).tolist()) == apart
    assert first.best(LOOKED_AT).tolist() != second.best(LOOKED_AT).tolist()
    assert np.max(np.abs(np.sort(second.score) - np.sort(first.score))) <= LOOKED_AT
    for index in second.best(10).tolist():
        assert abs(sum(second.parts_of(index).values()) - second.of(index)) <= len(second.parts)


def test_scores_are_dealt_anew_strictly_and_ties_keep_their_order() -> None:
    score = np.array([5, 9, 9, 1, 7], np.int64)
    at = np.array([1, 2, 4])
    anew = dealt_anew(score, at, np.array([3, 3, 8], np.int64))
    assert anew.tolist() == [5, 10, 7, 1, 11]


@pytest.mark.parametrize("baskets", [[], [[1, 8]], [[1], [2], [3], [4], [5]]])
def test_for_customers_the_trees_do_not_know_the_first_look_stands(baskets: list[list[int]]) -> None:
    model = model_with(shipped())
    had = history(model, baskets)
    assert not worth_it(had)
    question = Question.of(model, model.indexes([product(1)]), had, store(0), TODAY)
    assert relevance(model, question).best(20).tolist() == first_look(model, question).best(20).tolist()


def test_trees_grown_on_other_traits_are_not_used() -> None:
    look = shipped()
    model = model_with(replace(look, traits=tuple(reversed(NAMES))))
    question = Question.of(model, model.indexes([product(1)]), history(model, REGULAR), store(0), TODAY)
    assert relevance(model, question).best(20).tolist() == first_look(model, question).best(20).tolist()


def test_a_model_without_trees_answers_by_the_first_look() -> None:
    model = model_with(None)
    assert model.second_look is None
    question = Question.of(model, model.indexes([product(1)]), history(model, REGULAR), store(0), TODAY)
    assert len(question.history) >= FEWEST_VISITS
    assert relevance(model, question).best(20).tolist() == first_look(model, question).best(20).tolist()


def test_traits_say_what_the_history_says() -> None:
    model = model_with(None)
    had = history(model, REGULAR)
    question = Question.of(model, model.indexes([product(2)]), had, store(0), TODAY)
    found = first_look(model, question, SCORE)
    at = np.flatnonzero(found.candidates == model.index(product(8)))
    row = dict(zip(NAMES, traits(found.scene, found.values, found.score, at, TODAY)[:, 0].tolist(), strict=True))
    assert (row["times"], row["since"], row["visits"], row["basket_size"]) == (4, 10, 5, 1)
    assert row["interval"] == pytest.approx(40 / 3)
    assert row["due"] == pytest.approx(10 / (40 / 3))
    assert row["core_times"] == 1
    assert row["visits_ago"] == 0
