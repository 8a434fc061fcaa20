"""The forecast is held against weeks it has not seen, and says when there is too little to judge by (A44)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from crosssell_desktop.suggest.backtest import ASIDE_DAYS, Backtest, Band, backtest
from crosssell_desktop.suggest.learn import ReceiptLines
from tests.suggest.shop import TODAY, catalogue

CUSTOMERS = 120
PRODUCTS = 30
VISITS = 30


def past(visits: int = VISITS) -> ReceiptLines:
    """Customers who come every third day and each buy with their own steady probabilities."""
    chance = np.random.default_rng(5)
    wants = np.minimum(chance.gamma(0.25, 0.5, (CUSTOMERS, PRODUCTS)), 0.9)
    bought = chance.random((CUSTOMERS, visits, PRODUCTS)) < wants[:, None, :]
    who, visit, item = np.nonzero(bought)
    day = TODAY - 3 * (visits - visit)
    one = np.full(len(who), 1_000)
    return ReceiptLines(who * 1_000 + visit, who, who % 3, item, day, one, one)


def test_a44_the_last_weeks_are_foreseen_from_those_before_and_better_than_by_popularity() -> None:
    found = backtest([past(60)], catalogue(PRODUCTS))
    assert found.from_day == TODAY - 3 - ASIDE_DAYS + 1
    assert 0.5 * CUSTOMERS < found.customers <= CUSTOMERS
    assert found.hits > 1.2 * found.popular_hits > 0
    assert found.worst <= 0.10
    assert found.holds
    assert sum(band.n for band in found.bands) >= found.customers * PRODUCTS


def test_a44_nothing_of_the_weeks_put_aside_is_known_to_the_forecast() -> None:
    lines = past(60)
    aside = lines.day > TODAY - 3 - ASIDE_DAYS
    # What is bought in the weeks put aside was never bought before: a forecast that saw them would foresee it.
    swapped = dataclasses.replace(lines, product_no=np.where(aside, lines.product_no + PRODUCTS, lines.product_no))
    found = backtest([swapped], catalogue(2 * PRODUCTS))
    assert (found.hits, found.popular_hits) == (0, 0)
    assert not found.holds


@pytest.mark.parametrize("lines", [past(VISITS), past(3)], ids=["few visits before", "hardly any"])
def test_a44_with_too_few_visits_nobody_is_judged(lines: ReceiptLines) -> None:
    found = backtest([lines], catalogue(PRODUCTS))
    assert (found.customers, found.bands, found.holds) == (0, (), False)


def test_a44_an_empty_shop_has_nothing_to_test() -> None:
    assert backtest([], catalogue(PRODUCTS)).customers == 0


def test_a44_a_band_that_errs_by_more_than_ten_points_fails_the_test() -> None:
    good = Band(0.1, 0.2, 500, 0.15, 0.2)
    assert Backtest(10, 5, 1, (good,), 0).holds
    assert not Backtest(10, 5, 1, (good, Band(0.3, 0.4, 500, 0.35, 0.46)), 0).holds
    assert Backtest(10, 5, 1, (good, Band(0.3, 0.4, 3, 0.35, 0.9)), 0).holds, "three cases say nothing"
    assert not Backtest(10, 5, 5, (good,), 0).holds
