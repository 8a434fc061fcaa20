"""What is foreseen comes true as often as it was said, and better than popularity foresees it."""

from __future__ import annotations

import numpy as np
import pytest

from crosssell_desktop.suggest.forecast import DOUBT, LEAST_VISITS, forecast, probabilities
from crosssell_desktop.suggest.history import OwnHistory
from crosssell_desktop.suggest.model import Model
from tests.suggest.shop import TODAY, catalogue, product, taught

PRODUCTS = 30
CUSTOMERS = 150
VISITS = 24
AFTER = 4


@pytest.fixture(scope="module")
def fixture() -> tuple[Model, list[tuple[OwnHistory, list[np.ndarray]]]]:
    """Customers who each buy with their own steady probabilities: what they did, and what they did afterwards."""
    chance = np.random.default_rng(5)
    wants = np.minimum(chance.gamma(0.25, 0.5, (CUSTOMERS, PRODUCTS)), 0.9)
    bought = chance.random((CUSTOMERS, VISITS + AFTER, PRODUCTS)) < wants[:, None, :]
    receipts = [
        (who * 100 + visit, who % 3, TODAY - 3 * (VISITS - visit), np.flatnonzero(bought[who, visit]).tolist())
        for who in range(CUSTOMERS)
        for visit in range(VISITS)
    ]
    model = Model.from_buffer(taught([one for one in receipts if one[3]], catalogue(PRODUCTS))[1])
    index = np.array([model.index(product(number)) for number in range(PRODUCTS)])
    people = []
    for who in range(CUSTOMERS):
        visit, item = np.nonzero(bought[who, :VISITS])
        days = TODAY - 3 * (VISITS - np.arange(VISITS))
        history = OwnHistory.of_indexes(days.astype(np.int64), visit.astype(np.int64), index[item], model)
        people.append((history, [index[np.flatnonzero(bought[who, VISITS + later])] for later in range(AFTER)]))
    return model, people


def test_a44_the_first_three_are_hit_oftener_than_the_three_most_popular(
    fixture: tuple[Model, list[tuple[OwnHistory, list[np.ndarray]]]],
) -> None:
    model, people = fixture
    popular = model.store_view(None).by_popularity[:3]
    mine = theirs = 0
    for history, later in people:
        foreseen = model.indexes([one.product for one in forecast(model, history, None, TODAY).foreseen])
        mine += sum(bool(np.isin(foreseen, basket).any()) for basket in later)
        theirs += sum(bool(np.isin(popular, basket).any()) for basket in later)
    assert mine > 1.2 * theirs > 0


def test_a44_what_is_said_with_p_comes_true_in_p_of_the_cases_within_ten_points(
    fixture: tuple[Model, list[tuple[OwnHistory, list[np.ndarray]]]],
) -> None:
    model, people = fixture
    said, came = [], []
    for history, later in people:
        candidates, p = probabilities(model, history, None, TODAY)
        for basket in later:
            said.append(p)
            came.append(np.isin(candidates, basket))
    p, true = np.concatenate(said), np.concatenate(came)
    band = np.minimum((p * 5).astype(int), 4)
    for one in range(5):
        assert (band == one).sum() > 50, "every band is filled"
        assert abs(p[band == one].mean() - true[band == one].mean()) <= 0.10


def test_a44_under_twenty_visits_there_is_too_little_to_go_by(
    fixture: tuple[Model, list[tuple[OwnHistory, list[np.ndarray]]]],
) -> None:
    model, people = fixture
    whole = people[0][0]
    kept = whole.basket_of < LEAST_VISITS - 1
    thin = OwnHistory.of_indexes(
        whole.days[: LEAST_VISITS - 1], whole.basket_of[kept], whole.items[whole.item_of[kept]].astype(np.int64), model
    )
    found = forecast(model, thin, None, TODAY)
    assert (found.enough, found.foreseen, found.n) == (False, (), LEAST_VISITS - 1)
    assert forecast(model, whole, None, TODAY).enough


def test_a44_the_probability_is_the_formula(
    fixture: tuple[Model, list[tuple[OwnHistory, list[np.ndarray]]]],
) -> None:
    model, people = fixture
    history = people[3][0]
    first = forecast(model, history, None, TODAY).foreseen[0]
    index = model.index(first.product)
    weight = np.exp(-(TODAY - history.days) / 120)
    held = np.bincount(history.basket_of[history.items[history.item_of] == index], minlength=len(history.days)) > 0
    popular = float(model.store_view(None).popularity[index])
    expected = (weight[held].sum() + DOUBT * popular) / (weight.sum() + DOUBT)
    assert first.p_bps == round(expected * 10_000)
    assert first.times == held.sum()
